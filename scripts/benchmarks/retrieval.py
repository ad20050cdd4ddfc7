"""Recall at k beside CLIP_benchmark's code, then retrieval over a million rows in little memory.

    pip install --no-deps clip-benchmark
    python scripts/benchmarks/retrieval.py --peer
    python scripts/benchmarks/retrieval.py --images 1000000 --texts 1000000 --queries 1000

`--peer` prints the largest difference of any recall from CLIP_benchmark's `recall_at_k`, on random
embeddings and on embeddings with ties. Where candidates tie, `torch.topk` promises no order: there
the script tries the two extremes, each true match pushed in front of its equals and behind them.
Ours must equal the one in which it stands behind.

The other measures synthetic float16 embeddings, memory-mapped from a temporary file, every text
belonging to one picture. Without `--queries` all texts are ranked against all pictures and back;
with it that many texts against all pictures, and as many pictures against all texts, which needs
the same memory and less time. Printed: scores a second, by the wall and by the processor, the time
that the whole would take, and the peak resident memory, memory-mapped pages included.
"""

import argparse
import resource
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from phoclip_hf.evaluation.matrices import unit_rows
from phoclip_hf.evaluation.retrieval import best_ranks, rank_metrics, retrieval_metrics

KS = (1, 5, 10)
ROUNDS = 20


def main() -> None:
    """Read the command line, compare or measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer", action="store_true", help="compare with CLIP_benchmark")
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--dim", type=int, default=512)
    parser.add_argument("--queries", type=int, help="rank only so many in each direction")
    arguments = parser.parse_args()
    if arguments.peer:
        compare()
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), arguments)


def compare() -> None:
    """Print the largest difference from CLIP_benchmark over ROUNDS random sets of each kind."""
    worst = {"random": 0.0, "ties, true match behind": 0.0, "ties, true match in front": 0.0}
    for seed in range(ROUNDS):
        random = np.random.default_rng(seed)
        owner = np.concatenate([np.arange(50), random.integers(0, 50, 150)])  # (200,)
        images, texts = random.normal(size=(50, 16)), random.normal(size=(200, 16))
        images[:, :8] += 2 * random.normal(size=(50, 8))
        texts[:, :8] += images[owner, :8]
        ours = retrieval_metrics(images, texts, owner, KS)
        scores = unit_rows(texts, "texts") @ unit_rows(images, "images").T
        worst["random"] = max(worst["random"], difference(ours, peer(scores, owner)))
        # Few directions: pictures and texts coincide, and scores are equal to the last bit.
        images, texts = np.eye(8)[random.integers(0, 8, 50)], np.eye(8)[random.integers(0, 8, 200)]
        ours, scores = retrieval_metrics(images, texts, owner, KS), texts @ images.T
        true = owner[:, None] == np.arange(50)
        for place, step in (("behind", -1e-3), ("in front", 1e-3)):
            moved = peer(scores + step * true, owner)
            name = f"ties, true match {place}"
            worst[name] = max(worst[name], difference(ours, moved))
    for name, value in worst.items():
        print(f"largest difference, {ROUNDS} sets, {name}: {value:.1e}")


def peer(scores: np.ndarray, owner: np.ndarray) -> dict[str, float]:
    """Return recalls by CLIP_benchmark's own functions, as its `evaluate` calls them."""
    import torch
    from clip_benchmark.metrics.zeroshot_retrieval import batchify, recall_at_k

    matrix = torch.from_numpy(scores)
    true = torch.from_numpy(owner[:, None] == np.arange(scores.shape[1]))
    recalls = {}
    for way, rows, matches in (("t2i", matrix, true), ("i2t", matrix.T, true.T)):
        for k in KS:
            found = batchify(recall_at_k, rows, matches, 64, "cpu", k=k)
            recalls[f"{way}_r{k}"] = (found > 0).double().mean().item()
    return recalls


def difference(ours: dict[str, float], theirs: dict[str, float]) -> float:
    """Return the largest difference of a recall."""
    return max(abs(ours[key] - value) for key, value in theirs.items())


def measure(folder: Path, arguments: argparse.Namespace) -> None:
    """Rank synthetic embeddings and print speed and memory."""
    count, texts_count = arguments.images, arguments.texts
    owner = np.arange(texts_count) % count
    started = time.perf_counter()
    images = synthetic(folder / "images.f16", count, arguments.dim, 0)
    texts = synthetic(folder / "texts.f16", texts_count, arguments.dim, 1, images)
    print(f"{count:,} images and {texts_count:,} texts x {arguments.dim}, float16 on disk")
    print(f"written in {time.perf_counter() - started:.0f} s; so far {peak():.2f} GB resident")
    started, used = time.perf_counter(), time.process_time()
    image_units, text_units = unit_rows(images, "images"), unit_rows(texts, "texts")
    bar = partial(tqdm, desc="ranks", mininterval=5)
    pairs = np.stack([np.arange(texts_count), owner], axis=1)
    if arguments.queries is None:
        scored = count * texts_count
        ranks = best_ranks(text_units, image_units, pairs, bar)
    else:
        rows = np.linspace(0, texts_count - 1, arguments.queries).astype(int)
        columns = np.linspace(0, count - 1, arguments.queries).astype(int)
        scored = arguments.queries * (count + texts_count)
        own = np.stack([np.arange(len(rows)), owner[rows]], axis=1)
        text_ranks = best_ranks(text_units[rows], image_units, own, bar)[0]
        place = np.searchsorted(columns, owner)
        chosen = columns[np.minimum(place, len(columns) - 1)] == owner
        back = np.stack([np.flatnonzero(chosen), place[chosen]], axis=1)
        ranks = text_ranks, best_ranks(text_units, image_units[columns], back, bar)[1]
    seconds, processor = time.perf_counter() - started, time.process_time() - used
    print(f"{scored:.2e} scores in {seconds:.0f} s, {processor:.0f} s of processor time:")
    print(f"  {scored / seconds:.2e} scores/s, {scored / processor:.2e} a processor second")
    whole = count * texts_count / scored
    print(f"  all {count * texts_count:.1e} scores: {whole * processor / 3600:.2f} processor hours")
    print({key: round(value, 4) for key, value in rank_metrics(*ranks).items()})
    print(f"peak resident memory {peak():.2f} GB")


def synthetic(
    path: Path, rows: int, dim: int, seed: int, near: np.ndarray | None = None
) -> np.ndarray:
    """Return random rows (rows, dim), float16 mapped from `path`; row r lies near `near`'s r."""
    random = np.random.default_rng(seed)
    matrix = np.memmap(path, dtype=np.float16, mode="w+", shape=(rows, dim))
    for start in range(0, rows, 10_000):
        chunk = random.standard_normal((min(10_000, rows - start), dim), dtype=np.float32)
        if near is not None:
            chunk = 0.25 * near[np.arange(start, start + len(chunk)) % len(near)] + chunk
        matrix[start : start + len(chunk)] = chunk
    matrix.flush()
    return matrix


def peak() -> float:
    """Return the peak resident memory of this process in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


if __name__ == "__main__":
    main()
