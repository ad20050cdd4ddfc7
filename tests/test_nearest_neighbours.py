"""Neighbours found block by block are those of the whole matrix of cosines."""

import numpy as np
import pytest

from phoclip_hf.data.duplicates.nearest_neighbours import nearest_neighbours


def unit_vectors(count: int, dimension: int = 6) -> np.ndarray:
    vectors = np.random.default_rng(0).standard_normal((count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("block", [7, 64, 1000])
@pytest.mark.parametrize("count, floor", [(1, 0.5), (3, 0.7), (200, 0.9)])
def test_equals_the_whole_matrix(block, count, floor):
    vectors = unit_vectors(120)
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1)
    expected = set()
    for row, values in enumerate(cosines):
        for other in np.argsort(-values)[:count].tolist():
            if values[other] >= floor:
                expected.add((min(row, other), max(row, other)))
    a, b = nearest_neighbours(vectors, count, floor, block)
    assert list(zip(a.tolist(), b.tolist(), strict=True)) == sorted(expected)
    assert len(expected) > 20


def test_rows_without_a_vector_have_no_neighbours():
    vectors = np.zeros((3, 4), np.float16)
    vectors[0, 0] = vectors[2, 0] = 1
    a, b = nearest_neighbours(vectors, 2, 0.5)
    assert (a.tolist(), b.tolist()) == ([0], [2])


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_rows(count):
    a, b = nearest_neighbours(np.ones((count, 1)), 5, 0.5)
    assert len(a) == len(b) == 0


def test_wrong_numbers():
    with pytest.raises(ValueError, match="count is 0"):
        nearest_neighbours(np.ones((2, 1)), 0, 0.5)
