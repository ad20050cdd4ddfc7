"""Histograms of brightness, and two ways to even them out."""

import cv2
import numpy as np

LEVELS = 256


def dull(photo: np.ndarray, contrast: float) -> np.ndarray:
    """The photo with its distances from middle grey multiplied by `contrast`, 0 to 1."""
    return (128 + (photo.astype(np.float32) - 128) * contrast).round().astype(np.uint8)


def luma(photo: np.ndarray) -> np.ndarray:
    """Brightness (height, width), 8 bits, of an RGB photo: 0.299 R + 0.587 G + 0.114 B."""
    return cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)


def histogram(grey: np.ndarray) -> np.ndarray:
    """How many pixels have each of the 256 levels: (256,)."""
    return np.bincount(grey.ravel(), minlength=LEVELS)


def equalise(photo: np.ndarray) -> np.ndarray:
    """The RGB photo with its brightness equalised over the whole picture; hues stay.

    A level k becomes 255 (C(k) − C₀) / (N − C₀), where C counts pixels up to k, C₀ those of the
    darkest level and N all (Gonzalez & Woods, 4th ed., section 3.3, as OpenCV rounds it).
    """
    return _with_luma(photo, cv2.equalizeHist)


def clahe(photo: np.ndarray, clip: float, tiles: int) -> np.ndarray:
    """The RGB photo equalised in `tiles` × `tiles` parts, contrast limited (Zuiderveld 1994).

    No bin of a part's histogram may hold more than `clip` times its fair share; what exceeds it is
    dealt out among all bins. Between parts the mappings are interpolated.
    """
    return _with_luma(photo, cv2.createCLAHE(clip, (tiles, tiles)).apply)


def histogram_picture(counts: np.ndarray, height: int = 240) -> np.ndarray:
    """Counts (256,) as bars `height` pixels high, with the share of pixels up to a level as a line.

    RGB, 512 wide; above it is room for a title, a third of `height`.
    """
    paper = np.full((height, 2 * LEVELS, 3), 255, np.uint8)
    top = max(int(counts.max()), 1)
    for level, count in enumerate(counts):
        bar = round(count / top * (height - 1))
        paper[height - bar :, 2 * level : 2 * level + 2] = (94, 164, 160)
    share = np.cumsum(counts) / max(int(counts.sum()), 1)  # (256,)
    points = np.stack([2 * np.arange(LEVELS), (height - 2) * (1 - share) + 1], axis=1)
    line = points.round().astype(np.int32)
    cv2.polylines(paper, [line], False, (190, 60, 40), 2, cv2.LINE_AA)
    return np.pad(paper, ((height // 3, 0), (0, 0), (0, 0)), constant_values=255)


def _with_luma(photo: np.ndarray, change) -> np.ndarray:
    """The photo with its brightness changed and its two colour channels as they were."""
    channels = cv2.cvtColor(photo, cv2.COLOR_RGB2YCrCb)
    channels[..., 0] = change(np.ascontiguousarray(channels[..., 0]))
    return cv2.cvtColor(channels, cv2.COLOR_YCrCb2RGB)
