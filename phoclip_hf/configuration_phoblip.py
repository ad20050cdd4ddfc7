"""The numbers of a PhoBLIP model: two towers, the shared space, momentum, queue, losses."""

from typing import Literal

from huggingface_hub.dataclasses import strict
from transformers import AutoConfig
from transformers.configuration_utils import SubConfigSpec

from .configuration_phoclip import PHOBERT_SIZES, PhoCLIPConfig

# [Encode] and [Decode] follow PhoBERT's 64,001 ids.
PHOBERT_WITH_MODES = PHOBERT_SIZES | {"vocab_size": 64003}


@strict
class PhoBLIPConfig(PhoCLIPConfig):
    """Holds every number that the PhoBLIP models are built from; building it downloads nothing.

    `vision_config`, `projection_dim`, `projection_type`, `projection_dropout`, `text_pooling` and
    `logit_scale_init_value` mean what they mean in [`PhoCLIPConfig`].

    Args:
        text_config: the text transformer, a RoBERTa config. Without one: PhoBERT-base's sizes and
            two more ids.
        image_pooling: what becomes `image_embeds`: `"tower"`, the tower's own `pooler_output`, or
            `"cls"`, the state of its first token, as in BLIP.
        encode_token_id: [Encode], which takes the place of `<s>` where a text is matched.
        decode_token_id: [Decode], likewise where a text is written.
        queue_size: pairs of earlier batches that stand beside a batch in the contrastive loss; at
            most the pictures of one epoch, or a picture meets itself. 0 does without.
        momentum: share of its weights that a momentum encoder keeps in a step, in [0, 1]; in the
            first steps less.
        soft_label_share: share of the contrastive targets that the momentum encoders give, [0, 1].
        soft_label_warmup_steps: steps in which that share grows from 0; 0 starts with all of it.
        hard_negative_warmup_steps: steps in which the negatives of matching turn from any of the
            batch to the most alike, which alone teach it nothing at first; 0 starts with those.
        label_smoothing: of the language modelling loss, in [0, 1).
        tie_word_embeddings: the output layer is the token embeddings.
    """

    model_type = "phoblip"
    sub_configs_defaults = PhoCLIPConfig.sub_configs_defaults | {
        "text_config": SubConfigSpec(
            config_class=AutoConfig, model_type="roberta", init_kwargs=PHOBERT_WITH_MODES
        ),
    }

    image_pooling: Literal["tower", "cls"] = "tower"
    encode_token_id: int = 64001
    decode_token_id: int = 64002
    queue_size: int = 2048
    momentum: float | int = 0.995
    soft_label_share: float | int = 0.4
    soft_label_warmup_steps: int = 0
    hard_negative_warmup_steps: int = 0
    label_smoothing: float | int = 0.1
    tie_word_embeddings: bool = True

    def validate_architecture(self) -> None:
        """Raise `ValueError` for numbers that no PhoBLIP can have (called by `@strict`)."""
        super().validate_architecture()
        if self.text_config.model_type != "roberta":
            raise ValueError(
                f"text_config is a {self.text_config.model_type!r} model: PhoBLIP's text "
                "transformer is shaped as PhoBERT, whose model_type is 'roberta'."
            )
        if self.logit_bias_init_value is not None:
            raise ValueError(
                f"logit_bias_init_value={self.logit_bias_init_value}: PhoBLIP's softmax has no "
                "bias: leave it out."
            )
        for name in ("momentum", "soft_label_share", "label_smoothing"):
            if not 0 <= (value := getattr(self, name)) <= 1:
                raise ValueError(f"{name}={value}: expected a share in [0, 1].")
        rows = self.text_config.vocab_size
        for name in ("encode_token_id", "decode_token_id"):
            if not 0 <= (value := getattr(self, name)) < rows:
                raise ValueError(
                    f"{name}={value}, but text_config.vocab_size={rows}: add_mode_tokens of "
                    "tokens_phoblip gives the ids, and the embeddings need a row for each."
                )
        for name in ("queue_size", "soft_label_warmup_steps", "hard_negative_warmup_steps"):
            if (value := getattr(self, name)) < 0:
                raise ValueError(f"{name}={value}: expected 0 or more.")


__all__ = ["PhoBLIPConfig"]
