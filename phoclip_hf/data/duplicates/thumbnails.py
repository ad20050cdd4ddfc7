"""A picture as one small record: a digest of its pixels, its size, its colour, a grey thumbnail.

All that the search for repeated pictures asks of a picture, so that each is decoded once.
"""

import hashlib

import numpy as np
from PIL import Image

SIDE = 64  # pixels of the thumbnail, a side
UNREAD, READ = 0, 1
RECORD = np.dtype(
    [
        ("state", "u1"),  # UNREAD or READ
        ("digest", "<u8", (2,)),
        ("size", "<u4", (2,)),  # width, height in pixels
        ("colour", "<f4"),  # mean chroma, 0 (grey) to 255
        ("grey", "u1", (SIDE, SIDE)),  # rows, columns; the whole picture squashed into a square
    ]
)


def picture_record(image: Image.Image) -> np.ndarray:
    """Return the RECORD of a picture, shape (): equal digests mean equal size and equal pixels."""
    image = image.convert("RGB")
    pixels = np.asarray(image)  # (height, width, 3)
    digest = hashlib.blake2b(digest_size=16, key=b"%dx%d" % image.size)
    digest.update(np.ascontiguousarray(pixels))
    small = image.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    _, blue, red = small.convert("YCbCr").split()
    chroma = np.hypot(np.asarray(blue) - 128.0, np.asarray(red) - 128.0)
    record = np.zeros((), RECORD)
    record["state"] = READ
    record["digest"] = np.frombuffer(digest.digest(), "<u8")
    record["size"] = image.size
    record["colour"] = chroma.mean()
    record["grey"] = np.asarray(small.convert("L"))
    return record
