"""Measure a checkpoint as it is served: raw pictures and Vietnamese in, numbers out.

    python scripts/evaluate.py MODEL --dataset FOLDER --split test --task retrieval --output DIR
    python scripts/evaluate.py MODEL --dataset scenes --task retrieval --output DIR
    python scripts/evaluate.py MODEL --dataset FOLDER --task zero-shot --output DIR
    python scripts/evaluate.py CAPTIONER --dataset FOLDER --task captioning --count 10 --output DIR

FOLDER holds <split>.parquet with `image` and `captions` (zero-shot: `label`, the Vietnamese name of
the class). `scenes` draws 500 that no training has seen. Underscores of segmented captions become
spaces again, for nobody types them. DIR gets metrics.json; zero-shot adds confusion.png, captioning
captions.md with the first pictures' captions beside the true ones, unpicked.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from datasets import Dataset
from tqdm.auto import tqdm

from phoclip_hf.data.captions import caption_fits_picture, facts_and_needs
from phoclip_hf.data.sources import draw_scenes, open_parquet
from phoclip_hf.evaluation.pictures import confusion_picture
from phoclip_hf.evaluation.retrieval import retrieval_metrics
from phoclip_hf.evaluation.zero_shot import (
    class_logits,
    confusion_matrix,
    pool_prompts,
    zero_shot_metrics,
)
from phoclip_hf.processing_phoclip import VIETNAMESE_TEMPLATES
from phoclip_hf.serving.captioner import PhoCapCaptioner
from phoclip_hf.serving.encoder import PhoCLIPEncoder
from phoclip_hf.serving.photos import open_photo


def main() -> None:
    """Read the command line, measure, print and write."""
    arguments = read_arguments()
    table = (
        draw_scenes(arguments.scenes, arguments.split)
        if arguments.dataset == "scenes"
        else open_parquet(arguments.dataset, arguments.split)
    )
    arguments.output.mkdir(parents=True, exist_ok=True)
    task = {"retrieval": retrieval, "zero-shot": zero_shot, "captioning": captioning}
    metrics = task[arguments.task](arguments, table)
    if metrics:
        text = json.dumps(metrics, indent=2, ensure_ascii=False)
        (arguments.output / "metrics.json").write_text(text + "\n", encoding="utf-8")
        print(text)


def read_arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", help="folder or Hub id")
    parser.add_argument("--dataset", required=True, help="folder of Parquet files, or 'scenes'")
    parser.add_argument("--split", default="test")
    parser.add_argument("--task", choices=("retrieval", "zero-shot", "captioning"), required=True)
    parser.add_argument("--output", type=Path, required=True, help="folder of the results")
    parser.add_argument("--scenes", type=int, default=500, help="how many scenes to draw")
    parser.add_argument("--count", type=int, default=10, help="captioning: how many pictures")
    return parser.parse_args()


def retrieval(arguments: argparse.Namespace, table: Dataset) -> dict[str, float]:
    """Return recall in both directions over all captions of all pictures."""
    encoder = PhoCLIPEncoder(arguments.model)
    captions = [[text.replace("_", " ") for text in texts] for texts in table["captions"]]
    text_embeds = encoder.encode_texts([text for texts in captions for text in texts])
    relevance = caption_fits_picture([len(texts) for texts in captions], *facts_and_needs(table))
    return retrieval_metrics(encode_pictures(encoder, table), text_embeds, relevance=relevance)


def zero_shot(arguments: argparse.Namespace, table: Dataset) -> dict[str, float]:
    """Return top-1 and top-5 accuracy, each label read through every Vietnamese template."""
    encoder = PhoCLIPEncoder(arguments.model)
    names = sorted(set(table["label"]))
    prompts = [
        encoder.encode_texts([template.format(name) for template in VIETNAMESE_TEMPLATES])
        for name in names
    ]
    logits = class_logits(encode_pictures(encoder, table), pool_prompts(prompts))
    labels = [names.index(label) for label in table["label"]]
    counts = confusion_matrix(logits, labels)
    confusion_picture(counts, names).savefig(arguments.output / "confusion.png", dpi=120)
    return zero_shot_metrics(logits, labels) | {"classes": len(names), "images": len(labels)}


def captioning(arguments: argparse.Namespace, table: Dataset) -> dict[str, Any]:
    """Write the first pictures' captions, beam search, beside the true ones."""
    captioner = PhoCapCaptioner(arguments.model)
    lines = ["| picture | caption | a true caption |", "|---|---|---|"]
    for row in tqdm(table.select(range(arguments.count)), desc="captions"):
        caption = captioner.describe(open_photo(row["image"]))[0]
        lines.append(f"| {row['image_id']} | {caption} | {row['captions'][0].replace('_', ' ')} |")
    text = "\n".join(lines) + "\n"
    (arguments.output / "captions.md").write_text(text, encoding="utf-8")
    print(text)
    return {}


def encode_pictures(encoder: PhoCLIPEncoder, table: Dataset) -> np.ndarray:
    """Return unit image_embeds, (pictures, dim)."""
    chunks = []
    for start in tqdm(range(0, len(table), 100), desc="pictures"):
        images = table[start : start + 100]["image"]
        chunks.append(encoder.encode_images([open_photo(image) for image in images]))
    return np.concatenate(chunks)


if __name__ == "__main__":
    main()
