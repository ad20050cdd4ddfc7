"""From a photo to numbers, and from any numbers to a picture that can be shown."""

from functools import lru_cache

import cv2
import numpy as np

from phoclip_hf.serving.errors import PhotoError
from phoclip_hf.serving.photos import PhotoSource, open_photo

MAX_SIDE = 768  # pixels: sliders answer at once
MIN_SIDE = 16


def opened(photo: PhotoSource | None) -> np.ndarray:
    """The photo upright (height, width, 3), RGB, 8 bits, its longer side at most 768 pixels.

    Raises PhotoError as `open_photo` does, and with the key photo_tiny.
    """
    pixels = np.asarray(open_photo(photo, MAX_SIDE))
    height, width = pixels.shape[:2]
    if min(height, width) < MIN_SIDE:
        raise PhotoError(
            "photo_tiny",
            f"The photo is {width} x {height} pixels: expected at least {MIN_SIDE} each way.",
            width=width,
            height=height,
            least=MIN_SIDE,
        )
    return pixels


@lru_cache(maxsize=16)
def uploaded(path: str | None) -> np.ndarray:
    """`opened` for a file that Gradio keeps: its path names its contents, so it is read once."""
    pixels = opened(path)
    pixels.flags.writeable = False
    return pixels


def grey(photo: np.ndarray) -> np.ndarray:
    """Brightness (height, width), 8 bits."""
    return cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)


def stretched(values: np.ndarray) -> np.ndarray:
    """Values (height, width) as grey: the smallest black, the largest white."""
    low, high = float(values.min()), float(values.max())
    return ((values - low) * (255 / (high - low or 1))).round().astype(np.uint8)


def signed(values: np.ndarray, share: float = 1.0) -> np.ndarray:
    """Values (height, width) as grey: 0 is middle grey, positive lighter, negative darker.

    Black and white are where this `share` of the sizes lies; what is beyond is cut.
    """
    size = np.abs(values)
    limit = float(size.max() if share == 1 else np.quantile(size, share)) or 1.0
    return (128 + values * (127 / limit)).round().clip(0, 255).astype(np.uint8)


def clipped(values: np.ndarray) -> np.ndarray:
    """Grey levels (height, width) as they are, rounded and cut at 0 and 255."""
    return values.round().clip(0, 255).astype(np.uint8)
