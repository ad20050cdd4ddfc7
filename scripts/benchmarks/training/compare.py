"""Train ours and three peers on the same towers, pictures and captions; compare speed and recall.

    pip install -e ".[bench]"
    python scripts/benchmarks/training/compare.py --data DIR
    python scripts/benchmarks/training/compare.py --data DIR --parts speed
    python scripts/benchmarks/training/compare.py --data DIR --smoke

DIR holds `flickr8k_vi`, `backbones/mobilenetv2-imagenet` and `phobert_tokenizer`. Everyone has the
MobileNetV2, a 4-layer, 256-wide text Transformer and one matrix a side, with the same first
weights, PhoBERT's tokens made beforehand, 224 pixels and one caption a picture and epoch. Each
training runs in a process of its own, the contenders take turns, and medians are reported.

Speed: samples per second in the steps, after a warm-up, and the peak resident memory (on a GPU: of
the GPU) of the training process. In the locked mode a peer runs the frozen tower at each step, ours
once; 30 epochs are extrapolated from the measured steps, and ours pays its pass over the pictures.
`--clock cpu` counts the processor's seconds, for a machine that others use too.

Quality: R@1/5/10 on test after equal epochs and after equal minutes, those that the peer with the
best recall took; each contender by its own recipe, its learning rate searched over four values on
validation. On a CPU this takes days; `--modes locked`, fewer `--pictures`, a smaller `--image-size`
and fewer `--epochs` make it hours, and another `--output` keeps them apart.

Interrupted, the same command goes on. Results, tables and pictures lie in the output folder. The
exit status is 0 only where every target holds; `--smoke` shows that all parts work, and ends with
0 whatever the numbers.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import quality
import speed
from asked import CLOCKS, CONTENDERS, Job
from launch import run
from verdict import Verdict

PARTS = ("speed", "quality")


def main() -> None:
    """Read the command line, compare, print, say by the exit status whether the targets hold."""
    arguments = parser().parse_args()
    if arguments.smoke:
        arguments.pictures, arguments.batch, arguments.steps, arguments.repeats = 200, 64, 2, 1
        arguments.precision, arguments.epochs, arguments.seeds = ["fp32"], 1, 1
        arguments.rates, arguments.image_size = 2, 64
        arguments.output = arguments.output / "smoke"
    contenders = ["ours", *arguments.peers]
    initial, base, pictures = prepare(arguments)
    launch = announced(arguments.output / "runs")
    verdicts = []
    if "speed" in arguments.parts:
        verdicts += compare_speed(arguments, contenders, base, pictures, launch)
    if "quality" in arguments.parts:
        verdicts += compare_quality(arguments, contenders, initial, base, launch)
    print("\n" + "\n".join(map(str, verdicts)))
    sys.exit(0 if arguments.smoke or all(verdict.holds for verdict in verdicts) else 1)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    peers = [name for name in CONTENDERS if name != "ours"]
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--data", type=Path, default=Path("../shared/data"))
    options.add_argument("--output", type=Path, default=Path("runs/bench-train"))
    options.add_argument("--peers", nargs="+", choices=peers, default=peers)
    options.add_argument("--precision", nargs="+", choices=["fp32", "bf16"])
    options.add_argument("--batch", type=int, default=128)
    options.add_argument("--steps", type=int, default=8, help="measured, after 2 of warm-up")
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--workers", type=int, default=1, help="processes that read pictures")
    options.add_argument("--pictures", type=int, help="only the first so many of each split")
    options.add_argument("--clock", choices=list(CLOCKS), default="wall")
    options.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    options.add_argument("--image-size", type=int, default=224, help="pixels")
    options.add_argument("--modes", nargs="+", choices=speed.MODES, default=list(speed.MODES))
    options.add_argument("--epochs", type=int, default=30)
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--smoke", action="store_true", help="everything, tiny")
    options.set_defaults(precision=["fp32", "bf16"], rates=4)
    return options


def prepare(arguments: argparse.Namespace) -> tuple[list[str], Job, int]:
    """Return each seed's folder of first weights, the job that all others vary, the pictures.

    What is missing is written: the subset of the data, the tokens, the weights.
    """
    # Here, so that --help waits for no torch.
    from pictures import write_subset, write_tokens
    from towers import write_initial

    from phoclip_hf import PhoCLIPTokenizer
    from phoclip_hf.data.sources import open_pictures

    data, output = arguments.data / "flickr8k_vi", arguments.output
    output.mkdir(parents=True, exist_ok=True)
    tokenizer = PhoCLIPTokenizer.from_phobert(
        arguments.data / "phobert_tokenizer", do_lower_case=True
    )
    if arguments.pictures:
        subset = output / f"first-{arguments.pictures}"
        if not (subset / "done").exists():
            write_subset(data, subset, arguments.pictures)
            (subset / "done").touch()
        data = subset
    tokens = output / f"tokens-{arguments.pictures or 'all'}.json"
    if not tokens.exists():
        write_tokens(data, tokenizer, tokens)
    initial = []
    for seed in range(arguments.seeds):
        folder = output / f"initial-{seed}"
        if not (folder / "done").exists():
            backbone = arguments.data / "backbones" / "mobilenetv2-imagenet"
            write_initial(backbone, tokenizer, seed, folder)
            (folder / "done").touch()
        initial.append(str(folder.resolve()))
    job = Job(
        contender="ours",
        mode="unfrozen",
        precision=arguments.precision[0],
        data=str(data.resolve()),
        initial=initial[0],
        tokens=str(tokens.resolve()),
        output=str((output / "trained").resolve()),
        learning_rate=5e-4,
        batch_size=arguments.batch,
        workers=arguments.workers,
        image_size=arguments.image_size,
        clock=arguments.clock,
    )
    return initial, job, len(open_pictures(data, "train"))


def announced(folder: Path) -> Callable[[str, Job], dict[str, Any]]:
    """Return `launch.run` into a folder, saying what it runs."""

    def launch(name: str, job: Job) -> dict[str, Any]:
        print(name, end=" ", flush=True)
        result = run(name, job, folder)
        print(f"{result['samples_per_second']:.1f} samples/s", flush=True)
        return result

    return launch


def compare_speed(
    arguments: argparse.Namespace,
    contenders: list[str],
    base: Job,
    pictures: int,
    launch: Callable[[str, Job], dict[str, Any]],
) -> list[Verdict]:
    """Run the short trainings; write and print their table."""
    from figure import draw

    warm_up = 2 if arguments.steps >= 4 else 1
    job = Job(**asdict(base) | {"max_steps": warm_up + arguments.steps + 1, "warm_up": warm_up})
    results: dict[speed.Key, list[dict[str, Any]]] = {}
    for name, key, one in speed.jobs(job, contenders, arguments.precision, arguments.repeats):
        results.setdefault(key, []).append(launch(name, one))
    table = speed.cells(results)
    groups = dict.fromkeys(key[:2] for key in table)
    panels = []
    for group in groups:
        heights = {
            key[2]: cell.samples_per_second
            if group[0] == "unfrozen"
            else cell.seconds(pictures) / 60
            for key, cell in table.items()
            if key[:2] == group
        }
        unit = "samples/s" if group[0] == "unfrozen" else f"minutes, {speed.LOCKED_EPOCHS} epochs"
        panels.append((f"{' '.join(group)}: {unit}", heights, {}))
    draw(arguments.output / "speed.png", panels)
    seen = f"Batch {base.batch_size}, {base.image_size} pixels, seconds by the {base.clock} clock."
    text = f"{seen}\n\n{speed.render(table, pictures)}"
    return written(arguments.output / "speed", text, speed.verdicts(table, pictures))


def compare_quality(
    arguments: argparse.Namespace,
    contenders: list[str],
    initial: list[str],
    base: Job,
    launch: Callable[[str, Job], dict[str, Any]],
) -> list[Verdict]:
    """Search, train all seeds for equal epochs and equal minutes; write and print the tables."""
    from figure import draw

    measure = ["validation", "test"]
    job = Job(**asdict(base) | {"epochs": arguments.epochs, "measure": measure})
    best = {
        name: quality.searched(job, name, arguments.modes, arguments.rates, launch)
        for name in contenders
    }
    epochs = {name: quality.over_seeds(best[name], initial, launch) for name in contenders}
    peer = quality.best_peer(epochs, "t2i_r10")
    seconds = epochs[peer].seconds()
    minutes = {
        name: quality.over_seeds(quality.for_minutes(epochs[name], seconds), initial, launch)
        for name in contenders
    }
    verdicts, texts, panels = [], [], []
    for part, reached in (("equal epochs", epochs), ("equal minutes", minutes)):
        texts.append(quality.render(part, reached))
        verdicts += quality.verdicts(part, reached)
        for recall in ("t2i_r10", "i2t_r10"):
            heights = {name: 100 * one.mean(recall) for name, one in reached.items()}
            whiskers = {name: 100 * one.spread(recall) for name, one in reached.items()}
            panels.append((f"{part}: {recall}, %", heights, whiskers))
    draw(arguments.output / "quality.png", panels)
    return written(arguments.output / "quality", "\n\n".join(texts), verdicts)


def written(stem: Path, text: str, verdicts: list[Verdict]) -> list[Verdict]:
    """Print a table, keep it and its verdicts beside the results, return the verdicts."""
    print(f"\n{text}\n", flush=True)
    stem.with_suffix(".md").write_text(text + "\n", encoding="utf-8")
    numbers = [asdict(verdict) | {"holds": verdict.holds} for verdict in verdicts]
    stem.with_suffix(".json").write_text(json.dumps(numbers, indent=2), encoding="utf-8")
    return verdicts


if __name__ == "__main__":
    main()
