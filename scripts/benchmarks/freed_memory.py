"""Measure a training step on a CPU where the process keeps freed memory, and where it does not.

    python scripts/benchmarks/freed_memory.py --model mobilenetv2_100 --batch 128

Steps of one timm backbone with random weights, forward and backward, in fresh processes that take
turns. Prints pictures a second (the median step), page faults a step and the peak resident memory
of each, and the ratio.
"""

import argparse
import resource
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import timm
import torch

from phoclip_hf.training.freed_memory import keep_freed_memory


@dataclass
class Measured:
    """Pictures a second, page faults a step, bytes at the peak."""

    rate: float
    faults: float
    peak: int


def main() -> None:
    """Measure in turns, print both and the ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="mobilenetv2_100")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--image-size", type=int, default=224, help="pixels")
    parser.add_argument("--steps", type=int, default=4, help="measured, after one of warm-up")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--bf16", action="store_true")
    options = parser.parse_args()
    results: dict[bool, list[Measured]] = {False: [], True: []}
    for _ in range(options.repeats):
        for kept, measured in results.items():
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
                measured.append(process.submit(steps, kept, options).result())
    rates = {}
    for kept, measured in results.items():
        rates[kept] = statistics.median(one.rate for one in measured)
        faults = statistics.median(one.faults for one in measured)
        peak = statistics.median(one.peak for one in measured)
        name = "kept" if kept else "given back"
        print(f"{name}: {rates[kept]:.1f} pictures/s, {faults:,.0f} faults, {peak / 1e9:.2f} GB")
    print(f"ratio {rates[True] / rates[False]:.2f}")


def steps(kept: bool, options: argparse.Namespace) -> Measured:
    """Take the steps in this process, which does nothing else."""
    if kept:
        keep_freed_memory()
    torch.manual_seed(0)
    model = timm.create_model(options.model).to(memory_format=torch.channels_last)
    pixels = torch.randn(options.batch, 3, options.image_size, options.image_size)
    seconds, faults = [], []
    for _ in range(1 + options.steps):
        start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
            scores = model(pixels)
        scores.float().logsumexp(1).mean().backward()
        model.zero_grad()
        seconds.append(time.perf_counter() - start)
        faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
    rate = options.batch / statistics.median(seconds[1:])
    peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Measured(rate, statistics.median(faults[1:]), peak)


if __name__ == "__main__":
    main()
