"""Raw Vietnamese in, PhoBERT ids out: cleaning, word segmentation and BPE in one fast tokenizer."""

import os
import re
import threading
from collections.abc import Iterable
from typing import Any

from tokenizers import AddedToken, Encoding, Tokenizer, models, pre_tokenizers, processors
from transformers import BatchEncoding, TokenizersBackend
from transformers.tokenization_utils_base import LARGE_INTEGER
from transformers.utils import cached_file

from .segmentation_phoclip import clean_text, segment, unify_tones
from .vocabulary_phoclip import SPECIAL_TOKENS, Merges, read_phobert_bpe, train_bpe

_HUB_OPTIONS = ("cache_dir", "force_download", "local_files_only", "revision", "subfolder", "token")

# The backend keeps padding and truncation as its state, and the segmenter loads on first use:
# one call at a time, or threads (Gradio's) would meet in there.
_LOCK = threading.RLock()


class PhoCLIPTokenizer(TokenizersBackend):
    """Token ids of raw Vietnamese: `PhobertTokenizer`'s ids on underthesea's word segmentation.

    `tokenizer("Một con chó chạy trên bãi cỏ")` does, in this order:

    * **Unicode**: NFC, so that NFD input (macOS, some keyboards) gives the same ids. Soft hyphens,
      zero-width characters, direction marks and byte order marks are removed: nobody sees them,
      and each would cost a token or tear a word. White space becomes single spaces; an empty text
      is `<s></s>`.
    * **Case** is kept for PhoBERT, which learned it (`do_lower_case=False`), and dropped by our own
      vocabularies (`True`): before segmentation, so that two casings of one text have the same ids.
    * **Tone placement**: hoà and hòa, thuý and thúy become the latter, whichever the keyboard
      wrote. underthesea does so itself; for the other segmenters `unify_tones` does.
    * **Word segmentation** by `segmenter`: "underthesea", "vncorenlp" or "none".
      `is_segmented=True` says that the text has its underscores already: it is cleaned and not
      segmented. Its tones stay as they are, because the reference takes such text as it comes;
      with `unify_segmented_tones=True`, the default of our own vocabularies, they move too.
      `is_split_into_words` keeps Transformers' meaning: words are cleaned one by one.
    * **Special tokens typed by a person** ("</s>" in a label) are text like any other, as for the
      reference pair: a visitor must not end a sentence or blank a word. In Transformers' terms
      `split_special_tokens=True` is the default; with False (fill-mask) they are recognised, and
      kept from the segmenter, which would tear them. So are tokens added later by `add_tokens`.
    * **BPE** between `<s>` and `</s>`. An unknown character is `<unk>`.
    * **Truncation** to `model_max_length`, 70 tokens with both ends, the end token kept, unless the
      caller says otherwise: the zero-shot pipeline pads and never asks for truncation.
      `truncation=False` leaves long texts whole; `tokenize` never cuts.

    Offsets and `char_to_token` refer to the cleaned and segmented text. `decode` gives plain
    Vietnamese: no BPE marks, underscores back to spaces, punctuation where one writes it
    (`clean_up_tokenization_spaces=False` leaves the segmenter's spaces around it).

    Threads may share a tokenizer: calls wait for each other. Segmented texts are remembered
    (16,384 of them), so labels in templates and captions in later epochs cost nothing again.
    """

    vocab_files_names = {"tokenizer_file": "tokenizer.json"}
    model_input_names = ["input_ids", "attention_mask"]
    # No `__init__`: with one, TokenizersBackend rebuilds the backend on loading, and the ids change
    # without a word. Options live in `init_kwargs`, which is saved and loaded.

    @classmethod
    def from_phobert(cls, name_or_path: str | os.PathLike, **options: Any) -> "PhoCLIPTokenizer":
        """Return the tokenizer of PhoBERT's `vocab.txt` and `bpe.codes`, in a folder or on the Hub.

        Args:
            name_or_path: a folder, or an id such as "vinai/phobert-large".
            **options: `segmenter`, `do_lower_case`, `model_max_length` and any other tokenizer
                option; `revision`, `token`, `cache_dir` … for the Hub.

        Raises:
            OSError: one of the two files is not there.
        """
        hub = {key: options.pop(key) for key in _HUB_OPTIONS if key in options}
        names = ("vocab.txt", "bpe.codes")
        for name in names if os.path.isdir(name_or_path) else ():
            if not os.path.isfile(os.path.join(name_or_path, name)):
                raise FileNotFoundError(
                    f"{name_or_path} holds no {name}; expected a folder with PhoBERT's vocab.txt "
                    "and bpe.codes. What save_pretrained wrote is loaded with from_pretrained."
                )
        files = [cached_file(str(name_or_path), name, **hub) for name in names]
        return cls._build(*read_phobert_bpe(*files), {"do_lower_case": False, **options})

    @classmethod
    def train(
        cls,
        captions: Iterable[str],
        vocab_size: int,
        is_segmented: bool = False,
        min_frequency: int = 2,
        **options: Any,
    ) -> "PhoCLIPTokenizer":
        """Return a tokenizer with a vocabulary of its own, learned on the captions' words.

        The same captions give the same ids. No Vietnamese text needs `<unk>`: every letter is a
        piece.

        Args:
            captions: raw texts, or segmented ones with `is_segmented`.
            vocab_size: most ids, the five special tokens included; `<mask>` is the last one.
            is_segmented: the captions have their underscores already.
            min_frequency: how often a pair must occur to be merged.
            **options: as for `from_phobert`; `do_lower_case` and `unify_segmented_tones` default
                to True here.

        Raises:
            ValueError: no words to learn from, or a `vocab_size` that cannot hold the alphabet.
        """
        options = {"do_lower_case": True, "unify_segmented_tones": True, **options}
        if isinstance(captions, str):
            raise ValueError("captions is one string; expected an iterable of strings.")
        blank = cls._build(dict(SPECIAL_TOKENS), [], len(SPECIAL_TOKENS), options)
        texts = [blank.prepare_text(caption, is_segmented) for caption in captions]
        if not any(texts):
            raise ValueError(f"{len(texts)} captions given, and no word in them to learn from.")
        vocab, merges = train_bpe(texts, vocab_size - 1, min_frequency, not blank.do_lower_case)
        return cls._build(vocab, merges, len(vocab), options)

    @classmethod
    def _build(
        cls, vocab: dict[str, int], merges: Merges, mask_id: int, options: dict[str, Any]
    ) -> "PhoCLIPTokenizer":
        vocab["<mask>"] = mask_id
        bpe = models.BPE(vocab=vocab, merges=merges, unk_token="<unk>", end_of_word_suffix="</w>")
        backend = Tokenizer(bpe)
        backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        backend.post_processor = processors.TemplateProcessing(
            single="<s> $A </s>",
            pair="<s> $A </s> </s> $B:0 </s>:0",
            special_tokens=[("<s>", SPECIAL_TOKENS["<s>"]), ("</s>", SPECIAL_TOKENS["</s>"])],
        )
        special = [AddedToken(token, normalized=False) for token in (*SPECIAL_TOKENS, "<mask>")]
        backend.add_special_tokens(special)
        defaults = {
            "segmenter": "underthesea",
            "unify_segmented_tones": False,
            "model_max_length": 70,
            "split_special_tokens": True,
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": "<mask>",
        }
        options = {**defaults, **options, "reachable_size": mask_id + 1}
        return cls(tokenizer_object=backend, **options)

    @property
    def segmenter(self) -> str:
        """Name of the word segmenter: "underthesea", "vncorenlp" or "none"."""
        return self.init_kwargs.get("segmenter", "underthesea")

    @property
    def do_lower_case(self) -> bool:
        """Whether text is lower-cased before segmentation."""
        return self.init_kwargs.get("do_lower_case", False)

    @property
    def unify_segmented_tones(self) -> bool:
        """Whether tone marks also move in text that came with `is_segmented=True`."""
        return self.init_kwargs.get("unify_segmented_tones", False)

    def prepare_text(self, text: str, is_segmented: bool = False) -> str:
        """Return the text that BPE sees: cleaned, and segmented unless it is already."""
        text = clean_text(text, self.do_lower_case)
        if not is_segmented:
            return segment(text, self.segmenter)
        return unify_tones(text) if self.unify_segmented_tones else text

    def _encode_plus(
        self,
        text: Any,
        text_pair: Any = None,
        is_segmented: bool = False,
        is_split_into_words: bool = False,
        split_special_tokens: bool | None = None,
        **kwargs: Any,
    ) -> BatchEncoding:
        if isinstance(text, (list, tuple)) and not text and not is_split_into_words:
            raise ValueError("text is an empty list; expected one text at least.")
        if split_special_tokens is None:
            split_special_tokens = self.split_special_tokens
        added = self._added_token_pattern(split_special_tokens)

        def prepare(value: Any) -> Any:
            if isinstance(value, (list, tuple)):
                return type(value)(prepare(item) for item in value)
            if not isinstance(value, str):
                return value  # the parent says what it expected
            if is_split_into_words:
                return clean_text(value, self.do_lower_case)
            if added is None:
                return self.prepare_text(value, is_segmented)
            pieces = added.split(value)  # texts at even places, added tokens at odd ones
            pieces[::2] = [self.prepare_text(piece, is_segmented) for piece in pieces[::2]]
            return " ".join(piece for piece in pieces if piece)

        with _LOCK:
            return super()._encode_plus(
                text=prepare(text),
                text_pair=prepare(text_pair),
                is_split_into_words=is_split_into_words,
                split_special_tokens=split_special_tokens,
                **kwargs,
            )

    def _added_token_pattern(self, split_special_tokens: bool) -> re.Pattern | None:
        tokens = self.added_tokens_decoder.values()
        kept = [token.content for token in tokens if not (split_special_tokens and token.special)]
        longest_first = sorted(map(re.escape, kept), key=len, reverse=True)
        return re.compile(f"({'|'.join(longest_first)})") if kept else None

    def _get_padding_truncation_strategies(
        self,
        padding: Any = False,
        truncation: Any = None,
        max_length: int | None = None,
        pad_to_multiple_of: int | None = None,
        verbose: bool = True,
        **kwargs: Any,
    ) -> tuple:
        if truncation is None:  # the caller did not say: truncate
            truncation = "longest_first"
        cuts_and_pads = truncation not in (False, "do_not_truncate") and padding is not False
        if max_length is None and pad_to_multiple_of and cuts_and_pads:
            limit = self.model_max_length
            if pad_to_multiple_of <= limit < LARGE_INTEGER:
                max_length = limit - limit % pad_to_multiple_of  # or the parent refuses
        return super()._get_padding_truncation_strategies(
            padding, truncation, max_length, pad_to_multiple_of, verbose, **kwargs
        )

    # PhoBERT's merges pass through pieces that have no id (see `read_phobert_bpe`). They are
    # numbered after <mask> inside the backend and leave it as <unk>, as they do in the reference.

    @property
    def _hidden_ids(self) -> range:
        size = self._tokenizer.get_vocab_size(with_added_tokens=False)
        return range(self.init_kwargs.get("reachable_size", size), size)

    def _convert_encoding(self, encoding: Encoding, *args: Any, **kwargs: Any) -> tuple:
        values, encodings = super()._convert_encoding(encoding, *args, **kwargs)
        hidden, unknown = self._hidden_ids, self.unk_token_id
        if hidden:
            values["input_ids"] = [
                [unknown if index in hidden else index for index in row]
                for row in values["input_ids"]
            ]
        return values, encodings

    def _convert_token_to_id_with_added_voc(self, token: str) -> int:
        index = super()._convert_token_to_id_with_added_voc(token)
        return self.unk_token_id if index in self._hidden_ids else index

    def get_vocab(self) -> dict[str, int]:
        """Return piece → id for every id that encoding can give; `x</w>` ends a word."""
        hidden = self._hidden_ids
        return {piece: index for piece, index in super().get_vocab().items() if index not in hidden}

    @property
    def vocab_size(self) -> int:
        """Number of ids, without tokens added later (64,001 for PhoBERT, `<mask>` included)."""
        return self._hidden_ids.start

    def __len__(self) -> int:
        """One more than the largest id that encoding can give: the rows an embedding needs."""
        total = super().__len__()
        return self.vocab_size if total == self._hidden_ids.stop else total

    def convert_tokens_to_string(self, tokens: list[str]) -> str:
        """Return the text of BPE pieces, with spaces for the segmenter's underscores."""
        special = set(self.all_special_tokens)
        joined = "".join(f" {token} " if token in special else token for token in tokens)
        return " ".join(joined.replace("</w>", " ").replace("_", " ").split())

    def _decode(
        self,
        token_ids: int | list[int],
        skip_special_tokens: bool = False,
        clean_up_tokenization_spaces: bool | None = None,
        **kwargs: Any,
    ) -> str:
        if isinstance(token_ids, dict):
            token_ids = token_ids["input_ids"]
        token_ids = [token_ids] if isinstance(token_ids, int) else token_ids
        tokens = self.convert_ids_to_tokens(token_ids, skip_special_tokens=skip_special_tokens)
        text = self.convert_tokens_to_string([token for token in tokens if token is not None])
        return text if clean_up_tokenization_spaces is False else self.clean_up_tokenization(text)

    def clean_up_tokenization(self, text: str) -> str:
        """Return `text` with punctuation where one writes it: "chó , mèo ." → "chó, mèo."."""
        text = re.sub(r" (?=[,.;:!?%)\]}…”»])", "", text)
        text = re.sub(r"(?<=[(\[{“«]) ", "", text)
        text = re.sub(r"(?<=\d): (?=\d)", ":", text)  # 20 : 30
        return re.sub(r"""(?<!\S)(["']) ([^"']+) (?=\1)""", r"\1\2", text)  # straight quotes

    def _save_pretrained(self, *args: Any, **kwargs: Any) -> tuple[str, ...]:
        with _LOCK:  # or tokenizer.json would hold the padding and truncation of the last call
            self._tokenizer.no_padding()
            self._tokenizer.no_truncation()
            return super()._save_pretrained(*args, **kwargs)


PhoCLIPTokenizer.register_for_auto_class("AutoTokenizer")
