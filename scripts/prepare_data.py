"""Make a data set in the project's schema out of a public release, a table, a folder or the Hub.

    python scripts/prepare_data.py uit_viic --annotations DIR --images DIR --output DIR
    python scripts/prepare_data.py table --annotations captions.csv --images DIR --output DIR \
        --image-column image --caption-column caption --validation 0.1 --test 0.1
    python scripts/prepare_data.py imagefolder --images DIR --output DIR
    python scripts/prepare_data.py hub floschne/xm3600 --split vi=test --output DIR --streaming

Releases: ktvic, uit_viic, uit_openviic, viecap4h, flickr_vi, coco_vi. The output folder holds
<split>.parquet (image, captions, image_id, source, and label where there is one), which
`datasets.load_dataset(DIR)` and every script here open; `--push org/name` uploads it too. What
cannot be used is set aside: report.md tells of it, set_aside.jsonl keeps the rows. Interrupted,
the same command goes on.

Exit status: 0 all rows were used, 3 some were set aside, 1 the run could not be done, 2 the command
line is wrong, 130 interrupted.
"""

import argparse
import sys
from pathlib import Path

from datasets import load_dataset

from phoclip_hf.data.intake.caption_sources import CaptionSource
from phoclip_hf.data.intake.caption_tables import Columns, open_tables
from phoclip_hf.data.intake.hub_datasets import HUB_DATASETS, HubColumns, open_hub_dataset
from phoclip_hf.data.intake.image_folders import open_image_folder
from phoclip_hf.data.intake.preparation import prepare
from phoclip_hf.data.intake.preparation_parts import Settings
from phoclip_hf.data.intake.releases import RELEASES, open_release
from phoclip_hf.serving.photos import open_photo

SOME_SET_ASIDE = 3


def main() -> int:
    """Read the command line, prepare, push; return the exit status."""
    arguments = read_arguments()
    try:
        source = arguments.open(arguments)
        source.name = arguments.source or source.name
        report = prepare(source, arguments.output, open_photo, settings_of(arguments))
        if report.pictures and arguments.push:
            splits = load_dataset(str(arguments.output))
            splits.push_to_hub(arguments.push, private=arguments.private)
            print(f"pushed to {arguments.push}")
    except KeyboardInterrupt:
        print("Interrupted: the same command goes on.", file=sys.stderr)
        return 130
    except (OSError, ValueError, RuntimeError) as error:
        print(f"prepare_data.py: {error}", file=sys.stderr)
        return 1
    print(f"{arguments.output / 'report.md'} tells of every row.")
    print(report.last_line())
    if not report.pictures:
        return 1
    return SOME_SET_ASIDE if report.set_aside else 0


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Return how the rows are to be prepared."""
    shares = {"test": arguments.test, "validation": arguments.validation}
    return Settings(
        images=not arguments.without_images,
        max_side=arguments.max_side,
        limit=arguments.limit,
        shares={name: share for name, share in shares.items() if share is not None},
        seed=arguments.seed,
        part_rows=arguments.part_rows,
    )


def open_a_release(arguments: argparse.Namespace) -> CaptionSource:
    """Return the public release that the command line names."""
    return open_release(
        arguments.reader, arguments.annotations, images_of(arguments), arguments.segmented
    )


def open_a_table(arguments: argparse.Namespace) -> CaptionSource:
    """Return the table, or the folder of tables."""
    columns = Columns(
        arguments.image_column or "image",
        tuple(arguments.caption_column or ["caption"]),
        arguments.id_column,
        arguments.label_column,
        arguments.caption_separator,
    )
    return open_tables(
        arguments.annotations,
        images_of(arguments),
        columns,
        has_header=not arguments.no_header,
        delimiter=arguments.delimiter,
    )


def open_a_folder(arguments: argparse.Namespace) -> CaptionSource:
    """Return the image folder."""
    columns = None
    if arguments.caption_column or arguments.label_column or arguments.image_column:
        columns = Columns(
            arguments.image_column or "file_name",
            tuple(arguments.caption_column or ()),
            arguments.id_column,
            arguments.label_column,
        )
    return open_image_folder(arguments.images, columns)


def open_from_hub(arguments: argparse.Namespace) -> CaptionSource:
    """Return the data set on the Hub."""
    known = HUB_DATASETS.get(arguments.dataset, HubColumns())
    captions = arguments.caption_column or [known.captions]
    if len(captions) > 1:
        raise ValueError("A data set on the Hub has one caption column: name one.")
    names = [text.partition("=") for text in arguments.split]
    columns = HubColumns(
        arguments.image_column or known.image,
        captions[0],
        arguments.id_column or known.image_id,
        arguments.label_column or known.label,
        {theirs: ours or theirs for theirs, _, ours in names} or known.splits,
    )
    return open_hub_dataset(
        arguments.dataset, columns, arguments.streaming, arguments.config, arguments.revision
    )


def images_of(arguments: argparse.Namespace) -> Path | None:
    """Return the folder of pictures, None where none are wanted."""
    if arguments.without_images:
        return None
    if arguments.images is None:
        raise ValueError("Give the folder of pictures with --images, or say --without-images.")
    return arguments.images


def read_arguments() -> argparse.Namespace:
    """Return what the command line says."""
    output = argparse.ArgumentParser(add_help=False)
    output.add_argument("--output", type=Path, required=True, help="folder of the data set")
    output.add_argument("--source", help="what the column `source` says")
    output.add_argument("--push", metavar="ORG/NAME", help="upload to this data set on the Hub")
    output.add_argument("--private", action="store_true", help="make what is uploaded private")
    output.add_argument("--without-images", action="store_true", help="captions alone")
    output.add_argument("--max-side", type=pixels, help="make larger pictures smaller, in pixels")
    output.add_argument("--limit", type=int, help="rows of each split")
    output.add_argument("--validation", type=float, help="share of the pictures, such as 0.1")
    output.add_argument("--test", type=float, help="share of the pictures, such as 0.1")
    output.add_argument("--seed", type=int, default=0, help="of the shares")
    output.add_argument("--part-rows", type=int, default=1000, help="rows that are done at once")

    columns = argparse.ArgumentParser(add_help=False)
    columns.add_argument("--image-column", help="holds the picture or its file name")
    columns.add_argument("--caption-column", nargs="+", help="one or several")
    columns.add_argument("--id-column")
    columns.add_argument("--label-column")

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    readers = parser.add_subparsers(dest="reader", required=True, metavar="READER")
    for name, release in RELEASES.items():
        reader = readers.add_parser(name, parents=[output], help=release.title)
        reader.add_argument("--annotations", type=Path, required=True, help="folder or file")
        reader.add_argument("--images", type=Path, help="folder of the pictures")
        reader.add_argument("--segmented", action="store_true", help="word-segmented captions")
        reader.set_defaults(open=open_a_release)

    reader = readers.add_parser("table", parents=[output, columns], help="CSV, TSV or JSON lines")
    reader.add_argument("--annotations", type=Path, required=True, help="file, or one a split")
    reader.add_argument("--images", type=Path, help="folder of the pictures")
    reader.add_argument("--caption-separator", help="between several captions in one cell")
    reader.add_argument("--delimiter", help="between columns; found by itself where possible")
    reader.add_argument("--no-header", action="store_true", help="columns are numbered from 1")
    reader.set_defaults(open=open_a_table)

    reader = readers.add_parser("imagefolder", parents=[output, columns], help="image folder")
    reader.add_argument("--images", type=Path, required=True, help="the folder")
    reader.set_defaults(open=open_a_folder)

    reader = readers.add_parser("hub", parents=[output, columns], help="data set on the Hub")
    reader.add_argument("dataset", help="its id, or a folder that load_dataset reads")
    reader.add_argument("--split", nargs="+", default=[], help="which, THEIRS or THEIRS=OURS")
    reader.add_argument("--config", help="its subset")
    reader.add_argument("--revision", help="commit, tag or branch")
    reader.add_argument("--streaming", action="store_true", help="keep nothing else on disk")
    reader.set_defaults(open=open_from_hub)
    return parser.parse_args()


def pixels(text: str) -> int:
    """Return a number of pixels, 64 at least."""
    if (side := int(text)) < 64:
        raise argparse.ArgumentTypeError(f"{side} pixels; expected at least 64")
    return side


if __name__ == "__main__":
    sys.exit(main())
