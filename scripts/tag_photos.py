"""Write Vietnamese captions and tags for every photo below a folder.

    python scripts/tag_photos.py PHOTOS --output photos.jsonl
    python scripts/tag_photos.py PHOTOS --output photos.csv --count 3 --beams 1
    python scripts/tag_photos.py PHOTOS --output photos.csv --tags tags.txt

photos.jsonl holds one photo a line, {path, captions: [{text, score}], tags: [{text, score,
hashtag}]}; photos.csv the same in columns, for spreadsheets. Paths are relative to PHOTOS. --tags
is a file with a tag a line, `tag` or `tag | how many photos in a thousand show it`; without it the
tags are those of phoclip_hf/serving/tags_vi.txt. A caption's score is the geometric mean of its
tokens' probabilities, a tag's its share of the probability over all tags.

Beside the output lies a journal, .photos.jsonl.journal. Interrupted, the same command goes on where
it stopped; later, it describes only photos that are new or have changed. With other options it
asks for another output. Exit status: 0 when every photo was described, 3 when some cannot be read
(they are named on stderr), 1 when the command cannot be carried out, 130 when it was interrupted.
"""

import argparse
import csv
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from tqdm.auto import tqdm

from phoclip_hf.serving.bulk_items import FolderPhotos
from phoclip_hf.serving.bulk_tagging import TaggedPhotos, tag_photos
from phoclip_hf.serving.captioner import MAX_CAPTIONS, Captioner
from phoclip_hf.serving.encoder import PhoCLIPEncoder
from phoclip_hf.serving.tag_vocabulary import everyday_tags, read_vocabulary
from phoclip_hf.serving.tagging import Tagger

CHECKPOINTS = Path(__file__).resolve().parent.parent / "spaces" / "phoclip" / "checkpoints"
SOME_SET_ASIDE, INTERRUPTED = 3, 130


def main() -> None:
    """Read the command line, describe, write, report."""
    arguments = read_arguments()
    try:
        found = describe_all(arguments)
        write(found.rows, arguments.output)
    except KeyboardInterrupt:
        print("\nInterrupted; the same command goes on after the last photo.", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except (ValueError, OSError, RuntimeError) as error:
        sys.exit(f"Nothing was written. {error}")
    print(f"{len(found.rows):,} photos in {arguments.output}")
    if found.set_aside:
        for row in found.set_aside:
            print(f"set aside: {row['path']}. {row['reason']}", file=sys.stderr)
        print(f"{len(found.set_aside)} could not be read and were set aside.", file=sys.stderr)
        sys.exit(SOME_SET_ASIDE)


def read_arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder of photos, searched to its depths")
    parser.add_argument("--output", type=Path, required=True, help="a .jsonl or .csv file")
    parser.add_argument(
        "--model", default=str(CHECKPOINTS / "phoclip-mini"), help="the dual encoder: folder or id"
    )
    parser.add_argument(
        "--captioner", default=str(CHECKPOINTS / "phocap-mini"), help="folder or Hub id"
    )
    parser.add_argument("--tags", type=Path, help="a file, one tag a line")
    parser.add_argument(
        "--count", type=positive, default=1, help=f"captions a photo, at most {MAX_CAPTIONS}"
    )
    parser.add_argument("--beams", type=positive, default=5, help="of the search; 1 is greedy")
    parser.add_argument("--batch-size", type=positive, default=8)
    parser.add_argument("--device", default="cpu", help="a torch device")
    arguments = parser.parse_args()
    if arguments.output.suffix.lower() not in WRITERS:
        parser.error(f"--output {arguments.output}: expected a name in {' or '.join(WRITERS)}")
    if arguments.count > MAX_CAPTIONS:
        parser.error(f"--count {arguments.count}: at most {MAX_CAPTIONS} captions are written")
    return arguments


def positive(text: str) -> int:
    """Return the number; argparse says what is wrong with another one."""
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def describe_all(arguments: argparse.Namespace) -> TaggedPhotos:
    """Describe what is missing, with a bar, and return everything known of the photos."""
    photos = FolderPhotos(arguments.folder)
    output = arguments.output
    journal = output.with_name(f".{output.name}.journal")
    if output.exists() and not journal.exists():
        raise ValueError(
            f"{output} is there already and has no journal {journal.name} beside it, so this "
            "command did not write it: choose another --output, or move it away."
        )
    vocabulary = everyday_tags() if arguments.tags is None else own_tags(arguments.tags)
    output.parent.mkdir(parents=True, exist_ok=True)
    options = {"device": arguments.device, "batch_size": arguments.batch_size}
    captioner = Captioner(arguments.captioner, **options)
    tagger = Tagger(PhoCLIPEncoder(arguments.model, **options), vocabulary)
    steps = tag_photos(photos, journal, captioner, tagger, arguments.count, arguments.beams)
    found = next(steps)  # what the journal knows
    started = time.perf_counter()
    with tqdm(total=found.total, initial=found.done, desc="photos", unit="") as bar:
        for found in steps:
            bar.update(found.done - bar.n)
    seconds = time.perf_counter() - started
    print(
        f"{found.fresh:,} described in this run ({found.changed:,} of them had changed), "
        f"{len(found.rows) - found.fresh:,} known before, {len(found.set_aside)} set aside; "
        f"{found.fresh / max(seconds, 1e-9):,.1f} a second; {len(photos.others):,} other files"
    )
    return found


def own_tags(path: Path) -> dict[str, float]:
    """Return the vocabulary of a file; ValueError says what is wrong with it."""
    try:
        return read_vocabulary(path.read_text(encoding="utf-8").splitlines())
    except ValueError as error:  # no UTF-8 either
        raise ValueError(f"--tags {path}: {error}") from error


def write(rows: list[dict[str, Any]], output: Path) -> None:
    """Write the file as its suffix says; it appears whole or not at all."""
    partial = output.with_name(f".{output.name}.part")
    with partial.open("w", encoding="utf-8", newline="") as file:
        WRITERS[output.suffix.lower()](rows, file)
    os.replace(partial, output)


def write_json_lines(rows: list[dict[str, Any]], file: TextIO) -> None:
    """Write one photo a line."""
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")


def write_csv(rows: list[dict[str, Any]], file: TextIO) -> None:
    """Write a table: path, each caption with its score, tags, their scores, hashtags."""
    captions = max((len(row["captions"]) for row in rows), default=1)
    file.write("\ufeff")  # or Excel takes UTF-8 for something else
    table = csv.writer(file)
    numbered = [f"{name}_{n}" for n in range(1, captions + 1) for name in ("caption", "score")]
    table.writerow(["path", *numbered, "tags", "tag_scores", "hashtags"])
    for row in rows:
        written = [cell for own in row["captions"] for cell in (own["text"], own["score"])]
        written += [""] * (len(numbered) - len(written))
        tags = row["tags"]
        texts, scores = ([str(tag[name]) for tag in tags] for name in ("text", "score"))
        hashtags = " ".join(tag["hashtag"] for tag in tags)
        table.writerow([row["path"], *written, "; ".join(texts), "; ".join(scores), hashtags])


WRITERS: dict[str, Callable[[list[dict[str, Any]], TextIO], None]] = {
    ".jsonl": write_json_lines,
    ".csv": write_csv,
}


if __name__ == "__main__":
    main()
