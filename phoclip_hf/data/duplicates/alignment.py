"""Is one picture a copy of another? Lay them over each other and look at what remains.

The whole of one is laid on the best window of the other, plain or mirrored: that covers scaling,
crops, frames (the original is a window of its framed copy) and flips. Brightness and contrast are
fitted. The result is judged block by block, for two shots of one scene agree nearly everywhere, a
copy everywhere.
"""

from dataclasses import dataclass, fields

import numpy as np

from .window_search import fitting_windows

GRID = 32  # samples a side on which two pictures are compared
CELL = 4  # samples; a block is two cells wide and high, blocks overlap by one cell
NOISE = 8.0  # grey levels that scaling and compression may change
SHIFT = 24.0  # grey levels by which a block's mean may be off
LOWEST = 0.1  # the quantile of the blocks that counts
# Samples near black or white were cut off when the picture was brightened: they do not count ...
DARKEST, BRIGHTEST = 6, 246
CLEAR = 0.3  # ... where at least this share of the samples is left
INSIDE = 0.6  # least share of the whole that must lie inside the other picture
PROMISING = 0.7  # correlation after the first steps of a fit that is gone on with


@dataclass
class Alignment:
    """How each pair lies on each other; every field has one row a pair.

    Attributes:
        swapped: False where the whole of `b` lies on a window of `a`, True for the other way round.
        mirrored: one of the two is mirrored left to right.
        window: (pairs, 4) left, top, width, height in shares of the side of the picture that holds
            the window.
        gain: contrast of the whole relative to the window's.
        offset: what is added after that, in grey levels.
        correlation: of the samples of both, 0 to 1.
        similarity: of all but the least similar blocks, 0 to 1.
    """

    swapped: np.ndarray
    mirrored: np.ndarray
    window: np.ndarray
    gain: np.ndarray
    offset: np.ndarray
    correlation: np.ndarray
    similarity: np.ndarray

    @classmethod
    def none(cls, pairs: int) -> "Alignment":
        """Return that of pairs that fit nowhere."""
        window = np.tile(np.float32([0, 0, 1, 1]), (pairs, 1))
        zeros = [np.zeros(pairs, np.float32) for _ in range(4)]
        return cls(np.zeros(pairs, bool), np.zeros(pairs, bool), window, *zeros)

    def take(self, rows: np.ndarray) -> "Alignment":
        """Return some rows."""
        return Alignment(*(getattr(self, field.name)[rows] for field in fields(self)))

    def put(self, rows: np.ndarray, other: "Alignment") -> None:
        """Replace some rows by those of another."""
        for field in fields(self):
            getattr(self, field.name)[rows] = getattr(other, field.name)


def align(a: np.ndarray, b: np.ndarray, floor: float = 0.7, batch_size: int = 128) -> Alignment:
    """Return how the pictures of each pair lie on each other.

    Args:
        a: (pairs, side, side) grey thumbnails, 0 to 255.
        b: the same, row by row the other picture of each pair.
        floor: pairs whose coarse outlines correlate less are given up, with similarity 0.
        batch_size: pairs worked on at a time.
    """
    found = Alignment.none(len(a))
    for start in range(0, len(a), batch_size):
        rows = np.arange(start, min(start + batch_size, len(a)))
        found.put(rows, _align(np.float32(a[rows]), np.float32(b[rows]), floor))
    return found


def _align(a: np.ndarray, b: np.ndarray, floor: float) -> Alignment:
    scores, windows = fitting_windows(a, b)
    best = Alignment.none(len(a))
    order = np.argsort(-scores, axis=0)
    for way in order[:2]:  # the likelier two of four
        rows = np.flatnonzero((scores[way, np.arange(len(a))] >= floor) & (best.similarity < 0.9))
        if not len(rows):
            continue
        start = Alignment.none(len(rows))
        start.swapped, start.mirrored = way[rows] >= 2, way[rows] % 2 == 1
        start.window = windows[way[rows], rows]
        swapped, mirrored = start.swapped[:, None, None], start.mirrored[:, None, None]
        whole = np.where(swapped, a[rows], b[rows])
        whole = np.where(mirrored, whole[:, :, ::-1], whole)
        fitted = _fit(whole, np.where(swapped, b[rows], a[rows]), start)
        better = fitted.similarity > best.similarity[rows]
        best.put(rows[better], fitted.take(better))
    return best


def _fit(whole: np.ndarray, other: np.ndarray, start: Alignment) -> Alignment:
    """Return the alignment whose window makes both correlate most; hopeless ones are left early."""
    count = len(whole)
    full = _sampling(np.zeros(count, np.float32), np.ones(count, np.float32), whole.shape[-1])[0]
    target = full @ whole @ full.transpose(0, 2, 1)  # (pairs, GRID, GRID)
    best = _descend(target, other, start, steps=2)
    rows = np.flatnonzero(best.correlation >= PROMISING)
    if len(rows):
        best.put(rows, _descend(target[rows], other[rows], best.take(rows), steps=5))
    return best


def _descend(target: np.ndarray, other: np.ndarray, best: Alignment, steps: int) -> Alignment:
    """Return the best of `steps` steps of Gauss-Newton (Lucas and Kanade, IJCAI 1981)."""
    window = best.window
    for step in range(steps + 1):
        sample, inside = _sample(other, window)
        counted = _counted(target, sample, inside)
        tried = _judge(target, sample, counted)
        tried.swapped, tried.mirrored, tried.window = best.swapped, best.mirrored, window
        better = tried.correlation > best.correlation
        best.put(better, tried.take(better))
        if step < steps:
            window = _moved(target, sample, counted, window)
    return best


def _moved(
    target: np.ndarray, sample: np.ndarray, counted: np.ndarray, window: np.ndarray
) -> np.ndarray:
    """Return the windows after one step: target = gain * (sample + gradient . move) + offset."""
    place = (np.arange(GRID, dtype=np.float32) + 0.5) / GRID
    down, across = np.gradient(sample, axis=(1, 2))  # per sample
    across = across * (GRID / window[:, 2])[:, None, None]  # per side
    down = down * (GRID / window[:, 3])[:, None, None]
    columns = [sample, np.ones_like(sample), across, down, across * place, down * place[:, None]]
    design = np.stack(columns, axis=-1).reshape(len(target), -1, len(columns))
    weighted = (design * counted.reshape(len(target), -1, 1)).transpose(0, 2, 1)
    normal = weighted @ design  # (pairs, 6, 6)
    ridge = 1e-5 * np.trace(normal, axis1=1, axis2=2) / len(columns) + 1e-3
    normal += ridge[:, None, None] * np.eye(len(columns), dtype=np.float32)
    solved = np.linalg.solve(normal, weighted @ target.reshape(len(target), -1, 1))[..., 0]
    move = solved[:, 2:] / np.maximum(solved[:, :1], 0.1)  # gains are positive
    window = window + np.clip(move, -0.08, 0.08).astype(np.float32)
    window[:, 2:] = np.clip(window[:, 2:], 0.35, 1.3)
    window[:, :2] = np.clip(window[:, :2], -0.3, 0.9)
    return window


def _judge(target: np.ndarray, sample: np.ndarray, counted: np.ndarray) -> Alignment:
    """Return gain, offset, correlation and similarity; the other fields are those of none."""
    weight = counted.sum((1, 2)) + 1e-6
    means, deviations = [], []
    for values in (target, sample):
        mean = (values * counted).sum((1, 2)) / weight
        centred = (values - mean[:, None, None]) * counted
        means.append(mean)
        deviations.append(centred)
    of_target, of_sample, of_both = (
        np.einsum("pyx,pyx->p", x, y) / weight
        for x, y in (deviations[:1] * 2, deviations[1:] * 2, deviations)
    )
    found = Alignment.none(len(target))
    found.gain = np.sqrt(of_target / np.maximum(of_sample, 1e-6))
    found.offset = means[0] - found.gain * means[1]
    correlation = of_both / np.sqrt(np.maximum(of_target * of_sample, 1e-6))
    found.correlation = np.where(weight < CLEAR * GRID**2, 0, np.maximum(correlation, 0))
    fitted = found.gain[:, None, None] * sample + found.offset[:, None, None]
    found.similarity = _lowest_similarity(target, fitted, counted)
    return found


def _lowest_similarity(target: np.ndarray, fitted: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Return the LOWEST quantile of the blocks' structural similarity, 0 to 1, (pairs,).

    As SSIM (Wang et al., IEEE TIP 2004), its luminance term made milder.
    """
    weight, mean_t, mean_f, square_t, square_f, product = (
        _block_sums(values * counted)
        for values in (
            np.ones_like(target),
            target,
            fitted,
            target * target,
            fitted * fitted,
            target * fitted,
        )
    )
    scale = 1 / np.maximum(weight, 1e-6)
    mean_t, mean_f = mean_t * scale, mean_f * scale
    variances = (square_t + square_f) * scale - mean_t**2 - mean_f**2
    structure = (2 * (product * scale - mean_t * mean_f) + NOISE**2) / (variances + NOISE**2)
    similarity = structure / (1 + ((mean_t - mean_f) / SHIFT) ** 2)
    seen = weight >= (2 * CELL) ** 2 / 3
    ordered = np.sort(np.where(seen, similarity, np.inf).reshape(len(target), -1), axis=1)
    place = (LOWEST * np.maximum(seen.sum((1, 2)) - 1, 0)).astype(int)
    lowest = np.take_along_axis(ordered, place[:, None], 1)[:, 0]
    return np.clip(np.where(np.isfinite(lowest), lowest, 0), 0, 1).astype(np.float32)


def _block_sums(values: np.ndarray) -> np.ndarray:
    """Return sums over blocks of two by two cells, (pairs, blocks, blocks)."""
    cells = values.reshape(len(values), GRID // CELL, CELL, GRID // CELL, CELL).sum((2, 4))
    pairs = cells[:, 1:] + cells[:, :-1]
    return pairs[:, :, 1:] + pairs[:, :, :-1]


def _sample(other: np.ndarray, window: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the window's samples (pairs, GRID, GRID) and which lie inside the picture."""
    across, inside_x = _sampling(window[:, 0], window[:, 2], other.shape[-1])
    down, inside_y = _sampling(window[:, 1], window[:, 3], other.shape[-1])
    inside = inside_y[:, :, None] & inside_x[:, None, :]
    return down @ other @ across.transpose(0, 2, 1), inside


def _sampling(start: np.ndarray, length: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return matrices (pairs, GRID, side) that sample a span of a line, and which lie inside it.

    A triangle two samples wide, at least two pixels: what is shrunk is averaged.
    """
    centres = start[:, None] + (np.arange(GRID, dtype=np.float32) + 0.5) / GRID * length[:, None]
    reach = np.maximum(length * side / GRID, 1)[:, None, None]
    pixels = np.arange(side, dtype=np.float32) + 0.5
    distance = np.abs(pixels - np.clip(centres, 0, 1)[..., None] * side)
    weights = np.maximum(0, 1 - distance / reach)
    weights /= weights.sum(-1, keepdims=True)
    return weights, (centres > -0.5 / side) & (centres < 1 + 0.5 / side)


def _counted(target: np.ndarray, sample: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return which samples count, 0 or 1, (pairs, GRID, GRID) float32."""
    clear = inside & (target > DARKEST) & (target < BRIGHTEST)
    clear &= (sample > DARKEST) & (sample < BRIGHTEST)
    enough = clear.mean((1, 2)) >= CLEAR
    counted = np.where(enough[:, None, None], clear, inside)
    return (counted & (inside.mean((1, 2)) >= INSIDE)[:, None, None]).astype(np.float32)
