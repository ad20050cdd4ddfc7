"""Embeddings in bulk: many photos or texts in, Parquet shards out; interrupted, it goes on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from pathlib import Path

import numpy as np

from phoclip_hf.serving.bulk_items import Items
from phoclip_hf.serving.embedding_shards import finished_plan, shard_path, shards, write_shard
from phoclip_hf.serving.embedding_workers import Embedded, Encoder, Span, embedders


@dataclass
class Progress:
    """How many items are done, of how many, and how many of them in this run."""

    total: int
    done: int = 0
    fresh: int = 0


def embed(
    items: Items,
    output: Path,
    load_encoder: Callable[[], Encoder],
    dtype: str = "float32",
    batch_size: int = 32,
    shard_size: int = 4096,
    processes: int = 1,
) -> Iterator[Progress]:
    """Write the shards of `items` that are missing in `output`; yields after each batch.

    Batches are cut the same way whatever is missing and however many processes there are, so that
    an interrupted run ends with the shards of an uninterrupted one. Items that cannot be read are
    set aside (`embedding_shards.read_set_aside`).

    Args:
        items: photos or texts.
        output: a folder; made if need be.
        load_encoder: gives the encoder; for several processes it is pickled and called in each.
        dtype: of the vectors on disk, "float16" or "float32".
        batch_size: items read and encoded together.
        shard_size: items a shard.
        processes: more than one divides torch's threads among them.

    Raises:
        ValueError: `output` holds embeddings of other items, another model or other settings.
        BrokenProcessPool: a process died, out of memory for instance; the next run goes on.
    """
    output.mkdir(parents=True, exist_ok=True)
    count = -(-len(items) // shard_size)
    with embedders(load_encoder, items, processes) as (fingerprint, run):
        plan = _plan(items, fingerprint, dtype, shard_size)
        paths = [shard_path(output, items.kind, number, count) for number in range(count)]
        _refuse_others(output, items.kind, plan)
        missing = [number for number, path in enumerate(paths) if finished_plan(path) != plan]
        spans = [
            Span(number, start, min(start + batch_size, (number + 1) * shard_size, len(items)))
            for number in missing
            for start in range(
                number * shard_size, min((number + 1) * shard_size, len(items)), batch_size
            )
        ]
        progress = Progress(len(items), len(items) - sum(s.stop - s.start for s in spans))
        yield progress
        for number, parts in groupby(run(spans), key=lambda part: part[0].shard):
            batches: list[Embedded] = []
            for span, batch in parts:
                batches.append(batch)
                progress.done += span.stop - span.start
                progress.fresh += span.stop - span.start
                if span.stop < min((number + 1) * shard_size, len(items)):
                    yield progress
            write_shard(
                paths[number],
                [id for batch in batches for id in batch.ids],
                [t for batch in batches for t in batch.texts] if items.kind == "texts" else None,
                np.concatenate([batch.vectors for batch in batches]).astype(dtype),
                [row for batch in batches for row in batch.set_aside],
                plan,
                fingerprint,
            )
            yield progress


def _plan(items: Items, fingerprint: str, dtype: str, shard_size: int) -> str:
    words = f"{items.kind} {len(items)} {items.stamp()} {fingerprint} {dtype} {shard_size}"
    return blake2b(words.encode(), digest_size=16).hexdigest()


def _refuse_others(output: Path, kind: str, plan: str) -> None:
    for path in shards(output, kind):
        if finished_plan(path) not in (plan, None):
            raise ValueError(
                f"{path} was made from other {kind}, by another model or with another dtype or "
                "shard size, or something has changed since: expected an empty folder, or one that "
                "the same command began. Choose another --output, or delete what is in it."
            )
