"""A split prepared part by part: pictures opened, captions cleaned, what is bad set aside."""

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from datasets import Features, Image, List, Value
from datasets.arrow_writer import ParquetWriter
from tqdm.auto import tqdm

from .caption_rows import PictureRow, SetAside
from .caption_sources import CaptionSource, Row
from .caption_text import BadCaption, clean_captions
from .picture_bytes import KeptPicture, OpenPhoto, keep_picture
from .picture_files import PictureMissing
from .preparation_report import write_json

WINDOW = 64  # pictures in memory beside the row group
GROUP_BYTES = 32 * 1024**2  # of a row group
GROUP_ROWS = 1000


@dataclass(frozen=True)
class Settings:
    """How a source is prepared; the same settings resume an interrupted run.

    Args:
        images: keep the pictures.
        max_side: pixels; larger pictures are made smaller.
        limit: rows of each split.
        shares: split → share of the pictures that go there from a source of one split.
        seed: of that.
        part_rows: rows of the source in a part, what is not done twice.
    """

    images: bool = True
    max_side: int | None = None
    limit: int | None = None
    shares: dict[str, float] = field(default_factory=dict)
    seed: int = 0
    part_rows: int = 1000


@dataclass
class Part:
    """What became of the rows of one part; `position` is where its source goes on."""

    split: str
    position: int
    rows: int = 0
    captions: int = 0
    ids: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)  # captions of each picture
    set_aside: list[dict[str, Any]] = field(default_factory=list)
    mended: dict[str, int] = field(default_factory=dict)
    noticed: list[dict[str, Any]] = field(default_factory=list)


class PartsWriter:
    """Writes the parts of a source that are not there yet, each with a journal beside it."""

    def __init__(
        self, source: CaptionSource, settings: Settings, open_photo: OpenPhoto, folder: Path
    ):
        self.source, self.settings, self.folder = source, settings, folder
        self.open_photo = open_photo
        columns: dict[str, Any] = {"image": Image()} if settings.images else {}
        columns |= {"captions": List(Value("string"))}
        columns |= {"image_id": Value("string"), "source": Value("string")}
        columns |= {"label": Value("string")} if source.has_labels else {}
        self.features = Features(columns)

    def parts_of(self, split: str) -> Iterator[Part]:
        """Yield all parts of a split, in order; those that are done are read from their journal."""
        position, number, seen = 0, 0, set()
        while (journal := self._path(split, number).with_suffix(".json")).is_file():
            part = Part(**json.loads(journal.read_text(encoding="utf-8")))
            position, number = part.position, number + 1
            seen.update(part.ids)
            yield part
        done = number * self.settings.part_rows
        limit, total = self.settings.limit, self.source.totals.get(split)
        if limit is not None:
            total = limit if total is None else min(limit, total)
        if done and self.source.pictures is not None and self.settings.images:
            self._find_again(split, position)
        rows = self.source.splits[split](position)
        if limit is not None:
            rows = islice(rows, max(limit - done, 0))
        with (
            tqdm(desc=split, total=total, initial=min(done, total or done), unit="row") as bar,
            ThreadPoolExecutor(os.cpu_count()) as pool,
        ):
            while window := list(islice(rows, min(WINDOW, self.settings.part_rows))):
                part = Part(split, position)
                self._write_part(part, window, rows, number, seen, pool, bar.update)
                position, number = part.position, number + 1
                yield part

    def _path(self, split: str, number: int) -> Path:
        return self.folder / f"{split}-{number:05d}.parquet"

    def _find_again(self, split: str, position: int) -> None:
        """Take note of the files that finished parts have named."""
        for reached, row in self.source.splits[split](0):
            if isinstance(row, PictureRow) and row.file:
                try:
                    self.source.pictures.find(row.file, split)
                except PictureMissing:
                    pass
            if reached >= position:
                return

    def _write_part(
        self,
        part: Part,
        window: list[tuple[int, Row]],
        rows: Iterator[tuple[int, Row]],
        number: int,
        seen: set[str],
        pool: ThreadPoolExecutor,
        advance: Callable[[int], Any],
    ) -> None:
        path = self._path(part.split, number)
        unfinished = path.with_suffix(".unfinished")
        left = self.settings.part_rows - len(window)
        with ParquetWriter(
            features=self.features, path=str(unfinished), writer_batch_size=GROUP_ROWS
        ) as writer:
            size = 0
            while window:
                for row, made in zip(window, pool.map(self._make, window), strict=True):
                    part.position = row[0]
                    if example := self._keep(part, row[1], made, seen):
                        writer.write(example)
                        size += len(example["image"]["bytes"]) if self.settings.images else 0
                        if size >= GROUP_BYTES:
                            writer.write_examples_on_file()
                            size = 0
                    advance(1)
                window = list(islice(rows, min(WINDOW, left)))
                left -= len(window)
            if part.rows:
                writer.finalize()
        if part.rows:
            unfinished.replace(path)
        else:
            unfinished.unlink(missing_ok=True)
        write_json(path.with_suffix(".json"), asdict(part))

    def _make(self, row: tuple[int, Row]) -> KeptPicture | PictureMissing | None:
        """Return the picture of a row, or why there is none; runs in the pool."""
        row = row[1]
        if isinstance(row, SetAside) or not self.settings.images:
            return None
        try:
            if isinstance(row.image, bytes):
                data = row.image
            elif row.image is None or self.source.pictures is None:
                return PictureMissing("no_picture_name", "")
            else:
                pictures = self.source.pictures
                data = pictures.read(pictures.find(row.image, row.split))
            return keep_picture(data, self.open_photo, self.settings.max_side)
        except PictureMissing as error:
            return error
        except ValueError as error:  # `open_photo` says why
            return PictureMissing("unreadable_picture", str(error))

    def _keep(
        self, part: Part, row: Row, made: KeptPicture | PictureMissing | None, seen: set[str]
    ) -> dict[str, Any] | None:
        """Return the row in the schema, or None after setting it aside; notes all in the part."""
        if isinstance(row, SetAside):
            part.set_aside.append(asdict(row))
            return None

        def refuse(reason: str, detail: str, what: str = "picture", raw: Any = row.raw) -> None:
            entry = SetAside(row.split, what, reason, detail, row.image_id, row.file, raw)
            part.set_aside.append(asdict(entry))

        read = clean_captions(row.captions)
        if not read.captions and row.label is None:
            # Without any caption it is one row that is lost, not a row and a caption.
            error = read.refused[0][1] if read.refused else BadCaption("no_caption", "")
            return refuse(error.reason, str(error))
        if isinstance(made, PictureMissing):
            return refuse(made.reason, str(made))
        if row.image_id in seen:
            return refuse("duplicate_id", "")
        if not _is_whole(row.image_id, row.file, row.label):
            return refuse("broken_row", "characters of the id, file or label are lost")
        seen.add(row.image_id)
        for text, error in read.refused:
            refuse(error.reason, str(error), "caption", text)
        mends, remarks = read.mends, read.remarks
        example: dict[str, Any] = {
            "captions": read.captions,
            "image_id": row.image_id,
            "source": self.source.name,
        }
        if "label" in self.features:
            example["label"] = row.label
        if made is not None:
            name = Path(row.file).name if row.file else None
            example["image"] = {"bytes": made.data, "path": name}
            mends += [made.mend] * (made.mend is not None)
            remarks += [("place", "")] * made.has_place
        part.rows += 1
        part.captions += len(read.captions)
        part.ids.append(row.image_id)
        part.counts.append(len(read.captions))
        part.digests.append(row.image_id if made is None else made.digest)
        for mend in mends:
            part.mended[mend] = part.mended.get(mend, 0) + 1
        where = {"split": row.split, "image_id": row.image_id, "file": row.file}
        part.noticed += [{"kind": kind, **where, "detail": detail} for kind, detail in remarks]
        return example


def _is_whole(*texts: str | None) -> bool:
    try:
        "".join(filter(None, texts)).encode()
    except UnicodeEncodeError:
        return False
    return True
