"""Make the shipped checkpoints out of a run of mini.yaml: half precision, measured, carded.

    python scripts/pack_mini.py runs/mini --data DIR

Writes spaces/phoclip/checkpoints/phoclip-mini and phocap-mini. Weights are stored in float16 and
load as float32, for the config says so. The cards are rendered from scripts/recipes/*_card.jinja
and from what scripts/evaluate.py measures on the packed checkpoints; `--card-only` renders again.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

from safetensors.torch import load_file, save_file

from phoclip_hf.hub.card_tables import read_results
from phoclip_hf.hub.model_card import render_card
from phoclip_hf.serving.encoder import fingerprint

ROOT = Path(__file__).resolve().parent.parent
CHECKPOINTS = ROOT / "spaces" / "phoclip" / "checkpoints"
NEEDED = ("*.safetensors", "*.json", "*.py")
# Name of the result → what scripts/evaluate.py is asked, {data} being the folder of data.
MEASUREMENTS = {
    "flickr8k_vi": ["--dataset", "{data}/flickr8k_vi", "--task", "retrieval"],
    "capydata_vi": ["--dataset", "{data}/capydata_vi", "--task", "retrieval"],
    "scenes": ["--dataset", "scenes", "--task", "retrieval"],
    "capydata_vi sports": ["--dataset", "{data}/capydata_vi", "--task", "zero-shot"],
}


def main() -> None:
    """Read the command line, pack, measure and render."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path, help="output folder of scripts/train.py")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--card-only", action="store_true", help="render from the last numbers")
    arguments = parser.parse_args()
    results = arguments.run / "evaluation"
    model, captioner = CHECKPOINTS / "phoclip-mini", CHECKPOINTS / "phocap-mini"
    if not arguments.card_only:
        for target in (model, captioner):
            pack(arguments.run / target.name, target)
        for name, words in MEASUREMENTS.items():
            evaluate(model, words, arguments.data, results / name.replace(" ", "_"))
        words = ["--dataset", "{data}/flickr8k_vi", "--task", "captioning", "--count", "10"]
        evaluate(captioner, words, arguments.data, results / "captions")
    write_cards(arguments.run, results, model, captioner)


def pack(source: Path, target: Path) -> None:
    """Copy a trained folder's files, its weights in float16."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for pattern in NEEDED:
        for path in source.glob(pattern):
            if path.name not in ("metrics.json", "distiller.safetensors"):
                shutil.copy(path, target / path.name)
    for path in target.glob("*.safetensors"):
        weights = load_file(path)
        halves = {k: v.half() if v.is_floating_point() else v for k, v in weights.items()}
        save_file(halves, path, metadata={"format": "pt"})
        path.chmod(0o644)


def evaluate(checkpoint: Path, words: list[str], data: Path, output: Path) -> None:
    """Measure one checkpoint in a process of its own."""
    script = [sys.executable, str(ROOT / "scripts" / "evaluate.py"), str(checkpoint)]
    words = [word.replace("{data}", str(data)) for word in words]
    subprocess.run([*script, *words, "--split", "test", "--output", str(output)], check=True)


def write_cards(run: Path, results: Path, model: Path, captioner: Path) -> None:
    """Render both cards from the numbers in `results` and the history of the stages in `run`."""
    measured = read_results(
        [f"{name}={results / name.replace(' ', '_')}" for name in MEASUREMENTS],
        fingerprint(str(model)),
    )
    stages = {
        folder.parent.name: json.loads(folder.read_text())
        for folder in sorted(run.glob("*/metrics.json"))
    }
    recipes = ROOT / "scripts" / "recipes"
    card = render_card(
        recipes / "phoclip-mini_card.jinja",
        "phoclip-mini",
        "zero-shot-image-classification",
        measured,
        stages=stages,
        parameters=parameters(model),
    )
    (model / "README.md").write_text(card, encoding="utf-8")
    card = render_card(
        recipes / "phocap-mini_card.jinja",
        "phocap-mini",
        "image-text-to-text",
        {"flickr8k_vi validation": {"loss": stages["phocap-mini"]["eval_flickr8k_vi_loss"]}},
        captions=own_captions(results / "captions" / "captions.md"),
        parameters=parameters(captioner),
    )
    (captioner / "README.md").write_text(card, encoding="utf-8")


def own_captions(path: Path) -> list[str]:
    """Return what the captioner wrote; the true captions are the data set's and stay there."""
    rows = path.read_text(encoding="utf-8").splitlines()[2:]
    return [row.split(" | ")[1] for row in rows]


def parameters(checkpoint: Path) -> str:
    """Return the number of stored parameters in millions."""
    weights = load_file(checkpoint / "model.safetensors")
    return f"{sum(value.numel() for value in weights.values()) / 1e6:.1f} million"


if __name__ == "__main__":
    main()
