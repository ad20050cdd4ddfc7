"""What any image tower sees as a sequence of states: a ViT's tokens, or a grid of features."""

from typing import Any

from torch import Tensor, nn
from torch.nn.functional import layer_norm
from transformers import PreTrainedModel
from transformers.modeling_outputs import BaseModelOutputWithPooling

from .towers_phoclip import encode_images, vision_width


def feature_width(tower: PreTrainedModel) -> int:
    """Return the width of each state of a picture; timm's pooled features may be wider."""
    return tower.timm_model.num_features if hasattr(tower, "timm_model") else vision_width(tower)


def see(
    tower: PreTrainedModel, pooling: str, pixel_values: Tensor, **flags: Any
) -> BaseModelOutputWithPooling:
    """Return `last_hidden_state` (images, positions, width) and `pooler_output` (images, dim).

    Args:
        tower: any image model of Transformers, or timm's wrapper.
        pooling: `"tower"` for the tower's own pooled features, `"cls"` for its first token's state.
        pixel_values: (images, 3, height, width).
        flags: as `encode_images` of PhoCLIP takes them.
    """
    output = encode_images(tower, nn.Identity(), pixel_values, **flags)
    output.last_hidden_state = as_sequence(tower, output.last_hidden_state)
    if pooling == "cls":
        output.pooler_output = output.last_hidden_state[:, 0]
    return output


def as_sequence(tower: PreTrainedModel, states: Tensor) -> Tensor:
    """Return tokens as they are and a grid row by row, (images, positions, width).

    A grid's states are scaled to mean 0 and variance 1, as a ViT's last LayerNorm leaves its
    tokens: what convolutions end with is close to 0, and cross-attention would hardly see it.

    Args:
        tower: says where its channels are: timm's `output_fmt`, of Swin "NHWC"; others "NCHW".
        states: (images, positions, width), or (images, width, rows, columns).
    """
    if states.ndim == 3:
        return states
    layout = getattr(getattr(tower, "timm_model", None), "output_fmt", "NCHW")
    channels_last = str(getattr(layout, "value", layout)) == "NHWC"
    grid = states.flatten(1, 2) if channels_last else states.flatten(2).transpose(1, 2)
    return layer_norm(grid, grid.shape[-1:])
