"""Where the whole of one picture best fits into another: a coarse search over windows.

Spectra of windows are compared by their lowest frequencies, which forgive a window that is a few
per cent off; `alignment.py` then fits it.
"""

from functools import lru_cache

import numpy as np

from .perceptual_hash import window_cosines

FREQUENCIES = 5  # per axis
# Windows per axis: (size, number of places), in shares of the side; odd numbers hold the middle.
SPANS = ((1.0, 1), (0.9, 3), (0.8, 3), (0.7, 5), (0.6, 5), (0.5, 7))
MOST_STRETCH = 1.3  # of a window's width against its height, after squashing into a square


def fitting_windows(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the best windows of four ways to lay one on the other, and how well they fit.

    The ways: the whole of b on a window of a, mirrored b on a, a on b, mirrored a on b. Scores
    (4, pairs) are cosines of spectra, -1 to 1; windows (4, pairs, 4) are left, top, width, height
    in shares of the side of the picture that holds the window.

    Args:
        a: (pairs, side, side) float32.
        b: the same, row by row the other picture of each pair.
    """
    boxes = _boxes()
    spectra_a, spectra_b = _spectra(a), _spectra(b)  # (pairs, boxes, FREQUENCIES^2)
    odd = np.where(np.arange(FREQUENCIES) % 2, -1, 1)  # mirroring changes the sign of these
    signs = np.tile(odd, FREQUENCIES).astype(np.float32)
    scores, found = [], []
    for whole, windows in ((spectra_b[:, 0], spectra_a), (spectra_a[:, 0], spectra_b)):
        templates = np.stack([whole, whole * signs], axis=-1)
        cosines = windows @ templates  # (pairs, boxes, 2)
        best = cosines.argmax(1)  # (pairs, 2)
        scores += list(np.take_along_axis(cosines, best[:, None], 1)[:, 0].T)
        found += list(boxes[best].transpose(1, 0, 2))
    return np.stack(scores), np.stack(found)


def _spectra(pictures: np.ndarray) -> np.ndarray:
    """Return the spectrum of each window, of unit length, without the constant."""
    side, (down, across) = pictures.shape[-1], _span_pairs()
    bases = _bases(side)
    count = len(bases) // FREQUENCIES
    full = (bases @ pictures @ bases.T).reshape(-1, count, FREQUENCIES, count, FREQUENCIES)
    spectra = full.transpose(1, 3, 0, 2, 4)[down, across]  # (boxes, pairs, down, across)
    spectra[:, :, 0, 0] = 0  # brightness does not count
    spectra = spectra.reshape(len(down), len(pictures), -1).transpose(1, 0, 2)
    lengths = np.sqrt(np.einsum("pbf,pbf->pb", spectra, spectra))
    return spectra / np.maximum(lengths, 1e-6)[..., None]


@lru_cache
def _spans() -> np.ndarray:
    """Return (start, length) of the spans of a side, the whole first."""
    pairs = [(s, size) for size, count in SPANS for s in np.linspace(0, 1 - size, count)]
    return np.array(pairs, np.float32)


@lru_cache
def _span_pairs() -> tuple[np.ndarray, np.ndarray]:
    """Return which spans are combined, down and across: those of similar length."""
    logs = np.log(_spans()[:, 1])
    return np.nonzero(np.abs(logs[:, None] - logs) <= np.log(MOST_STRETCH))


@lru_cache
def _boxes() -> np.ndarray:
    spans, (down, across) = _spans(), _span_pairs()
    return np.stack([spans[across, 0], spans[down, 0], spans[across, 1], spans[down, 1]], axis=1)


@lru_cache
def _bases(side: int) -> np.ndarray:
    return window_cosines(side, _spans(), FREQUENCIES).reshape(-1, side)
