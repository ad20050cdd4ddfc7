"""Captions by PhoCap, PhoBLIP, the nearest training picture and ClipCap's own loop, side by side.

    python scripts/prepare_data.py uit_viic … --without-images --output DATA/prepared/uit_viic
    python scripts/benchmarks/captions/compare.py --data DATA

What is trained stands in captions.yaml beside this file; `--variants` names some of it. All see the
pictures through one image tower and are trained for as many epochs; the loop's epochs are counted
in captions seen, for its rows are pairs and ours are pictures. Interrupted, the same command goes
on. The output folder gets table.md, BLEU, ROUGE-L and CIDEr-D by greedy search and by 5 beams on
the test splits, rows a second in training, and captions.md: the first 20 test pictures, unpicked,
every system's caption beside the true ones.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from clipcap_loop import BATCH, LoopSettings, train_loop, write
from tqdm.auto import tqdm
from transformers import AutoModelForCausalLM, PreTrainedModel

from phoclip_hf.data.captions import tokenize
from phoclip_hf.evaluation.captioning import captioning_metrics
from phoclip_hf.serving.captioner import Captioner
from phoclip_hf.serving.encoder import PhoCLIPEncoder
from phoclip_hf.training.recipe import Recipe
from phoclip_hf.training.recipe_reading import merged, read_recipe
from phoclip_hf.training.stages import Run, run_recipe

HERE = Path(__file__).parent
TESTS = ("flickr8k_vi", "capydata_vi")
METRICS = ("bleu_1", "bleu_2", "bleu_3", "bleu_4", "rouge_l", "cider_d")
FIRST = 20  # pictures whose captions are shown
BEAMS = {1: "greedy", 5: "5 beams"}

Written = dict[str, list[str]]  # test set → a caption for each of its pictures


def main() -> None:
    """Train what is not trained, describe, measure, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--output", type=Path, default=Path("runs/captions"))
    parser.add_argument("--variants", nargs="+", help="default: all, and the loops")
    parser.add_argument("--count", type=int, help="test pictures of each set; default: all")
    parser.add_argument("--file", type=Path, default=HERE / "captions.yaml")
    arguments = parser.parse_args()
    plan = yaml.safe_load(arguments.file.read_text(encoding="utf-8"))
    chosen = [
        name
        for name in (*plan["variants"], *plan["loops"])
        if arguments.variants is None or name in arguments.variants
    ]
    run = Run(as_recipe(plan, chosen), arguments.data, arguments.output)
    run_recipe(run)
    tests = {name: run.table(name, "test") for name in TESTS}
    if arguments.count:
        tests = {name: t.select(range(min(arguments.count, len(t)))) for name, t in tests.items()}
    written = {"nearest training picture": kept(run, "nearest", nearest, run, plan, tests)}
    for name in chosen:
        if name in plan["loops"]:
            written[f"{name}, 5 beams"] = kept(run, name, by_loop, run, plan, name, tests)
            continue
        for beams, label in BEAMS.items():
            done = kept(run, f"{name}-{beams}", by_captioner, run, name, beams, tests)
            written[f"{name}, {label}"] = done
    table = as_table(written, tests)
    (run.output / "table.md").write_text(table, encoding="utf-8")
    (run.output / "captions.md").write_text(side_by_side(written, tests), encoding="utf-8")
    print(table)


def as_recipe(plan: dict[str, Any], chosen: list[str]) -> Recipe:
    """Return one recipe: the reading, then every chosen variant of the base."""
    stages = [plan["words"] | {"name": "words"}]
    for name in chosen:
        if name in plan["variants"]:
            stage = merged(plan["base"], plan["variants"][name])
            stage["model"] = {k: v for k, v in stage["model"].items() if v is not None}
            stages.append(stage | {"name": name})
    return read_recipe(plan["recipe"] | {"stages": stages}, "captions")


def kept(run: Run, name: str, job: Callable[..., Written], *arguments: Any) -> Written:
    """Return what the job writes, from its file where it has been done before."""
    path = run.output / "written" / f"{name}.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(job(*arguments), ensure_ascii=False, indent=1), encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8"))


def by_captioner(run: Run, name: str, beams: int, tests: dict[str, Any]) -> Written:
    """Describe every test picture with a trained stage."""
    captioner = Captioner(run.folder(name))
    return {
        test: [
            caption.text
            for start in tqdm(range(0, len(table), 8), desc=f"{name}, {beams}")
            for caption in captioner.describe_all(table[start : start + 8]["image"], beams)
        ]
        for test, table in tests.items()
    }


def nearest(run: Run, plan: dict[str, Any], tests: dict[str, Any]) -> Written:
    """Give each test picture the first caption of the training picture nearest to it."""
    encoder = PhoCLIPEncoder(plan["base"]["start_from"])
    images, captions = [], []
    for name in plan["base"]["sources"]:
        table = run.table(name)
        images.append(embeds(encoder, table))
        captions += [texts[0].replace("_", " ") for texts in table["captions"]]
    known = np.concatenate(images)
    return {
        name: [captions[row] for row in (embeds(encoder, table) @ known.T).argmax(1)]
        for name, table in tests.items()
    }


def by_loop(run: Run, plan: dict[str, Any], name: str, tests: dict[str, Any]) -> Written:
    """Train ClipCap's loop on the same embeddings and language model; describe the test pictures.

    The rows a second are kept beside.
    """
    known, captions = loop_rows(run, plan)
    rows = sum(len(own) for own in captions)
    epochs = plan["base"]["arguments"]["num_train_epochs"] * len(captions) / rows
    settings = LoopSettings(**plan["loops"][name])
    steps = int(epochs * (rows // BATCH))
    model, rate = train_loop(reading_model(run), known, captions, steps, settings)
    (run.output / "written" / f"{name}-rate.json").write_text(json.dumps({"rows_a_second": rate}))
    encoder = PhoCLIPEncoder(plan["base"]["start_from"])
    end = run.tokenizer.eos_token_id
    written = {}
    for test, table in tests.items():
        vectors = torch.from_numpy(embeds(encoder, table))
        ids = [write(model, vector, end) for vector in tqdm(vectors, desc=name)]
        texts = run.tokenizer.batch_decode(ids, skip_special_tokens=True)
        written[test] = [" ".join(text.split()) for text in texts]
    return written


def loop_rows(run: Run, plan: dict[str, Any]) -> tuple[np.ndarray, list[list[list[int]]]]:
    """Return what the loop learns from: embeddings, (pictures, dim), and all captions' ids."""
    encoder = PhoCLIPEncoder(plan["base"]["start_from"])
    tables = {source: run.table(source) for source in plan["base"]["sources"]}
    captions = [
        [ids[1:] for ids in own]  # the loop knows no begin
        for source, table in tables.items()
        for own in tokenize(table["captions"][:], run.tokenizer, run.is_segmented(source))
    ]
    return np.concatenate([embeds(encoder, table) for table in tables.values()]), captions


def reading_model(run: Run) -> PreTrainedModel:
    """Return the language model that has read the captions, in full precision."""
    return AutoModelForCausalLM.from_pretrained(run.folder("words"), dtype=torch.float32)


def embeds(encoder: PhoCLIPEncoder, table: Any) -> np.ndarray:
    """Return the unit embeddings of a table's pictures, (pictures, dim)."""
    rows = [
        encoder.encode_images([image.convert("RGB") for image in table[i : i + 64]["image"]])
        for i in tqdm(range(0, len(table), 64), desc="pictures")
    ]
    return np.concatenate(rows)


def as_table(written: dict[str, Written], tests: dict[str, Any]) -> str:
    """Return a Markdown table for each test set, in per cent but CIDEr-D, and its ratio."""
    lines = []
    for test, table in tests.items():
        true = [[text.replace("_", " ") for text in texts] for texts in table["captions"]]
        lines += [f"| {test}, {len(table)} pictures | {' | '.join(METRICS)} | of nearest |"]
        lines += ["|---" * (len(METRICS) + 2) + "|"]
        base = None
        for name, captions in written.items():
            numbers = captioning_metrics(captions[test], true)
            base = base or numbers["cider_d"]
            cells = [f"{100 * numbers[metric]:.1f}" for metric in METRICS[:-1]]
            cells += [f"{numbers['cider_d']:.3f}", f"{numbers['cider_d'] / base:.2f} ×"]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def side_by_side(written: dict[str, Written], tests: dict[str, Any]) -> str:
    """Return the first pictures' captions, each system's and the true ones."""
    lines = []
    for test, table in tests.items():
        for row in range(min(FIRST, len(table))):
            lines.append(f"### {test}, picture {row + 1}")
            lines += [f"- {name}: {captions[test][row]}" for name, captions in written.items()]
            lines += [f"- *true*: {text.replace('_', ' ')}" for text in table[row]["captions"]]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
