"""Where the whole of one picture best fits into another: a coarse search over windows.

Spectra of windows are compared by their lowest frequencies, which forgive a window that is a few
per cent off; `window_fit.py` then fits it.
"""

from functools import lru_cache

import numpy as np
from tqdm.auto import tqdm

from .perceptual_hash import window_cosines

FREQUENCIES = 5  # per axis
# Windows per axis: (size, number of places), in shares of the side; odd numbers hold the middle.
SPANS = ((1.0, 1), (0.9, 3), (0.8, 3), (0.7, 5), (0.6, 5), (0.5, 7))
MOST_STRETCH = 1.3  # of a window's width against its height, after squashing into a square
HOLDERS = 64  # pictures whose windows' spectra are held in memory


def fitting_windows(
    pictures: np.ndarray, a: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return how well four ways to lay one on the other fit, and at which windows.

    The ways: the whole of b on a window of a, mirrored b on a, a on b, mirrored a on b. Scores
    (4, pairs) float32 are cosines of spectra, -1 to 1; windows (4, pairs) are rows of
    `searched_windows()`. The windows of each picture are looked at once, however many pairs it is
    in.

    Args:
        pictures: (pictures, side, side), 0 to 255.
        a: (pairs,) rows of pictures.
        b: the same, row by row the other picture of each pair.
    """
    scores = np.empty((4, len(a)), np.float32)
    windows = np.empty((4, len(a)), np.uint16)
    rows, places = np.unique(np.concatenate([a, b]), return_inverse=True)
    wholes = _whole_spectra(pictures, rows)
    ways = ((slice(0, 2), places[: len(a)], places[len(a) :]),)
    ways += ((slice(2, 4), places[len(a) :], places[: len(a)]),)
    for way, holder, whole in ways:
        order = np.argsort(holder, kind="stable")
        holders, starts = np.unique(holder[order], return_index=True)
        groups = np.split(order, starts[1:])
        quiet = len(groups) < 5000
        for start in tqdm(
            range(0, len(groups), HOLDERS), desc="windows", unit="batch", disable=quiet
        ):
            block = slice(start, start + HOLDERS)
            spectra = _spectra(pictures[rows[holders[block]]])
            for windows_of, pairs in zip(spectra, groups[block], strict=False):
                cosines = wholes[:, whole[pairs]] @ windows_of.T  # (2, pairs, windows)
                best = cosines.argmax(2)
                windows[way, pairs] = best
                scores[way, pairs] = np.take_along_axis(cosines, best[..., None], 2)[..., 0]
    return scores, windows


def _whole_spectra(pictures: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return spectra of whole pictures and of their mirror images, (2, rows, FREQUENCIES^2)."""
    basis = window_cosines(pictures.shape[-1], _spans()[:1], FREQUENCIES)[0]
    spectra = np.concatenate(
        [
            _unit(basis @ np.float32(pictures[rows[start : start + 1024]]) @ basis.T)
            for start in range(0, max(len(rows), 1), 1024)
        ]
    )
    odd = np.where(np.arange(FREQUENCIES) % 2, -1, 1)  # mirroring changes the sign of these
    return np.stack([spectra, spectra * np.tile(odd, FREQUENCIES).astype(np.float32)])


def _spectra(pictures: np.ndarray) -> np.ndarray:
    """Return the spectrum of each window, (pictures, windows, FREQUENCIES^2)."""
    spans, (down, across) = _spans(), _span_pairs()
    bases = window_cosines(pictures.shape[-1], spans, FREQUENCIES).reshape(-1, pictures.shape[-1])
    full = bases @ np.float32(pictures) @ bases.T
    full = full.reshape(-1, len(spans), FREQUENCIES, len(spans), FREQUENCIES)
    return _unit(full.transpose(0, 1, 3, 2, 4)[:, down, across])


def _unit(spectra: np.ndarray) -> np.ndarray:
    """Return spectra (..., down, across) without the constant, of unit length and in one row."""
    flat = spectra.reshape(*spectra.shape[:-2], FREQUENCIES**2)
    flat[..., 0] = 0  # brightness does not count
    lengths = np.sqrt(np.einsum("...f,...f->...", flat, flat))
    return flat / np.maximum(lengths, 1e-6)[..., None]


@lru_cache
def searched_windows() -> np.ndarray:
    """Return left, top, width, height of each window in shares of the side, (windows, 4)."""
    spans, (down, across) = _spans(), _span_pairs()
    return np.stack([spans[across, 0], spans[down, 0], spans[across, 1], spans[down, 1]], axis=1)


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
