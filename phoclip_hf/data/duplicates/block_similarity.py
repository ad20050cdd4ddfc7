"""How alike two grids of samples are block by block: two shots of one scene agree nearly
everywhere, a copy everywhere.

As SSIM (Wang et al., "Image quality assessment: from error visibility to structural similarity",
IEEE TIP 2004), its luminance term made milder, and of the blocks a low quantile, not the mean.
"""

import numpy as np

CELL = 4  # samples; a block is two cells wide and high, blocks overlap by one cell
NOISE = 8.0  # grey levels that scaling and compression may change
SHIFT = 24.0  # grey levels by which a block's mean may be off
LOWEST = 0.1  # the quantile of the blocks that counts
# Least share of the blocks in which both show something: of a dot on white everything is a copy.
STRUCTURED = 0.2
STRUCTURE = NOISE / 2  # grey levels of contrast, standard deviation


def lowest_similarity(target: np.ndarray, fitted: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Return the LOWEST quantile of the blocks' similarities, (pairs,), 0 to 1.

    0 where too few blocks show anything to compare.

    Args:
        target: (pairs, grid, grid) float32, 0 to 255; grid is a multiple of CELL.
        fitted: the same, with its light fitted to target's.
        counted: the same, 1 for samples that count, else 0.
    """
    weight, mean_t, mean_f, square_t, square_f, product = _block_sums(
        counted,
        target * counted,
        fitted * counted,
        target * target * counted,
        fitted * fitted * counted,
        target * fitted * counted,
    )
    scale = 1 / np.maximum(weight, 1e-6)
    mean_t, mean_f = mean_t * scale, mean_f * scale
    variance_t, variance_f = square_t * scale - mean_t**2, square_f * scale - mean_f**2
    structure = 2 * (product * scale - mean_t * mean_f) + NOISE**2
    similarity = structure / (variance_t + variance_f + NOISE**2)
    similarity /= 1 + ((mean_t - mean_f) / SHIFT) ** 2
    seen = weight >= (2 * CELL) ** 2 / 3
    ordered = np.sort(np.where(seen, similarity, np.inf), axis=1)
    place = (LOWEST * np.maximum(seen.sum(1) - 1, 0)).astype(int)
    lowest = np.take_along_axis(ordered, place[:, None], 1)[:, 0]
    structured = seen & (np.minimum(variance_t, variance_f) >= STRUCTURE**2)
    lowest = np.where(structured.mean(1) >= STRUCTURED, lowest, 0)
    return np.clip(lowest, 0, 1).astype(np.float32)


def _block_sums(*grids: np.ndarray) -> list[np.ndarray]:
    """Return sums over blocks of two by two cells, (pairs, blocks) each."""
    cells = grids[0].shape[-1] // CELL
    within = np.arange(cells - 1)[:, None] - np.arange(cells * CELL) // CELL
    member = ((within == 0) | (within == -1)).astype(np.float32)  # (blocks, samples) of a side
    return [(member @ grid @ member.T).reshape(len(grid), -1) for grid in grids]
