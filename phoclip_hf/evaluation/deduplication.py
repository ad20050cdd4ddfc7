"""Which test pictures count once duplicates are known: ids and pairs in, a mask out."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np


class DuplicatePair(NamedTuple):
    """Two pictures that show the same: their ids and, where known, what they are in."""

    a: str
    b: str
    a_source: str = ""
    b_source: str = ""


def deduplicated(
    image_ids: Sequence[str], pairs: Iterable[DuplicatePair], source: str = ""
) -> np.ndarray:
    """Return which pictures to keep, (pictures,) booleans, so that none is known or counted twice.

    A picture paired with one outside `image_ids` is dropped: the model may have trained on it. Of
    pictures paired among themselves, directly or by way of others, the first that is left stays.
    A pair that names a picture with itself, or none of `image_ids`, changes nothing.

    Args:
        image_ids: of the test pictures, each once.
        pairs: as `scripts/find_duplicates.py` finds them.
        source: what the pairs call the test pictures' data set and split. Where it is given and a
            pair names sources, an id counts as a test picture only under this one: other data sets
            may use the same ids.

    Raises:
        ValueError: an id stands for two pictures.
    """
    rows = {str(image_id): row for row, image_id in enumerate(image_ids)}
    if len(rows) < len(image_ids):
        raise ValueError(
            f"{len(image_ids) - len(rows)} of {len(image_ids)} ids are there twice; pairs of ids "
            "cannot tell such pictures apart: give each an image_id of its own"
        )

    def row_of(image_id: str, named: str) -> int | None:
        return rows.get(image_id) if not named or not source or named == source else None

    keep = np.ones(len(image_ids), dtype=bool)
    twins: dict[int, set[int]] = {}
    for pair in pairs:
        first, second = row_of(pair.a, pair.a_source), row_of(pair.b, pair.b_source)
        if first is None and second is None or first == second:
            continue
        if first is None or second is None:
            keep[second if first is None else first] = False
        else:
            twins.setdefault(first, set()).add(second)
            twins.setdefault(second, set()).add(first)
    _keep_one(keep, twins)
    return keep


def read_pairs(path: str | Path) -> list[DuplicatePair]:
    """Return the pairs of a CSV file with the columns `a` and `b`, and `a_source` and `b_source`
    where it has them; others are left alone. ValueError names the columns if one is missing.
    """
    with Path(path).open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        if not {"a", "b"} <= {*(table.fieldnames or ())}:
            raise ValueError(f"{path} has the columns {table.fieldnames}; expected a and b")
        return [
            DuplicatePair(*(row.get(name) or "" for name in DuplicatePair._fields)) for row in table
        ]


def _keep_one(keep: np.ndarray, twins: dict[int, set[int]]) -> None:
    """Of every group of rows that `twins` connects leave the first kept one, and drop the rest."""
    seen: set[int] = set()
    for start in sorted(twins):
        if start in seen or not keep[start]:
            continue
        reached, group = [start], {start}
        while reached:
            fresh = {row for row in twins[reached.pop()] if keep[row]} - group
            group |= fresh
            reached += fresh
        seen |= group
        keep[sorted(group)[1:]] = False
