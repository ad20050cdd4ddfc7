"""Which captions fit which pictures: a picture's own, the same words, whatever is true of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from datasets import Dataset as Table
from torch import Tensor


def true_pairs(images: dict[str, Tensor], texts: dict[str, Tensor]) -> Tensor:
    """Return which of the texts fit which of the images, (images, texts) booleans.

    A caption fits its own picture, every picture that stands in the batch with the same caption,
    and a drawn scene in which all that it asserts holds. Rows and columns may come from different
    ranks, as long as one source gave them all.

    Args:
        images: {`pictures` (images,), `captions` (images,) int64; of drawn scenes also `facts`
            (images, bytes) uint8}, as `pair_keys` returns them.
        texts: the same, with `needs` (texts, bytes) in place of `facts`.
    """
    fits = images["pictures"][:, None] == texts["pictures"]
    fits |= images["captions"][:, None] == texts["captions"]
    if "facts" in images:
        lacking = texts["needs"][None] & ~images["facts"][:, None]  # (images, texts, bytes)
        fits |= (lacking == 0).all(dim=-1)
    return fits


def pair_keys(rows: list[dict[str, Any]]) -> dict[str, Tensor]:
    """Return what `true_pairs` knows a batch's pictures and captions by."""
    keys = {
        "pictures": torch.tensor([row["picture_key"] for row in rows]),
        "captions": torch.tensor([row["caption_key"] for row in rows]),
    }
    if "facts" in rows[0]:
        for name in ("facts", "needs"):
            keys[name] = torch.from_numpy(np.stack([row[name] for row in rows]))
    return keys


def facts_and_needs(
    table: Table,
) -> tuple[list[frozenset[str]] | None, list[list[frozenset[str]]] | None]:
    """Return what holds in each drawn scene and what each of its captions asserts, or two None."""
    if "facts" not in table.column_names:
        return None, None
    facts = [frozenset(held) for held in table["facts"]]
    return facts, [[frozenset(asserted) for asserted in row] for row in table["needs"]]


def as_bits(
    facts: Sequence[frozenset[str]], needs: Sequence[Sequence[frozenset[str]]]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return facts (pictures, bytes) and each picture's needs (captions, bytes), a bit a fact."""
    asserted = (fact for row in needs for need in row for fact in need)
    place = {fact: bit for bit, fact in enumerate(sorted({*asserted, *frozenset().union(*facts)}))}

    def bits(sets: Sequence[frozenset[str]]) -> np.ndarray:
        flags = np.zeros((len(sets), len(place)), bool)
        for row, members in enumerate(sets):
            flags[row, [place[fact] for fact in members]] = True
        return np.packbits(flags, axis=1)

    return bits(facts), [bits(row) for row in needs]


def caption_fits_picture(
    counts: Sequence[int],
    facts: Sequence[frozenset[str]] | None = None,
    needs: Sequence[Sequence[frozenset[str]]] | None = None,
) -> np.ndarray:
    """Return which captions fit which pictures of a whole set, (captions, pictures) booleans.

    Args:
        counts: the number of captions of each picture; without facts a caption fits its own alone.
        facts: what holds in each picture.
        needs: what each caption of each picture asserts.
    """
    if facts is None:
        owners = np.repeat(np.arange(len(counts)), counts)
        return owners[:, None] == np.arange(len(counts))
    return np.array([[need <= held for held in facts] for row in needs for need in row])
