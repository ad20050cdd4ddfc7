"""The numbers of a PhoCap captioner: image encoder, mapping network, prefix, language model."""

from typing import Any, Literal

from huggingface_hub.dataclasses import strict
from transformers import AutoConfig, PreTrainedConfig
from transformers.configuration_utils import SubConfigSpec

from .configuration_phoclip import PhoCLIPConfig, copy_sub_configs, without_paths

# A small GPT-2 that speaks PhoBERT's ids: <s> 0, <pad> 1, </s> 2.
VIETNAMESE_GPT2 = {
    "vocab_size": 64001,
    "n_positions": 128,
    "bos_token_id": 0,
    "eos_token_id": 2,
    "pad_token_id": 1,
}


@strict
class PhoCapConfig(PreTrainedConfig):
    """Holds every number that [`PhoCapForConditionalGeneration`] is built from; downloads nothing.

    Args:
        image_config: whose image half looks at the picture: a [`PhoCLIPConfig`], or the config of
            any model of Transformers with `get_image_features`, such as CLIP or SigLIP.
        text_config: the language model, any causal one that `AutoConfig` knows. Without one: GPT-2
            over PhoBERT's 64,001 ids and special tokens.
        prefix_length: positions that the picture takes in the language model.
        mapping_type: `"mlp"` (Linear, tanh, Linear) or `"transformer"` (ClipCap's for a frozen
            language model).
        mapping_hidden_size: width inside an `"mlp"`; None is ClipCap's
            prefix_length · hidden_size // 2.
        mapping_num_layers: layers of a `"transformer"`.
        mapping_num_heads: its attention heads; they divide the language model's width.
        mapping_image_length: positions that the embedding takes inside a `"transformer"`, beside
            the prefix_length learned constants.
        mapping_dropout: dropout inside the mapping network, in [0, 1).
        normalize_image_embeds: scale image embeddings to unit length before mapping them.
    """

    model_type = "phocap"
    sub_configs_defaults = {
        "image_config": SubConfigSpec(config_class=PhoCLIPConfig),
        "text_config": SubConfigSpec(
            config_class=AutoConfig, model_type="gpt2", init_kwargs=VIETNAMESE_GPT2
        ),
    }

    image_config: PreTrainedConfig | dict | None = None
    text_config: PreTrainedConfig | dict | None = None
    prefix_length: int = 10
    mapping_type: Literal["mlp", "transformer"] = "mlp"
    mapping_hidden_size: int | None = None
    mapping_num_layers: int = 8
    mapping_num_heads: int = 8
    mapping_image_length: int = 10
    mapping_dropout: float | int = 0.0
    normalize_image_embeds: bool = True

    def __post_init__(self, **kwargs: Any) -> None:
        image = self.image_config
        if isinstance(image, dict) and image.get("model_type", "phoclip") != "phoclip":
            self.image_config = AutoConfig.for_model(**image)
        copy_sub_configs(self)
        super().__post_init__(**kwargs)

    @property
    def image_width(self) -> int:
        """Width of the image embeddings."""
        config = self.image_config
        if getattr(config, "projection_dim", None):
            return config.projection_dim
        return config.vision_config.hidden_size  # SigLIP has no projection

    def validate_architecture(self) -> None:
        """Raise `ValueError` for numbers that no captioner can have (called by `@strict`)."""
        for name, default in (
            ("prefix_length", 10),
            ("mapping_num_layers", 8),
            ("mapping_num_heads", 8),
            ("mapping_image_length", 10),
        ):
            if (value := getattr(self, name)) < 1:
                raise ValueError(f"{name}={value}: expected 1 or more; {default} is the default.")
        if not 0 <= self.mapping_dropout < 1:
            raise ValueError(
                f"mapping_dropout={self.mapping_dropout}: expected a share in [0, 1), such as 0.1."
            )
        width, heads = self.text_config.hidden_size, self.mapping_num_heads
        if self.mapping_type == "transformer" and width % heads:
            raise ValueError(
                f"mapping_num_heads={heads} does not divide the language model's width {width}."
            )

    def to_diff_dict(self) -> dict[str, Any]:
        """Return what `config.json` holds: no folder of the machine that trained the parts."""
        return without_paths(super().to_diff_dict())


__all__ = ["PhoCapConfig"]
