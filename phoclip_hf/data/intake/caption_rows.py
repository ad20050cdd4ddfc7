"""What a reader hands on: pictures with their captions as written, and what it had to set aside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

# Why something was set aside → how the report says it.
REASONS = {
    "missing_picture": "the picture is not in the folder of images",
    "ambiguous_picture": "several files in the folder of images could be meant",
    "outside_folder": "the path leads out of the folder of images",
    "unreadable_picture": "the file cannot be opened as a picture",
    "no_picture_name": "the row names no picture",
    "duplicate_id": "the id was used before",
    "annotation_without_image": "the caption belongs to no picture that is listed",
    "no_caption": "no caption is left",
    "empty_caption": "the caption is empty",
    "broken_unicode": "characters of the caption are lost",
    "not_text": "the caption is no text",
    "broken_row": "the row cannot be read",
}


@dataclass(frozen=True)
class PictureRow:
    """A picture as its release tells of it.

    `image` is a name within the folder of images, or the file itself; `captions` are as written,
    text or not; `raw` is the row before anything was read into it.
    """

    split: str
    image_id: str
    image: str | bytes | None
    captions: Sequence[Any]
    label: str | None = None
    raw: Any = None

    @property
    def file(self) -> str | None:
        """The picture's name, where it has one."""
        return self.image if isinstance(self.image, str) else None


@dataclass(frozen=True)
class SetAside:
    """What could not be used: a picture, a caption or a row; `reason` is a key of REASONS."""

    split: str
    what: str
    reason: str
    detail: str = ""
    image_id: str | None = None
    file: str | None = None
    raw: Any = None


@dataclass
class Gathered:
    """Captions that arrive one by one, gathered by picture in the order of first sight."""

    split: str
    pictures: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(
        self,
        image_id: str,
        image: str | None,
        captions: Sequence[Any],
        raw: Any,
        label: str | None = None,
    ) -> None:
        """Add captions to the picture `image_id`; its first file and its first label stay."""
        entry = self.pictures.setdefault(
            image_id, {"image": image, "captions": [], "label": None, "raw": []}
        )
        entry["captions"] += captions
        entry["label"] = entry["label"] or label
        entry["raw"].append(raw)

    def rows(self) -> Iterator[PictureRow]:
        """Yield the pictures."""
        for image_id, entry in self.pictures.items():
            yield PictureRow(self.split, image_id, **entry)
