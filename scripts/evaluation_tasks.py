"""The three tasks of scripts/evaluate.py: a checkpoint and a table in, a function of numbers out.

Each gives the checkpoint's fingerprint and a function that measures on some of the pictures, so
that leaving out duplicates encodes nothing again, and leaves its pictures or tables in `output`.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from datasets import Dataset, Image
from evaluation_reranking import Reranking, RerankOptions
from tqdm.auto import tqdm

from phoclip_hf.data.sources import picture_ids
from phoclip_hf.data.true_pairs import caption_fits_picture, facts_and_needs
from phoclip_hf.data.typed_queries import strip_diacritics
from phoclip_hf.evaluation.answer_cache import cached_embeds, cached_texts, digest
from phoclip_hf.evaluation.captioning import captioning_metrics
from phoclip_hf.evaluation.embedding_plane import plane_picture
from phoclip_hf.evaluation.examples import retrieval_examples
from phoclip_hf.evaluation.pictures import confusion_picture, retrieval_picture
from phoclip_hf.evaluation.retrieval import rank_metrics, retrieval_ranks
from phoclip_hf.evaluation.templates import TEMPLATES, fill_templates, read_templates
from phoclip_hf.evaluation.zero_shot import (
    class_logits,
    confusion_matrix,
    pool_prompts,
    zero_shot_metrics,
)
from phoclip_hf.serving.captioner import Captioner
from phoclip_hf.serving.encoder import PhoCLIPEncoder
from phoclip_hf.serving.photos import open_photo
from phoclip_hf.serving.reranker import PhoBLIPReranker

# Which pictures to measure on, (pictures,) booleans → the metrics.
Measure = Callable[[np.ndarray], dict[str, Any]]


def retrieval(
    model: str,
    device: str,
    table: Dataset,
    output: Path,
    bare: bool = False,
    rerank: RerankOptions | None = None,
) -> tuple[str, Measure]:
    """Measure recall in both directions over all captions; draw examples and the plane.

    `bare` asks with every caption stripped of its diacritics, as many people type. `rerank` also
    measures with the first k of each query sorted anew; the examples are those before.
    """
    captions = [[text.replace("_", " ") for text in texts] for texts in table["captions"]]
    if bare:
        captions = [[strip_diacritics(text) for text in texts] for texts in captions]
    counts = [len(texts) for texts in captions]
    texts = [text for own in captions for text in own]
    text_to_image = np.repeat(np.arange(len(counts)), counts)  # (texts,)
    reranker = PhoBLIPReranker(rerank.model, device=device) if rerank else None
    own_cosines = rerank is not None and rerank.model == model
    encoder = reranker.encoder if own_cosines else PhoCLIPEncoder(model, device=device)
    image_embeds = encode_pictures(encoder, table, output)
    text_embeds = encode_texts(encoder, texts, output)
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
    retrieval_picture(examples).savefig(output / "retrieval_grid.png", dpi=110)
    try:
        plane = plane_picture(image_embeds, text_embeds, text_to_image)
        plane.savefig(output / "embedding_plane.png", dpi=110)
    except (ImportError, ValueError) as error:  # no scikit-learn, or hardly a picture
        print(f"embedding_plane.png is left out: {error}")
    said = {"queries": "without diacritics"} if bare else {}

    closer = rerank and Reranking(
        reranker,
        rerank,
        table,
        picture_digests(table),
        output,
        texts,
        (image_embeds, text_embeds),
        encoder.logit_scale,
    )

    def true_pairs(keep: np.ndarray) -> np.ndarray:
        rows = keep[text_to_image]
        if fits is not None:
            return np.argwhere(fits[rows][:, keep])  # (matches, 2)
        own = (np.cumsum(keep) - 1)[text_to_image[rows]]
        return np.stack([np.arange(len(own)), own], axis=1)

    def measure(keep: np.ndarray) -> dict[str, Any]:
        found = full if keep.all() else ranks(keep)
        metrics = rank_metrics(*found)
        if closer:
            rows = np.flatnonzero(keep), np.flatnonzero(keep[text_to_image])
            metrics |= closer.measure(*rows, true_pairs(keep), found)
        return metrics | said

    return encoder.fingerprint, measure


def zero_shot(
    model: str, device: str, table: Dataset, output: Path, own_templates: Path | None = None
) -> tuple[str, Measure]:
    """Measure top-1 and top-5 accuracy, each label read through every template."""
    templates: Sequence[str] = TEMPLATES
    if own_templates:
        templates = read_templates(own_templates.read_text(encoding="utf-8").splitlines())
    names = sorted(set(table["label"]))
    labels = np.array([names.index(label) for label in table["label"]])
    encoder = PhoCLIPEncoder(model, device=device)
    prompts = [prompt for name in names for prompt in fill_templates(templates, name)]
    embeds = encode_texts(encoder, prompts, output)
    classes = pool_prompts(embeds.reshape(len(names), len(templates), -1))
    logits = class_logits(encode_pictures(encoder, table, output), classes)
    counts = confusion_matrix(logits, labels)
    confusion_picture(counts, names).savefig(output / "confusion.png", dpi=120)
    sizes = {"classes": len(names), "templates": len(templates)}

    def measure(keep: np.ndarray) -> dict[str, Any]:
        images = {"images": int(keep.sum())}
        return zero_shot_metrics(logits[keep], labels[keep]) | sizes | images

    return encoder.fingerprint, measure


def captioning(
    model: str,
    device: str,
    table: Dataset,
    output: Path,
    tokenization: str = "syllables",
    beams: int = 5,
) -> tuple[str, Measure]:
    """Measure one caption a picture and write each beside a true one.

    `beams` are those of the search, 1 is greedy.
    """
    captioner = Captioner(model, device=device)
    ahead: dict[int, str] = {}  # captions of the batch that the last row asked for began

    def write(row: int) -> str:
        if row not in ahead:
            rows = range(row, min(row + captioner.batch_size, len(table)))
            images = [open_photo(image) for image in table[rows.start : rows.stop]["image"]]
            written = captioner.describe_all(images, beams)
            ahead.clear()
            ahead.update((r, caption.text) for r, caption in zip(rows, written, strict=True))
        return ahead[row]

    captions = cached_texts(
        output / "cache" / f"captions-{digest([captioner.fingerprint, str(beams)])}.jsonl",
        picture_digests(table),
        write,
        description="captions",
    )
    true = [[text.replace("_", " ") for text in texts] for texts in table["captions"]]
    lines = ["| picture | caption | a true caption |", "|---|---|---|"]
    for image_id, caption, texts in zip(picture_ids(table), captions, true, strict=True):
        lines.append(f"| {image_id} | {caption} | {texts[0]} |")
    text = "\n".join(lines) + "\n"
    (output / "captions.md").write_text(text, encoding="utf-8")

    def measure(keep: np.ndarray) -> dict[str, Any]:
        rows = np.flatnonzero(keep)
        metrics = captioning_metrics(
            [captions[row] for row in rows], [true[row] for row in rows], tokenization
        )
        return metrics | {"beams": beams}

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
