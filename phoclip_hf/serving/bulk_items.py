"""What can be embedded in bulk: photos of a folder, pictures or texts of a data set, lines."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

from datasets import Dataset
from datasets import Image as ImageFeature
from PIL import Image

from phoclip_hf.data.sources import picture_ids
from phoclip_hf.serving.errors import ServingError
from phoclip_hf.serving.photos import open_photo

# Names of files that `open_photo` reads; everything else in a folder is counted, not opened.
SUFFIXES = frozenset(
    ".jpg .jpeg .jpe .jfif .png .webp .gif .bmp .tif .tiff .ppm .pgm .avif .heic .heif".split()
)
Item = tuple[str, Image.Image | str | ServingError]  # id, and the item or why there is none


class Items(Protocol):
    """Pictures or texts in a fixed order, each with an id; it travels to other processes."""

    kind: str  # "images" or "texts"

    def __len__(self) -> int: ...

    def read(self, start: int, stop: int) -> Iterator[Item]:
        """Yield the items in [start, stop); a bad one as its error."""

    def stamp(self) -> str:
        """What changes when an item is added, taken away, renamed or changed."""


@dataclass
class FolderPhotos:
    """The photos below a folder, by name; hidden files and folders do not count.

    `others` are the files whose names are no photo's. Ids are paths relative to the folder, with
    slashes; bytes of a name that are no UTF-8 are written as escapes. Links to folders are not
    followed. Raises FileNotFoundError where no photo is.
    """

    folder: Path
    names: list[str] = field(init=False)
    others: list[str] = field(init=False)
    kind: str = field(default="images", init=False)

    def __post_init__(self) -> None:
        found: dict[bool, list[str]] = {True: [], False: []}
        for place, folders, files in os.walk(self.folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in files:
                if not name.startswith("."):
                    path = Path(place, name)
                    is_photo = path.suffix.lower() in SUFFIXES
                    found[is_photo].append(path.relative_to(self.folder).as_posix())
        self.names, self.others = sorted(found[True]), sorted(map(printable, found[False]))
        if not self.names:
            raise FileNotFoundError(
                f"No photo lies in {self.folder} ({len(self.others)} other files): expected names "
                f"that end with one of {' '.join(sorted(SUFFIXES))}."
            )

    def __len__(self) -> int:
        return len(self.names)

    def read(self, start: int, stop: int) -> Iterator[Item]:
        """Yield the photos in [start, stop), upright."""
        for name in self.names[start:stop]:
            yield printable(name), _opened(self.folder / name)

    def stamp(self) -> str:
        """Digest of names, sizes and times of change."""
        digest = blake2b(digest_size=16)
        for name in self.names:
            found = (self.folder / name).stat()
            digest.update(f"{name!a} {found.st_size} {found.st_mtime_ns}\n".encode())
        return digest.hexdigest()


@dataclass
class TablePhotos:
    """The column `image` of a data set; ids are its `image_id`, else row numbers."""

    table: Dataset
    kind: str = field(default="images", init=False)

    def __post_init__(self) -> None:
        # Undecoded, so that a bad file is one bad row and not the end.
        self.table = self.table.cast_column("image", ImageFeature(decode=False))

    def __len__(self) -> int:
        return len(self.table)

    def read(self, start: int, stop: int) -> Iterator[Item]:
        """Yield the pictures in [start, stop), upright."""
        rows = self.table[start:stop]
        for id, file in zip(picture_ids(self.table, start, stop), rows["image"], strict=True):
            yield id, _opened((file or {}).get("bytes") or (file or {}).get("path"))

    def stamp(self) -> str:
        """Digest of the ids and of the size of the data."""
        digest = blake2b(str(self.table.data.nbytes).encode(), digest_size=16)
        digest.update("\n".join(picture_ids(self.table)).encode())
        return digest.hexdigest()


@dataclass
class Texts:
    """Texts with ids; an empty one is an error."""

    ids: list[str]
    texts: list[str]
    kind: str = field(default="texts", init=False)

    @classmethod
    def of_file(cls, path: Path) -> "Texts":
        """One text a line, UTF-8; ids count the lines from 1."""
        with path.open(encoding="utf-8-sig") as file:
            texts = [line.rstrip("\n") for line in file]
        return cls([str(number) for number in range(1, len(texts) + 1)], texts)

    @classmethod
    def of_column(cls, table: Dataset, column: str) -> "Texts":
        """A column of texts, or of lists of texts: ids are then `image_id#0`, `image_id#1`, …

        Raises ValueError where the column is missing or holds something else.
        """
        if column not in table.column_names:
            raise ValueError(
                f"The data set has no column {column!r}; it has {', '.join(table.column_names)}."
            )
        ids: list[str] = []
        texts: list[str] = []
        row_ids = picture_ids(table)
        for id, value in zip(row_ids, table.select_columns(column)[column], strict=True):
            several = isinstance(value, list)
            for number, text in enumerate(value if several else [value]):
                if not isinstance(text, str | None):
                    raise ValueError(f"The column {column!r} holds {text!r}: expected texts.")
                ids.append(f"{id}#{number}" if several else id)
                texts.append(text or "")
        return cls(ids, texts)

    def __len__(self) -> int:
        return len(self.texts)

    def read(self, start: int, stop: int) -> Iterator[Item]:
        """Yield the texts in [start, stop)."""
        for id, text in zip(self.ids[start:stop], self.texts[start:stop], strict=True):
            yield id, text if text.strip() else ServingError("text_empty", "The text is empty.")

    def stamp(self) -> str:
        """Digest of ids and texts."""
        digest = blake2b(digest_size=16)
        for id, text in zip(self.ids, self.texts, strict=True):
            digest.update(f"{id!a} {text!a}\n".encode())
        return digest.hexdigest()


def _opened(source: Path | bytes | str | None) -> Image.Image | ServingError:
    try:
        return open_photo(source)
    except ServingError as error:
        return error


def printable(name: str) -> str:
    """A file's name, or a message that holds one, with bytes that are no UTF-8 as escapes."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
