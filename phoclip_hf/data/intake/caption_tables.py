"""Tables of captions, CSV or JSON lines, one file or one a split: which columns hold what."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .caption_rows import Gathered, PictureRow, SetAside
from .caption_sources import SPLIT_NAMES, CaptionSource, listed_source
from .table_records import csv_records, jsonl_records, read_text

TABLES = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson")


@dataclass(frozen=True)
class Columns:
    """Which columns hold what, by name, or by number from 1 where the table has no header."""

    image: str = "image"
    captions: tuple[str, ...] = ("caption",)
    image_id: str | None = None
    label: str | None = None
    separator: str | None = None  # between several captions in one cell

    def named(self) -> list[str]:
        """Return all that are named."""
        return [c for c in (self.image, *self.captions, self.image_id, self.label) if c]


def open_tables(
    path: Path,
    images: Path | None,
    columns: Columns,
    has_header: bool = True,
    delimiter: str | None = None,
) -> CaptionSource:
    """Return a table as the split `train`, or a folder's train, validation and test tables.

    Args:
        path: a CSV, TSV or JSONL file, or the folder of such.
        images: folder of the pictures, None to do without.
        columns: which hold what.
        has_header: the first line names the columns.
        delimiter: between columns; by default found.
    """
    files = {"train": path}
    if path.is_dir():
        files = {
            SPLIT_NAMES.get(file.stem, file.stem): file
            for file in sorted(path.iterdir())
            if file.suffix.lower() in TABLES
        }
    if not all(file.is_file() for file in files.values()) or not files:
        raise FileNotFoundError(f"{path} is no table and holds none ({', '.join(TABLES)}).")
    rows = {}
    for split, file in files.items():
        try:
            rows[split] = list(table_rows(file, split, columns, has_header, delimiter))
        except ValueError as error:
            raise ValueError(f"{file}: {error}") from error
    return listed_source(path.stem, rows, list(files.values()), images)


def table_rows(
    path: Path,
    split: str,
    columns: Columns,
    has_header: bool = True,
    delimiter: str | None = None,
) -> Iterator[PictureRow | SetAside]:
    """Yield the pictures of a CSV or JSONL file; rows that name the same picture are one picture.

    Captions are a cell each, a list (JSONL), or one cell with `columns.separator` between them.
    Raises ValueError where the columns are not in the table, with those that are.
    """
    gathered = Gathered(split)
    text = read_text(path)
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        records = jsonl_records(text, split, columns.named())
    else:
        records = csv_records(text, split, columns.named(), has_header, delimiter)
    for record in records:
        if isinstance(record, SetAside):
            yield record
            continue
        file = record.get(columns.image)
        if not isinstance(file, str) or not file.strip():
            yield SetAside(split, "row", "no_picture_name", raw=record)
            continue
        file = file.strip()
        number = record.get(columns.image_id) if columns.image_id else None
        image_id = file if number in (None, "") else str(number)
        known = gathered.pictures.get(image_id)
        if known and known["image"] != file:
            detail = f"it is that of {known['image']}"
            yield SetAside(split, "row", "duplicate_id", detail, image_id, file, record)
            continue
        label = record.get(columns.label) if columns.label else None
        gathered.add(
            image_id, file, _captions(record, columns), record, str(label) if label else None
        )
    yield from gathered.rows()


def _captions(record: dict[str, Any], columns: Columns) -> list[Any]:
    captions: list[Any] = []
    for column in columns.captions:
        value = record.get(column)
        if isinstance(value, list):
            captions += value
        elif columns.separator and isinstance(value, str):
            captions += [part for part in value.split(columns.separator) if part.strip()]
        elif len(columns.captions) == 1 or value not in (None, ""):
            captions.append(value)  # a spare column that is empty is no fault
    return captions
