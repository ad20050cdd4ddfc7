"""The numbers of a PhoCLIP dual encoder: two tower configs, the heads, the logit scale."""

import copy
from typing import Any, Literal

from huggingface_hub.dataclasses import strict
from transformers import AutoConfig, PreTrainedConfig
from transformers.configuration_utils import SubConfigSpec

# PhoBERT-base's sizes (64,001 ids; 256 tokens, whose positions start at 2). They differ from
# RoBERTa's defaults in the vocabulary, the positions and the token types.
PHOBERT_SIZES = {
    "vocab_size": 64001,
    "max_position_embeddings": 258,
    "type_vocab_size": 1,
    "layer_norm_eps": 1e-5,
}


@strict
class PhoCLIPConfig(PreTrainedConfig):
    """Holds every number that [`PhoCLIPModel`] is built from; building it downloads nothing.

    Args:
        vision_config: the image tower, any config that `AutoConfig` knows, or its dictionary with
            a `model_type`. Without one: timm's ResNet-50 (`timm_wrapper`).
        text_config: the text tower, likewise. Without one: RoBERTa in PhoBERT-base's sizes.
        projection_dim: width of the shared space, and of the heads.
        projection_type: `"mlp"` (Linear, GELU, Linear, dropout, residual, LayerNorm) or `"linear"`
            (one matrix without bias, as CLIP's).
        projection_dropout: dropout inside an `"mlp"` head, in [0, 1).
        text_pooling: `"cls"` (state of the first token) or `"mean"` (mean over the real tokens).
        logit_scale_init_value: the logarithm of the first logit scale; 2.6592 = ln(1 / 0.07).
        logit_bias_init_value: the first bias of the logits, for the sigmoid loss (SigLIP starts at
            -10); None leaves the model without one.
    """

    model_type = "phoclip"
    sub_configs_defaults = {
        "vision_config": SubConfigSpec(config_class=AutoConfig, model_type="timm_wrapper"),
        "text_config": SubConfigSpec(
            config_class=AutoConfig, model_type="roberta", init_kwargs=PHOBERT_SIZES
        ),
    }

    vision_config: PreTrainedConfig | dict | None = None
    text_config: PreTrainedConfig | dict | None = None
    projection_dim: int = 512
    projection_type: Literal["mlp", "linear"] = "mlp"
    projection_dropout: float | int = 0.1
    text_pooling: Literal["cls", "mean"] = "cls"
    logit_scale_init_value: float | int = 2.6592
    logit_bias_init_value: float | int | None = None

    def __post_init__(self, **kwargs: Any) -> None:
        copy_sub_configs(self)
        super().__post_init__(**kwargs)
        if self.vision_config.model_type == "timm_wrapper":
            # A tower has no classifier: without this, 1,000 ImageNet labels fill config.json.
            self.vision_config.num_labels = 0
            self.vision_config.num_classes, self.vision_config.label_names = 0, []

    def validate_architecture(self) -> None:
        """Raise `ValueError` for a width or a dropout no head can have (called by `@strict`)."""
        if self.projection_dim < 1:
            raise ValueError(
                f"projection_dim={self.projection_dim}: the shared space needs at least one "
                "dimension; 512 is the default."
            )
        if not 0 <= self.projection_dropout < 1:
            raise ValueError(
                f"projection_dropout={self.projection_dropout}: expected a share in [0, 1), "
                "such as 0.1."
            )

    def to_diff_dict(self) -> dict[str, Any]:
        """Return what `config.json` holds: no folder of the machine that trained the towers."""
        return without_paths(super().to_diff_dict())


def copy_sub_configs(config: PreTrainedConfig) -> None:
    """Let a config of parts hold copies of the configs that it is given.

    Transformers resets the attention of every part of a new config: a built model that went on
    reading its own config there would attend without a mask, to padding and to later tokens.
    """
    for name in config.sub_configs:
        setattr(config, name, copy.deepcopy(getattr(config, name)))


def without_paths(values: dict[str, Any]) -> dict[str, Any]:
    """Return `values` and every dictionary in it without `_name_or_path`.

    Transformers leaves the outermost one out of a saved config, and keeps those of nested ones.
    """
    return {
        name: without_paths(value) if isinstance(value, dict) else value
        for name, value in values.items()
        if name != "_name_or_path"
    }


__all__ = ["PhoCLIPConfig", "copy_sub_configs", "without_paths"]
