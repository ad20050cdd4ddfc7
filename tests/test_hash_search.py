"""The banded search finds what comparing all with all finds."""

import numpy as np
import pytest

from phoclip_hf.data.duplicates.hash_search import BAND_BITS, BANDS, HashTable


def some_hashes(count: int, queries: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Random rows, and queries that differ from some of them in 0 to 15 random bits."""
    generator = np.random.default_rng(seed)
    rows = generator.integers(0, 2**64, count, dtype=np.uint64)
    asked = rows[generator.integers(0, count, queries)]
    for number in range(queries):
        for bit in generator.choice(64, number % 16, replace=False):
            asked[number] ^= np.uint64(1) << np.uint64(bit)
    return rows, asked


def brute_force(rows, asked, radius, flips=64) -> set[tuple[int, int]]:
    different = asked[:, None] ^ rows
    bands = [
        np.bitwise_count((different >> np.uint64(BAND_BITS * band)) & np.uint64(0xFFFF))
        for band in range(BANDS)
    ]
    near = (np.bitwise_count(different) <= radius) & (np.min(bands, axis=0) <= flips)
    return set(zip(*(index.tolist() for index in near.nonzero()), strict=True))


def found(table, asked, radius, flips=None) -> set[tuple[int, int]]:
    return {
        pair
        for query, row in table.near(asked, radius, flips)
        for pair in zip(query.tolist(), row.tolist(), strict=True)
    }


@pytest.mark.parametrize("radius", [0, 3, 7, 11])
@pytest.mark.parametrize("block", [1, 100, 1 << 20])
def test_equals_brute_force(radius, block):
    rows, asked = some_hashes(300, 64)
    expected = brute_force(rows, asked, radius)
    assert len(expected) >= 4 * (radius + 1)
    assert found(HashTable(rows, block), asked, radius) == expected


def test_fewer_flips_leave_out_what_differs_in_every_band():
    rows, asked = some_hashes(300, 64, seed=1)
    expected = brute_force(rows, asked, 12, flips=1)
    assert found(HashTable(rows), asked, 12, flips=1) == expected
    assert expected < brute_force(rows, asked, 12)


def test_full_buckets_and_empty_tables():
    rows = np.zeros(500, np.uint64)
    assert len(found(HashTable(rows, block=64), rows[:3], 0)) == 1500
    nothing = np.zeros(0, np.uint64)
    assert found(HashTable(nothing), rows[:3], 7) == found(HashTable(rows), nothing, 7) == set()


def test_a_radius_that_is_none():
    with pytest.raises(ValueError, match="radius is 64"):
        next(HashTable(np.zeros(1, np.uint64)).near(np.zeros(1, np.uint64), 64))
