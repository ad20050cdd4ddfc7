"""Fit the window of one picture on which the whole of another lies, and the light of both.

Gauss-Newton on the samples of a grid (Lucas and Kanade, "An iterative image registration
technique", IJCAI 1981), with gain and offset of the light solved for along with the window.
"""

import numpy as np

# Samples near black or white were cut off when the picture was brightened: they do not count ...
DARKEST, BRIGHTEST = 6, 246
CLEAR = 0.3  # ... where at least this share of the samples is left
INSIDE = 0.6  # least share of the whole that must lie inside the other picture
FIT = np.dtype(
    [
        ("window", "<f4", (4,)),  # left, top, width, height in shares of the other picture's side
        ("gain", "<f4"),  # contrast of the whole relative to the window's
        ("offset", "<f4"),  # what is added after that, in grey levels
        ("correlation", "<f4"),  # of the samples of both, 0 to 1
    ]
)


def fit_windows(
    whole: np.ndarray, other: np.ndarray, windows: np.ndarray, steps: int, grid: int
) -> np.ndarray:
    """Return (pairs,) of FIT: of the given windows and those after each step, the best.

    Args:
        whole: (pairs, side, side) float32, 0 to 255.
        other: the same, row by row the picture that holds the window.
        windows: (pairs, 4) to start from.
        steps: of Gauss-Newton.
        grid: samples a side.
    """
    target, best = whole_samples(whole, grid), np.zeros(len(whole), FIT)
    best["window"] = windows
    for step in range(steps + 1):
        sample, counted = window_samples(target, other, windows)
        tried = _light(target, sample, counted)
        tried["window"] = windows
        best = np.where(tried["correlation"] > best["correlation"], tried, best)
        if step < steps:
            windows = _moved(target, sample, counted, windows)
    return best


def whole_samples(whole: np.ndarray, grid: int) -> np.ndarray:
    """Return the samples of whole pictures, (pairs, grid, grid)."""
    full = _sampling(np.zeros(1, np.float32), np.ones(1, np.float32), whole.shape[-1], grid)[0][0]
    return full @ whole @ full.T


def window_samples(
    target: np.ndarray, other: np.ndarray, windows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the windows' samples, and which of both count, 0 or 1; each of target's shape."""
    grid = target.shape[-1]
    across, inside_x = _sampling(windows[:, 0], windows[:, 2], other.shape[-1], grid)
    down, inside_y = _sampling(windows[:, 1], windows[:, 3], other.shape[-1], grid)
    inside = inside_y[:, :, None] & inside_x[:, None, :]
    sample = down @ other @ across.transpose(0, 2, 1)
    clear = inside & (target > DARKEST) & (target < BRIGHTEST)
    clear &= (sample > DARKEST) & (sample < BRIGHTEST)
    enough = clear.reshape(len(clear), -1).mean(1) >= CLEAR
    counted = np.where(enough[:, None, None], clear, inside)
    counted &= (inside_y.mean(1) * inside_x.mean(1) >= INSIDE)[:, None, None]
    return sample, counted.astype(np.float32)


def _sampling(
    start: np.ndarray, length: np.ndarray, side: int, grid: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return matrices (pairs, grid, side) that sample a span of a line, and which lie inside it.

    A triangle two samples wide, at least two pixels: what is shrunk is averaged.
    """
    centres = start[:, None] + (np.arange(grid, dtype=np.float32) + 0.5) / grid * length[:, None]
    reach = np.maximum(length * side / grid, 1)[:, None, None]
    pixels = np.arange(side, dtype=np.float32) + 0.5
    weights = pixels - np.clip(centres, 0, 1)[..., None] * side  # distances, as yet
    np.abs(weights, out=weights)
    weights /= -reach
    weights += 1
    np.maximum(weights, 0, out=weights)
    weights /= (weights @ np.ones(side, np.float32))[..., None]
    return weights, (centres > -0.5 / side) & (centres < 1 + 0.5 / side)


def _moved(
    target: np.ndarray, sample: np.ndarray, counted: np.ndarray, windows: np.ndarray
) -> np.ndarray:
    """Return the windows after one step: target = gain * (sample + gradient . move) + offset."""
    grid = target.shape[-1]
    place = (np.arange(grid, dtype=np.float32) + 0.5) / grid
    down, across = np.gradient(sample, axis=(1, 2))  # per sample
    across = across * (grid / windows[:, 2])[:, None, None]  # per side
    down = down * (grid / windows[:, 3])[:, None, None]
    columns = [sample, np.ones_like(sample), across, down, across * place, down * place[:, None]]
    design = np.stack([c.reshape(len(target), -1) for c in columns], axis=1)  # (pairs, 6, grid^2)
    weighted = design * counted.reshape(len(target), 1, -1)
    normal = weighted @ design.transpose(0, 2, 1)  # (pairs, 6, 6)
    ridge = 1e-5 * np.trace(normal, axis1=1, axis2=2) / len(columns) + 1e-3
    normal += ridge[:, None, None] * np.eye(len(columns), dtype=np.float32)
    solved = np.linalg.solve(normal, weighted @ target.reshape(len(target), -1, 1))[..., 0]
    move = solved[:, 2:] / np.maximum(solved[:, :1], 0.1)  # gains are positive
    windows = windows + np.clip(move, -0.08, 0.08).astype(np.float32)
    windows[:, 2:] = np.clip(windows[:, 2:], 0.35, 1.3)
    windows[:, :2] = np.clip(windows[:, :2], -0.3, 0.9)
    return windows


def _light(target: np.ndarray, sample: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Return (pairs,) of FIT with gain, offset and correlation, and no window."""
    target, sample, counted = (v.reshape(len(v), -1) for v in (target, sample, counted))
    weight = counted.sum(1) + 1e-6
    means, deviations = [], []
    for values in (target, sample):
        mean = np.einsum("ps,ps->p", values, counted) / weight
        means.append(mean)
        deviations.append((values - mean[:, None]) * counted)
    of_target, of_sample, of_both = (
        np.einsum("ps,ps->p", x, y) / weight
        for x, y in (deviations[:1] * 2, deviations[1:] * 2, deviations)
    )
    found = np.zeros(len(target), FIT)
    found["gain"] = np.sqrt(of_target / np.maximum(of_sample, 1e-6))
    found["offset"] = means[0] - found["gain"] * means[1]
    correlation = of_both / np.sqrt(np.maximum(of_target * of_sample, 1e-6))
    enough = weight >= CLEAR * target.shape[1]
    found["correlation"] = np.where(enough, np.maximum(correlation, 0), 0)
    return found
