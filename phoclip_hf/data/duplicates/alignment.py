"""Is one picture a copy of another? Lay them over each other and look at what remains.

The whole of one is laid on the best window of the other, plain or mirrored: that covers scaling,
crops, frames (the original is a window of its framed copy) and flips. Brightness and contrast are
fitted. The result is judged block by block.
"""

import numpy as np
from tqdm.auto import tqdm

from .block_similarity import lowest_similarity
from .window_fit import FIT, fit_windows, whole_samples, window_samples
from .window_search import fitting_windows, searched_windows

# Samples a side on which two pictures are compared, first coarsely, and steps of each fit.
COARSE, COARSE_STEPS = 16, 2
GRID, STEPS = 32, 5
PROMISING = 0.7  # correlation after the coarse fit of a pair that is gone on with
MOST_GAIN = 3.0  # contrast of one relative to the other: what differs more is no copy's light
SURE = 0.9  # similarity above which no second way is tried
ALIGNMENT = np.dtype(
    [
        ("swapped", "?"),  # the whole of a lies on a window of b, not b's on a's
        ("mirrored", "?"),  # one of the two is mirrored left to right
        *((name, FIT.fields[name][0]) for name in FIT.names),
        ("similarity", "<f4"),  # of all but the least similar blocks, 0 to 1
    ]
)


def align(
    pictures: np.ndarray,
    a: np.ndarray,
    b: np.ndarray,
    floor: float = 0.78,
    batch_size: int = 256,
) -> np.ndarray:
    """Return (pairs,) of ALIGNMENT: how the pictures of each pair lie on each other.

    Args:
        pictures: (pictures, side, side) grey thumbnails, 0 to 255.
        a: (pairs,) rows of pictures.
        b: the same, row by row the other picture of each pair.
        floor: pairs whose coarse outlines correlate less are given up, with similarity 0.
        batch_size: pairs worked on at a time.
    """
    found = np.zeros(len(a), ALIGNMENT)
    found["window"] = 0, 0, 1, 1
    scores, windows = fitting_windows(pictures, a, b)
    order = np.argsort(-scores, axis=0)[:2]  # the likelier two of four ways
    for turn, way in enumerate(order):
        hopeful = scores[way, np.arange(len(a))] >= floor
        hopeful = np.flatnonzero(hopeful & (found["similarity"] < SURE))
        for start in tqdm(
            range(0, len(hopeful), batch_size),
            desc=f"fits, {turn + 1} of 2",
            unit="batch",
            disable=len(hopeful) < 5000,
        ):
            rows = hopeful[start : start + batch_size]
            places = searched_windows()[windows[way[rows], rows]]
            tried = _tried(pictures[a[rows]], pictures[b[rows]], way[rows], places)
            better = tried["similarity"] > found["similarity"][rows]
            found[rows[better]] = tried[better]
    return found


def _tried(a: np.ndarray, b: np.ndarray, way: np.ndarray, windows: np.ndarray) -> np.ndarray:
    """Return the alignments of one way each; similarity 0 where the coarse fit is hopeless."""
    found = np.zeros(len(a), ALIGNMENT)
    found["swapped"], found["mirrored"] = way >= 2, way % 2 == 1
    swapped, mirrored = found["swapped"][:, None, None], found["mirrored"][:, None, None]
    whole = np.where(swapped, a, b)
    whole = np.where(mirrored, whole[:, :, ::-1], whole).astype(np.float32)
    other = np.where(swapped, b, a).astype(np.float32)
    coarse = fit_windows(_halved(whole), _halved(other), windows, COARSE_STEPS, COARSE)
    rows = np.flatnonzero(coarse["correlation"] >= PROMISING)
    if not len(rows):
        return found
    whole, other = whole[rows], other[rows]
    fit = fit_windows(whole, other, coarse["window"][rows], STEPS, GRID)
    for name in FIT.names:
        found[name][rows] = fit[name]
    target = whole_samples(whole, GRID)
    sample, counted = window_samples(target, other, fit["window"])
    fitted = fit["gain"][:, None, None] * sample + fit["offset"][:, None, None]
    light = (fit["gain"] >= 1 / MOST_GAIN) & (fit["gain"] <= MOST_GAIN)
    found["similarity"][rows] = np.where(light, lowest_similarity(target, fitted, counted), 0)
    return found


def _halved(pictures: np.ndarray) -> np.ndarray:
    """Return pictures of half the side."""
    rows = pictures[:, ::2] + pictures[:, 1::2]
    return (rows[:, :, ::2] + rows[:, :, 1::2]) / 4
