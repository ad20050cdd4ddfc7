"""Transformers' contrastive example: `VisionTextDualEncoderModel`, `Trainer`, the model's own loss.

    python scripts/benchmarks/training/peer_transformers.py '{"contender": "transformers", …}'

Recipe: that of `examples/pytorch/contrastive-image-text`: AdamW, weight decay 0.1, no warm-up, a
linear schedule, the centre of the picture without augmentation, captions padded to one length,
which here is the longest caption's. `--freeze_vision_model` takes the gradients from the image
tower, whose forward runs at each step.
"""

import copy
from typing import Any

import torch
from asked import Job
from job import Trained, main, training_arguments
from pictures import Pictures
from torch import Tensor
from towers import load_initial
from transformers import (
    RobertaModel,
    Trainer,
    TrainingArguments,
    VisionTextDualEncoderConfig,
    VisionTextDualEncoderModel,
)
from transformers.modeling_outputs import BaseModelOutputWithPooling

from phoclip_hf import PhoCLIPModel
from phoclip_hf.towers_phoclip import vision_width


class MeanPooledRoberta(RobertaModel):
    """RoBERTa whose `pooler_output`, which the dual encoder takes, is the mean of its states."""

    def __init__(self, config: Any):
        super().__init__(config, add_pooling_layer=False)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, **kwargs: Any
    ) -> BaseModelOutputWithPooling:
        """Return states (texts, tokens, dim) and their mean over the real tokens (texts, dim)."""
        kwargs["return_dict"] = True
        states = super().forward(input_ids, attention_mask, **kwargs).last_hidden_state
        weights = attention_mask.unsqueeze(-1).to(states.dtype)  # (texts, tokens, 1)
        pooled = (states * weights).sum(dim=1) / weights.sum(dim=1)
        return BaseModelOutputWithPooling(last_hidden_state=states, pooler_output=pooled)


def build(initial: PhoCLIPModel) -> VisionTextDualEncoderModel:
    """Return Transformers' dual encoder with the initial weights."""
    vision = copy.deepcopy(initial.vision_model)
    vision.config.hidden_size = vision_width(vision)  # the dual encoder looks for it; timm has none
    text = MeanPooledRoberta(initial.config.text_config)
    config = VisionTextDualEncoderConfig.from_vision_text_configs(
        vision.config,
        text.config,
        projection_dim=initial.config.projection_dim,
        logit_scale_init_value=initial.config.logit_scale_init_value,
    )
    model = VisionTextDualEncoderModel(config, vision_model=vision, text_model=text)
    model.load_state_dict(initial.state_dict())
    return model


def train(job: Job, pictures: Pictures) -> Trained:
    """Train with `Trainer`."""
    model = build(load_initial(job.initial))
    if job.mode == "locked":
        model.vision_model.requires_grad_(False)
    served = pictures.served()

    def collate(rows: list[tuple[Any, str]]) -> dict[str, Any]:
        images, captions = zip(*rows, strict=True)
        texts = pictures.tokens.padded(captions, to_longest=True)
        pixels = [served(image) for image in images]
        return {"pixel_values": torch.stack(pixels), **texts, "return_loss": True}

    arguments = TrainingArguments(
        output_dir=job.output,
        weight_decay=0.1,
        remove_unused_columns=False,
        **training_arguments(job),
    )
    Trainer(model, arguments, data_collator=collate, train_dataset=pictures.pairs()).train()
    return Trained(model)


if __name__ == "__main__":
    main(train)
