"""PhoBLIP from PhoCLIP: the numbers and the weights that the two have in common."""

from typing import Any

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from .configuration_phoblip import PhoBLIPConfig
from .modeling_phoclip import PhoCLIPModel
from .tokens_phoblip import add_mode_tokens

SHARED = ("projection_dim", "projection_type", "projection_dropout", "text_pooling")


def config_like(
    phoclip: PhoCLIPModel, tokenizer: PreTrainedTokenizerBase, numbers: dict[str, Any]
) -> PhoBLIPConfig:
    """Return the config of a PhoBLIP with `phoclip`'s towers and heads, and room for all tokens.

    Args:
        phoclip: the dual encoder.
        tokenizer: learns [Encode] and [Decode].
        numbers: further fields of [`PhoBLIPConfig`].
    """
    values = phoclip.config.to_dict()
    modes = add_mode_tokens(tokenizer)
    rows = max(len(tokenizer), values["text_config"]["vocab_size"])
    return PhoBLIPConfig(
        vision_config=values["vision_config"],
        text_config=values["text_config"] | {"vocab_size": rows},
        **{name: values[name] for name in SHARED} | modes | numbers,
    )


@torch.no_grad()
def take_weights(model: PreTrainedModel, phoclip: PhoCLIPModel) -> None:
    """Copy towers, heads and logit scale; the decoder's self-attention is a copy of the encoder's.

    A BERT pooler is left behind, and what PhoCLIP lacks stays as it is.
    """
    for part in ("vision_model", "visual_projection", "text_projection"):
        getattr(model, part).load_state_dict(getattr(phoclip, part).state_dict())
    weights = phoclip.text_model.state_dict()
    words = weights.pop("embeddings.word_embeddings.weight")
    model.get_input_embeddings().weight[: len(words)] = words
    model.text_model.load_state_dict(weights, strict=False)
    for layer in model.text_model.encoder["layer"]:
        layer.causal_attention.load_state_dict(layer.attention.state_dict())
    model.logit_scale.copy_(phoclip.logit_scale)
