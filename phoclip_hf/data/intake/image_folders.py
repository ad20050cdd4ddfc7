"""Image folders as `datasets` knows them: metadata.csv or .jsonl, or folder names as labels."""

import csv
import json
from dataclasses import replace
from pathlib import Path, PurePosixPath

from datasets.data_files import DataFilesDict, get_data_patterns

from .caption_rows import PictureRow
from .caption_sources import CAPTION_COLUMNS, SPLIT_NAMES, CaptionSource, Row, listed_source
from .caption_tables import Columns, table_rows
from .picture_files import ENDINGS
from .table_records import DELIMITERS, read_text

METADATA = ("metadata.csv", "metadata.jsonl")


def open_image_folder(folder: Path, columns: Columns | None = None) -> CaptionSource:
    """Return the pictures of an image folder, split as `datasets` splits it by names of folders.

    Args:
        folder: of pictures, with metadata that names them under `file_name`, or one folder a label.
        columns: of the metadata; by default its `file_name`, `label` and first usual caption.

    Raises FileNotFoundError where there is no picture, ValueError where metadata name none.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is not there: give the folder of images.")
    root = folder.resolve()
    found = DataFilesDict.from_patterns(get_data_patterns(str(root)), base_path=str(root))
    rows: dict[str, list[Row]] = {}
    read: list[Path] = []
    for name, paths in found.items():
        split = SPLIT_NAMES.get(str(name), str(name))
        files = [Path(path) for path in paths]
        tables = [path for path in files if path.name in METADATA]
        listed = rows.setdefault(split, [])
        for table in tables:
            read.append(table)
            listed += _metadata_rows(table, split, root, columns)
        if not tables:
            listed += _labelled_rows(files, split, root)
    rows = {split: listed for split, listed in rows.items() if listed}
    if not rows:
        raise FileNotFoundError(f"{folder} holds no picture and no metadata of any.")
    return listed_source(folder.name, rows, read, folder)


def _metadata_rows(table: Path, split: str, root: Path, columns: Columns | None) -> list[Row]:
    if columns is None:
        names = _column_names(table)
        caption = next((name for name in CAPTION_COLUMNS if name in names), None)
        if caption is None and "label" not in names:
            raise ValueError(
                f"{table} names neither captions nor labels, but {', '.join(names)}: "
                "name its columns with --caption-column or --label-column."
            )
        captions = () if caption is None else (caption,)
        columns = Columns("file_name", captions, label="label" if "label" in names else None)
    # A name is relative to the folder that its metadata are in.
    below = PurePosixPath(table.parent.relative_to(root).as_posix())
    return [
        replace(row, image=str(below / str(row.image))) if isinstance(row, PictureRow) else row
        for row in table_rows(table, split, columns)
    ]


def _labelled_rows(files: list[Path], split: str, root: Path) -> list[Row]:
    names = [PurePosixPath(path.relative_to(root).as_posix()) for path in files]
    names = [name for name in names if name.suffix.lower() in ENDINGS]
    labels = {name.parent.name for name in names}
    is_labelled = len(labels) > 1 and "" not in labels
    return [
        PictureRow(split, str(name), str(name), (), name.parent.name if is_labelled else None)
        for name in sorted(names)
    ]


def _column_names(table: Path) -> list[str]:
    first = read_text(table).partition("\n")[0]
    if table.suffix == ".jsonl":
        return list(json.loads(first or "{}"))
    rows = [next(csv.reader([first], delimiter=delimiter), []) for delimiter in DELIMITERS]
    return max(rows, key=len)
