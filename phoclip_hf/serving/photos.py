"""Photos from strangers: any file in, an upright RGB picture out, or an error that says why not."""

import io
import struct
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from phoclip_hf.serving.errors import PhotoError

# Longest side in pixels of what is handed on: more than any encoder looks at.
MAX_SIDE = 2048
# Pixels by the header. A baseline JPEG is decoded at 1/2 to 1/8 of its size, everything else whole.
MAX_PIXELS_REDUCIBLE = 150_000_000
MAX_PIXELS = 50_000_000
# Parsers that a stranger's file may reach: EPS, PDF and the like run other programs.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
DECODING_ERRORS = (OSError, SyntaxError, ValueError, EOFError, struct.error, MemoryError)

# What each EXIF orientation asks for; 1 is upright.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

PhotoSource = str | Path | bytes | BinaryIO | Image.Image


def open_photo(source: PhotoSource | None, max_side: int = MAX_SIDE) -> Image.Image:
    """An upright RGB picture whose longest side is at most `max_side` pixels.

    The size is read from the header before anything is decoded. Orientation follows EXIF; CMYK
    becomes RGB; 16-bit and floating-point pixels are scaled, not clipped; transparency is laid on
    white; of an animation the first frame counts. Nothing of the file's metadata is kept. Raises
    PhotoError with the keys photo_missing, photo_unknown, photo_heic, photo_damaged or
    photo_too_large.
    """
    if source is None:
        raise PhotoError("photo_missing", "No photo was given: choose, paste or take one.")
    if isinstance(source, Image.Image):
        return _plain(source, max_side)
    if isinstance(source, bytes):
        source = io.BytesIO(source)
    with _open(source) as image:
        _check_size(image)
        try:
            # JPEG only: the smallest of 1/1, 1/2, 1/4, 1/8 that is still max_side wide and high.
            image.draft(None, (max_side, max_side))
            image.load()
        except DECODING_ERRORS as error:
            raise PhotoError(
                "photo_damaged",
                "The photo is damaged or cut short: save, download or send it again.",
            ) from error
        return _plain(image, max_side)


def thumbnail_bytes(image: Image.Image, side: int = 256) -> bytes:
    """A JPEG whose longest side is at most `side` pixels, without EXIF, comment or profile."""
    small = _without_metadata(open_photo(image))
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def _open(source: str | Path | BinaryIO) -> Image.Image:
    try:
        return Image.open(source, formats=_formats())
    except Image.DecompressionBombError as error:
        raise _too_large("?", "?", 2 * (Image.MAX_IMAGE_PIXELS or 0)) from error
    except UnidentifiedImageError as error:
        if _is_heic(source):
            raise PhotoError(
                "photo_heic",
                "The photo is HEIC, which needs the pillow-heif package here: "
                "install it, or save the photo as JPEG.",
            ) from error
        raise PhotoError(
            "photo_unknown",
            "The file is not a photo that can be read, whatever its name ends with: "
            "expected JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC.",
        ) from error
    except DECODING_ERRORS as error:
        raise PhotoError("photo_unknown", f"The file cannot be read as a photo: {error}") from error


@lru_cache
def _formats() -> tuple[str, ...]:
    formats = list(FORMATS)
    Image.init()
    if "AVIF" in Image.OPEN:
        formats.append("AVIF")
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return tuple(formats)
    register_heif_opener()
    return (*formats, "HEIF")


def _is_heic(source: str | Path | BinaryIO) -> bool:
    if isinstance(source, (str, Path)):
        with open(source, "rb") as file:
            start = file.read(12)
    else:
        source.seek(0)
        start = source.read(12)
    return start[4:8] == b"ftyp" and start[8:12] in HEIC_BRANDS


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    # A progressive JPEG keeps every coefficient in memory, whatever size is asked for.
    reducible = image.format in ("JPEG", "MPO") and not image.info.get("progressive")
    limit = MAX_PIXELS_REDUCIBLE if reducible else MAX_PIXELS
    if width * height > limit:
        raise _too_large(width, height, limit)


def _too_large(width: int | str, height: int | str, limit: int) -> PhotoError:
    megapixels = limit // 1_000_000
    return PhotoError(
        "photo_too_large",
        f"The photo is {width} x {height} pixels; at most {megapixels} million pixels can be "
        "opened: make it smaller.",
        width=width,
        height=height,
        megapixels=megapixels,
    )


def _plain(image: Image.Image, max_side: int) -> Image.Image:
    turn = _turn(image)
    image = _eight_bits(image)
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.new("RGBA", layer.size, "white")
        image.alpha_composite(layer)
    image = image.convert("RGB")
    if max(image.size) > max_side:
        image.thumbnail((max_side, max_side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if turn is not None:
        image = image.transpose(turn)
    return _without_metadata(image)


def _turn(image: Image.Image) -> Image.Transpose | None:
    try:
        return TURNS.get(image.getexif().get(ExifTags.Base.Orientation))
    except DECODING_ERRORS:
        return None  # broken EXIF says nothing about the orientation


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode not in ("I", "F") and not image.mode.startswith("I;16"):
        return image
    pixels = np.asarray(image, dtype=np.float64)  # (height, width)
    if image.mode.startswith("I;16") or (image.mode == "I" and 255 < pixels.max() <= 65535):
        pixels = pixels / 257  # 65535 / 255
    elif pixels.min() < 0 or pixels.max() > 255 or (image.mode == "F" and pixels.max() <= 1):
        spread = pixels.max() - pixels.min()
        pixels = (pixels - pixels.min()) * (255 / spread if spread else 0)
    return Image.fromarray(np.nan_to_num(pixels).round().astype(np.uint8))


def _without_metadata(image: Image.Image) -> Image.Image:
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    return clean
