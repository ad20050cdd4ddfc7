"""Re-ranking against cases worked by hand and against plain sorting."""

import numpy as np
import pytest

from phoclip_hf.evaluation import reranking
from phoclip_hf.evaluation.reranking import first_candidates, known_scores, reranked
from phoclip_hf.evaluation.retrieval import retrieval_ranks

# One query looks along the first axis; cosines .9, .8, .6, .1 with four candidates.
COSINES = np.array([0.6, 0.9, 0.1, 0.8])
CANDIDATES = np.stack([COSINES, np.sqrt(1 - COSINES**2)], axis=1).astype(np.float32)
QUERY = np.array([[1, 0]], dtype=np.float32)


def test_the_first_k_best_first():
    rows, cosines = first_candidates(QUERY, CANDIDATES, np.array([[0, 2]]), k=3)
    assert rows.tolist() == [[1, 3, 0]]
    np.testing.assert_allclose(cosines, [[0.9, 0.8, 0.6]], atol=1e-6)
    rows, _ = first_candidates(QUERY, CANDIDATES, np.array([[0, 2]]), k=16)
    assert rows.tolist() == [[1, 3, 0, 2]]
    with pytest.raises(ValueError, match="k is 0"):
        first_candidates(QUERY, CANDIDATES, np.array([[0, 2]]), k=0)


@pytest.mark.parametrize(
    ("true", "scores", "before", "after"),
    [
        (3, [0.1, 0.7, 0.2], 2, 1),  # of 1, 3, 0 by cosine 3 comes to the front
        (1, [0.1, 0.7, 0.2], 1, 3),  # and 1 falls behind both
        (0, [-5.0, -6.0, -7.0], 3, 3),  # the same order
        (2, [0.1, 0.7, 0.2], 4, 4),  # beyond k: as before, whatever the others do
        (3, [0.7, 0.7, 0.2], 2, 2),  # a tie goes against the model
        (3, [0.7 - 5e-5, 0.7, 0.2], 2, 2),  # so does what float32 cannot tell apart
        (3, [0.7 - 5e-4, 0.7, 0.2], 2, 1),
    ],
)
def test_ranks_worked_by_hand(true, scores, before, after):
    pairs = np.array([[0, true]])
    ranks, _ = retrieval_ranks(QUERY, CANDIDATES, relevance=np.arange(4)[:, None] == [true])[::-1]
    assert ranks.tolist() == [before]
    rows, _ = first_candidates(QUERY, CANDIDATES, pairs, k=3)
    assert reranked(ranks, rows, [scores], pairs).tolist() == [after]


def test_several_true_candidates_never_stand_in_each_others_way():
    rows, pairs = np.array([[1, 3, 0]]), np.array([[0, 0], [0, 3]])
    # 1 is false. True 3 lies behind it, true 0 before it.
    assert reranked([2], rows, [[0.5, 0.4, 0.9]], pairs).tolist() == [1]
    assert reranked([2], rows, [[0.9, 0.4, 0.5]], pairs).tolist() == [2]
    # Both true and equal: only the false one counts.
    assert reranked([2], rows, [[0.9, 0.5, 0.5]], pairs).tolist() == [2]


def test_a_query_without_a_match_stays_without_a_rank():
    ranks = reranked([0, 2], [[1, 0], [1, 0]], [[0.1, 0.2], [0.1, 0.2]], [[1, 0]])
    assert ranks.tolist() == [0, 1]
    # Query 0's match, row 2, is beyond all candidates that were looked at; query 1 has none.
    assert reranked([3, 0], [[0, 1], [0, 1]], np.zeros((2, 2)), [[0, 2]]).tolist() == [3, 0]


def test_a_true_candidate_is_not_proposed_by_a_tie():
    # All alike, as of a collapsed model: whatever the order of rows, the truth is never looked at.
    same = np.ones((5, 1), dtype=np.float32)
    pairs = np.stack([np.arange(5)] * 2, axis=1)
    rows, _ = first_candidates(same, same, pairs, k=4)
    assert not (rows == np.arange(5)[:, None]).any()
    ranks, _ = retrieval_ranks(same, same, np.arange(5))
    assert reranked(ranks, rows, np.random.default_rng(0).random((5, 4)), pairs).tolist() == [5] * 5


@pytest.mark.parametrize("block_scores", [1, 50, 2**24])
def test_equals_plain_sorting_on_random_data(monkeypatch, block_scores):
    monkeypatch.setattr(reranking, "BLOCK_SCORES", block_scores)
    random = np.random.default_rng(0)
    queries, candidates = random.normal(size=(60, 6)), random.normal(size=(40, 6))
    queries, candidates = (
        (m / np.linalg.norm(m, axis=1, keepdims=True)).astype(np.float32)
        for m in (queries, candidates)
    )
    relevance = random.random((60, 40)) < 0.05
    relevance[:3] = False
    pairs = np.argwhere(relevance)
    closer = random.normal(size=(60, 40)).astype(np.float32)
    ranks, _ = retrieval_ranks(candidates, queries, relevance=relevance)
    rows, cosines = first_candidates(queries, candidates, pairs, k=8)
    np.testing.assert_allclose(
        cosines, np.take_along_axis(queries @ candidates.T, rows, axis=1), atol=3e-7
    )
    after = reranked(ranks, rows, np.take_along_axis(closer, rows, axis=1), pairs)
    expected = []
    for query, scores in enumerate(queries @ candidates.T):
        order = sorted(range(40), key=lambda c: -scores[c])
        order = sorted(order[:8], key=lambda c: -closer[query, c]) + order[8:]
        true = [place for place, c in enumerate(order, start=1) if relevance[query, c]]
        expected.append(min(true, default=0))
        # Ranks count false candidates only: true ones before the best there are none.
    assert after.tolist() == expected
    assert (after != ranks).sum() > 10 and (after == 0).sum() >= 3


def test_known_scores_are_found_wherever_the_candidate_stood():
    known = known_scores(
        np.array([[4, 2, 9], [1, 0, 3]]),
        np.array([[2, 4], [5, 6]]),
        np.array([[0.2, 0.4], [0.5, 0.6]], dtype=np.float32),
    )
    np.testing.assert_array_equal(
        known, np.array([[0.4, 0.2, np.nan], [np.nan] * 3], dtype=np.float32)
    )


@pytest.mark.parametrize(
    ("ranks", "rows", "scores", "message"),
    [
        ([1, 1], [[0, 1]], [[0.1, 0.2]], "2 ranks"),
        ([1], [[0, 1]], [[0.1, 0.2, 0.3]], r"scores of shape \(1, 3\)"),
        ([1], [[0, 1]], [[0.1, np.nan]], "NaN"),
    ],
)
def test_errors_say_what_is_wrong(ranks, rows, scores, message):
    with pytest.raises(ValueError, match=message):
        reranked(ranks, rows, scores, [[0, 0]])
