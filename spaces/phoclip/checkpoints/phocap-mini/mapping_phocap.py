"""The mapping networks of ClipCap: from a picture's embedding to the prefix of its caption.

Mokady et al. 2021, "ClipCap: CLIP Prefix for Image Captioning", section 3: an MLP where the
language model learns too, a Transformer where it stays as it is.
"""

import torch
from torch import Tensor, nn

from .configuration_phocap import PhoCapConfig


def build_mapping(config: PhoCapConfig) -> nn.Module:
    """Return the mapping network that `config.mapping_type` names.

    It maps (batch, image_width) to (batch, prefix_length, text_dim).
    """
    return {"mlp": PhoCapMapping, "transformer": PhoCapTransformerMapping}[config.mapping_type](
        config
    )


class PhoCapMapping(nn.Module):
    """Linear, tanh, Linear."""

    def __init__(self, config: PhoCapConfig):
        super().__init__()
        text_dim = config.text_config.hidden_size
        hidden_dim = config.mapping_hidden_size or config.prefix_length * text_dim // 2
        self.prefix_length = config.prefix_length
        self.input_linear = nn.Linear(config.image_width, hidden_dim)
        self.dropout = nn.Dropout(config.mapping_dropout)
        self.output_linear = nn.Linear(hidden_dim, config.prefix_length * text_dim)

    def forward(self, image_embeds: Tensor) -> Tensor:
        """Return the prefix, (batch, prefix_length, text_dim)."""
        hidden = self.dropout(torch.tanh(self.input_linear(image_embeds)))
        return self.output_linear(hidden).unflatten(1, (self.prefix_length, -1))


class PhoCapTransformerMapping(nn.Module):
    """A Transformer over the embedding, cut into positions, and learned constants.

    What stands at the constants' places in the end is the prefix.
    """

    def __init__(self, config: PhoCapConfig):
        super().__init__()
        text_dim = config.text_config.hidden_size
        self.image_length = config.mapping_image_length
        self.input_linear = nn.Linear(config.image_width, self.image_length * text_dim)
        self.constants = nn.Parameter(torch.zeros(config.prefix_length, text_dim))
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(
                text_dim,
                config.mapping_num_heads,
                dim_feedforward=2 * text_dim,
                dropout=config.mapping_dropout,
                batch_first=True,
                norm_first=True,
            ),
            config.mapping_num_layers,
            enable_nested_tensor=False,
        )

    def forward(self, image_embeds: Tensor) -> Tensor:
        """Return the prefix, (batch, prefix_length, text_dim)."""
        image = self.input_linear(image_embeds).unflatten(1, (self.image_length, -1))
        constants = self.constants.expand(len(image), -1, -1)
        return self.encoder(torch.cat([image, constants], dim=1))[:, self.image_length :]


__all__ = ["PhoCapMapping", "PhoCapTransformerMapping", "build_mapping"]
