"""Finished parts become the files of the splits; of a single split, shares go apart."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq


class PreparedPart(Protocol):
    """What is needed of a part: its split, and of each of its pictures digest and captions."""

    split: str
    rows: int
    digests: list[str]
    counts: list[int]


def share_out(digests: Sequence[str], shares: Mapping[str, float], seed: int) -> list[str]:
    """Return the split of each picture, `train` where no share takes it.

    The order in which pictures are dealt depends on the seed and the picture alone; pictures of one
    digest stay together. Raises ValueError where the shares are no shares, or leave nothing over.
    """
    if any(not 0 < share < 1 for share in shares.values()) or sum(shares.values()) >= 1:
        raise ValueError(f"Expected shares between 0 and 1 that leave some over, got {shares}.")
    pictures: dict[str, list[int]] = {}
    for index, digest in enumerate(digests):
        pictures.setdefault(digest, []).append(index)
    order = sorted(pictures, key=lambda digest: blake2b(f"{seed} {digest}".encode()).digest())
    splits = ["train"] * len(digests)
    dealt = iter(order)
    for name, share in shares.items():
        wanted = max(1, round(share * len(digests)))
        while wanted > 0 and (digest := next(dealt, None)) is not None:
            for index in pictures[digest]:
                splits[index] = name
            wanted -= len(pictures[digest])
    missing = [name for name in ("train", *shares) if name not in splits]
    if digests and missing:
        raise ValueError(
            f"{len(digests)} pictures are too few for the shares {dict(shares)}: "
            f"nothing is left for {', '.join(missing)}."
        )
    return splits


def splits_of(
    parts: Sequence[PreparedPart], shares: Mapping[str, float], seed: int
) -> list[list[str]]:
    """Return the split of every picture of each part, as it comes out.

    Without shares it is the part's own; with them the part's own is gone.
    """
    if not shares:
        return [[part.split] * part.rows for part in parts]
    dealt = iter(share_out([digest for part in parts for digest in part.digests], shares, seed))
    return [[next(dealt) for _ in range(part.rows)] for part in parts]


def publish_parts(
    output: Path,
    parts_folder: Path,
    parts: Sequence[PreparedPart],
    splits: Sequence[Sequence[str]],
    names: Iterable[str],
) -> dict[str, dict[str, int]]:
    """Move the parts into `output` as `<split>.parquet` or `<split>-*.parquet`; return the counts.

    Interrupted, it can be called again.

    Args:
        output: the folder of the data set.
        parts_folder: holds the files of the parts.
        parts: of all splits.
        splits: what `splits_of` returns.
        names: of all splits that come out, also of those that lost all their rows.
    """
    counts = {name: {"pictures": 0, "captions": 0} for name in names}
    files: dict[str, list[tuple[Path, list[bool] | None]]] = {name: [] for name in counts}
    numbers = {part.split: 0 for part in parts}
    for part, own in zip(parts, splits, strict=True):
        path = parts_folder / f"{part.split}-{numbers[part.split]:05d}.parquet"
        numbers[part.split] += 1
        for name in dict.fromkeys(own):
            taken = [split == name for split in own]
            files[name].append((path, None if all(taken) else taken))
        for name, captions in zip(own, part.counts, strict=True):
            counts[name]["pictures"] += 1
            counts[name]["captions"] += captions
    for name, sources in files.items():
        for number, (path, taken) in enumerate(sources):
            ending = "" if len(sources) == 1 else f"-{number:05d}-of-{len(sources):05d}"
            target = output / f"{name}{ending}.parquet"
            if target.is_file():
                continue
            if taken is None:
                path.replace(target)
            else:
                _write_taken(path, taken, target)
    return counts


def _write_taken(path: Path, taken: list[bool], target: Path) -> None:
    unfinished = target.with_suffix(".unfinished")
    with (
        pq.ParquetFile(path) as part,
        pq.ParquetWriter(unfinished, part.schema_arrow) as writer,
    ):
        start = 0
        for group in range(part.num_row_groups):
            table = part.read_row_group(group)
            writer.write_table(table.filter(pa.array(taken[start : start + len(table)])))
            start += len(table)
    unfinished.replace(target)
