"""Rows a second in training: PhoCap's stage beside ClipCap's own loop, taking turns.

    python scripts/benchmarks/captions/speed.py --data DATA

Both train on kept embeddings of the same pictures with the same language model, the one that
compare.py has left in the output folder or that is trained there first. Each has the settings of
captions.yaml: ours batches of 64 in bf16, the loop 40 in full precision; ours in full precision is
run as well. A row is a picture with one caption. Printed: medians, and ours against the loop.
"""

import argparse
import json
import shutil
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from clipcap_loop import LoopSettings, train_loop
from compare import HERE, as_recipe, loop_rows, reading_model

from phoclip_hf.training.stages import Run, run_recipe

STAGE = "speed"


def main() -> None:
    """Train each for some steps, turn by turn, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--output", type=Path, default=Path("runs/captions"))
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    plan = yaml.safe_load((HERE / "captions.yaml").read_text(encoding="utf-8"))
    run = Run(as_recipe(plan, []), arguments.data, arguments.output)
    run_recipe(run)
    rows = loop_rows(run, plan)
    steps = arguments.steps
    contenders: dict[str, Callable[[], float]] = {
        "PhoCap": lambda: ours(run, plan, steps, bf16=True),
        "PhoCap, full precision": lambda: ours(run, plan, steps, bf16=False),
        "ClipCap's loop": lambda: train_loop(reading_model(run), *rows, steps, LoopSettings())[1],
    }
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(arguments.repeats):
        for name, rate in contenders.items():
            rates[name].append(rate())
    medians = {name: statistics.median(values) for name, values in rates.items()}
    for name, values in rates.items():
        ratio = medians[name] / medians["ClipCap's loop"]
        each = " ".join(f"{value:.0f}" for value in values)
        print(f"{name}: {medians[name]:.1f} rows/s, {ratio:.2f} x the loop ({each})")


def ours(run: Run, plan: dict[str, Any], steps: int, bf16: bool) -> float:
    """Return the rows a second of a PhoCap stage with an MLP; it leaves nothing but features."""
    short = {"max_steps": steps, "save_strategy": "no", "bf16": bf16}
    base = plan["base"] | {"evaluate_on": {}}
    plan = plan | {"base": base, "variants": {STAGE: {"arguments": short}}}
    folder = run.folder(STAGE)
    shutil.rmtree(folder, ignore_errors=True)
    run_recipe(Run(as_recipe(plan, [STAGE]), run.data, run.output))
    rate = json.loads((folder / "metrics.json").read_text())["train_samples_per_second"]
    shutil.rmtree(folder)
    return rate


if __name__ == "__main__":
    main()
