"""Embed photos and texts in bulk, into Parquet shards that `datasets` and LanceDB read.

    python scripts/embed.py PHOTOS --output DIR
    python scripts/embed.py DATASET --split test --texts captions --output DIR
    python scripts/embed.py --texts sentences.txt --output DIR

PHOTOS is a folder, searched to its depths; ids are paths in it. DATASET is a folder of Parquet
files, one that `save_to_disk` wrote, or a Hub id; ids are its `image_id`. --texts adds a column of
the data set, or the lines of a file. DIR gets images-*.parquet {id, embedding} and texts-*.parquet
{id, text, embedding}, unit vectors, and report.json: what was embedded, and what was set aside
because it cannot be read. phoclip_hf/serving/embedding_shards.py says how to open them.

Interrupted, the same command goes on. Exit status: 0 when everything was embedded, 3 when something
was set aside, 1 when the command cannot be carried out, 130 when it was interrupted.
"""

import argparse
import json
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from datasets import Dataset
from tqdm.auto import tqdm

from phoclip_hf.data.sources import open_pictures, parquet_files
from phoclip_hf.serving.bulk_embedding import embed
from phoclip_hf.serving.bulk_items import FolderPhotos, Items, TablePhotos, Texts
from phoclip_hf.serving.embedding_shards import read_set_aside
from phoclip_hf.serving.encoder import PhoCLIPEncoder

ROOT = Path(__file__).resolve().parent.parent
MINI = ROOT / "spaces" / "phoclip" / "checkpoints" / "phoclip-mini"
SOME_SET_ASIDE, INTERRUPTED = 3, 130


def main() -> None:
    """Read the command line, embed, report."""
    arguments = read_arguments()
    report: dict[str, Any] = {"model": arguments.model}
    try:
        for items in open_items(arguments):
            report[items.kind] = embed_all(items, arguments)
            text = json.dumps(report, indent=2, ensure_ascii=False)
            (arguments.output / "report.json").write_text(text + "\n", encoding="utf-8")
    except KeyboardInterrupt:
        print("\nInterrupted; the same command goes on from the last whole shard.", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except (ValueError, OSError, RuntimeError) as error:
        sys.exit(f"Nothing more was embedded. {error}")
    set_aside = sum(len(part["set_aside"]) for part in report.values() if isinstance(part, dict))
    if set_aside:
        where = arguments.output / "report.json"
        print(f"{set_aside} could not be read and were set aside: {where}", file=sys.stderr)
        sys.exit(SOME_SET_ASIDE)


def read_arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", nargs="?", help="folder of photos, or a data set")
    parser.add_argument("--output", type=Path, required=True, help="folder of the shards")
    parser.add_argument("--model", default=str(MINI), help="folder or Hub id")
    parser.add_argument("--split", default="train", help="of the data set")
    parser.add_argument("--texts", help="column of the data set, or a file with a text a line")
    more = "more pay where each has cores of its own (scripts/benchmarks/embed.py)"
    parser.add_argument("--processes", type=positive, default=1, help=f"default: 1; {more}")
    parser.add_argument("--batch-size", type=positive, default=32)
    parser.add_argument("--shard-size", type=positive, default=4096, help="items a file")
    parser.add_argument("--dtype", choices=("float32", "float16"), default="float32")
    parser.add_argument("--device", default="cpu", help="a torch device")
    arguments = parser.parse_args()
    if not arguments.source and not arguments.texts:
        parser.error("expected a folder of photos, a data set, or --texts FILE")
    return arguments


def positive(text: str) -> int:
    """Return the number; argparse says what is wrong with another one."""
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def open_items(arguments: argparse.Namespace) -> list[Items]:
    """Return the photos and the texts that the command line names."""
    items: list[Items] = []
    table: Dataset | None = None
    if arguments.source and is_photo_folder(Path(arguments.source)):
        items.append(FolderPhotos(Path(arguments.source)))
    elif arguments.source:
        table = open_pictures(arguments.source, arguments.split)
        if "image" in table.column_names:
            items.append(TablePhotos(table))
    if arguments.texts and Path(arguments.texts).is_file():
        items.append(Texts.of_file(Path(arguments.texts)))
    elif arguments.texts and table is not None:
        items.append(Texts.of_column(table, arguments.texts))
    elif arguments.texts:
        raise ValueError(f"There is no file {arguments.texts}, nor a data set with such a column.")
    if empty := [part.kind for part in items if not len(part)]:
        raise ValueError(f"There are no {' and no '.join(empty)} in what was given.")
    return items


def is_photo_folder(folder: Path) -> bool:
    """Whether a folder holds photos as files, and not a data set."""
    saved = ("dataset_dict.json", "state.json")
    return (
        folder.is_dir()
        and not parquet_files(folder)
        and not any((folder / name).is_file() for name in saved)
    )


def embed_all(items: Items, arguments: argparse.Namespace) -> dict[str, Any]:
    """Embed what is missing, with a bar, and return what the report says of it."""
    load_encoder = partial(
        PhoCLIPEncoder,
        arguments.model,
        device=arguments.device,
        batch_size=arguments.batch_size,
    )
    steps = embed(
        items,
        arguments.output,
        load_encoder,
        arguments.dtype,
        arguments.batch_size,
        arguments.shard_size,
        arguments.processes,
    )
    progress = next(steps)  # models are loaded, finished shards are counted
    started = time.perf_counter()
    bar = tqdm(total=progress.total, initial=progress.done, desc=items.kind, unit="")
    with bar, closing(steps):  # closed, the other processes end
        for progress in steps:
            bar.update(progress.done - bar.n)
    seconds = time.perf_counter() - started
    set_aside = read_set_aside(arguments.output, items.kind)
    print(
        f"{items.kind}: {progress.total - len(set_aside):,} embedded, {len(set_aside)} set aside; "
        f"{progress.fresh:,} in this run, {progress.fresh / max(seconds, 1e-9):,.1f} a second "
        f"with {arguments.processes} process{'es' if arguments.processes > 1 else ''}"
    )
    found = {"embedded": progress.total - len(set_aside), "set_aside": set_aside}
    return found | ({"other_files": items.others} if isinstance(items, FolderPhotos) else {})


if __name__ == "__main__":
    main()
