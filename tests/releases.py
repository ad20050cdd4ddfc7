"""Tiny releases written by the tests, pictures drawn, each with every kind of bad row."""

import json
import struct
import zlib
from pathlib import Path

from PIL import Image, ImageDraw

# Captions that cannot be used, and why; those that are mended, and how; those that only look odd.
BAD_CAPTIONS = {
    "": "empty_caption",
    " \u200b\t": "empty_caption",
    "nan": "empty_caption",
    "một con ch\ufffd": "broken_unicode",
}
MENDED_CAPTIONS = {
    "mo\u0323\u0302t con cho\u0301": ("một con chó", ["nfc"]),
    "một\u200b con chó": ("một con chó", ["invisible"]),
    "một con\x07 chó": ("một con chó", ["control"]),
    "  một\ncon   chó ": ("một con chó", ["whitespace"]),
}
MOJIBAKE = "một con chó chạy".encode().decode("cp1252", "surrogateescape")


def draw(path: Path, number: int, size: tuple[int, int] = (40, 30), **options) -> Path:
    """Write a picture, another for each number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", size, (number * 37 % 256, number * 91 % 256, 120))
    ImageDraw.Draw(image).ellipse((number % 7, 2, 20, 25), fill=(255, number * 53 % 256, 0))
    image.save(path, **options)
    return path


def good_and_bad_pictures(folder: Path) -> dict[str, str]:
    """Draw 1.jpg to 4.jpg and write bad files; return bad name → why it cannot be used."""
    for number in range(1, 5):
        draw(folder / f"{number}.jpg", number)
    whole = draw(folder / "whole.jpg", 9, (300, 200)).read_bytes()
    (folder / "whole.jpg").unlink()
    (folder / "truncated.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "text.jpg").write_text("đây không phải là ảnh", encoding="utf-8")
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "bomb.png").write_bytes(decompression_bomb())
    draw(folder.parent / "outside.jpg", 5)
    return {
        "missing.jpg": "missing_picture",
        "truncated.jpg": "unreadable_picture",
        "text.jpg": "unreadable_picture",
        "empty.jpg": "unreadable_picture",
        "bomb.png": "unreadable_picture",
        "../outside.jpg": "outside_folder",
        str(folder.parent / "outside.jpg"): "outside_folder",
        "C:\\Users\\outside.jpg": "outside_folder",
    }


def decompression_bomb() -> bytes:
    """Return a PNG of a hundred bytes that says it has 400 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    chunks = (
        chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 60)) + chunk(b"IEND", b"")
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


def write_json(path: Path, data: object) -> Path:
    """Write JSON as releases have it, letters beyond ASCII as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def coco(files: dict[str, list], file_key: str = "file_name", caption_key: str = "caption") -> dict:
    """Return COCO captions of file name → captions."""
    images, annotations = [], []
    for number, (file, captions) in enumerate(files.items()):
        images.append({"id": number, file_key: file})
        for caption in captions:
            annotations.append({"id": len(annotations), "image_id": number, caption_key: caption})
    return {"images": images, "annotations": annotations}
