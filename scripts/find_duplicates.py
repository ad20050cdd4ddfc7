"""Find pictures that are there twice, within and across splits and data sets.

    python scripts/find_duplicates.py DATASET [DATASET ...] --output pairs.csv --picture pairs.png

DATASET is a folder of Parquet files, one that `save_to_disk` wrote, an image folder, or a Hub id;
`DATASET:test` is one split of it. Exact repeats are found, and copies that were resized,
recompressed, cropped, brightened, flipped, framed or made grey. pairs.csv gets the columns a, b
(image_id, else row number), kind, score (0 to 1), a_source, b_source (data set and split);
scripts/evaluate.py --duplicates reads it. pairs.png shows the pairs, the doubtful ones first. What
cannot be read is set aside, and listed in pairs.set_aside.csv.

Records and embeddings are kept below --cache: interrupted, the same command goes on. Exit status:
0, 3 when something was set aside, 1 when the command cannot be carried out, 130 when interrupted.
"""

import argparse
import csv
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from datasets import Dataset

from phoclip_hf.data.dataset_splits import named_splits, split_name
from phoclip_hf.data.duplicates.pair_sheet import pair_sheet
from phoclip_hf.data.duplicates.picture_records import Embedder, PictureRecords, read_records
from phoclip_hf.data.leakage import THRESHOLD, PicturePair, find_pairs
from phoclip_hf.data.sources import open_pictures, picture_ids
from phoclip_hf.serving.bulk_items import TablePhotos
from phoclip_hf.serving.encoder import PhoCLIPEncoder

ROOT = Path(__file__).resolve().parent.parent
MINI = ROOT / "spaces" / "phoclip" / "checkpoints" / "phoclip-mini"
SOME_SET_ASIDE, INTERRUPTED = 3, 130


@dataclass
class Split:
    """One split that is searched: its name, its pictures, its ids, what was read of it."""

    name: str
    photos: TablePhotos
    ids: list[str]
    found: PictureRecords


def main() -> None:
    """Read the command line, search, write, report."""
    arguments = read_arguments()
    try:
        set_aside = search(arguments)
    except KeyboardInterrupt:
        print("\nInterrupted; the same command goes on with what was read.", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except (ValueError, OSError) as error:
        sys.exit(f"Nothing was written. {error}")
    if set_aside:
        sys.exit(SOME_SET_ASIDE)


def read_arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("datasets", nargs="+", metavar="DATASET", help="data set, or DATASET:SPLIT")
    parser.add_argument("--output", type=Path, required=True, help="CSV of the pairs")
    parser.add_argument("--picture", type=Path, help="picture of the pairs")
    parser.add_argument("--picture-pairs", type=int, default=120, help="pairs in the picture")
    parser.add_argument("--threshold", type=share, default=THRESHOLD, help="least score, 0 to 1")
    parser.add_argument("--model", default=str(MINI), help="folder or Hub id, or 'none'")
    parser.add_argument("--device", default="cpu", help="a torch device")
    parser.add_argument("--cache", type=Path, default=Path("runs/duplicates"), help="folder")
    return parser.parse_args()


def share(text: str) -> float:
    """Return the number; argparse says what is wrong with another one."""
    if not 0 <= (number := float(text)) <= 1:
        raise argparse.ArgumentTypeError(f"{number} is not from 0 to 1")
    return number


def search(arguments: argparse.Namespace) -> int:
    """Return how many pictures were set aside, after everything is written."""
    names = [pair for name in arguments.datasets for pair in named_splits(name)]
    tables = [(*pair, open_pictures(*pair)) for pair in dict.fromkeys(names)]
    for dataset, split, table in tables:
        if "image" not in table.column_names:
            raise ValueError(f"{dataset}:{split} has no pictures, but {table.column_names}.")
    embedder = load_embedder(arguments)
    splits = [read_split(*table, arguments.cache, embedder) for table in tables]
    parts = [split.found for split in splits]
    records = parts[0].records if len(parts) == 1 else np.concatenate([p.records for p in parts])
    embeds = np.concatenate([part.embeds for part in parts]) if embedder else None
    pairs = find_pairs(records, embeds, arguments.threshold)
    places = [(split, row) for split in splits for row in range(len(split.ids))]
    write_pairs(arguments.output, pairs, places)
    print_counts(pairs, places)
    if arguments.picture and pairs:
        save_picture(arguments.picture, pairs[:], places, arguments.picture_pairs)
    return write_set_aside(arguments.output.with_suffix(".set_aside.csv"), splits)


def load_embedder(arguments: argparse.Namespace) -> Embedder | None:
    """Return the model, or None where hashes are to propose alone."""
    if arguments.model == "none":
        return None
    encoder = PhoCLIPEncoder(arguments.model, device=arguments.device)
    return Embedder(encoder.encode_images, encoder.dimension, encoder.fingerprint)


def read_split(
    dataset: str, split: str, table: Dataset, cache: Path, embedder: Embedder | None
) -> Split:
    """Return one split, its pictures read."""
    photos = TablePhotos(table)
    ids = picture_ids(table)
    fingerprint = f"{photos.stamp()} {table._fingerprint}"
    name = split_name(dataset, split)
    found = read_records(photos.read, len(photos), cache, fingerprint, embedder, name=name)
    return Split(name, photos, ids, found)


def write_pairs(path: Path, pairs: list[PicturePair], places: list[tuple[Split, int]]) -> None:
    """Write the table of pairs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["a", "b", "kind", "score", "a_source", "b_source"])
        for pair in pairs:
            (a, row_a), (b, row_b) = places[pair.a], places[pair.b]
            score = f"{pair.score:.4f}"
            table.writerow([a.ids[row_a], b.ids[row_b], pair.kind, score, a.name, b.name])


def print_counts(pairs: list[PicturePair], places: list[tuple[Split, int]]) -> None:
    """Print how many pairs there are of each kind, within and across splits."""
    counts = Counter((places[pair.a][0].name, places[pair.b][0].name, pair.kind) for pair in pairs)
    for (a, b, kind), count in sorted(counts.items()):
        print(f"{count:7,}  {kind:12}  {'within ' + a if a == b else f'{a} and {b}'}")
    print(f"{len(pairs):7,}  pairs among {len(places):,} pictures")


def save_picture(
    path: Path, pairs: list[PicturePair], places: list[tuple[Split, int]], most: int
) -> None:
    """Save the pairs side by side, by rising score: what deserves a look comes first."""
    shown = []
    for pair in sorted(pairs, key=lambda pair: pair.score)[:most]:
        images = [
            image
            for split, row in (places[pair.a], places[pair.b])
            for _, image in split.photos.read(row, row + 1)
        ]
        shown.append((*images, f"{pair.score:.2f} {pair.kind}"))
    path.parent.mkdir(parents=True, exist_ok=True)
    pair_sheet(shown).save(path)


def write_set_aside(path: Path, splits: list[Split]) -> int:
    """Write which pictures could not be read and why, and return how many; none, no file."""
    rows = [
        (split.ids[row], split.name, reason)
        for split in splits
        for row, reason in sorted(split.found.problems.items())
    ]
    path.unlink(missing_ok=True)
    if rows:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("image_id", "source", "reason"), *rows])
        print(f"{len(rows)} pictures could not be read and were set aside: {path}", file=sys.stderr)
    return len(rows)


if __name__ == "__main__":
    main()
