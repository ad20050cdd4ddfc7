"""BPE vocabularies in the `tokenizers` library's notation: PhoBERT's, read, and our own, trained.

A piece inside a word is `x`, one that ends a word `x</w>`. Ids 0 to 3 are PhoBERT's special tokens;
`<mask>` takes the id after the last piece, and the caller adds it.
"""

import json

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

SPECIAL_TOKENS = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3}

_LETTERS = (
    "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệfghiìíỉĩịjklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvwxyỳýỷỹỵz"
)
_SYMBOLS = "0123456789.,:;!?%()/\"'-_“”…+&"

Merges = list[tuple[str, str]]


def read_phobert_bpe(vocab_file: str, merges_file: str) -> tuple[dict[str, int], Merges, int]:
    """Return vocabulary, merges and the id of `<mask>` from PhoBERT's `vocab.txt` and `bpe.codes`.

    PhoBERT writes `x@@` inside a word and `x` at its end. Its merges pass through 2,118 pieces that
    have no id of their own; the backend wants one for each, so they are numbered after `<mask>`.

    Raises:
        ValueError: a line of `vocab_file` that is not "<piece> <count>", or a piece twice.
    """
    encoder = dict(SPECIAL_TOKENS)
    with open(vocab_file, encoding="utf-8") as lines:
        for line in lines:
            word, separator, _ = line.strip().rpartition(" ")
            if not separator:
                raise ValueError(f"{vocab_file}: the line {line!r} is not '<piece> <count>'.")
            if word in encoder:
                raise ValueError(f"{vocab_file} holds {word!r} twice; ids after it would be wrong.")
            encoder[word] = len(encoder)
    mask_id = max(encoder.values()) + 1
    vocab = {}
    for word, index in encoder.items():
        inside = word.endswith("@@")
        vocab[word if index < 4 else word[:-2] if inside else word + "</w>"] = index
    with open(merges_file, encoding="utf-8") as file:
        lines = file.read().split("\n")[:-1]
    merges = []
    hidden_id = mask_id + 1
    for fields in map(str.split, lines):
        if len(fields) != 3:  # "<first> <second> <count>"
            continue  # two merges of a no-break space, which no word can hold
        merges.append((fields[0], fields[1]))
        for piece in (*merges[-1], "".join(merges[-1])):
            if piece not in vocab:
                vocab[piece] = hidden_id
                hidden_id += 1
    return vocab, merges, mask_id


def train_bpe(
    texts: list[str], vocab_size: int, min_frequency: int, upper_case: bool
) -> tuple[dict[str, int], Merges]:
    """Return the vocabulary and merges learned on segmented `texts`, the same ones every time.

    Every Vietnamese letter, digit and common mark is a piece, inside and at the end of a word.

    The trainer numbers pieces with an end-of-word suffix in the order of a randomly seeded hash
    map. Here the last character of a word is one of Unicode's plane 15 while training; the
    trainer sorts those, and they become `x</w>` afterwards.

    Args:
        texts: words apart by white space.
        vocab_size: most pieces, special tokens included, `<mask>` not.
        min_frequency: how often a pair must occur to be merged.
        upper_case: upper-case letters are in the alphabet too.

    Raises:
        ValueError: `vocab_size` cannot hold the alphabet.
    """
    alphabet = _LETTERS + _SYMBOLS + (_LETTERS.upper() if upper_case else "")
    characters = sorted(set(alphabet).union(*texts) - {" "})
    needed = len(SPECIAL_TOKENS) + 2 * len(characters)
    if vocab_size < needed:
        raise ValueError(
            f"vocab_size is {vocab_size + 1}; expected {needed + 1} at least: five special tokens "
            f"and, inside and at the end of a word, {len(characters)} characters of Vietnamese and "
            "of the captions. Ask for more, or take rare symbols out of the captions."
        )
    ending = {character: chr(0xF0000 + index) for index, character in enumerate(characters)}
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        min_frequency=min_frequency,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=[*ending, *ending.values()],
        show_progress=False,
    )
    backend = Tokenizer(models.BPE(unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    backend.train_from_iterator(
        (" ".join(word[:-1] + ending[word[-1]] for word in text.split()) for text in texts), trainer
    )
    trained = json.loads(backend.to_str())["model"]
    suffixed = {mark: character + "</w>" for character, mark in ending.items()}

    def restore(piece: str) -> str:
        return piece[:-1] + suffixed.get(piece[-1], piece[-1])

    vocab = {restore(piece): index for piece, index in trained["vocab"].items()}
    return vocab, [(restore(first), restore(second)) for first, second in trained["merges"]]
