"""Embeddings on disk: Parquet shards of {id, embedding}, texts with {id, text, embedding}.

Parquet, because id and vector lie in one row and cannot fall out of step, and because `datasets`,
LanceDB, pandas and the Hub's viewer read it without this package:

    datasets.load_dataset("parquet", data_files="DIR/images-*.parquet", split="train")
    lancedb.connect("base").create_table("photos", pyarrow.dataset.dataset(shards(DIR)))

and `open_embeddings("DIR")` gives ids and a matrix. A shard appears whole or not at all, and keeps
what it was made from and which of its items were set aside.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

FINGERPRINT = b"phoclip.fingerprint"
PLAN, SET_ASIDE = b"phoclip.plan", b"phoclip.set_aside"
SetAside = dict[str, str]  # id, key, reason


def shard_path(directory: Path, kind: str, number: int, count: int) -> Path:
    """Where shard `number` of `count` lies, named as `datasets` names shards."""
    return directory / f"{kind}-{number:05d}-of-{count:05d}.parquet"


def write_shard(
    path: Path,
    ids: Sequence[str],
    texts: Sequence[str] | None,
    vectors: np.ndarray,
    set_aside: Sequence[SetAside],
    plan: str,
    fingerprint: str,
) -> None:
    """Write one shard: vectors (items, dim) in their own dtype, float16 or float32."""
    dimension = vectors.shape[1]
    columns: dict[str, pa.Array] = {"id": pa.array(ids, pa.string())}
    if texts is not None:
        columns["text"] = pa.array(texts, pa.string())
    flat = pa.array(np.ascontiguousarray(vectors).reshape(-1))
    columns["embedding"] = pa.FixedSizeListArray.from_arrays(flat, dimension)
    table = pa.table(columns).replace_schema_metadata(
        {
            PLAN: plan,
            FINGERPRINT: fingerprint,
            SET_ASIDE: json.dumps(list(set_aside), ensure_ascii=False),
        }
    )
    partial = path.with_name(f".{path.name}.part")
    # Unit vectors do not compress, nor do they repeat.
    parquet.write_table(table, partial, compression="NONE", use_dictionary=False)
    os.replace(partial, path)


def finished_plan(path: Path) -> str | None:
    """The plan of a finished shard; None where there is none, or it cannot be read."""
    try:
        metadata = parquet.read_schema(path).metadata or {}
    except (FileNotFoundError, pa.ArrowInvalid):
        return None
    return metadata.get(PLAN, b"").decode()


def read_set_aside(directory: Path, kind: str) -> list[SetAside]:
    """What was set aside while these shards were made, in order."""
    found: list[SetAside] = []
    for path in shards(directory, kind):
        found += json.loads(parquet.read_schema(path).metadata[SET_ASIDE])
    return found


def shards(directory: Path, kind: str) -> list[Path]:
    """The shards that are finished, in order."""
    return sorted(Path(directory).glob(f"{kind}-*-of-*.parquet"))


def open_embeddings(directory: str | Path, kind: str = "images") -> tuple[list[str], np.ndarray]:
    """Ids, and unit vectors (items, dim) in the same order, float16 or float32 as written.

    Raises FileNotFoundError where no shard of this kind is.
    """
    paths = shards(Path(directory), kind)
    if not paths:
        raise FileNotFoundError(f"{directory} holds no {kind}-*.parquet: run scripts/embed.py.")
    ids: list[str] = []
    blocks: list[np.ndarray] = []
    for path in paths:
        table = parquet.read_table(path, columns=["id", "embedding"])
        ids += table["id"].to_pylist()
        column = table["embedding"].combine_chunks()
        blocks.append(column.flatten().to_numpy().reshape(len(column), column.type.list_size))
    return ids, np.concatenate(blocks)
