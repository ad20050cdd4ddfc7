"""Labelled photos for a classifier: opened, checked, read with an augmentation drawn anew."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import ClassLabel, Image
from datasets import Dataset as Table
from PIL import Image as PILImage
from torch import Tensor
from torch.utils.data import Dataset
from tqdm.auto import tqdm

from ...data.augmentation import drawn_by
from ...data.dataset_splits import dataset_splits
from ...data.sources import open_pictures

# What the split that watches a training is called elsewhere; the Kaggle release says `valid`.
VALIDATION_NAMES = ("validation", "valid", "val", "dev")
UNREADABLE = (OSError, SyntaxError, ValueError, PILImage.DecompressionBombError)


@dataclass
class LabelledSplits:
    """What is trained and measured on: {`image`, `label`} tables by `train`, `valid`, `test`.

    `names` are the classes in alphabetical order, as the data spells them; `set_aside` says which
    rows could not be used and why.
    """

    tables: dict[str, Table]
    names: list[str]
    set_aside: list[str] = field(default_factory=list)

    def numbers(self, split: str) -> np.ndarray:
        """Return the class number of each photo of a split, (photos,)."""
        index = {name: number for number, name in enumerate(self.names)}
        return np.array([index[name] for name in self.tables[split]["label"]], dtype=np.int64)


def open_labelled(data: str | Path, label_column: str = "label") -> LabelledSplits:
    """Return the splits of an image folder (`train/CLASS/photo.jpg`), Parquet folder or Hub id.

    Photos that cannot be decoded and rows without a label are set aside. Raises ValueError where
    there is no training split, no label, or a class that training never sees.
    """
    splits = dataset_splits(str(data))
    chosen = {"train": "train", "test": "test"} | {
        "valid": next((name for name in VALIDATION_NAMES if name in splits), "valid")
    }
    if "train" not in splits:
        raise ValueError(f"{data} has no split 'train'; it has {', '.join(splits)}.")
    found = LabelledSplits({}, [])
    for split in ("train", "valid", "test"):
        if chosen[split] in splits:
            table = with_labels(open_pictures(data, chosen[split]), label_column, data)
            found.tables[split] = _usable(table, split, found.set_aside)
    found.names = sorted(set(found.tables["train"]["label"]))
    if len(found.names) < 2:
        raise ValueError(f"{data} has {len(found.names)} classes in 'train'; expected two or more.")
    for split, table in found.tables.items():
        if unknown := sorted(set(table["label"]) - set(found.names)):
            raise ValueError(
                f"{data}: {split} has classes that train has no photo of: {', '.join(unknown)}."
            )
    return found


def with_labels(table: Table, column: str, name: str | Path) -> Table:
    """Return {`image`, `label`} of a table, labels in words."""
    if missing := {"image", column} - set(table.column_names):
        raise ValueError(
            f"{name} has {', '.join(table.column_names)}, expected {' and '.join(sorted(missing))} "
            "too: a folder a class, or --label-column for a column of another name."
        )
    kind, labels = table.features[column], table[column][:]
    if isinstance(kind, ClassLabel):
        labels = [None if number is None else kind.int2str(number) for number in labels]
    words = [None if label is None else str(label) for label in labels]
    return table.select_columns(["image"]).add_column("label", words)


def _usable(table: Table, split: str, set_aside: list[str]) -> Table:
    """Return the rows that have a label and a photo that decodes; name the others."""
    labels, kept = table["label"][:], []
    raw = table.cast_column("image", Image(decode=False))
    for row, entry in enumerate(tqdm(raw["image"], desc=f"{split}: checking", leave=False)):
        reason = "no label" if labels[row] is None else _fault(entry)
        if reason is None:
            kept.append(row)
        else:
            name = Path(entry["path"]).name if entry and entry.get("path") else f"row {row}"
            set_aside.append(f"{split}, {name}: {reason}")
    return table if len(kept) == len(table) else table.select(kept)


def _fault(entry: dict[str, Any] | None) -> str | None:
    if not entry or not (entry.get("bytes") or entry.get("path")):
        return "no picture"
    try:
        source = BytesIO(entry["bytes"]) if entry.get("bytes") else entry["path"]
        with PILImage.open(source) as image:
            image.load()
    except UNREADABLE as error:
        return str(error)
    return None


class LabelledPhotos(Dataset):
    """Rows {`pixel_values` (3, size, size), `labels`}, the photo altered anew at each reading.

    With `views`, a photo has that many alterations, always the same ones, and what a network
    answered to each of them goes with it: rows have the `answers` under their name too, and no
    pixels where `keep_pixels` is false.

    Args:
        table: {`image`, `label`}.
        numbers: (photos,) classes.
        transform: from an RGB picture to (3, size, size) float; draws from torch's generator.
        views: alterations a photo; 0 draws without end.
    """

    def __init__(
        self,
        table: Table,
        numbers: np.ndarray,
        transform: Callable[[PILImage.Image], Tensor],
        views: int = 0,
    ):
        self.images, self.numbers = table.select_columns(["image"]), numbers
        self.transform, self.views = transform, views
        self.answers: dict[str, np.ndarray] = {}  # name → (photos, views, width)
        self.keep_pixels = True

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, index: int) -> dict[str, Any]:
        view = random.randrange(self.views or 2**31)
        row: dict[str, Any] = {"labels": int(self.numbers[index])}
        if self.keep_pixels:
            row["pixel_values"] = self.view(index, view)
        for name, answers in self.answers.items():
            row[name] = torch.from_numpy(answers[index, view].astype(np.float32))
        return row

    def view(self, index: int, view: int) -> Tensor:
        """Return one alteration of a photo, the same for the same two numbers."""
        photo = self.images[index]["image"].convert("RGB")
        with drawn_by(index * 1_000_003 + view):
            return self.transform(photo)
