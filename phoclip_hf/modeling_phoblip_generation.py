"""PhoBLIP as a captioner: the image-grounded decoder writes Vietnamese captions of pictures."""

from typing import Any

import torch
from torch import Tensor
from transformers import Cache, GenerationMixin
from transformers.modeling_outputs import CausalLMOutputWithCrossAttentions
from transformers.models.roberta.modeling_roberta import RobertaLMHead
from transformers.utils import can_return_tuple
from transformers.utils.deprecation import deprecate_kwarg

from .configuration_phoblip import PhoBLIPConfig
from .images_phoblip import see
from .modeling_phoblip import PhoBLIPPreTrainedModel
from .text_phoblip import CAUSAL, CROSS
from .towers_phoclip import given
from .writing_phoblip import PhoBLIPWriting

MAX_TOKENS = 40  # a caption of 40 tokens is a long one


class PhoBLIPForConditionalGeneration(PhoBLIPWriting, PhoBLIPPreTrainedModel, GenerationMixin):
    """Writes Vietnamese captions of pictures."""

    main_input_name = "pixel_values"
    _auto_map_names = ("AutoModelForImageTextToText",)
    # Of a pre-training checkpoint; what compares texts and pictures, and what training needs.
    _keys_to_ignore_on_load_unexpected = [
        r"^text_model\..*\.attention\.",
        r"^visual_projection\.",
        r"^text_projection\.",
        r"^matching_head\.",
        r"^logit_scale$",
        r"^momentum\.",
        r"^queue\.",
    ]

    def __init__(self, config: PhoBLIPConfig):
        super().__init__(config, (CAUSAL, CROSS))
        self.lm_head = RobertaLMHead(config.text_config)
        self.post_init()
        if self.generation_config.max_new_tokens is None:
            self.generation_config.max_new_tokens = MAX_TOKENS
            for name in ("bos_token_id", "eos_token_id", "pad_token_id"):
                setattr(self.generation_config, name, getattr(config.text_config, name))

    @can_return_tuple
    @deprecate_kwarg("past_key_values", "5.40.0", new_name="cache")  # as in Transformers' models
    def forward(
        self,
        pixel_values: Tensor | None = None,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        image_states: Tensor | None = None,
        labels: Tensor | None = None,
        cache: Cache | None = None,
        use_cache: bool | None = None,
        logits_to_keep: int = 0,
        output_attentions: bool | None = None,
        output_hidden_states: bool | None = None,
    ) -> tuple | CausalLMOutputWithCrossAttentions:
        """Return the logits of each caption token's successor, and the loss where labels are given.

        Args:
            pixel_values: (batch, 3, height, width), or give `image_states`.
            input_ids: (batch, tokens): `<s>`, which is read as [Decode], the caption, `</s>`.
            attention_mask: (batch, tokens); with a cache over the cached tokens too.
            image_states: (batch, positions, width), what the tower saw before.
            labels: (batch, tokens), as a rule `input_ids` themselves. `<s>`, padding and -100 cost
                nothing, `</s>` is a token like any other. The loss is smoothed by
                `config.label_smoothing`.
            cache: what `generate` keeps of earlier tokens and of the picture.
            use_cache: return it.
            logits_to_keep: number of last positions whose logits are computed; 0 is all.
            output_attentions: return attention and cross-attention maps.
            output_hidden_states: return the hidden states of every layer.
        """
        if input_ids is None:
            raise ValueError(
                "PhoBLIPForConditionalGeneration.forward() needs input_ids, the captions; to "
                "write, generate()."
            )
        if image_states is None:
            image_states = self.get_image_states(pixel_values)
        output, logits = self.write(
            input_ids,
            attention_mask,
            image_states,
            logits_to_keep,
            cache=cache,
            use_cache=False if labels is not None else use_cache,
            **given(output_attentions=output_attentions, output_hidden_states=output_hidden_states),
        )
        loss = None if labels is None else self.writing_loss(logits, labels, attention_mask)
        return CausalLMOutputWithCrossAttentions(
            loss=loss,
            logits=logits,
            cache=output.cache,
            hidden_states=output.hidden_states,
            attentions=output.attentions,
            cross_attentions=output.cross_attentions,
        )

    def get_image_states(self, pixel_values: Tensor | None) -> Tensor:
        """Return what the decoder looks at, (images, positions, width)."""
        if pixel_values is None:
            raise ValueError("PhoBLIP needs pixel_values or image_states; got neither.")
        return see(self.vision_model, self.config.image_pooling, pixel_values).last_hidden_state

    @torch.no_grad()
    def generate(
        self,
        pixel_values: Tensor | None = None,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        image_states: Tensor | None = None,
        **kwargs: Any,
    ) -> Any:
        """Return caption ids, (images · num_return_sequences, new tokens), without the prompt.

        Beams, sampling, `num_return_sequences`, `max_new_tokens` and every other option of
        Transformers work; each row of a batch gets what it would get alone.

        Args:
            pixel_values: (images, 3, height, width), or give `image_states`.
            input_ids: (images, tokens), the beginning of each caption, or None; padding on either
                side. The `</s>` that a processor appends is dropped, or nothing would follow it.
            attention_mask: (images, tokens).
            image_states: (images, positions, width).
            kwargs: options of `generate`.
        """
        if image_states is None:
            image_states = self.get_image_states(pixel_values)
        input_ids, attention_mask = self._prompts(len(image_states), input_ids, attention_mask)
        said = {"max_new_tokens", "max_length", "generation_config"} & kwargs.keys()
        if not said and self.generation_config.max_new_tokens is None:
            kwargs["max_new_tokens"] = MAX_TOKENS  # a checkpoint of pre-training says nothing of it
        output = super().generate(
            input_ids=input_ids.to(image_states.device),
            attention_mask=attention_mask.to(image_states.device),
            image_states=image_states,
            **kwargs,
        )
        start = input_ids.shape[1]
        if isinstance(output, Tensor):
            return output[:, start:]
        output.sequences = output.sequences[:, start:]  # with return_dict_in_generate
        return output

    def _prompts(
        self, images: int, input_ids: Tensor | None, attention_mask: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Return [Decode] and each beginning, moved to the right, and the mask over them."""
        numbers = self.config.text_config
        modes = torch.full((images, 1), self.config.decode_token_id)
        if input_ids is None:
            return modes, torch.ones_like(modes)
        if len(input_ids) != images:
            raise ValueError(
                f"{images} pictures but {len(input_ids)} beginnings in input_ids: give one for "
                "each picture, or none."
            )
        shown = (input_ids != numbers.bos_token_id) & (input_ids != numbers.eos_token_id)
        shown &= input_ids != numbers.pad_token_id
        if attention_mask is not None:
            shown &= attention_mask.bool()
        modes = modes.to(input_ids.device)
        input_ids = torch.cat([modes, input_ids.masked_fill(~shown, numbers.pad_token_id)], dim=1)
        shown = torch.cat([torch.ones_like(modes, dtype=torch.bool), shown], dim=1)
        order = shown.int().argsort(dim=1, stable=True)  # (images, tokens): hidden first
        start = int((~shown).sum(dim=1).min())  # columns that no row needs
        return input_ids.gather(1, order)[:, start:], shown.gather(1, order)[:, start:].long()


__all__ = ["PhoBLIPForConditionalGeneration"]
