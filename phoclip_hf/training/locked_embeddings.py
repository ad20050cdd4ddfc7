"""What a captioner's locked image encoder, and the text tower beside it, make of a data set."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from datasets import Dataset as Table
from tqdm.auto import tqdm
from transformers import PreTrainedModel, ProcessorMixin

from ..images_phocap import embed
from ..modeling_phoclip import PhoCLIPModel
from ..modeling_phoclip_halves import PhoCLIPVisionModelWithProjection
from .fingerprints import fingerprint
from .locked_texts import locked_texts
from .recipe import Stage
from .stages import Run

BATCH = 32  # pictures


@torch.inference_mode()
def image_embeds(
    run: Run,
    stage: Stage,
    encoder: PreTrainedModel,
    processor: ProcessorMixin,
    table: Table,
    views: int,
) -> np.ndarray:
    """Return the embeddings of every view of every picture, (pictures, views, dim).

    View 0 is the picture as it is served, the others are random crops, which timm's towers alone
    are asked for. Kept beside the stages: computed once.

    Raises:
        ValueError: more than one view is asked of another tower.
    """
    if isinstance(encoder, PhoCLIPVisionModelWithProjection):
        features = run.locked_features(stage, encoder.vision_model, table, views)
        flat = torch.from_numpy(features).flatten(0, 1).float()
        embeds = torch.cat([encoder.visual_projection(chunk) for chunk in flat.split(4096)])
        return embeds.view(*features.shape[:2], -1).numpy()
    if views > 1:
        raise ValueError(
            f"Stage {stage.name!r} asks for {views} views of each picture, and "
            f"{type(encoder).__name__} gives one, the picture as it is served: write 1."
        )
    digest = hashlib.sha256(
        repr((fingerprint(encoder), table._fingerprint, processor.image_processor)).encode()
    )
    path = run.output / "features" / f"images-{digest.hexdigest()[:20]}.npy"
    if not path.exists():
        _write(path, encoder.eval(), processor, table)
    return np.load(path)[:, None]


def text_embeds(
    run: Run, phoclip: PhoCLIPModel, captions: list[list[list[int]]]
) -> Sequence[np.ndarray]:
    """Return for each picture the projected embeddings of its captions, (captions, dim).

    `captions` are ids of the recipe's tokenizer, which is the text tower's.
    """
    states = locked_texts(run.output / "features", captions, phoclip, run.tokenizer)
    with torch.inference_mode():
        return [
            phoclip.text_projection(torch.from_numpy(rows.astype(np.float32))).numpy()
            for rows in states
        ]


def _write(path: Path, encoder: PreTrainedModel, processor: ProcessorMixin, table: Table) -> None:
    """Write the file whole or not at all."""
    rows = []
    for start in tqdm(range(0, len(table), BATCH), desc="pictures"):
        images = [image.convert("RGB") for image in table[start : start + BATCH]["image"]]
        pixels = processor.image_processor(images=images, return_tensors="pt")["pixel_values"]
        rows.append(embed(encoder, pixels).float().numpy())
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npy")
    np.save(part, np.concatenate(rows))
    part.replace(path)
