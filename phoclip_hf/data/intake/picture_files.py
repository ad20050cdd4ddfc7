"""The folder of images that annotations name: files found by name, never outside the folder."""

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

# How folders of images call a split.
SPLIT_WORDS = {"validation": ("val", "dev"), "test": ("test",), "train": ("train",)}
# A name without one of these may lack its ending.
ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic")
# Bytes; no photo is as large.
MAX_FILE = 256 * 1024**2


class PictureMissing(ValueError):
    """A name that leads to no picture; `reason` is a key of `caption_rows.REASONS`."""

    def __init__(self, reason: str, detail: str):
        super().__init__(detail)
        self.reason = reason


class PictureFolder:
    """All pictures under a folder, links followed; looked up as annotations write their names.

    A name is a path below the folder or the end of one, with `/` or `\\`, in any Unicode form and
    any case, and may lack the ending. Only what lies in the folder is ever opened.
    """

    def __init__(self, folder: str | Path):
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise FileNotFoundError(f"{folder} is not there: give the folder of images.")
        self.files = sorted(_pictures(self.folder))
        self.taken: set[str] = set()
        self._by_end: dict[str, list[str]] = {}
        for file in self.files:
            parts = PurePosixPath(_folded(file)).parts
            for key in {parts[-1], PurePosixPath(parts[-1]).stem}:
                self._by_end.setdefault(key, []).append(file)

    def find(self, name: str, split: str) -> str:
        """Return the path below the folder that a row of `split` means by `name`.

        Of several files that bear the name, one in a folder named after the split is meant. Raises
        PictureMissing.
        """
        path = name.strip().replace("\\", "/")
        if not path:
            raise PictureMissing("no_picture_name", "")
        if path.startswith("/") or re.match("[A-Za-z]:", path) or ".." in path.split("/"):
            raise PictureMissing("outside_folder", name)
        wanted = PurePosixPath(path)
        key = _folded(wanted.as_posix())
        bearers = self._by_end.get(PurePosixPath(key).name, [])
        whole = [file for file in bearers if _ends_with(_folded(file), key)]
        exact = [file for file in whole if file == wanted.as_posix()]
        at_root = [file for file in whole if _without_ending(_folded(file), key) == key]
        in_split = [file for file in whole if _is_of_split(file, split)]
        for found in (exact, at_root, in_split, whole):
            if len(found) == 1:
                self.taken.add(found[0])
                return found[0]
        if whole:
            raise PictureMissing("ambiguous_picture", ", ".join(whole[:3]))
        raise PictureMissing("missing_picture", name)

    def read(self, file: str) -> bytes:
        """Return the bytes of a file that `find` gave; PictureMissing where it cannot be read."""
        path = self.folder / file
        try:
            if (size := path.stat().st_size) > MAX_FILE:
                detail = f"{size // 1024**2} MiB; at most {MAX_FILE // 1024**2} are read"
                raise PictureMissing("unreadable_picture", detail)
            return path.read_bytes()
        except OSError as error:
            raise PictureMissing("unreadable_picture", str(error.strerror)) from error

    def left_over(self) -> list[str]:
        """Return the files that no row has named."""
        return [file for file in self.files if file not in self.taken]


def _pictures(folder: Path) -> Iterator[str]:
    seen: set[str] = set()
    for root, folders, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(root)
        if real in seen:  # a link in a circle
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [name for name in folders if not name.startswith((".", "__MACOSX"))]
        for name in files:
            if name.lower().endswith(ENDINGS) and not name.startswith("."):
                yield Path(root, name).relative_to(folder).as_posix()


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _without_ending(path: str, key: str) -> str:
    return path if key.endswith(ENDINGS) else str(PurePosixPath(path).with_suffix(""))


def _ends_with(path: str, key: str) -> bool:
    path = _without_ending(path, key)
    return path == key or path.endswith("/" + key)


def _is_of_split(file: str, split: str) -> bool:
    words = SPLIT_WORDS.get(split, (split.casefold(),))
    return any(word in part for part in _folded(file).split("/")[:-1] for word in words)
