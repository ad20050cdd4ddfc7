"""Each vector's nearest neighbours by cosine, block by block: never all against all in memory."""

import numpy as np
from tqdm.auto import tqdm


def nearest_neighbours(
    vectors: np.ndarray, count: int, floor: float, block: int = 4096
) -> tuple[np.ndarray, np.ndarray]:
    """Return (a, b) row indices, a < b, where either is among the other's nearest.

    Args:
        vectors: (rows, dim) of unit length; rows of zeros are nobody's neighbour. May be memory-
            mapped and of half precision.
        count: neighbours a row.
        floor: least cosine.
        block: rows worked on at a time; block * block cosines are held in memory.
    """
    if count < 1 or not 0 < floor <= 1:
        raise ValueError(f"count is {count}, floor {floor}; expected at least 1, and above 0 to 1")
    rows = len(vectors)
    best = np.full((rows, count), floor, np.float32)  # each row's cosines, the least first
    place = np.full((rows, count), -1, np.int64)
    starts = range(0, rows, block)
    total = len(starts) * (len(starts) + 1) // 2
    with tqdm(total=total, desc="neighbours", unit="block", disable=total < 10) as bar:
        for low in starts:
            left = np.asarray(vectors[low : low + block], np.float32)
            for high in starts[low // block :]:
                cosines = left @ np.asarray(vectors[high : high + block], np.float32).T
                if high == low:
                    np.fill_diagonal(cosines, -1)
                _merge(best, place, cosines, low, high)
                if high != low:
                    _merge(best, place, cosines.T, high, low)
                bar.update()
    own = np.broadcast_to(np.arange(rows)[:, None], place.shape)[place >= 0]
    other = place[place >= 0]
    pairs = np.unique(np.minimum(own, other) * rows + np.maximum(own, other))
    return pairs // max(rows, 1), pairs % max(rows, 1)


def _merge(best: np.ndarray, place: np.ndarray, cosines: np.ndarray, low: int, high: int) -> None:
    """Let rows from `low` on take what is better among the columns, which begin at `high`."""
    rows = slice(low, low + len(cosines))
    row, column = np.nonzero(cosines >= best[rows, :1])  # most cosines end here
    if not len(row):
        return
    touched, row = np.unique(row, return_inverse=True)
    count = best.shape[1]
    # What the touched rows have and what they are offered, sorted by row and cosine.
    owner = np.concatenate([np.repeat(np.arange(len(touched)), count), row])
    value = np.concatenate([best[low + touched].ravel(), cosines[touched[row], column]])
    index = np.concatenate([place[low + touched].ravel(), column + high])
    order = np.lexsort((index, value, owner))
    ends = np.cumsum(np.bincount(owner, minlength=len(touched)))
    last = order[ends[:, None] - np.arange(count, 0, -1)]  # (touched, count)
    best[low + touched], place[low + touched] = value[last], index[last]
