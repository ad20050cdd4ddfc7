"""ROUGE-L: how much of a caption stands in the references in the same order (Lin 2004)."""

from collections.abc import Sequence

import numpy as np

BETA = 1.2  # weight of recall over precision, as in the COCO caption evaluation


def rouge_l(
    predictions: Sequence[Sequence[str]], references: Sequence[Sequence[Sequence[str]]]
) -> np.ndarray:
    """Return each caption's ROUGE-L, (captions,), 0 to 1.

    As in the COCO caption evaluation: the longest common subsequence over the caption's length
    (precision) and over the reference's (recall), the best of each among the references, joined in
    an F-measure with recall weighing `BETA` times as much.

    Args:
        predictions: the tokens of one caption a picture.
        references: the tokens of one or more true captions a picture.
    """
    scores = np.zeros(len(predictions))
    for row, (own, trues) in enumerate(zip(predictions, references, strict=True)):
        common = [common_subsequence(own, true) for true in trues]
        precision = max(common) / max(1, len(own))
        recall = max(c / max(1, len(true)) for c, true in zip(common, trues, strict=True))
        if precision and recall:
            scores[row] = (1 + BETA**2) * precision * recall / (recall + BETA**2 * precision)
    return scores


def common_subsequence(first: Sequence[str], second: Sequence[str]) -> int:
    """Return the length of the longest common subsequence of two sequences of tokens.

    Bit-parallel (Crochemore et al. 2001): one row of the table is one integer, whose zero bits are
    the places in `second` where the length grows.
    """
    places: dict[str, int] = {}
    for place, token in enumerate(second):
        places[token] = places.get(token, 0) | 1 << place
    full = (1 << len(second)) - 1
    row = full
    for token in first:
        found = row & places.get(token, 0)
        row = (row + found | row - found) & full
    return len(second) - row.bit_count()
