"""Perceptual hashes: 64 bits that stay as they are when a picture is scaled, recompressed or lit
otherwise, of the whole picture and of windows in it.

A bit is the sign of one low-frequency coefficient of the discrete cosine transform of the grey
picture (Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010, with
zero in place of the median: zero lets a mirrored picture's hash be known without the picture).
A crop has the hash of a window of its original; so has the original of a framed copy.
"""

from functools import lru_cache

import numpy as np

BITS = 64
FREQUENCIES = 9  # per axis; the 64 lowest of the 81 are kept, without the constant
PLAIN = 2.0  # grey levels of contrast below which signs are noise
# Windows that are hashed: (size, number of places per axis), in shares of the side.
WINDOWS = ((1.0, 1), (0.9, 3), (0.8, 5), (0.7, 5), (0.6, 5))


@lru_cache
def windows() -> np.ndarray:
    """Return the windows that are hashed, (windows, 4): left, top, width, height; the whole first.

    All in shares of the picture's side.
    """
    found = []
    for size, count in WINDOWS:
        places = np.linspace(0, 1 - size, count)
        found += [(left, top, size, size) for top in places for left in places]
    return np.array(found)


def perceptual_hashes(grey: np.ndarray, batch_size: int = 1024) -> np.ndarray:
    """Return the hashes of every window of every picture, (pictures, windows) uint64.

    0 stands for a window too plain to be told from others.

    Args:
        grey: (pictures, side, side), 0 to 255.
        batch_size: pictures worked on at a time.
    """
    boxes, frequencies = windows(), _frequencies()
    hashes = np.empty((len(grey), len(boxes)), np.uint64)
    weights = np.uint64(1) << np.arange(BITS, dtype=np.uint64)
    across = window_cosines(grey.shape[-1], boxes[:, [0, 2]], FREQUENCIES)
    down = window_cosines(grey.shape[-1], boxes[:, [1, 3]], FREQUENCIES)
    for start in range(0, len(grey), batch_size):
        rows = slice(start, start + batch_size)
        pictures = np.asarray(grey[rows], np.float32)
        for window in range(len(boxes)):
            spectra = down[window] @ pictures @ across[window].T  # (pictures, down, across)
            bits = spectra[:, frequencies[:, 0], frequencies[:, 1]]  # (pictures, BITS)
            found = ((bits > 0) * weights).sum(1, dtype=np.uint64)
            hashes[rows, window] = np.where(np.linalg.norm(bits, axis=1) < PLAIN, 0, found)
    return hashes


def mirrored(hashes: np.ndarray) -> np.ndarray:
    """Return the hashes that the same windows have when they are mirrored left to right."""
    odd = _frequencies()[:, 1] % 2 == 1  # these cosines change sign
    mask = (odd * (np.uint64(1) << np.arange(BITS, dtype=np.uint64))).sum(dtype=np.uint64)
    return np.where(hashes == 0, hashes, hashes ^ mask)


@lru_cache
def _frequencies() -> np.ndarray:
    """Return (vertical, horizontal) frequency of each bit, (64, 2): the lowest first."""
    grid = np.stack(np.meshgrid(*[np.arange(FREQUENCIES)] * 2, indexing="ij"), -1).reshape(-1, 2)
    order = np.argsort((grid**2).sum(1), kind="stable")
    return grid[order[1 : BITS + 1]]


def window_cosines(side: int, spans: np.ndarray, frequencies: int) -> np.ndarray:
    """Return the cosine bases over spans of a line of pixels, (spans, frequencies, side) float32.

    `spans` holds (start, length) in shares of the side; a pixel half in a span counts half.
    """
    edges = np.arange(side + 1) / side
    position = np.clip((edges - spans[:, :1]) / spans[:, 1:], 0, 1)  # (spans, side + 1)
    # Integral of cos(pi k x) over each pixel's part of the window.
    k = np.arange(1, frequencies)[:, None, None]
    waves = np.diff(np.sin(np.pi * k * position), axis=-1) / (np.pi * k)
    bases = np.concatenate([np.diff(position, axis=-1)[None], waves])
    return bases.transpose(1, 0, 2).astype(np.float32)
