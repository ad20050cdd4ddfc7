"""Image-text retrieval: two matrices of embeddings in, recall at k in both directions out.

The definition is CLIP_benchmark's (LAION-AI, `metrics/zeroshot_retrieval.py`): every caption is a
query and a candidate, and a query is a hit at k when at least one true match is among its first k.
"""

from collections.abc import Callable, Iterable, Sequence
from math import isqrt
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
    progress: Callable[[list], Iterable] = iter,
) -> dict[str, float]:
    """Return recalls (0 to 1) and median ranks (from 1), text to image (t2i) and back (i2t).

    Keys, for the default `ks`: `t2i_r1 t2i_r5 t2i_r10 i2t_r1 i2t_r5 i2t_r10`, `mean_recall` (their
    mean), `t2i_median_rank i2t_median_rank`, and `t2i_queries i2t_queries`, the numbers of queries
    that have a true match. A picture that no text describes is a candidate only, never a query;
    so is a text that describes none. (CLIP_benchmark counts a picture without texts as a miss.)

    Ties go against the model: a false candidate within `TIE` of the best true one stands before
    it, so embeddings that are all alike score nothing. (CLIP_benchmark takes `torch.topk`'s order,
    which promises nothing among equals; without ties the two agree.) Rows need not be of unit
    length, for candidates are ranked by cosine. Time is images × texts × dim. Memory is a float32
    copy of both matrices and one block of scores; no matrix of images × texts is built, unless
    `relevance` brings one.

    Args:
        image_embeds: (images, dim), array or tensor.
        text_embeds: (texts, dim), array or tensor.
        text_to_image: (texts,) the row of the picture that each text describes.
        ks: the cut-offs.
        relevance: instead of `text_to_image`, where a text fits several pictures: (texts, images),
            true where they match; a boolean array, a tensor or a SciPy sparse matrix.
        progress: what the list of blocks is looped through; `tqdm` shows a bar.

    Raises:
        ValueError: shapes that do not fit, NaN, rows out of range, or no match at all.
    """
    if not ks or min(ks) < 1:
        raise ValueError(f"ks is {tuple(ks)}; expected at least one cut-off, each 1 or more")
    ranks = retrieval_ranks(
        image_embeds, text_embeds, text_to_image, relevance=relevance, progress=progress
    )
    return rank_metrics(*ranks, ks)


def rank_metrics(
    text_ranks: np.ndarray, image_ranks: np.ndarray, ks: Sequence[int] = (1, 5, 10)
) -> dict[str, float]:
    """Return what `retrieval_metrics` returns, out of the ranks from `retrieval_ranks`."""
    ranks = {"t2i": text_ranks[text_ranks > 0], "i2t": image_ranks[image_ranks > 0]}
    recalls = {f"{way}_r{k}": float((r <= k).mean()) for way, r in ranks.items() for k in ks}
    return {
        **recalls,
        "mean_recall": float(np.mean(list(recalls.values()))),
        **{f"{way}_median_rank": float(np.median(r)) for way, r in ranks.items()},
        **{f"{way}_queries": float(len(r)) for way, r in ranks.items()},
    }


def retrieval_ranks(
    image_embeds: Any,
    text_embeds: Any,
    text_to_image: Any = None,
    *,
    relevance: Any = None,
    progress: Callable[[list], Iterable] = iter,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rank (from 1) of each text's best true picture, (texts,), and of each picture's
    best true text, (images,); 0 where nothing matches. Arguments and errors: `retrieval_metrics`.
    """
    images, texts = unit_rows(image_embeds, "image_embeds"), unit_rows(text_embeds, "text_embeds")
    if images.shape[1] != texts.shape[1]:
        raise ValueError(
            f"image_embeds are {images.shape[1]} wide and text_embeds {texts.shape[1]}; "
            "expected projections into the same space"
        )
    pairs = _matches(text_to_image, relevance, len(texts), len(images))
    return best_ranks(texts, images, pairs, progress)


def best_ranks(
    texts: np.ndarray,
    images: np.ndarray,
    pairs: np.ndarray,
    progress: Callable[[list], Iterable] = iter,
) -> tuple[np.ndarray, np.ndarray]:
    """Return `retrieval_ranks` of what has been checked.

    `texts` (t, dim) and `images` (i, dim) are of unit length; `pairs` (matches, 2) are rows of the
    one and of the other that belong together. False candidates as good as the best true one count
    as better; true ones never stand in each other's way. One pass over square blocks of scores
    serves both directions.
    """
    text_best, image_best = _best_true_scores(texts, images, pairs)
    text_ranks, image_ranks = np.zeros(len(texts), np.int64), np.zeros(len(images), np.int64)
    side = max(1, isqrt(BLOCK_SCORES))
    columns = -(-len(images) // side)
    block = pairs[:, 0] // side * columns + pairs[:, 1] // side
    order = np.argsort(block, kind="stable")
    pairs, block = pairs[order], block[order]
    blocks = [(t, i) for t in range(0, len(texts), side) for i in range(0, len(images), side)]
    for number, (top, left) in enumerate(progress(blocks)):
        rows, cells = slice(top, top + side), slice(left, left + side)
        scores = texts[rows] @ images[cells].T  # (side, side)
        first, last = np.searchsorted(block, (number, number + 1))
        scores[pairs[first:last, 0] - top, pairs[first:last, 1] - left] = -np.inf
        text_ranks[rows] += (scores >= text_best[rows, None] - TIE).sum(axis=1)
        image_ranks[cells] += (scores >= image_best[cells] - TIE).sum(axis=0)
    text_ranks[np.isfinite(text_best)] += 1
    image_ranks[np.isfinite(image_best)] += 1
    return text_ranks, image_ranks


def _best_true_scores(
    texts: np.ndarray, images: np.ndarray, pairs: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the best true cosine of each text (t,) and picture (i,), infinity where none is."""
    text_best = np.full(len(texts), -np.inf, dtype=np.float32)
    image_best = np.full(len(images), -np.inf, dtype=np.float32)
    step = max(1, BLOCK_SCORES // texts.shape[1])
    for start in range(0, len(pairs), step):
        rows, columns = pairs[start : start + step].T
        scores = np.einsum("pd,pd->p", texts[rows], images[columns])
        np.maximum.at(text_best, rows, scores)
        np.maximum.at(image_best, columns, scores)
    for best in (text_best, image_best):
        best[np.isneginf(best)] = np.inf  # nothing is as good: such a row counts no rivals
    return text_best, image_best


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
