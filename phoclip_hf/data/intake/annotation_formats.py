"""The annotation files of the public releases, one pure function a format: data in, rows out."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from .caption_rows import Gathered, PictureRow, SetAside

# COCO's key for a picture's file, and KTVIC's.
FILE_KEYS = ("file_name", "filename")


def coco_rows(
    data: Any, split: str, caption_key: str = "caption"
) -> Iterator[PictureRow | SetAside]:
    """Yield the pictures of COCO captions, those of UIT-ViIC and KTVIC too.

    Args:
        data: {images: [{id, file_name or filename}], annotations: [{image_id, caption}]}.
        split: goes into the rows.
        caption_key: of an annotation, KTVIC also has `segment_caption`.

    Raises ValueError where the two lists are not there.
    """
    if not isinstance(data, dict) or not all(
        isinstance(data.get(key), list) for key in ("images", "annotations")
    ):
        raise ValueError(f"expected {{images: [...], annotations: [...]}}, got {_shape(data)}")
    pictures: dict[str, dict] = {}
    for entry in data["images"]:
        image_id = _key(entry, "id")
        if image_id is None:
            yield SetAside(split, "picture", "broken_row", "expected {id, file_name}", raw=entry)
        elif image_id in pictures:
            file = _file(entry)
            yield SetAside(split, "picture", "duplicate_id", "", image_id, file, raw=entry)
        else:
            pictures[image_id] = entry
    captions: dict[str, list] = {image_id: [] for image_id in pictures}
    for entry in data["annotations"]:
        image_id = _key(entry, "image_id")
        if image_id is None:
            detail = "expected {image_id, caption}"
            yield SetAside(split, "caption", "broken_row", detail, raw=entry)
        elif image_id not in captions:
            yield SetAside(split, "caption", "annotation_without_image", "", image_id, raw=entry)
        else:
            captions[image_id].append(entry)
    for image_id, entry in pictures.items():
        yield PictureRow(
            split,
            image_id,
            _file(entry),
            [annotation.get(caption_key) for annotation in captions[image_id]],
            raw={"image": entry, "annotations": captions[image_id]},
        )


def openviic_rows(data: Any, split: str) -> Iterator[PictureRow | SetAside]:
    """Yield the pictures of UIT-OpenViIC: {file name: {captions: [...]}}.

    Raises ValueError where the file holds no such mapping.
    """
    if not isinstance(data, dict):
        raise ValueError(f"expected {{file name: {{captions: [...]}}}}, got {_shape(data)}")
    for file, entry in data.items():
        captions = entry.get("captions") if isinstance(entry, dict) else None
        if not isinstance(captions, list):
            detail = f"expected {{captions: [...]}}, got {_shape(entry)}"
            yield SetAside(split, "picture", "broken_row", detail, file, file, raw={file: entry})
        else:
            yield PictureRow(split, file, file, captions, raw={file: entry})


def viecap4h_rows(data: Any, split: str) -> Iterator[PictureRow | SetAside]:
    """Yield the pictures of VieCap4H: [{id: file name, captions: one caption a line}].

    Raises ValueError where the file holds no list.
    """
    if not isinstance(data, list):
        raise ValueError(f'expected [{{id, captions: "one\\nanother"}}], got {_shape(data)}')
    for entry in data:
        image_id = _key(entry, "id")
        if image_id is None:
            yield SetAside(split, "picture", "broken_row", "expected {id, captions}", raw=entry)
            continue
        captions = entry.get("captions")
        lines = captions.strip().splitlines() if isinstance(captions, str) else [captions]
        yield PictureRow(split, image_id, image_id, lines, raw=entry)


def flickr_rows(lines: Iterable[str], split: str) -> Iterator[PictureRow | SetAside]:
    """Yield the pictures of Flickr8k and Flickr30k: lines of file name, TAB, caption.

    Flickr's own files number a picture's captions, `1000.jpg#0`.
    """
    gathered = Gathered(split)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        file, tab, caption = line.partition("\t")
        if not tab:
            detail = f"line {number} has no TAB between file name and caption"
            yield SetAside(split, "caption", "broken_row", detail, raw=line)
            continue
        file = re.sub(r"#\d+$", "", file.strip())
        gathered.add(file, file, [caption], line)
    yield from gathered.rows()


def _key(entry: Any, key: str) -> str | None:
    value = entry.get(key) if isinstance(entry, dict) else None
    return None if value is None or isinstance(value, (dict, list)) else str(value)


def _file(entry: dict) -> str | None:
    return next((entry[key] for key in FILE_KEYS if isinstance(entry.get(key), str)), None)


def _shape(data: Any) -> str:
    keys = f" with the keys {', '.join(list(map(str, data))[:6])}" if isinstance(data, dict) else ""
    return f"{type(data).__name__}{keys}"
