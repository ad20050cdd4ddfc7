"""The public releases of Vietnamese captions: where their files lie and how they are read."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from .annotation_formats import coco_rows, flickr_rows, openviic_rows, viecap4h_rows
from .caption_rows import PictureRow, SetAside
from .caption_sources import CaptionSource, listed_source
from .table_records import read_text


@dataclass(frozen=True)
class Release:
    """A public release: its annotation files by split, and its format.

    `files` holds patterns, the first that matches a file counts. `segmented` reads its
    word-segmented captions, where it has them.
    """

    title: str
    read: Callable[[Any, str], Iterator[PictureRow | SetAside]]
    files: dict[str, Sequence[str]] = field(default_factory=dict)
    segmented: Callable[[Any, str], Iterator[PictureRow | SetAside]] | None = None


RELEASES = {
    "ktvic": Release(
        "KTVIC (Pham et al., 2024)",
        coco_rows,
        {"train": ["train_data.json"], "test": ["test_data.json"]},
        segmented=partial(coco_rows, caption_key="segment_caption"),
    ),
    "uit_viic": Release(
        "UIT-ViIC (Lam et al., 2020)",
        coco_rows,
        {
            "train": ["uitviic_captions_train2017.json"],
            "validation": ["uitviic_captions_val2017.json"],
            "test": ["uitviic_captions_test2017.json"],
        },
    ),
    "uit_openviic": Release(
        "UIT-OpenViIC (Bui et al., 2023)",
        openviic_rows,
        {
            "train": ["uit-openviic-annotation-train.json"],
            "validation": ["uit-openviic-annotation-dev.json"],
            "test": ["uit-openviic-annotation-test.json"],
        },
    ),
    "viecap4h": Release(
        "VieCap4H (VLSP 2021)",
        viecap4h_rows,
        {"train": ["train_captions.json"], "test": ["test_captions.json"]},
    ),
    "flickr_vi": Release(
        "Flickr8k or Flickr30k in Vietnamese", flickr_rows, {"train": ["captions_vi.txt"]}
    ),
    "coco_vi": Release(
        "COCO captions in Vietnamese",
        coco_rows,
        {
            "train": ["captions_train2017*.json", "*train*.json"],
            "validation": ["captions_val2017*.json", "*val*.json"],
        },
    ),
}


def open_release(
    name: str, annotations: Path, images: Path | None, segmented: bool = False
) -> CaptionSource:
    """Return a release of RELEASES, every split whose annotation file is there.

    Args:
        name: a key of RELEASES.
        annotations: folder of the annotation files, or one of them.
        images: folder of the pictures, None to do without.
        segmented: read the word-segmented captions.

    Raises FileNotFoundError where no annotation file is, ValueError where one is in another format.
    """
    release = RELEASES[name]
    read = release.segmented if segmented else release.read
    if read is None:
        raise ValueError(f"{release.title} has no word-segmented captions.")
    files = _annotation_files(release, annotations)
    if not files:
        expected = ", ".join(pattern for patterns in release.files.values() for pattern in patterns)
        raise FileNotFoundError(
            f"{annotations} holds no annotation file of {release.title}: expected {expected}."
        )
    rows = {}
    for split, path in files.items():
        try:
            text = read_text(path)
            data = text.split("\n") if path.suffix == ".txt" else json.loads(text)
            rows[split] = list(read(data, split))
        except ValueError as error:  # JSONDecodeError too
            raise ValueError(f"{path}: {error}") from error
    return listed_source(name, rows, list(files.values()), images)


def _annotation_files(release: Release, annotations: Path) -> dict[str, Path]:
    """Return split → file; a single file of another name is the train split."""
    if annotations.is_file():
        for split, patterns in release.files.items():
            if any(annotations.match(pattern) for pattern in patterns):
                return {split: annotations}
        return {"train": annotations}
    found: dict[str, Path] = {}
    for split, patterns in release.files.items():
        for pattern in patterns:
            matches = [path for path in sorted(annotations.rglob(pattern)) if path.is_file()]
            if len(matches) > 1:
                raise ValueError(
                    f"{annotations} holds {len(matches)} files for the split {split}, "
                    f"{matches[0]} and {matches[1]}: give the folder of one."
                )
            if matches:
                found[split] = matches[0]
                break
    return found
