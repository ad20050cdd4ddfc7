"""Pictures a second of a classifier in PyTorch and in the ONNX files that export.py made of it.

    python scripts/benchmarks/classifier.py RUN --onnx DIR/model.onnx DIR/model-int8.onnx

The network alone, on random pixels of its size, with the cores that torch would use; turn by turn,
medians over the rounds, and the ratio to PyTorch.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import torch
from transformers import AutoModelForImageClassification

from phoclip_hf.export.onnx_file import open_session
from phoclip_hf.serving.onnx_classifier import OnnxClassifier

BATCHES, SECONDS = (1, 16), 1.0  # pictures a call; how long a turn lasts

Run = Callable[[np.ndarray], object]


def main() -> None:
    """Measure every runner at every batch size and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", help="folder or Hub id of the classifier")
    parser.add_argument("--onnx", type=Path, nargs="+", required=True, help="files of export.py")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    size = OnnxClassifier(arguments.onnx[0]).preprocessing.size
    threads = torch.get_num_threads()
    runners = {"torch": by_torch(arguments.checkpoint)}
    runners |= {path.name: by_onnx(path, threads) for path in arguments.onnx}
    print(f"{threads} threads, {size[0]} × {size[1]} pixels, pictures a second")
    for batch in BATCHES:
        pixels = np.random.default_rng(0).standard_normal((batch, 3, *size), dtype=np.float32)
        rates: dict[str, list[float]] = {name: [] for name in runners}
        for _ in range(arguments.rounds):
            for name, run in runners.items():
                rates[name].append(rate(run, pixels))
        base = median(rates["torch"])
        for name, found in rates.items():
            print(f"batch {batch}, {name}: {median(found):.0f} ({median(found) / base:.2f} ×)")


def by_torch(checkpoint: str) -> Run:
    """Return what runs the checkpoint in PyTorch."""
    model = AutoModelForImageClassification.from_pretrained(checkpoint, dtype=torch.float32).eval()

    @torch.inference_mode()
    def run(pixels: np.ndarray) -> object:
        return model(pixel_values=torch.from_numpy(pixels)).logits

    return run


def by_onnx(path: Path, threads: int) -> Run:
    """Return what runs a file in ONNX Runtime."""
    session = open_session(path, threads)
    return lambda pixels: session.run(None, {"pixel_values": pixels})


def rate(run: Run, pixels: np.ndarray) -> float:
    """Return pictures a second over a turn, after one call that warms."""
    run(pixels)
    calls, started = 0, time.perf_counter()
    while (seconds := time.perf_counter() - started) < SECONDS:
        run(pixels)
        calls += 1
    return calls * len(pixels) / seconds


if __name__ == "__main__":
    main()
