"""Hashes of 64 bits that differ in few bits, found without comparing all with all.

Two hashes that differ in at most r bits differ, in one of four bands of 16 bits, in at most r // 4
(pigeonhole; Norouzi et al., "Fast search in Hamming space with multi-index hashing", CVPR 2012). So
each band is sorted once and looked up with every small change, and only what is met is compared.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

BANDS, BAND_BITS = 4, 16


class HashTable:
    """Rows of 64-bit hashes, by band.

    Args:
        hashes: (rows,) uint64.
        block: how many comparisons are held in memory at once.
    """

    def __init__(self, hashes: np.ndarray, block: int = 1 << 21):
        self.hashes, self.block = hashes, block
        self.orders, self.starts = [], []  # rows by the band's value; where each value begins
        for band in range(BANDS):
            keys = _band(hashes, band)
            order = np.argsort(keys, kind="stable")
            self.orders.append(order.astype(np.int32))
            values = np.arange((1 << BAND_BITS) + 1)
            self.starts.append(np.searchsorted(keys[order], values).astype(np.int32))

    def near(
        self, queries: np.ndarray, radius: int, flips: int | None = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (query, row) index arrays: what differs in at most `radius` bits.

        And, in at least one band, in at most `flips`: radius // 4 misses nothing (the default), one
        less makes the search eight times faster. A pair may come once from each band.

        Args:
            queries: (queries,) uint64.
            radius: bits, 0 to 63.
            flips: bits.
        """
        if not 0 <= radius < 64:
            raise ValueError(f"radius is {radius}; expected 0 to 63 bits")
        changes = _changes(radius // BANDS if flips is None else flips)
        for band in range(BANDS):
            own = _band(queries, band)
            for change in changes:
                yield from self._compare(queries, own ^ change, band, radius)

    def _compare(
        self, queries: np.ndarray, probes: np.ndarray, band: int, radius: int
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the near ones among the rows whose band equals the queries' probes."""
        order, starts = self.orders[band], self.starts[band]
        first = starts[probes]
        counts = starts[probes + 1] - first
        ends = np.cumsum(counts, dtype=np.int64)
        low = 0
        while low < len(queries):  # as many queries at once as fill a block, one at least
            reached = ends[low - 1] if low else 0
            high = max(int(np.searchsorted(ends, reached + self.block, "right")), low + 1)
            query = np.repeat(np.arange(low, high), counts[low:high])
            # Place in the order: the query's first, then one after the other.
            skipped = ends[low:high] - counts[low:high] - first[low:high] - reached
            row = order[np.arange(len(query)) - np.repeat(skipped, counts[low:high])]
            near = np.bitwise_count(queries[query] ^ self.hashes[row]) <= radius
            if near.any():
                yield query[near], row[near].astype(np.int64)
            low = high


def _band(hashes: np.ndarray, band: int) -> np.ndarray:
    shifted = hashes >> np.uint64(band * BAND_BITS)
    return (shifted & np.uint64((1 << BAND_BITS) - 1)).astype(np.int32)


def _changes(most: int) -> list[int]:
    """Return every change of at most `most` bits of a band."""
    return [
        sum(1 << bit for bit in bits)
        for count in range(min(most, BAND_BITS) + 1)
        for bits in combinations(range(BAND_BITS), count)
    ]
