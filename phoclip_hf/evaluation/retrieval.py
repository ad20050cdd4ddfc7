"""Image-text retrieval: two matrices of embeddings in, recall at k in both directions out.

The definition is CLIP_benchmark's (LAION-AI, `metrics/zeroshot_retrieval.py`): every caption is a
query and a candidate, and a query is a hit at k when at least one true match is among its first k.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from .matrices import as_indices, unit_rows

# Cosines of float32 vectors are sure to about 1e-7; closer than this is a tie.
TIE = 1e-6
# Scores held at once: 2**24 float32 numbers are 64 MiB.
BLOCK_SCORES = 2**24


def retrieval_metrics(
    image_embeds: Any,
    text_embeds: Any,
    text_to_image: Any = None,
    ks: Sequence[int] = (1, 5, 10),
    *,
    relevance: Any = None,
) -> dict[str, float]:
    """Return recalls (0 to 1) and median ranks (from 1), text to image (t2i) and back (i2t).

    Keys, for the default `ks`: `t2i_r1 t2i_r5 t2i_r10 i2t_r1 i2t_r5 i2t_r10`, `mean_recall` (their
    mean), `t2i_median_rank i2t_median_rank`, and `t2i_queries i2t_queries`, the numbers of queries
    that have a true match. A picture that no text describes is a candidate only, never a query;
    so is a text that describes none.

    Ties go against the model: a false candidate within `TIE` of the best true one stands before
    it, so embeddings that are all alike score nothing. Rows need not be of unit length, for
    candidates are ranked by cosine. Time is images × texts × dim, memory one block of scores.

    Args:
        image_embeds: (images, dim), array or tensor.
        text_embeds: (texts, dim), array or tensor.
        text_to_image: (texts,) the row of the picture that each text describes.
        ks: the cut-offs.
        relevance: instead of `text_to_image`, where a text fits several pictures: (texts, images),
            true where they match; a boolean array, a tensor or a SciPy sparse matrix.

    Raises:
        ValueError: shapes that do not fit, NaN, rows out of range, or no match at all.
    """
    images, texts = unit_rows(image_embeds, "image_embeds"), unit_rows(text_embeds, "text_embeds")
    if images.shape[1] != texts.shape[1]:
        raise ValueError(
            f"image_embeds are {images.shape[1]} wide and text_embeds {texts.shape[1]}; "
            "expected projections into the same space"
        )
    if not ks or min(ks) < 1:
        raise ValueError(f"ks is {tuple(ks)}; expected at least one cut-off, each 1 or more")
    pairs = _matches(text_to_image, relevance, len(texts), len(images))
    ranks = {
        "t2i": best_ranks(texts, images, pairs),
        "i2t": best_ranks(images, texts, pairs[:, ::-1]),
    }
    recalls = {f"{way}_r{k}": float((r <= k).mean()) for way, r in ranks.items() for k in ks}
    return {
        **recalls,
        "mean_recall": float(np.mean(list(recalls.values()))),
        **{f"{way}_median_rank": float(np.median(r)) for way, r in ranks.items()},
        **{f"{way}_queries": float(len(r)) for way, r in ranks.items()},
    }


def best_ranks(queries: np.ndarray, candidates: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return, for each query that has a match, the rank (from 1) of its best true candidate.

    `queries` (q, dim) and `candidates` (c, dim) are of unit length; `pairs` (matches, 2) are rows
    of the one and of the other that belong together. False candidates as good as the best true
    one count as better; true ones never stand in each other's way.
    """
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    ranks = []
    for start, stop in _blocks(len(queries), len(candidates)):
        first, last = np.searchsorted(pairs[:, 0], (start, stop))
        rows, columns = pairs[first:last, 0] - start, pairs[first:last, 1]
        scores = queries[start:stop] @ candidates.T  # (block, c)
        best = np.full(stop - start, -np.inf, dtype=scores.dtype)
        np.maximum.at(best, rows, scores[rows, columns])
        scores[rows, columns] = -np.inf
        better = (scores >= best[:, None] - TIE).sum(axis=1)  # (block,)
        ranks.append(1 + better[np.isfinite(best)])
    return np.concatenate(ranks)


def _blocks(rows: int, columns: int) -> Iterator[tuple[int, int]]:
    """Yield (start, stop) over `rows` such that a block of scores stays under BLOCK_SCORES."""
    step = max(1, BLOCK_SCORES // columns)
    for start in range(0, rows, step):
        yield start, min(start + step, rows)


def _matches(text_to_image: Any, relevance: Any, texts: int, images: int) -> np.ndarray:
    """Return (matches, 2): a text's row and a picture's row for each true pair."""
    if (text_to_image is None) == (relevance is None):
        raise ValueError("give either text_to_image (texts,) or relevance (texts, images)")
    if relevance is None:
        columns = as_indices(text_to_image, "text_to_image", below=images)
        if len(columns) != texts:
            raise ValueError(
                f"text_to_image has {len(columns)} entries for {texts} texts; "
                "expected the row of one picture for each text"
            )
        return np.stack([np.arange(texts), columns], axis=1)
    if hasattr(relevance, "detach"):  # a tensor's nonzero() is shaped otherwise
        relevance = relevance.detach().cpu().numpy()
    if not hasattr(relevance, "nonzero"):
        relevance = np.asarray(relevance)
    if tuple(relevance.shape) != (texts, images):
        raise ValueError(f"relevance has shape {relevance.shape}; expected {(texts, images)}")
    pairs = np.stack(relevance.nonzero(), axis=1).astype(np.int64)
    if not len(pairs):
        raise ValueError("relevance marks no pair at all; expected a true match for some text")
    return pairs
