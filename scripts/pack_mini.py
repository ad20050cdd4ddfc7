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
# Name of the result → what scripts/evaluate.py is asked of the folders of data and of results.
MEASUREMENTS = {
    "flickr8k_vi": ["--dataset", "{data}/flickr8k_vi", "--task", "retrieval"],
    "flickr8k_vi without diacritics": [
        *("--dataset", "{data}/flickr8k_vi", "--task", "retrieval", "--without-diacritics"),
    ],
    "capydata_vi": [
        *("--dataset", "{data}/capydata_vi", "--task", "retrieval"),
        *("--duplicates", "{results}/pairs.csv"),
    ],
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
        places = {"data": arguments.data, "results": results}
        words = ["{data}/capydata_vi", "--output", "{results}/pairs.csv", "--model", str(model)]
        call("find_duplicates", [*words, "--cache", "{results}/duplicates"], places)
        for name, words in MEASUREMENTS.items():
            evaluate(model, words, places, name.replace(" ", "_"))
        words = ["--dataset", "{data}/flickr8k_vi", "--task", "captioning", "--count", "200"]
        evaluate(captioner, words, places, "captions")
    write_cards(arguments.run, results, model, captioner)


def pack(source: Path, target: Path) -> None:
    """Copy a trained folder's files, its weights in float16, the code as it is in this commit."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for pattern in NEEDED:
        for path in source.glob(pattern):
            if path.name not in ("metrics.json", "distiller.safetensors"):
                own = ROOT / "phoclip_hf" / path.name
                shutil.copy(own if own.is_file() else path, target / path.name)
    for path in target.glob("*.safetensors"):
        weights = load_file(path)
        halves = {k: v.half() if v.is_floating_point() else v for k, v in weights.items()}
        save_file(halves, path, metadata={"format": "pt"})
        path.chmod(0o644)


def evaluate(checkpoint: Path, words: list[str], places: dict[str, Path], name: str) -> None:
    """Measure one checkpoint; the numbers go to the folder `name` of the results."""
    output = str(places["results"] / name)
    call("evaluate", [str(checkpoint), *words, "--split", "test", "--output", output], places)


def call(script: str, words: list[str], places: dict[str, Path]) -> None:
    """Run another script in a process of its own, with the places filled in."""
    words = [word.format_map(places) if "{" in word else word for word in words]
    subprocess.run([sys.executable, str(ROOT / "scripts" / f"{script}.py"), *words], check=True)


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
        {
            "flickr8k_vi validation": {"loss": stages["phocap-mini"]["eval_flickr8k_vi_loss"]},
            **read_results([f"flickr8k_vi={results / 'captions'}"], fingerprint(str(captioner))),
        },
        captions=own_captions(results / "captions" / "captions.md"),
        parameters=parameters(captioner),
    )
    (captioner / "README.md").write_text(card, encoding="utf-8")


def own_captions(path: Path) -> list[str]:
    """Return the first ten it wrote; the true captions are the data set's and stay there."""
    rows = path.read_text(encoding="utf-8").splitlines()[2:12]
    return [row.split(" | ")[1] for row in rows]


def parameters(checkpoint: Path) -> str:
    """Return the number of stored parameters in millions."""
    weights = load_file(checkpoint / "model.safetensors")
    return f"{sum(value.numel() for value in weights.values()) / 1e6:.1f} million"


if __name__ == "__main__":
    main()
