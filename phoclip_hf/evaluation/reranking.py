"""Re-ranking: the first k of each query by cosine, sorted anew by the scores of a closer look.

Li et al. 2022, "BLIP", section 4.1. What was not among the first k keeps its place behind them.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .matrices import as_indices, as_matrix, unit_rows
from .retrieval import BLOCK_SCORES, TIE

# Log-odds of a float32 Transformer, of about 10, are sure to about 1e-5; closer than this is a tie.
SCORE_TIE = 1e-4


def first_candidates(
    query_embeds: Any,
    candidate_embeds: Any,
    pairs: np.ndarray,
    k: int,
    progress: Callable[[list], Iterable] = iter,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of each query's first k candidates, (queries, k) int64, and their cosines.

    Best first; all of them where there are fewer than k. Ties go against the model, as in
    `retrieval_metrics`: a false candidate within `TIE` of a true one stands before it. One block of
    scores is held at a time.

    Args:
        query_embeds: (queries, dim), of any length.
        candidate_embeds: (candidates, dim) likewise.
        pairs: (matches, 2), the rows of a query and of a candidate for each true pair.
        k: 1 or more.
        progress: what the list of blocks is looped through; `tqdm` shows a bar.

    Raises:
        ValueError: k is below 1, or an embedding holds NaN.
    """
    if k < 1:
        raise ValueError(f"k is {k}; expected the number of candidates to look at, 1 or more")
    queries = unit_rows(query_embeds, "query_embeds")
    candidates = unit_rows(candidate_embeds, "candidate_embeds")
    k = min(k, len(candidates))
    rows = np.empty((len(queries), k), np.int64)
    cosines = np.empty((len(queries), k), np.float32)
    step = max(1, BLOCK_SCORES // len(candidates))
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    for top in progress(list(range(0, len(queries), step))):
        scores = queries[top : top + step] @ candidates.T  # (block, candidates)
        first, last = np.searchsorted(pairs[:, 0], (top, top + step))
        true = pairs[first:last, 0] - top, pairs[first:last, 1]
        scores[true] -= TIE
        found = np.argpartition(-scores, k - 1, axis=1)[:, :k]
        of_found = np.take_along_axis(scores, found, axis=1)
        order = np.lexsort((found, -of_found), axis=1)  # among equals the lower row
        found = np.take_along_axis(found, order, axis=1)
        scores[true] += TIE
        rows[top : top + step] = found
        cosines[top : top + step] = np.take_along_axis(scores, found, axis=1)
    return rows, cosines


def reranked(ranks: Any, rows: Any, scores: Any, pairs: Any) -> np.ndarray:
    """Return the rank (from 1) of each query's best true candidate, its first k sorted anew.

    A false candidate within `SCORE_TIE` of the best true one stands before it. Where none of the
    first k is true nothing changes, 0 for a query without a match included.

    Args:
        ranks: (queries,), before, as `retrieval_ranks` gives them.
        rows: (queries, k), the candidates, as `first_candidates` gives them.
        scores: (queries, k), the higher the better.
        pairs: (matches, 2), the rows of a query and of a candidate for each true pair.

    Raises:
        ValueError: shapes that do not fit, or NaN.
    """
    rows, scores, pairs = np.asarray(rows), as_matrix(scores, "scores"), np.asarray(pairs)
    if not rows.shape == scores.shape == (len(ranks), rows.shape[-1]):
        raise ValueError(
            f"{len(ranks)} ranks, rows of shape {rows.shape} and scores of shape {scores.shape}; "
            "expected one rank and k rows and scores for each query"
        )
    ranks = as_indices(ranks, "ranks", below=np.iinfo(np.int64).max)
    width = 1 + max(rows.max(), pairs[:, 1].max(initial=0))
    keys = rows + width * np.arange(len(rows))[:, None]  # one number for each pair
    true = np.isin(keys, pairs @ (width, 1))  # (queries, k)
    best = np.where(true, scores, -np.inf).max(axis=1, keepdims=True)
    rivals = ((scores >= best - SCORE_TIE) & ~true).sum(axis=1)
    return np.where(true.any(axis=1), 1 + rivals, ranks)


def known_scores(rows: np.ndarray, known_rows: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return the scores (queries, k) of those candidates that have been looked at; NaN elsewhere.

    Args:
        rows: (queries, k), now.
        known_rows: (queries, n), what has been looked at of the same queries.
        known: (queries, n), the scores.
    """
    same = rows[:, :, None] == known_rows[:, None, :]  # (queries, k, n)
    scores = np.take_along_axis(known, same.argmax(axis=2), axis=1)
    return np.where(same.any(axis=2), scores, np.float32(np.nan))
