"""PhoBLIP: a Vietnamese BLIP. What its models share: towers, heads, and the matching of a pair.

Li et al. 2022, "BLIP: Bootstrapping Language-Image Pre-training for Unified Vision-Language
Understanding and Generation". A pre-training checkpoint loads into each of the models.
"""

from collections.abc import Collection
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from transformers import initialization as init
from transformers.modeling_outputs import BaseModelOutputWithPooling
from transformers.models.roberta.modeling_roberta import RobertaLMHead
from transformers.utils import can_return_tuple

from .configuration_phoblip import PhoBLIPConfig
from .images_phoblip import feature_width, see
from .modeling_phoclip import PhoCLIPPreTrainedModel
from .text_phoblip import PhoBLIPTextModel
from .tokens_phoblip import add_mode_tokens
from .towers_phoclip import build_head, build_vision_tower, encode_texts, set_auto_map, vision_width


class PhoBLIPPreTrainedModel(PhoCLIPPreTrainedModel):
    """Builds, initialises and saves the PhoBLIP models: an image tower, a text transformer.

    Args:
        config: the numbers.
        attentions: what the text transformer has: see `PhoBLIPTextModel`.
    """

    config_class = PhoBLIPConfig
    base_model_prefix = "phoblip"
    _auto_map_names = ()
    # Further Auto classes that a checkpoint serves → the models that they build from it.
    _auto_map_others: dict[str, type[PreTrainedModel]] = {}

    def __init__(self, config: PhoBLIPConfig, attentions: Collection[str]):
        super().__init__(config)
        self.vision_model = build_vision_tower(config.vision_config)
        self.text_model = PhoBLIPTextModel(
            config.text_config, attentions, feature_width(self.vision_model)
        )

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        super()._init_weights(module)
        if isinstance(module, RobertaLMHead):
            init.zeros_(module.bias)
        elif isinstance(module, PhoBLIPScorer):
            init.constant_(module.logit_scale, module.config.logit_scale_init_value)

    def get_input_embeddings(self) -> nn.Module:
        """Return the token embeddings."""
        return self.text_model.get_input_embeddings()

    def set_input_embeddings(self, value: nn.Module) -> None:
        """Replace the token embeddings."""
        self.text_model.set_input_embeddings(value)

    def adopt_tokenizer(self, tokenizer: PreTrainedTokenizerBase) -> None:
        """Teach the tokenizer [Encode] and [Decode], and make room for all of its ids."""
        modes = add_mode_tokens(tokenizer)
        if len(tokenizer) > self.config.text_config.vocab_size:
            self.resize_token_embeddings(len(tokenizer), mean_resizing=False)
        for field, token_id in modes.items():
            setattr(self.config, field, token_id)

    def save_pretrained(self, save_directory: Any, *args: Any, **kwargs: Any) -> Any:
        """Save weights, config and code: a Hub repository that loads without this package."""
        set_auto_map(self)
        self.config.auto_map |= {
            name: f"{cls.__module__.rpartition('.')[2]}.{cls.__name__}"
            for name, cls in self._auto_map_others.items()
        }
        return PreTrainedModel.save_pretrained(self, save_directory, *args, **kwargs)

    def in_mode(self, input_ids: Tensor, token_id: int) -> Tensor:
        """Return the ids with `token_id`, [Encode] or [Decode], in the place of `<s>`."""
        return input_ids.masked_fill(input_ids == self.config.text_config.bos_token_id, token_id)


class PhoBLIPScorer(PhoBLIPPreTrainedModel):
    """Embeds pictures and texts into one space, and looks closely at single pairs.

    Its subclasses have a `forward`, and call `post_init` when all of their parts are there.
    """

    def __init__(self, config: PhoBLIPConfig, attentions: Collection[str]):
        super().__init__(config, attentions)
        self.visual_projection = build_head(self._pooled_width(), config)
        self.text_projection = build_head(config.text_config.hidden_size, config)
        self.matching_head = nn.Linear(config.text_config.hidden_size, 2)
        self.logit_scale = nn.Parameter(torch.tensor(float(config.logit_scale_init_value)))

    def _pooled_width(self) -> int:
        by_tower = self.config.image_pooling == "tower"
        return (vision_width if by_tower else feature_width)(self.vision_model)

    @can_return_tuple
    def get_image_features(
        self,
        pixel_values: Tensor,
        output_attentions: bool | None = None,
        output_hidden_states: bool | None = None,
    ) -> tuple | BaseModelOutputWithPooling:
        """Return what the tower sees, and its projection, not normalised, as `pooler_output`.

        `last_hidden_state`, (images, positions, width), is what texts look at: `match` takes it.

        Args:
            pixel_values: (images, 3, height, width), as the processor gives them.
            output_attentions: return attention maps; timm towers have none to give.
            output_hidden_states: return the hidden states of every stage.
            return_dict: False for a tuple.
        """
        output = see(
            self.vision_model,
            self.config.image_pooling,
            pixel_values,
            output_attentions=output_attentions,
            output_hidden_states=output_hidden_states,
        )
        output.pooler_output = self.visual_projection(output.pooler_output)
        return output

    @can_return_tuple
    def get_text_features(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        position_ids: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        output_attentions: bool | None = None,
        output_hidden_states: bool | None = None,
    ) -> tuple | BaseModelOutputWithPooling:
        """Return the unimodal encoder's output, `pooler_output` projected and not normalised.

        Args:
            input_ids: (texts, tokens), padding on the right.
            attention_mask: (texts, tokens), 1 for real tokens; None takes every token as real.
            position_ids: (texts, tokens); None counts the real tokens.
            token_type_ids: (texts, tokens); None is type 0.
            output_attentions: return attention maps.
            output_hidden_states: return the hidden states of every layer.
            return_dict: False for a tuple.
        """
        return encode_texts(
            self.text_model,
            self.text_projection,
            self.config.text_pooling,
            input_ids=input_ids,
            attention_mask=attention_mask,
            position_ids=position_ids,
            token_type_ids=token_type_ids,
            output_attentions=output_attentions,
            output_hidden_states=output_hidden_states,
        )

    def match(
        self, image_states: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None
    ) -> Tensor:
        """Return the logits of no and yes, (pairs, 2): does text i belong to picture i?

        Args:
            image_states: (pairs, positions, width), `last_hidden_state` of `get_image_features`; or
                one picture for all texts.
            input_ids: (pairs, tokens), padding on the right; or one text for all pictures.
            attention_mask: of the same shape.
        """
        pairs = max(len(image_states), len(input_ids))
        if {len(image_states), len(input_ids)} - {1, pairs}:
            raise ValueError(
                f"{len(image_states)} pictures and {len(input_ids)} texts are no pairs: give as "
                "many of one as of the other, or one for all."
            )
        if attention_mask is not None:
            attention_mask = attention_mask.expand(pairs, -1)
        states = self.text_model(
            self.in_mode(input_ids, self.config.encode_token_id).expand(pairs, -1),
            attention_mask=attention_mask,
            image_states=image_states.expand(pairs, -1, -1),
        ).last_hidden_state
        return self.matching_head(states[:, 0])  # [Encode]'s state


__all__ = ["PhoBLIPPreTrainedModel", "PhoBLIPScorer"]
