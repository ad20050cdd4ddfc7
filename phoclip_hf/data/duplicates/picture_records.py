"""Pictures read once: records and embeddings in memory-mapped files that a later run goes on with.

Two files below a folder, named after the data and the model: another version of either is another
file.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm.auto import tqdm

from .thumbnails import READ, RECORD, picture_record

# Gives (id, picture) of the rows in [start, stop); in place of one that cannot be read, the error.
ReadPictures = Callable[[int, int], Iterable[tuple[str, Image.Image | Exception]]]


@dataclass(frozen=True)
class Embedder:
    """A model as a function of RGB pictures: unit vectors (pictures, dimension) come out.

    `name` tells two models apart.
    """

    encode: Callable[[Sequence[Image.Image]], np.ndarray]
    dimension: int
    name: str


@dataclass(frozen=True)
class PictureRecords:
    """What was read of a data set.

    Attributes:
        records: (pictures,) of RECORD; `state` is READ where the picture could be read.
        embeds: (pictures, dimension) float16, zeros where it could not; None without an embedder.
        problems: row and reason of each that could not.
    """

    records: np.ndarray
    embeds: np.ndarray | None
    problems: dict[int, str]


def read_records(
    read: ReadPictures,
    count: int,
    directory: str | Path,
    fingerprint: str,
    embedder: Embedder | None = None,
    batch_size: int = 64,
    name: str = "pictures",
) -> PictureRecords:
    """Read what is not yet in the files below `directory`, and return all.

    What could not be read is tried again by every call. Interrupted, the next call goes on.

    Args:
        read: gives the pictures.
        count: of the rows.
        directory: of the files; made where it is not there.
        fingerprint: of the pictures: equal for equal rows.
        embedder: a model, if embeddings are wanted.
        batch_size: rows read, embedded and written at a time.
        name: on the progress bar.
    """
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    if not count:
        none = np.zeros((0, embedder.dimension), np.float16) if embedder else None
        return PictureRecords(np.zeros(0, RECORD), none, {})
    records = _open(directory / f"{_digest(fingerprint)}-records.npy", (count,), RECORD)
    embeds = None
    if embedder:
        path = directory / f"{_digest(fingerprint)}-{_digest(embedder.name)}.npy"
        embeds = _open(path, (count, embedder.dimension), np.dtype(np.float16))
    problems: dict[int, str] = {}
    for start in tqdm(range(0, count, batch_size), desc=name, unit="batch"):
        stop = min(start + batch_size, count)
        done = records["state"][start:stop] == READ
        if embeds is not None:
            done &= embeds[start:stop].any(axis=1)
        if not done.all():
            _read_batch(read, start, stop, records, embeds, embedder, problems)
    return PictureRecords(records, embeds, problems)


def _read_batch(
    read: ReadPictures,
    start: int,
    stop: int,
    records: np.ndarray,
    embeds: np.ndarray | None,
    embedder: Embedder | None,
    problems: dict[int, str],
) -> None:
    images: dict[int, Image.Image] = {}
    for row, (_, image) in enumerate(read(start, stop), start=start):
        if isinstance(image, Exception):
            problems[row] = str(image)
        else:
            images[row] = image.convert("RGB")
    if images and embeds is not None and embedder is not None:
        embeds[list(images)] = embedder.encode(list(images.values()))
        embeds.flush()
    for row, image in images.items():
        records[row] = picture_record(image)
    records.flush()


def _open(path: Path, shape: tuple[int, ...], dtype: np.dtype) -> np.memmap:
    """Return a memory-mapped array, zeros where nothing was written yet."""
    if path.is_file():
        found = np.load(path, mmap_mode="r+", allow_pickle=False)
        if (found.shape, found.dtype) == (shape, dtype):
            return found
    return np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=shape)


def _digest(name: str) -> str:
    """Return a name that is safe in a path, whatever the fingerprint holds."""
    return blake2b(name.encode(), digest_size=12).hexdigest()
