"""What of a checkpoint becomes an ONNX file: a classifier's logits, PhoCLIP's two towers."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize
from transformers import (
    AutoConfig,
    AutoImageProcessor,
    AutoModelForImageClassification,
    PreTrainedModel,
)

from ..data.preprocessing import Preprocessing
from ..modeling_phoclip import PhoCLIPModel
from ..processing_phoclip import PhoCLIPProcessor
from .onnx_file import BATCH, LENGTH, OnnxInput, export_onnx, picture_trials

CLASSIFIER_FORMAT, TOWER_FORMAT = "phoclip_hf image classifier 1", "phoclip_hf tower 1"


class _Logits(nn.Module):
    def __init__(self, model: PreTrainedModel):
        super().__init__()
        self.model = model

    def forward(self, pixel_values: Tensor) -> Tensor:
        return self.model(pixel_values=pixel_values).logits


class _ImageTower(nn.Module):
    def __init__(self, model: PhoCLIPModel):
        super().__init__()
        self.model = model

    def forward(self, pixel_values: Tensor) -> Tensor:
        return normalize(self.model.get_image_features(pixel_values).pooler_output, dim=-1)


class _TextTower(nn.Module):
    def __init__(self, model: PhoCLIPModel):
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        features = self.model.get_text_features(input_ids, attention_mask).pooler_output
        return normalize(features, dim=-1)


def is_phoclip(checkpoint: str) -> bool:
    """Return whether a checkpoint is PhoCLIP's, and no classifier."""
    return AutoConfig.from_pretrained(checkpoint).model_type == "phoclip"


def export_classifier(checkpoint: str, path: Path) -> tuple[dict[str, Any], float]:
    """Write a classifier's ONNX file; return its metadata and its difference from torch.

    `pixel_values` (batch, 3, height, width) in, `logits` (batch, classes) out. The labels and how a
    picture is prepared are in the metadata.

    Args:
        checkpoint: folder or Hub id of any `AutoModelForImageClassification`, in safetensors.
        path: of the file.
    """
    model = AutoModelForImageClassification.from_pretrained(
        checkpoint, use_safetensors=True, dtype=torch.float32
    )
    processor = AutoImageProcessor.from_pretrained(checkpoint)
    preprocessing = Preprocessing.of_processor(processor)
    names = [model.config.id2label[number] for number in range(model.config.num_labels)]
    metadata = {
        "format": CLASSIFIER_FORMAT,
        "labels": names,
        "preprocessing": preprocessing.to_dict(),
    }
    example = torch.zeros(2, 3, *preprocessing.size)
    difference = export_onnx(
        _Logits(model),
        [OnnxInput("pixel_values", example, {0: BATCH})],
        "logits",
        path,
        metadata,
        picture_trials("pixel_values", preprocessing.size),
    )
    return metadata, difference


def export_towers(checkpoint: str, folder: Path) -> dict[str, tuple[dict[str, Any], float]]:
    """Write `image.onnx` and `text.onnx`; return each one's metadata and difference from torch.

    Both give embeddings of unit length: `image_embeds` of `pixel_values`, `text_embeds` of
    `input_ids` and `attention_mask` (batch, tokens). Texts are tokenized by the checkpoint's own
    tokenizer, which stays what it is.

    Args:
        checkpoint: folder or Hub id of a PhoCLIP, in safetensors.
        folder: of the files.
    """
    model = PhoCLIPModel.from_pretrained(checkpoint, use_safetensors=True, dtype=torch.float32)
    processor = PhoCLIPProcessor.from_pretrained(checkpoint)
    preprocessing = Preprocessing.of_processor(processor.image_processor)
    tokenizer = processor.tokenizer
    common = {"format": TOWER_FORMAT, "logit_scale": model.logit_scale.exp().item()}
    image = common | {"preprocessing": preprocessing.to_dict()}
    text = common | {
        "max_tokens": tokenizer.model_max_length,
        "pad_token_id": tokenizer.pad_token_id,
    }
    pixels = OnnxInput("pixel_values", torch.zeros(2, 3, *preprocessing.size), {0: BATCH})
    ids, mask = torch.full((2, 9), 5), torch.ones(2, 9, dtype=torch.int64)
    axes = {0: BATCH, 1: LENGTH}
    tokens = [OnnxInput("input_ids", ids, axes), OnnxInput("attention_mask", mask, axes)]
    return {
        "image": (
            image,
            export_onnx(
                _ImageTower(model),
                [pixels],
                "image_embeds",
                folder / "image.onnx",
                image,
                picture_trials("pixel_values", preprocessing.size),
            ),
        ),
        "text": (
            text,
            export_onnx(
                _TextTower(model),
                tokens,
                "text_embeds",
                folder / "text.onnx",
                text,
                token_trials(len(tokenizer), tokenizer.pad_token_id, tokenizer.model_max_length),
            ),
        ),
    }


def token_trials(vocabulary: int, pad: int, longest: int) -> list[dict[str, np.ndarray]]:
    """Return inputs of one and three texts, short and as long as may be, padded to one length."""
    rng = np.random.default_rng(0)
    trials = []
    for rows, length in ((1, 3), (3, 12), (3, longest)):
        ids = rng.integers(5, vocabulary, (rows, length))
        ids[:, 0], ids[:, -1] = 0, 2  # <s> and </s>
        mask = np.ones_like(ids)
        for row in range(1, rows):
            mask[row, length // (row + 1) :] = 0
        trials.append({"input_ids": np.where(mask, ids, pad), "attention_mask": mask})
    return trials
