"""Data sets on the Hub, whatever their columns are called: rows of one caption or of several."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import blake2b
from typing import Any

from datasets import (
    ClassLabel,
    Dataset,
    Features,
    Image,
    IterableDataset,
    Value,
    load_dataset,
    load_dataset_builder,
)
from datasets.utils.file_utils import xopen

from .caption_rows import PictureRow, SetAside
from .caption_sources import CAPTION_COLUMNS, SPLIT_NAMES, CaptionSource, Row, is_image

ID_COLUMNS = ("image_id", "id", "image_name", "file_name", "filename")


@dataclass(frozen=True)
class HubColumns:
    """Which columns hold what; what is None is found by type and usual names.

    `splits` maps the splits that are read to the names that they get; empty: all, under their own.
    """

    image: str | None = None
    captions: str | None = None
    image_id: str | None = None
    label: str | None = None
    splits: Mapping[str, str] = field(default_factory=dict)

    def named(self) -> list[str]:
        """Return all columns that are named."""
        return [c for c in (self.image, self.captions, self.image_id, self.label) if c]


HUB_DATASETS = {
    # One caption a row, of the same picture several times, without an id.
    "Skyler215/KTVIC": HubColumns(),
    "ai-enthusiasm-community/coco-2017-vietnamese": HubColumns(
        "image", "caption_vi", "image_id", splits={"train": "train", "validation": "validation"}
    ),
    # A split a language, of pictures that nothing is trained on.
    "floschne/xm3600": HubColumns("image", "captions", "image_id", splits={"vi": "test"}),
}


def open_hub_dataset(
    dataset: str,
    columns: HubColumns | None = None,
    streaming: bool = False,
    config: str | None = None,
    revision: str | None = None,
) -> CaptionSource:
    """Return a data set on the Hub (or a folder that `load_dataset` reads), one row a picture.

    Rows of one caption are joined by `image_id`, without one by the bytes of the picture; streamed,
    only those that follow each other are joined, for the rest has not been seen.

    Args:
        dataset: its id.
        columns: by default those of HUB_DATASETS, else found.
        streaming: read the rows as they come and keep none of the data set on disk.
        config: its subset.
        revision: commit, tag or branch.

    Raises ValueError where a column or split is not there, with those that are.
    """
    columns = columns or HUB_DATASETS.get(dataset, HubColumns())
    builder = load_dataset_builder(dataset, config, revision=revision)
    files = {str(split): paths for split, paths in (builder.config.data_files or {}).items()}
    if columns.splits and builder.name == "parquet" and columns.splits.keys() <= files.keys():
        # By the id `load_dataset` would download every split, of xm3600 all 36 languages.
        chosen = {split: list(files[split]) for split in columns.splits}
        tables = load_dataset("parquet", data_files=chosen, streaming=streaming)
    else:
        tables = load_dataset(dataset, config, revision=revision, streaming=streaming)
    splits = dict(columns.splits) or {str(name): str(name) for name in tables}
    if missing := splits.keys() - tables.keys():
        raise ValueError(
            f"{dataset} has no split {', '.join(sorted(missing))}; it has {', '.join(tables)}."
        )
    first = tables[next(iter(splits))]
    features = first.features or first._resolve_features().features  # a stream may not know yet
    columns = find_columns(features, columns, dataset)
    source = CaptionSource(dataset, {}, f"{builder.hash} {columns}", has_labels=bool(columns.label))
    for theirs, name in splits.items():
        ours = SPLIT_NAMES.get(name, name)
        # Elsewhere a row that has a path and no bytes could name any file of this machine.
        reader = _SplitReader(columns, ours, features, reads_files=builder.name == "imagefolder")
        table = tables[theirs].select_columns(columns.named())
        table = table.cast_column(columns.image, Image(decode=False))
        if isinstance(table, Dataset):
            groups = reader.groups(table)
            source.splits[ours] = partial(reader.read_groups, table, groups)
            source.totals[ours] = len(groups)
        else:
            source.splits[ours] = partial(reader.read_stream, table)
    return source


def find_columns(features: Features, columns: HubColumns, dataset: str) -> HubColumns:
    """Return the columns with those that were not named found by type or by usual names."""
    pictures = [name for name, kind in features.items() if is_image(kind)]
    image = columns.image or (pictures[0] if pictures else None)
    captions = columns.captions or next((c for c in CAPTION_COLUMNS if c in features), None)
    image_id = columns.image_id or next((c for c in ID_COLUMNS if c in features), None)
    label = columns.label or ("label" if "label" in features else None)
    found = replace(columns, image=image, captions=captions, image_id=image_id, label=label)
    wrong = [name for name in found.named() if name not in features]
    if wrong or image is None or (captions is None and label is None):
        lacking = ", ".join(wrong) or "pictures" * (image is None) or "captions"
        raise ValueError(
            f"{dataset} has no column of {lacking}; its columns: {', '.join(features)}. Name them "
            "with --image-column and --caption-column."
        )
    if not is_image(features[image]):
        raise ValueError(f"The column {image} of {dataset} holds {features[image]}, no pictures.")
    return found


@dataclass(frozen=True)
class _SplitReader:
    """Makes one split's rows of the schema."""

    columns: HubColumns
    split: str
    features: Features
    reads_files: bool

    def groups(self, table: Dataset) -> list[list[int]]:
        """Return the rows of each picture, in the order of first sight."""
        columns = self.columns
        if not self._has_one_caption():
            return [[index] for index in range(len(table))]
        if columns.image_id:
            keys = table[columns.image_id][:]
        else:
            keys = [_digest(row[columns.image]) or index for index, row in enumerate(table)]
        groups: dict[Any, list[int]] = {}
        for index, key in enumerate(keys):
            groups.setdefault(key, []).append(index)
        return list(groups.values())

    def read_groups(
        self, table: Dataset, groups: list[list[int]], position: int
    ) -> Iterator[tuple[int, Row]]:
        """Yield pictures from the group at `position` on."""
        caption = self.columns.captions
        texts = table.select_columns([caption]) if caption else None
        for number in range(position, len(groups)):
            first, *others = groups[number]
            more = texts[others][caption] if others else []
            yield number + 1, self._row(table[first], first, more)

    def read_stream(self, table: IterableDataset, position: int) -> Iterator[tuple[int, Row]]:
        """Yield pictures from the row at `position` on."""
        open_row: dict | None = None
        start, more = position, []
        for index, row in enumerate(table.skip(position), position):
            if open_row is not None and self._is_same(open_row, row):
                more.append(row[self.columns.captions])
                continue
            if open_row is not None:
                yield index, self._row(open_row, start, more)
            open_row, start, more = row, index, []
        if open_row is not None:
            yield start + 1 + len(more), self._row(open_row, start, more)

    def _has_one_caption(self) -> bool:
        caption = self.columns.captions
        return caption is not None and isinstance(self.features[caption], Value)

    def _is_same(self, one: dict, other: dict) -> bool:
        if not self._has_one_caption():
            return False
        if self.columns.image_id:
            return one[self.columns.image_id] == other[self.columns.image_id]
        digest = _digest(one[self.columns.image])
        return digest is not None and digest == _digest(other[self.columns.image])

    def _row(self, row: dict, number: int, more: list[str]) -> Row:
        columns, split = self.columns, self.split
        image_id = str(row[columns.image_id]) if columns.image_id else f"{split}-{number}"
        raw = {"row": number} | {c: row[c] for c in columns.named() if c != columns.image}
        raw |= {"more captions": more} if more else {}
        file = row[columns.image] or {}
        data, path = file.get("bytes"), file.get("path")
        if not data and path and self.reads_files:
            try:
                with xopen(path, "rb") as opened:
                    data = opened.read()
            except OSError:
                data = None
        if not data:
            detail = f"the row has the name {path} alone" if path else "the row has none"
            return SetAside(split, "picture", "missing_picture", detail, image_id, path, raw)
        captions = row[columns.captions] if columns.captions else []
        captions = captions if isinstance(captions, list) else [captions]
        return PictureRow(split, image_id, data, [*captions, *more], self._label(row), raw)

    def _label(self, row: dict) -> str | None:
        value = row[self.columns.label] if self.columns.label else None
        if value is None:
            return None
        kind = self.features[self.columns.label]
        return kind.int2str(value) if isinstance(kind, ClassLabel) else str(value)


def _digest(file: dict | None) -> bytes | None:
    if not file:
        return None
    key = file.get("bytes") or (file.get("path") or "").encode()
    return blake2b(key, digest_size=16).digest() if key else None
