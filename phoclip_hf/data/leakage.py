"""Pictures that are there twice: exact repeats, and copies that were altered.

Exact repeats have equal digests. Near ones are proposed by perceptual hashes (of the whole, of its
mirror image, of windows: a crop or a framed copy matches those) and by nearest embeddings, and
confirmed by laying one picture over the other. Two shots of one scene are no copies.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np
from tqdm.auto import tqdm

from .duplicates.alignment import align
from .duplicates.alterations import alterations
from .duplicates.hash_search import HashTable
from .duplicates.nearest_neighbours import nearest_neighbours
from .duplicates.perceptual_hash import mirrored, perceptual_hashes
from .duplicates.thumbnails import READ

THRESHOLD = 0.7  # least score of a near pair
RADIUS, FLIPS = 12, 1  # bits, see HashTable.near
NEIGHBOURS, COSINE = 5, 0.8  # how many a picture, and how alike, by embedding
MANY = 30  # of a larger group of equal pictures each is paired with the first alone


class PicturePair(NamedTuple):
    """Rows a < b that show the same picture; `kind` is `exact` or what was altered."""

    a: int
    b: int
    kind: str
    score: float  # 0 to 1; 1 for exact


def find_pairs(
    records: np.ndarray, embeds: np.ndarray | None = None, threshold: float = THRESHOLD
) -> list[PicturePair]:
    """Return all pairs, by rows.

    Args:
        records: (pictures,) of RECORD; rows that were not read are in no pair.
        embeds: (pictures, dim) unit vectors of any model, zeros for what it has not seen; without
            them, hashes alone propose.
        threshold: least score of a near pair, 0 to 1.

    Raises ValueError where there are not as many embeds as records.
    """
    if embeds is not None and len(embeds) != len(records):
        raise ValueError(f"{len(embeds)} embeds for {len(records)} records; expected one each")
    groups = equal_pictures(records)
    pairs = [
        PicturePair(int(a), int(b), "exact", 1.0) for group in groups for a, b in _within(group)
    ]
    firsts = np.array([group[0] for group in groups], np.int64)
    members = dict(zip(firsts.tolist(), groups, strict=True))
    a, b = propose(records, firsts, embeds)
    for first, second, kind, score in confirm(records, a, b, threshold):
        pairs += [
            PicturePair(int(min(pair)), int(max(pair)), kind, score)
            for pair in _between(members[first], members[second])
        ]
    return sorted(pairs)


def equal_pictures(records: np.ndarray) -> list[np.ndarray]:
    """Return the rows of each distinct picture, ascending, one array a picture."""
    rows = np.flatnonzero(records["state"] == READ)
    if not len(rows):
        return []
    digests = records["digest"][rows]  # (rows, 2)
    order = np.lexsort((rows, digests[:, 1], digests[:, 0]))
    changes = np.flatnonzero((np.diff(digests[order].astype(np.uint64), axis=0) != 0).any(1)) + 1
    return np.split(rows[order], changes)


def propose(
    records: np.ndarray, rows: np.ndarray, embeds: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return (a, b), rows that may show the same, a < b, each pair once."""
    codes = [np.empty(0, np.int64)]
    if len(rows) > 1:
        hashes = perceptual_hashes(records["grey"])[rows]  # (rows, windows)
        codes.append(_hash_pairs(hashes))
    if len(rows) > 1 and embeds is not None:
        a, b = nearest_neighbours(np.asarray(embeds)[rows], NEIGHBOURS, COSINE)
        codes.append(a * len(rows) + b)
    found = np.unique(np.concatenate(codes))
    a, b = rows[found // max(len(rows), 1)], rows[found % max(len(rows), 1)]
    return np.minimum(a, b), np.maximum(a, b)


def _hash_pairs(hashes: np.ndarray) -> np.ndarray:
    """Return a * rows + b of the pairs whose hashes, of whole and window, are near, a < b."""
    count, windows = hashes.shape
    known = np.flatnonzero(hashes[:, 0])
    table = HashTable(hashes[known, 0])
    codes = np.empty(0, np.int64)
    for window in tqdm(range(windows), desc="hashes", unit="window", disable=count < 5000):
        asking = np.flatnonzero(hashes[:, window])
        plain = hashes[asking, window]
        found = [codes]
        for queries in (plain, mirrored(plain)):
            for query, row in table.near(queries, RADIUS, FLIPS):
                a, b = asking[query], known[row]
                a, b = np.minimum(a, b), np.maximum(a, b)
                found.append((a * count + b)[a < b])
        codes = np.unique(np.concatenate(found))
    return codes


def confirm(
    records: np.ndarray, a: np.ndarray, b: np.ndarray, threshold: float, block: int = 1 << 22
) -> Iterator[tuple[int, int, str, float]]:
    """Yield (a, b, kind, score) of the pairs that lie on each other well enough, by blocks."""
    for start in range(0, len(a), block):
        rows_a, rows_b = a[start : start + block], b[start : start + block]
        found = align(records["grey"], rows_a, rows_b)
        scores = np.minimum(found["similarity"], found["correlation"])
        kept = np.flatnonzero(scores >= threshold)
        kinds = alterations(records, rows_a[kept], rows_b[kept], found[kept])
        for row, kind in zip(kept, kinds, strict=True):
            yield int(rows_a[row]), int(rows_b[row]), kind, float(scores[row])


def _within(group: np.ndarray) -> Iterator[tuple[int, int]]:
    return combinations(group, 2) if len(group) <= MANY else ((group[0], b) for b in group[1:])


def _between(group: np.ndarray, other: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield pairs across two groups of equal pictures; of too many, with the first of each."""
    if len(group) * len(other) <= MANY**2:
        return ((a, b) for a in group for b in other)
    return (pair for pair in [*((a, other[0]) for a in group), *((group[0], b) for b in other[1:])])
