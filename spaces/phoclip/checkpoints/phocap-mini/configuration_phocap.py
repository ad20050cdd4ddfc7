"""The numbers of a PhoCap captioner: the image encoder, the prefix, the language model."""

from typing import Any

from huggingface_hub.dataclasses import strict
from transformers import AutoConfig, PreTrainedConfig
from transformers.configuration_utils import SubConfigSpec

from .configuration_phoclip import PhoCLIPConfig, without_paths

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
        image_config: the [`PhoCLIPConfig`] whose image half looks at the picture.
        text_config: the language model, any causal one that `AutoConfig` knows. Without one: GPT-2
            over PhoBERT's 64,001 ids and special tokens.
        prefix_length: positions that the picture takes in the language model.
        mapping_hidden_size: width inside the mapping network; None is ClipCap's
            prefix_length · hidden_size // 2.
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
    mapping_hidden_size: int | None = None
    normalize_image_embeds: bool = True

    def validate_architecture(self) -> None:
        """Raise `ValueError` where the prefix has no positions (called by `@strict`)."""
        if self.prefix_length < 1:
            raise ValueError(
                f"prefix_length={self.prefix_length}: the picture needs at least one position; "
                "10 is the default."
            )

    def to_diff_dict(self) -> dict[str, Any]:
        """Return what `config.json` holds: no folder of the machine that trained the parts."""
        return without_paths(super().to_diff_dict())


__all__ = ["PhoCapConfig"]
