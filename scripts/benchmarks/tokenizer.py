"""Compare PhoCLIPTokenizer with the reference pair on the Vietnamese captions of a data folder.

    python scripts/benchmarks/tokenizer.py --data ../shared/data

The reference pair is `underthesea.word_tokenize(text, format="text")` followed by
`transformers.PhobertTokenizer`. Captions that are segmented already go to both as they are. Every
mismatch is printed with its reason. Then texts per second, in one process, own and reference turn
by turn: medians over the rounds, with and without the segmentation that both share.
"""

import argparse
import json
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pyarrow.parquet as parquet
from transformers import PhobertTokenizer
from underthesea import word_tokenize

from phoclip_hf import segmentation_phoclip
from phoclip_hf.tokenization_phoclip import PhoCLIPTokenizer

SPLITS = ("train", "validation", "test")


def main() -> None:
    """Print ids compared and texts per second."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--rounds", type=int, default=5, help="timed rounds")
    parser.add_argument("--texts", type=int, default=5000, help="texts a timed round")
    arguments = parser.parse_args()
    folder = arguments.data / "phobert_tokenizer"
    ours = PhoCLIPTokenizer.from_phobert(folder)
    reference = PhobertTokenizer(str(folder / "vocab.txt"), str(folder / "bpe.codes"))

    total = differing = 0
    raw: list[str] = []
    for name, texts, is_segmented in captions(arguments.data):
        words = texts if is_segmented else [word_tokenize(text, format="text") for text in texts]
        own_ids = ours(texts, is_segmented=is_segmented, truncation=False).input_ids
        expected = reference(words, truncation=False).input_ids
        rows = zip(texts, words, own_ids, expected, strict=True)
        mismatches = [row for row in rows if row[2] != row[3]]
        kind = "segmented already" if is_segmented else "raw"
        print(f"{name:13} {len(texts):6,} captions, {kind}: {len(mismatches)} differ")
        for text, word, own, other in mismatches:
            prepared = ours.prepare_text(text, is_segmented)
            print(
                f"    {text!r}: {reason(text, prepared, word)}\n      own {own}\n      ref {other}"
            )
        total, differing = total + len(texts), differing + len(mismatches)
        raw += [] if is_segmented else texts
    print(f"{'all':13} {total:6,} captions: {differing} differ\n")

    distinct = list(dict.fromkeys(raw))[: arguments.texts]  # no text twice: the cache never helps
    segmented = [word_tokenize(text, format="text") for text in distinct]

    def own_whole() -> None:
        segmentation_phoclip._segment_cached.cache_clear()
        ours(distinct)

    def reference_whole() -> None:
        reference([word_tokenize(text, format="text") for text in distinct])

    print(f"{len(distinct):,} distinct raw captions a round, medians of {arguments.rounds} rounds")
    compare("segmentation and ids", own_whole, reference_whole, len(distinct), arguments.rounds)
    compare(
        "ids of segmented text",
        lambda: ours(segmented, is_segmented=True),
        lambda: reference(segmented),
        len(distinct),
        arguments.rounds,
    )
    ours(distinct)
    compare("texts seen before", lambda: ours(distinct), reference_whole, len(distinct), 3)


def captions(data: Path) -> Iterator[tuple[str, list[str], bool]]:
    """Yield (name, captions, segmented already) of the four sources."""
    for name, is_segmented in (("flickr8k_vi", False), ("capydata_vi", True)):
        files = [data / name / f"{split}.parquet" for split in SPLITS]
        tables = [parquet.read_table(file, columns=["captions"]) for file in files]
        rows = [row for table in tables for row in table["captions"].to_pylist()]
        yield name, [text for row in rows for text in row], is_segmented
    for name in ("ktvic", "uit_viic"):
        files = sorted((data / "releases" / name).glob("*.json"))
        contents = [json.loads(file.read_text(encoding="utf-8")) for file in files]
        yield (
            name,
            [row["caption"] for content in contents for row in content["annotations"]],
            False,
        )


def reason(text: str, prepared: str, word: str) -> str:
    """Return why the ids of one caption differ, as far as its text shows it."""
    if prepared == word:
        return "the same segmented text; BPE differs"
    if segmentation_phoclip._INVISIBLE.search(text):
        return f"invisible characters are removed: {prepared!r} for {word!r}"
    if not unicodedata.is_normalized("NFC", text):
        return f"the text is not NFC: {prepared!r} for {word!r}"
    return f"segmented as {prepared!r} for {word!r}"


def compare(
    what: str, own: Callable[[], object], other: Callable[[], object], texts: int, rounds: int
) -> None:
    """Print texts per second of `own` and `other`, timed turn by turn, and their ratio."""
    seconds: dict[Callable[[], object], list[float]] = {own: [], other: []}
    for _ in range(rounds):
        for function, times in seconds.items():
            start = time.perf_counter()
            function()
            times.append(time.perf_counter() - start)
    own_rate, other_rate = (texts / median(times) for times in seconds.values())
    print(
        f"{what:22} own {own_rate:8,.0f}/s   reference {other_rate:8,.0f}/s   "
        f"ratio {own_rate / other_rate:.2f}"
    )


if __name__ == "__main__":
    main()
