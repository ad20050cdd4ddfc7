"""Building the two towers of a PhoCLIP model, their heads, and running them."""

import inspect
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu
from transformers import MODEL_MAPPING, AutoModel, PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import BaseModelOutputWithPooling

from .configuration_phoclip import PhoCLIPConfig

try:  # Only timm towers need it; remote code loads without it
    import timm
except ImportError:
    timm = None


class PhoCLIPProjectionHead(nn.Module):
    """Maps features to the shared space: Linear, GELU, Linear, dropout, residual, LayerNorm.

    (batch, in_features) to (batch, dim). The residual is the first Linear's output, as in the
    seed systems' projection head.
    """

    def __init__(self, in_features: int, dim: int, dropout: float):
        super().__init__()
        self.input_linear = nn.Linear(in_features, dim)
        self.output_linear = nn.Linear(dim, dim)
        self.dropout = nn.Dropout(dropout)
        self.layer_norm = nn.LayerNorm(dim)

    def forward(self, features: Tensor) -> Tensor:
        """Return the projected features, (batch, dim)."""
        projected = self.input_linear(features)
        update = self.dropout(self.output_linear(gelu(projected)))
        return self.layer_norm(projected + update)


def build_head(in_features: int, config: PhoCLIPConfig) -> nn.Module:
    """Return the head that `config.projection_type` names, from `in_features` wide features."""
    if config.projection_type == "linear":
        return nn.Linear(in_features, config.projection_dim, bias=False)
    return PhoCLIPProjectionHead(in_features, config.projection_dim, config.projection_dropout)


def build_vision_tower(config: PreTrainedConfig) -> PreTrainedModel:
    """Return an image tower with random weights that can be trained.

    Transformers initialises each convolution of a timm tower with N(0, 0.02), far too small: a
    fresh MobileNetV2's features come out near 1e-24. So timm's own initialisation is put back. On
    the meta device, where `from_pretrained` builds its models, there is nothing to put back.
    """
    tower = AutoModel.from_config(config, dtype=torch.get_default_dtype())
    if config.model_type == "timm_wrapper" and not next(tower.parameters()).is_meta:
        fresh = timm.create_model(config.architecture, num_classes=0, **(config.model_args or {}))
        tower.timm_model.load_state_dict(fresh.state_dict())
    return tower


def build_text_tower(config: PreTrainedConfig) -> PreTrainedModel:
    """Return a text tower with random weights, without a pooler where its class allows that."""
    return AutoModel.from_config(config, dtype=torch.get_default_dtype(), **without_pooler(config))


def without_pooler(config: PreTrainedConfig) -> dict[str, bool]:
    """Return the keyword that leaves BERT's tanh pooler out of `config`'s model, if it has one."""
    signature = inspect.signature(MODEL_MAPPING[type(config)].__init__)
    return {"add_pooling_layer": False} if "add_pooling_layer" in signature.parameters else {}


def vision_width(tower: PreTrainedModel) -> int:
    """Return the width of an image tower's pooled features.

    For timm it is `head_hidden_size`, not `num_features`: mobilenetv4_conv_small has 1,280 and 960.
    """
    if hasattr(tower, "timm_model"):
        return tower.timm_model.head_hidden_size
    config = tower.config
    return config.hidden_size if hasattr(config, "hidden_size") else config.hidden_sizes[-1]


def set_auto_map(model: PreTrainedModel) -> None:
    """Write into `model.config` which of the saved files holds which Auto class.

    `save_pretrained` copies the code into the folder itself, so the map is written anew: a model
    that came from the Hub (`org/name--modeling…`) must not point back there.
    """
    names = {"AutoConfig": type(model.config)} | dict.fromkeys(model._auto_map_names, type(model))
    model.config.auto_map = {
        name: f"{cls.__module__.rpartition('.')[2]}.{cls.__name__}" for name, cls in names.items()
    }


def given(**arguments: Any) -> dict[str, Any]:
    """Return the arguments that are not None.

    An `output_attentions=None` that is passed on hides the config's from `capture_outputs` of
    Transformers.
    """
    return {name: value for name, value in arguments.items() if value is not None}


def encode_images(
    tower: PreTrainedModel,
    head: nn.Module,
    pixel_values: Tensor,
    output_attentions: bool | None = None,
    output_hidden_states: bool | None = None,
    interpolate_pos_encoding: bool = False,
) -> BaseModelOutputWithPooling:
    """Return the tower's output with `pooler_output` replaced by its projection.

    Args:
        tower: any image model of Transformers, or timm's wrapper.
        head: from pooled features to the shared space.
        pixel_values: (images, 3, height, width).
        output_attentions: not passed to timm, which refuses it; None leaves it to the config.
        output_hidden_states: passed on; None leaves it to the config.
        interpolate_pos_encoding: passed on where it is set.
    """
    flags = {"output_hidden_states": output_hidden_states}
    if not hasattr(tower, "timm_model"):
        flags["output_attentions"] = output_attentions
        flags["interpolate_pos_encoding"] = interpolate_pos_encoding or None
    output = tower(pixel_values=pixel_values, return_dict=True, **given(**flags))
    pooled = output.pooler_output.flatten(1)  # (images, width); ResNets pool to (…, width, 1, 1)
    return BaseModelOutputWithPooling(
        last_hidden_state=output.last_hidden_state,
        pooler_output=head(pooled),
        hidden_states=output.hidden_states,
        attentions=output.get("attentions"),
    )


def encode_texts(
    tower: PreTrainedModel,
    head: nn.Module,
    pooling: str,
    attention_mask: Tensor | None = None,
    **inputs: Any,
) -> BaseModelOutputWithPooling:
    """Return the tower's output with the projection of its pooled tokens as `pooler_output`.

    Args:
        tower: any text encoder of Transformers.
        head: from pooled states to the shared space.
        pooling: `"cls"` for the first token's state, `"mean"` for the mean over real tokens.
        attention_mask: (texts, tokens), 1 for real tokens; None takes every token as real.
        inputs: `input_ids` (texts, tokens) and the tower's flags; those that are None are left out.
    """
    output = tower(attention_mask=attention_mask, return_dict=True, **given(**inputs))
    states = output.last_hidden_state  # (texts, tokens, width)
    if pooling == "cls":
        pooled = states[:, 0]
    elif attention_mask is None:
        pooled = states.mean(dim=1)
    else:
        weights = attention_mask.unsqueeze(-1).to(states.dtype)  # (texts, tokens, 1)
        pooled = (states * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)
    return BaseModelOutputWithPooling(
        last_hidden_state=states,
        pooler_output=head(pooled),
        hidden_states=output.hidden_states,
        attentions=output.attentions,
    )
