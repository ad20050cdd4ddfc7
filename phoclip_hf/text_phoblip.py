"""PhoBLIP's text transformer: PhoBERT with cross-attention, in three modes.

Li et al. 2022, "BLIP", section 3.1: a unimodal encoder, an image-grounded encoder, an
image-grounded decoder. The last two differ in self-attention alone; everything else is shared. The
parts are RoBERTa's and bear its names, so that PhoBERT's weights load.
"""

from collections.abc import Collection
from typing import Any

import torch
from torch import Tensor, nn
from transformers import Cache, DynamicCache, EncoderDecoderCache, RobertaConfig
from transformers.masking_utils import create_bidirectional_mask, create_causal_mask
from transformers.modeling_layers import GradientCheckpointingLayer
from transformers.modeling_outputs import BaseModelOutputWithPastAndCrossAttentions
from transformers.models.roberta.modeling_roberta import (
    RobertaAttention,
    RobertaCrossAttention,
    RobertaEmbeddings,
    RobertaIntermediate,
    RobertaOutput,
    RobertaPreTrainedModel,
    RobertaSelfAttention,
)
from transformers.utils.generic import merge_with_config_defaults
from transformers.utils.output_capturing import capture_outputs

# The attentions of a layer; a model that is used in some modes only does without the others.
ATTENTION, CAUSAL, CROSS = "attention", "causal_attention", "crossattention"


class PhoBLIPTextLayer(GradientCheckpointingLayer):
    """One layer: self-attention of either kind, cross-attention where there is a picture, MLP.

    Args:
        config: RoBERTa's numbers.
        layer_idx: place in the cache.
        attentions: some of `ATTENTION`, `CAUSAL`, `CROSS`.
        image_dim: width of the picture's states.
    """

    def __init__(
        self, config: RobertaConfig, layer_idx: int, attentions: Collection[str], image_dim: int
    ):
        super().__init__()
        if ATTENTION in attentions:
            self.attention = RobertaAttention(config, layer_idx=layer_idx)
        if CAUSAL in attentions:
            self.causal_attention = RobertaAttention(config, is_causal=True, layer_idx=layer_idx)
        if CROSS in attentions:
            self.crossattention = RobertaAttention(
                config, layer_idx=layer_idx, is_cross_attention=True
            )
            for name in ("key", "value"):  # RoBERTa's are as wide as the text
                setattr(self.crossattention.self, name, nn.Linear(image_dim, config.hidden_size))
        self.intermediate = RobertaIntermediate(config)
        self.output = RobertaOutput(config)

    def forward(
        self,
        hidden_states: Tensor,
        attention_mask: Tensor | None = None,
        image_states: Tensor | None = None,
        causal: bool = False,
        cache: EncoderDecoderCache | None = None,
        **kwargs: Any,
    ) -> Tensor:
        """Return the new states, (texts, tokens, hidden_size)."""
        attention = self.causal_attention if causal else self.attention
        hidden_states, _ = attention(hidden_states, attention_mask, cache=cache, **kwargs)
        if image_states is not None:
            hidden_states, _ = self.crossattention(
                hidden_states, encoder_hidden_states=image_states, cache=cache, **kwargs
            )
        return self.output(self.intermediate(hidden_states), hidden_states)


class PhoBLIPTextModel(RobertaPreTrainedModel):
    """Token states of Vietnamese texts, of a text beside its picture, or of a text so far.

    Args:
        config: RoBERTa's numbers.
        attentions: what the modes that are used need: `ATTENTION` reads a text, `CAUSAL` writes
            one, `CROSS` looks at a picture.
        image_dim: width of the picture's states.
    """

    _no_split_modules = ["RobertaEmbeddings", "PhoBLIPTextLayer"]
    _can_record_outputs = {
        "hidden_states": PhoBLIPTextLayer,
        "attentions": RobertaSelfAttention,
        "cross_attentions": RobertaCrossAttention,
    }

    def __init__(
        self,
        config: RobertaConfig,
        attentions: Collection[str] = (ATTENTION, CAUSAL, CROSS),
        image_dim: int = 768,
    ):
        super().__init__(config)
        self.embeddings = RobertaEmbeddings(config)
        layers = [
            PhoBLIPTextLayer(config, index, attentions, image_dim)
            for index in range(config.num_hidden_layers)
        ]
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(layers)})
        self.post_init()

    def get_input_embeddings(self) -> nn.Module:
        """Return the token embeddings."""
        return self.embeddings.word_embeddings

    def set_input_embeddings(self, value: nn.Module) -> None:
        """Replace the token embeddings."""
        self.embeddings.word_embeddings = value

    @merge_with_config_defaults
    @capture_outputs
    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        image_states: Tensor | None = None,
        causal: bool = False,
        cache: Cache | None = None,
        use_cache: bool | None = None,
        position_ids: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        **kwargs: Any,
    ) -> BaseModelOutputWithPastAndCrossAttentions:
        """Return the state of every token, (texts, tokens, hidden_size).

        Args:
            input_ids: (texts, tokens); with a cache only the tokens that are new.
            attention_mask: (texts, cached + new tokens), 1 for real tokens; padding on either side.
            image_states: (texts, positions, image_dim): each text looks at its picture. None reads
                the text alone.
            causal: no token looks ahead: the decoder's self-attention.
            cache: what decoding has kept of earlier tokens and of the picture.
            use_cache: return the cache; only with `causal`.
            position_ids: (texts, tokens); None counts the real tokens.
            token_type_ids: (texts, tokens); None is type 0.
        """
        if causal and use_cache and not isinstance(cache, EncoderDecoderCache):
            own = DynamicCache(config=self.config) if cache is None else cache
            cache = EncoderDecoderCache(own, DynamicCache(config=self.config))
        cached = cache.get_seq_length() if cache is not None else 0
        if position_ids is None:
            position_ids = self._position_ids(input_ids, attention_mask, cached)
        states = self.embeddings(
            input_ids, position_ids=position_ids, token_type_ids=token_type_ids
        )
        masking = {"config": self.config, "inputs_embeds": states, "attention_mask": attention_mask}
        mask = (
            create_causal_mask(cache=cache, **masking)
            if causal
            else create_bidirectional_mask(**masking)
        )
        for layer in self.encoder["layer"]:
            states = layer(states, mask, image_states, causal=causal, cache=cache, **kwargs)
        return BaseModelOutputWithPastAndCrossAttentions(
            last_hidden_state=states, cache=cache if use_cache and causal else None
        )

    def _position_ids(
        self, input_ids: Tensor, attention_mask: Tensor | None, cached: int
    ) -> Tensor:
        """Return RoBERTa's positions, which start after `pad_token_id`, whatever the padding."""
        if attention_mask is None:
            shown = torch.ones_like(input_ids)
            counted = shown.cumsum(dim=1) + cached
        else:
            counted = attention_mask.long().cumsum(dim=1)[:, -input_ids.shape[1] :]
            shown = attention_mask[:, -input_ids.shape[1] :].long()
        return counted * shown + self.config.pad_token_id
