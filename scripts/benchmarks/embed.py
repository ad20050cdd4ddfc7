"""Measure bulk embedding: pictures a second with one process and with several.

    python scripts/benchmarks/embed.py --dataset ../shared/data/flickr8k_vi --split test

Without a data set it embeds scenes that it draws. Turn by turn, rounds of each number of processes;
medians, loading of models left out. Then how far the vectors of each are from those of one process.
"""

import argparse
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import torch

from phoclip_hf.data.sources import draw_scenes, open_pictures
from phoclip_hf.serving.bulk_embedding import embed
from phoclip_hf.serving.bulk_items import TablePhotos
from phoclip_hf.serving.embedding_shards import open_embeddings
from phoclip_hf.serving.encoder import PhoCLIPEncoder

MINI = Path(__file__).resolve().parents[2] / "spaces/phoclip/checkpoints/phoclip-mini"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dataset", help="folder of Parquet files; default: drawn scenes")
    parser.add_argument("--split", default="test")
    parser.add_argument("--count", type=int, default=1000, help="pictures")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.dataset:
        table = open_pictures(arguments.dataset, arguments.split)
        table = table.select(range(min(arguments.count, len(table))))
    else:
        table = draw_scenes(arguments.count, arguments.split)
    items = TablePhotos(table)
    print(f"{len(items):,} pictures, {torch.get_num_threads()} threads in all")
    rates: dict[int, list[float]] = {processes: [] for processes in arguments.processes}
    vectors: dict[int, np.ndarray] = {}
    for _ in range(arguments.rounds):
        for processes in arguments.processes:
            seconds, vectors[processes] = measured(items, processes)
            rates[processes].append(len(items) / seconds)
    first = vectors[arguments.processes[0]]
    for processes, measured_rates in rates.items():
        apart = np.abs(vectors[processes] - first).max()
        print(
            f"{processes} processes: median {median(measured_rates):.1f} pictures/s of "
            f"{', '.join(f'{rate:.1f}' for rate in measured_rates)}; largest difference {apart:.1e}"
        )


def measured(items: TablePhotos, processes: int) -> tuple[float, np.ndarray]:
    """Return the seconds that embedding took once the models were loaded, and the vectors."""
    with tempfile.TemporaryDirectory() as folder:
        load = partial(PhoCLIPEncoder, str(MINI))
        steps = embed(items, Path(folder), load, processes=processes)
        next(steps)
        start = time.perf_counter()
        for _ in steps:
            pass
        seconds = time.perf_counter() - start
        return seconds, open_embeddings(folder)[1]


if __name__ == "__main__":
    main()
