"""The towers, with the initial weights that every contender starts from."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import torch
from torch import Tensor, nn
from transformers import AutoModel, PreTrainedTokenizerBase

from phoclip_hf import PhoCLIPConfig, PhoCLIPModel

WIDTH = 256  # of the text tower and of the shared space
TEXT_CONFIG = {
    "model_type": "roberta",
    "hidden_size": WIDTH,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "intermediate_size": 4 * WIDTH,
    "max_position_embeddings": 72,  # 70 tokens; RoBERTa's positions start at 2
    "type_vocab_size": 1,
}


def write_initial(
    backbone: Path, tokenizer: PreTrainedTokenizerBase, seed: int, folder: Path
) -> None:
    """Write a PhoCLIP checkpoint: the image tower as trained, the rest drawn by the seed.

    Text states are averaged over the tokens, each side has one matrix without bias, the logit scale
    starts at 1 / 0.07. What every peer has, or can be given, in classes of its own.

    Args:
        backbone: folder of a timm checkpoint, ImageNet's MobileNetV2.
        tokenizer: of the text tower; written beside it.
        seed: of the text tower and both matrices.
        folder: where it is written.
    """
    vision = AutoModel.from_pretrained(backbone, dtype=torch.float32, use_safetensors=True)
    vision.config.num_labels = 0
    text = TEXT_CONFIG | {
        "vocab_size": len(tokenizer),
        "pad_token_id": tokenizer.pad_token_id,
    }
    config = PhoCLIPConfig(
        vision_config=vision.config,
        text_config=text,
        projection_dim=WIDTH,
        projection_type="linear",
        text_pooling="mean",
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        PhoCLIPModel(config, vision_model=vision).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def load_initial(folder: str | Path) -> PhoCLIPModel:
    """Return what `write_initial` wrote."""
    return PhoCLIPModel.from_pretrained(folder)


def matrices(initial: PhoCLIPModel) -> tuple[Tensor, Tensor]:
    """Return the image's and the text's matrix into the shared space, (dim, width) each."""
    return initial.visual_projection.weight.detach(), initial.text_projection.weight.detach()


class SharedSpace(nn.Module):
    """Puts the two functions of a peer's model behind the names of Transformers' CLIP models.

    Args:
        model: holds the weights.
        images: pixel_values (images, 3, height, width) → embeddings (images, dim).
        texts: input_ids and attention_mask, (texts, tokens) each → embeddings (texts, dim).
    """

    def __init__(
        self,
        model: nn.Module,
        images: Callable[[Tensor], Tensor],
        texts: Callable[[Tensor, Tensor], Tensor],
    ):
        super().__init__()
        self.model, self.images, self.texts = model, images, texts

    @property
    def device(self) -> torch.device:
        """Where the weights lie."""
        return next(self.model.parameters()).device

    def get_image_features(self, pixel_values: Tensor) -> SimpleNamespace:
        """Return embeddings as `pooler_output`, (images, dim)."""
        return SimpleNamespace(pooler_output=self.images(pixel_values))

    def get_text_features(self, input_ids: Tensor, attention_mask: Tensor) -> SimpleNamespace:
        """Return embeddings as `pooler_output`, (texts, dim)."""
        return SimpleNamespace(pooler_output=self.texts(input_ids, attention_mask))
