"""Measure what each part of training brings: one base, variants that differ in one thing, seeds.

    python scripts/prepare_data.py uit_viic … --without-images --output DATA/prepared/uit_viic
    python scripts/benchmarks/ablation/ablation.py --data DATA --seeds 3

The variants stand in ablation.yaml beside this file; `--variants` names some of them. DATA holds
what the YAML's sources name; a variant whose data is missing is left out, and said to be. All seeds
of all variants are stages of one run: interrupted, the same command goes on. The output folder gets
table.md and ablation.png, recall on validation (choose by this) and on test, in per cent, the mean
over seeds and the spread.
"""

import argparse
import json
import statistics
from pathlib import Path
from typing import Any

import yaml
from matplotlib.figure import Figure

from phoclip_hf.training.recipe import Recipe
from phoclip_hf.training.recipe_reading import merged, read_recipe
from phoclip_hf.training.stages import Run, run_recipe

HERE = Path(__file__).parent
RECALLS = ("t2i_r1", "t2i_r5", "t2i_r10", "i2t_r1", "i2t_r5", "i2t_r10")
SPLITS = {"validation": "eval_flickr8k_vi_", "test": "eval_flickr8k_vi_test_"}


def main() -> None:
    """Run what is not done, then write and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--output", type=Path, default=Path("runs/ablation"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--variants", nargs="+", help="default: all")
    parser.add_argument("--file", type=Path, default=HERE / "ablation.yaml")
    arguments = parser.parse_args()
    plan = yaml.safe_load(arguments.file.read_text(encoding="utf-8"))
    chosen = arguments.variants or list(plan["variants"])
    chosen = [name for name in chosen if has_data(plan, name, arguments.data)]
    run = Run(as_recipe(plan, chosen, arguments.seeds), arguments.data, arguments.output)
    run_recipe(run)
    results = {name: measured(run, name, arguments.seeds) for name in chosen}
    table = as_table(results)
    (arguments.output / "table.md").write_text(table, encoding="utf-8")
    draw(results, arguments.output / "ablation.png")
    print(table)


def as_recipe(plan: dict[str, Any], chosen: list[str], seeds: int) -> Recipe:
    """Return one recipe whose stages are the seeds of the variants, each seed of all in turn."""
    stages = []
    for seed in range(seeds):
        for name in chosen:
            stage = merged(plan["base"], plan["variants"][name])
            if before := stage.get("start_from"):
                first = merged(plan["before"][before], {"arguments": {"seed": seed}})
                stages.append(first | {"name": f"{name}-{seed}-{before}"})
                stage["start_from"] = stages[-1]["name"]
                del stage["vision"]
            stage = merged(stage, {"arguments": {"seed": seed}})
            stages.append(stage | {"name": f"{name}-{seed}"})
    return read_recipe(plan["recipe"] | {"stages": stages}, "ablation")


def has_data(plan: dict[str, Any], name: str, data: Path) -> bool:
    """Say whether a variant's sources are there; say which is not."""
    stage = merged(plan["base"], plan["variants"][name])
    sources = {
        *stage["sources"],
        *plan["before"].get(stage.get("start_from"), {}).get("sources", ()),
    }
    paths = [plan["recipe"]["sources"][source]["path"] for source in sources]
    missing = [path for path in paths if not (data / path).is_dir()]
    if missing:
        print(f"{name} is left out: {data} holds no {', '.join(missing)}.")
    return not missing


def measured(run: Run, name: str, seeds: int) -> list[dict[str, float]]:
    """Return the numbers of each seed."""
    files = [run.folder(f"{name}-{seed}") / "metrics.json" for seed in range(seeds)]
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def as_table(results: dict[str, list[dict[str, float]]]) -> str:
    """Return a Markdown table of mean recalls in per cent, ± half the spread of T2I R@10."""
    lines = []
    for split, prefix in SPLITS.items():
        lines += [f"| {split} | {' | '.join(RECALLS)} |", "|---" * (len(RECALLS) + 1) + "|"]
        for name, seeds in results.items():
            cells = []
            for recall in RECALLS:
                values = [100 * numbers[prefix + recall] for numbers in seeds]
                spread = (max(values) - min(values)) / 2
                cells.append(f"{statistics.mean(values):.1f} ± {spread:.1f}")
            lines.append(f"| {name} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def draw(results: dict[str, list[dict[str, float]]], path: Path) -> None:
    """Write a picture: each variant's R@10 in both directions on validation, a dot a seed."""
    figure = Figure(figsize=(9, 0.45 * len(results) + 1.2), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for axis, recall in zip(axes, ("t2i_r10", "i2t_r10"), strict=True):
        for row, seeds in enumerate(results.values()):
            values = [100 * numbers[SPLITS["validation"] + recall] for numbers in seeds]
            axis.plot(values, [row] * len(values), "o", color="tab:blue", alpha=0.5)
            axis.plot(statistics.mean(values), row, "|", color="black", markersize=16)
        axis.set(title=f"{recall}, validation, %")
        axis.grid(alpha=0.3)
    axes[0].set_yticks(range(len(results)), list(results))
    axes[0].invert_yaxis()
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
