"""A source of captioned pictures: its splits row by row, each from wherever one wants to go on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from datasets import Image

from .caption_rows import PictureRow, SetAside
from .picture_files import PictureFolder

# How releases and people call the splits.
SPLIT_NAMES = {"val": "validation", "valid": "validation", "dev": "validation"}
# Columns that hold captions, the likeliest first.
CAPTION_COLUMNS = ("captions", "caption", "caption_vi", "text", "sentence", "description")
Row = PictureRow | SetAside


@dataclass
class CaptionSource:
    """Splits of rows, the folder of their pictures where they name files, and what they came from.

    `splits` maps a name to a function: from a position (0, or one that it gave) on it yields
    (position after the row, row). `origin` changes when the annotations do; `totals` counts rows
    where that is known.
    """

    name: str
    splits: dict[str, Callable[[int], Iterator[tuple[int, Row]]]]
    origin: str
    pictures: PictureFolder | None = None
    totals: dict[str, int] = field(default_factory=dict)
    has_labels: bool = False


def listed_source(
    name: str,
    rows: dict[str, Sequence[Row]],
    files: Sequence[Path],
    images: str | Path | None,
) -> CaptionSource:
    """Return the source whose rows were all read from annotation files on disk.

    Args:
        name: goes into the column `source`.
        rows: split → rows.
        files: the annotation files.
        images: folder of the pictures, None to do without.
    """
    digest = blake2b(digest_size=8)
    for path in files:
        digest.update(path.read_bytes())
    return CaptionSource(
        name,
        {split: _from(listed) for split, listed in rows.items()},
        digest.hexdigest(),
        None if images is None else PictureFolder(images),
        {split: len(listed) for split, listed in rows.items()},
        any(
            isinstance(row, PictureRow) and row.label for listed in rows.values() for row in listed
        ),
    )


def is_image(kind: Any) -> bool:
    """Say whether a feature of `datasets` holds pictures, declared or as what they are stored."""
    return isinstance(kind, Image) or (isinstance(kind, dict) and "bytes" in kind)


def _from(rows: Sequence[Row]) -> Callable[[int], Iterator[tuple[int, Row]]]:
    def go_on(position: int) -> Iterator[tuple[int, Row]]:
        yield from enumerate(rows[position:], position + 1)

    return go_on
