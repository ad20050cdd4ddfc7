"""The bytes of a picture as they are kept: the file's own where every reader shows it alike."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

from PIL import ExifTags, Image

# Opens a stranger's bytes upright in RGB, longest side at most so many pixels, or raises ValueError
# with the reason: `phoclip_hf.serving.photos.open_photo`.
OpenPhoto = Callable[[bytes, int], Image.Image]
# Longest side in pixels at which pictures are compared.
DIGEST_SIDE = 2048
# Formats that any Pillow reads.
KEPT_FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
# Modes of which `convert("RGB")`, what readers do, is right.
KEPT_MODES = ("RGB", "L", "1", "P", "CMYK", "YCbCr")


@dataclass(frozen=True)
class KeptPicture:
    """A picture's bytes; `digest` is equal for equal pixels; `mend` says what was done, or None.

    `has_place` says that the bytes tell where the picture was taken.
    """

    data: bytes
    digest: str
    mend: str | None = None
    has_place: bool = False


def keep_picture(data: bytes, open_photo: OpenPhoto, max_side: int | None = None) -> KeptPicture:
    """Return what is kept of a picture's file.

    Its own bytes, unless it is larger than `max_side` pixels (a JPEG of quality 92 then), in a
    format that not every Pillow reads (likewise), or transparent or of 16 bits (a PNG then).
    Raises what `open_photo` raises.
    """
    photo = open_photo(data, DIGEST_SIDE)
    digest = blake2b(photo.tobytes(), digest_size=16, person=b"%dx%d" % photo.size).hexdigest()
    try:
        with Image.open(io.BytesIO(data)) as image:
            side, format, mode = max(image.size), image.format, image.mode
            is_clear, has_place = image.has_transparency_data, _has_place(image)
    except OSError:  # Pillow alone is not as able as `open_photo`
        side, format, mode, is_clear, has_place = 0, None, "RGB", False, False
    if max_side is not None and side > max_side:
        if max_side != DIGEST_SIDE:
            photo = open_photo(data, max_side)
        return KeptPicture(_encoded(photo, "JPEG"), digest, "made_smaller")
    if is_clear or mode not in KEPT_MODES:
        return KeptPicture(_encoded(open_photo(data, side), "PNG"), digest, "laid_on_white")
    if format not in KEPT_FORMATS:
        whole = photo if not side else open_photo(data, side)
        return KeptPicture(_encoded(whole, "JPEG"), digest, "other_format")
    return KeptPicture(data, digest, has_place=has_place)


def _has_place(image: Image.Image) -> bool:
    try:
        return ExifTags.IFD.GPSInfo in image.getexif()
    except (OSError, SyntaxError, ValueError, EOFError):
        return False  # broken EXIF tells nothing


def _encoded(image: Image.Image, format: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **({"quality": 92} if format == "JPEG" else {}))
    return buffer.getvalue()
