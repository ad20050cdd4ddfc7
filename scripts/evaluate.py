"""Measure a checkpoint as it is served: raw pictures and Vietnamese in, numbers out.

    python scripts/evaluate.py MODEL --dataset DATASET --split test --task retrieval --output DIR
    python scripts/evaluate.py MODEL --dataset scenes --task retrieval --output DIR
    python scripts/evaluate.py MODEL --dataset DATASET --task zero-shot --output DIR
    python scripts/evaluate.py CAPTIONER --dataset DATASET --task captioning --output DIR

DATASET is a folder or a Hub id that phoclip_hf.data.sources.open_pictures opens, with `image` and
`captions` (zero-shot: `label`, the Vietnamese name of the class); `scenes` draws 500 that no
training has seen. Underscores of segmented captions become spaces again, for nobody types them.
`--duplicates pairs.csv`, from scripts/find_duplicates.py, measures a second time without the
pictures that are known or repeated.

DIR gets metrics.json and table.md; retrieval adds retrieval_grid.png and embedding_plane.png,
zero-shot confusion.png, captioning captions.md, every caption beside a true one. What the model
made of pictures and texts is kept in DIR/cache: interrupted, the same command goes on, and with
other options it does not encode again.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from datasets import Dataset, Image
from tqdm.auto import tqdm

from phoclip_hf.data.captions import caption_fits_picture, facts_and_needs
from phoclip_hf.data.dataset_splits import split_name
from phoclip_hf.data.sources import draw_scenes, open_pictures, picture_ids
from phoclip_hf.evaluation.answer_cache import cached_embeds, cached_texts, digest
from phoclip_hf.evaluation.captioning import captioning_metrics
from phoclip_hf.evaluation.deduplication import deduplicated, read_pairs
from phoclip_hf.evaluation.embedding_plane import plane_picture
from phoclip_hf.evaluation.examples import retrieval_examples
from phoclip_hf.evaluation.pictures import confusion_picture, retrieval_picture
from phoclip_hf.evaluation.retrieval import rank_metrics, retrieval_ranks
from phoclip_hf.evaluation.tables import metrics_table
from phoclip_hf.evaluation.templates import TEMPLATES, fill_templates, read_templates
from phoclip_hf.evaluation.zero_shot import (
    class_logits,
    confusion_matrix,
    pool_prompts,
    zero_shot_metrics,
)
from phoclip_hf.serving.captioner import PhoCapCaptioner
from phoclip_hf.serving.encoder import PhoCLIPEncoder
from phoclip_hf.serving.errors import EncoderError
from phoclip_hf.serving.photos import open_photo

# Which pictures to measure on, (pictures,) booleans → the metrics.
Measure = Callable[[np.ndarray], dict[str, Any]]


def main() -> None:
    """Read the command line, measure, write and print."""
    arguments = read_arguments()
    try:
        evaluate(arguments)
    except (EncoderError, FileNotFoundError, ValueError) as error:
        sys.exit(f"Nothing was measured. {error}")


def evaluate(arguments: argparse.Namespace) -> None:
    """Measure, write and print."""
    table = (
        draw_scenes(arguments.scenes, arguments.split)
        if arguments.dataset == "scenes"
        else open_pictures(arguments.dataset, arguments.split)
    )
    if arguments.count is not None:
        table = table.select(range(min(arguments.count, len(table))))
    needed = {"image", "label" if arguments.task == "zero-shot" else "captions"}
    if missing := needed - {*table.column_names}:
        raise SystemExit(
            f"{arguments.dataset} has {', '.join(table.column_names)}; "
            f"--task {arguments.task} needs {' and '.join(sorted(missing))} too."
        )
    if not len(table):
        raise SystemExit(f"{arguments.dataset} has no picture in its split {arguments.split}.")
    keep = without_duplicates(arguments, table) if arguments.duplicates else None
    arguments.output.mkdir(parents=True, exist_ok=True)
    task = {"retrieval": retrieval, "zero-shot": zero_shot, "captioning": captioning}
    checkpoint, measure = task[arguments.task](arguments, table)
    # scripts/publish.py publishes no numbers of another checkpoint.
    metrics = measure(np.ones(len(table), dtype=bool)) | {"checkpoint": checkpoint}
    if keep is not None:
        metrics |= {"deduplicated": measure(keep), "dropped": int((~keep).sum())}
    text = json.dumps(metrics, indent=2, ensure_ascii=False)
    (arguments.output / "metrics.json").write_text(text + "\n", encoding="utf-8")
    model, dataset = (Path(name).name for name in (arguments.model, arguments.dataset))
    text = metrics_table(metrics, f"{model} on {dataset}, {arguments.split}: {arguments.task}")
    (arguments.output / "table.md").write_text(text, encoding="utf-8")
    print(text)


def read_arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", help="folder or Hub id")
    parser.add_argument("--dataset", required=True, help="folder, Hub id, or 'scenes'")
    parser.add_argument("--split", default="test")
    parser.add_argument("--task", choices=("retrieval", "zero-shot", "captioning"), required=True)
    parser.add_argument("--output", type=Path, required=True, help="folder of the results")
    parser.add_argument("--duplicates", type=Path, help="pairs.csv of scripts/find_duplicates.py")
    parser.add_argument("--count", type=positive, help="measure on the first pictures only")
    parser.add_argument("--scenes", type=positive, default=500, help="how many scenes to draw")
    parser.add_argument("--templates", type=Path, help="zero-shot: a file, one a line, {} in each")
    parser.add_argument(
        "--tokenization", choices=("syllables", "words"), default="syllables", help="captioning"
    )
    parser.add_argument("--device", default="cpu", help="of torch, such as cuda")
    return parser.parse_args()


def positive(text: str) -> int:
    """Return a number from the command line, 1 or more."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return int(text)


def without_duplicates(arguments: argparse.Namespace, table: Dataset) -> np.ndarray:
    """Return which pictures stay, (pictures,) booleans, by the pairs in --duplicates."""
    pairs, name = read_pairs(arguments.duplicates), split_name(arguments.dataset, arguments.split)
    named = {source for pair in pairs for source in (pair.a_source, pair.b_source)} - {""}
    if named and name not in named:
        print(f"{arguments.duplicates} names no picture of {name}, but of {', '.join(named)}.")
    keep = deduplicated(picture_ids(table), pairs, name)
    if not keep.any():
        raise SystemExit(f"By {arguments.duplicates} every picture is a duplicate.")
    return keep


def retrieval(arguments: argparse.Namespace, table: Dataset) -> tuple[str, Measure]:
    """Measure recall in both directions over all captions; draw examples and the plane."""
    captions = [[text.replace("_", " ") for text in texts] for texts in table["captions"]]
    counts = [len(texts) for texts in captions]
    texts = [text for own in captions for text in own]
    text_to_image = np.repeat(np.arange(len(counts)), counts)  # (texts,)
    encoder = PhoCLIPEncoder(arguments.model, device=arguments.device)
    image_embeds = encode_pictures(encoder, table, arguments.output)
    text_embeds = encode_texts(encoder, texts, arguments.output)
    facts, needs = facts_and_needs(table)
    # A drawn scene's caption is true of other scenes too: a matrix, and so for small sets only.
    fits = None if facts is None else caption_fits_picture(counts, facts, needs)

    def ranks(keep: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rows = keep[text_to_image]
        own = (np.cumsum(keep) - 1)[text_to_image[rows]]
        matches = {"text_to_image": own} if fits is None else {"relevance": fits[rows][:, keep]}
        images, words = image_embeds, text_embeds
        if not keep.all():  # a mask copies
            images, words = images[keep], words[rows]
        return retrieval_ranks(images, words, **matches, progress=partial(tqdm, desc="ranks"))

    full = ranks(np.ones(len(table), dtype=bool))
    examples = retrieval_examples(
        image_embeds,
        text_embeds,
        texts,
        text_to_image,
        full[0],
        lambda row: open_photo(table[row]["image"]),
        relevance=fits,
    )
    retrieval_picture(examples).savefig(arguments.output / "retrieval_grid.png", dpi=110)
    try:
        plane = plane_picture(image_embeds, text_embeds, text_to_image)
        plane.savefig(arguments.output / "embedding_plane.png", dpi=110)
    except (ImportError, ValueError) as error:  # no scikit-learn, or hardly a picture
        print(f"embedding_plane.png is left out: {error}")
    return encoder.fingerprint, lambda keep: rank_metrics(*(full if keep.all() else ranks(keep)))


def zero_shot(arguments: argparse.Namespace, table: Dataset) -> tuple[str, Measure]:
    """Measure top-1 and top-5 accuracy, each label read through every template."""
    templates: Sequence[str] = TEMPLATES
    if arguments.templates:
        templates = read_templates(arguments.templates.read_text(encoding="utf-8").splitlines())
    names = sorted(set(table["label"]))
    labels = np.array([names.index(label) for label in table["label"]])
    encoder = PhoCLIPEncoder(arguments.model, device=arguments.device)
    prompts = [prompt for name in names for prompt in fill_templates(templates, name)]
    embeds = encode_texts(encoder, prompts, arguments.output)
    classes = pool_prompts(embeds.reshape(len(names), len(templates), -1))
    logits = class_logits(encode_pictures(encoder, table, arguments.output), classes)
    counts = confusion_matrix(logits, labels)
    confusion_picture(counts, names).savefig(arguments.output / "confusion.png", dpi=120)
    sizes = {"classes": len(names), "templates": len(templates)}

    def measure(keep: np.ndarray) -> dict[str, Any]:
        images = {"images": int(keep.sum())}
        return zero_shot_metrics(logits[keep], labels[keep]) | sizes | images

    return encoder.fingerprint, measure


def captioning(arguments: argparse.Namespace, table: Dataset) -> tuple[str, Measure]:
    """Measure one caption a picture, beam search, and write each beside a true one."""
    captioner = PhoCapCaptioner(arguments.model, device=arguments.device)
    captions = cached_texts(
        arguments.output / "cache" / f"captions-{digest([captioner.fingerprint])}.jsonl",
        picture_digests(table),
        lambda row: captioner.describe(open_photo(table[row]["image"]))[0],
        description="captions",
    )
    true = [[text.replace("_", " ") for text in texts] for texts in table["captions"]]
    lines = ["| picture | caption | a true caption |", "|---|---|---|"]
    for image_id, caption, texts in zip(picture_ids(table), captions, true, strict=True):
        lines.append(f"| {image_id} | {caption} | {texts[0]} |")
    text = "\n".join(lines) + "\n"
    (arguments.output / "captions.md").write_text(text, encoding="utf-8")

    def measure(keep: np.ndarray) -> dict[str, Any]:
        rows = np.flatnonzero(keep)
        return captioning_metrics(
            [captions[row] for row in rows], [true[row] for row in rows], arguments.tokenization
        )

    return captioner.fingerprint, measure


def encode_pictures(encoder: PhoCLIPEncoder, table: Dataset, output: Path) -> np.ndarray:
    """Return unit image_embeds, (pictures, dim)."""

    def encode(start: int, stop: int) -> np.ndarray:
        images = table[start:stop]["image"]
        return encoder.encode_images([open_photo(image) for image in images])

    key = digest([encoder.fingerprint, *picture_digests(table)])
    path = output / "cache" / f"images-{key}.f32"
    return cached_embeds(path, len(table), encoder.dimension, encode, description="pictures")


def encode_texts(encoder: PhoCLIPEncoder, texts: list[str], output: Path) -> np.ndarray:
    """Return unit text_embeds, (texts, dim)."""

    def encode(start: int, stop: int) -> np.ndarray:
        return encoder.encode_texts(texts[start:stop])

    path = output / "cache" / f"texts-{digest([encoder.fingerprint, *texts])}.f32"
    return cached_embeds(path, len(texts), encoder.dimension, encode, 500, description="texts")


def picture_digests(table: Dataset) -> list[str]:
    """Return one digest a picture of its file as it is, undecoded."""
    files = table.select_columns(["image"]).cast_column("image", Image(decode=False))
    return [
        digest([row["image"]["bytes"] or Path(row["image"]["path"]).read_bytes()])
        for row in tqdm(files, desc="files")
    ]


if __name__ == "__main__":
    main()
