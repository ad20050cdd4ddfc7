"""The captioning stage of a recipe: a small GPT-2 learns to describe locked embeddings."""

import random
from typing import Any

import numpy as np
import torch
from torch.utils.data import ConcatDataset, Dataset
from transformers import PreTrainedTokenizerBase, Trainer

from ..data.captions import CaptionedPictures
from ..modeling_phocap import PhoCapForConditionalGeneration
from ..modeling_phoclip import PhoCLIPModel
from ..processing_phoclip import PhoCLIPProcessor
from .recipe import Stage
from .stages import Run, last_checkpoint


class EmbeddedPictures(Dataset):
    """Rows {`image_embeds` (dim,) of one view, `input_ids` of one caption}, both drawn anew.

    A caption that says left or right goes with the picture as it is, for crops may be mirrored.

    Args:
        pictures: the tokenized captions.
        image_embeds: (pictures, views, dim).
    """

    def __init__(self, pictures: CaptionedPictures, image_embeds: np.ndarray):
        self.pictures, self.image_embeds = pictures, image_embeds

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> dict[str, Any]:
        choice = random.randrange(len(self.pictures.captions[index]))
        views = 1 if self.pictures.has_side[index][choice] else self.image_embeds.shape[1]
        return {
            "image_embeds": self.image_embeds[index, random.randrange(views)],
            "input_ids": self.pictures.captions[index][choice],
        }


class CaptionCollator:
    """Batches {`image_embeds`, `input_ids`, `attention_mask`, `labels`}; noise keeps it from rote.

    Args:
        tokenizer: pads.
        noise: standard deviation of what is added to each embedding, relative to its length.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, noise: float = 0.0):
        self.tokenizer, self.noise = tokenizer, noise

    def __call__(self, rows: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Return the batch."""
        texts = [{"input_ids": row["input_ids"]} for row in rows]
        batch = dict(self.tokenizer.pad(texts, return_tensors="pt"))
        embeds = torch.from_numpy(np.stack([row["image_embeds"] for row in rows])).float()
        if self.noise:
            spread = self.noise * embeds.norm(dim=1, keepdim=True) / embeds.shape[1] ** 0.5
            embeds = embeds + spread * torch.randn_like(embeds)
        return batch | {"image_embeds": embeds, "labels": batch["input_ids"]}


def run_captioning(run: Run, stage: Stage) -> None:
    """Train the mapping network and the language model over locked image embeddings.

    Fields of the stage: `start_from` is the contrastive stage whose image half looks; `model` holds
    the language model's numbers (`text_config`) and the captioner's own; `sources` counts views per
    picture; `noise` perturbs the embeddings; `evaluate_on` measures the loss.
    """
    phoclip = PhoCLIPModel.from_pretrained(run.checkpoint(stage.start_from)).eval()
    processor = PhoCLIPProcessor.from_pretrained(run.checkpoint(stage.start_from))
    numbers = dict(stage.model)
    vocabulary = {"vocab_size": len(run.tokenizer)}
    model = PhoCapForConditionalGeneration.from_phoclip(
        phoclip, numbers.pop("text_config") | vocabulary, **numbers
    )
    model.image_encoder.requires_grad_(False)

    def pictures(source: str, split: str, views: int) -> EmbeddedPictures:
        table = run.table(source, split)
        embeds = image_embeds(run, stage, phoclip, table, views)
        texts = CaptionedPictures(table, run.tokenizer, run.is_segmented(source))
        return EmbeddedPictures(texts, embeds)

    trainer = Trainer(
        model,
        run.arguments(stage, label_names=["labels"], prediction_loss_only=True),
        data_collator=CaptionCollator(run.tokenizer, stage.noise),
        train_dataset=ConcatDataset(
            [pictures(name, "train", views) for name, views in stage.sources.items()]
        ),
        eval_dataset={name: pictures(name, split, 1) for name, split in stage.evaluate_on.items()},
        processing_class=processor,
    )
    trainer.train(resume_from_checkpoint=last_checkpoint(trainer.args))
    metrics = trainer.evaluate()
    trainer.save_model(str(run.folder(stage.name)))
    run.keep_numbers(stage, metrics, trainer.state.log_history)


@torch.inference_mode()
def image_embeds(
    run: Run, stage: Stage, phoclip: PhoCLIPModel, table: Any, views: int
) -> np.ndarray:
    """Return the projected embeddings of every view, (pictures, views, dim)."""
    features = run.locked_features(stage, phoclip.vision_model, table, views)
    flat = torch.from_numpy(features).flatten(0, 1).float()
    embeds = torch.cat([phoclip.visual_projection(chunk) for chunk in flat.split(4096)])
    return embeds.view(*features.shape[:2], -1).numpy()
