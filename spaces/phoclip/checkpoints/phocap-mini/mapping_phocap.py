"""The mapping network of ClipCap: from a picture's embedding to the prefix of its caption."""

import torch
from torch import Tensor, nn


class PhoCapMapping(nn.Module):
    """Maps (batch, image_dim) to (batch, prefix_length, text_dim): Linear, tanh, Linear."""

    def __init__(self, image_dim: int, hidden_dim: int, prefix_length: int, text_dim: int):
        super().__init__()
        self.input_linear = nn.Linear(image_dim, hidden_dim)
        self.output_linear = nn.Linear(hidden_dim, prefix_length * text_dim)
        self.prefix_length = prefix_length

    def forward(self, image_embeds: Tensor) -> Tensor:
        """Return the prefix, (batch, prefix_length, text_dim)."""
        prefix = self.output_linear(torch.tanh(self.input_linear(image_embeds)))
        return prefix.unflatten(1, (self.prefix_length, -1))
