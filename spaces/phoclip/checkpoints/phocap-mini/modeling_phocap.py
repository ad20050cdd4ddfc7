"""PhoCap: a picture's embedding becomes a prefix that a Vietnamese GPT-2 continues as a caption.

Mokady et al. 2021, "ClipCap: CLIP Prefix for Image Captioning": image embedding, MLP, prefix. The
language model reads [prefix, <s>, caption, </s>]; it is asked to predict the caption and </s>.
"""

import copy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize
from transformers import AutoModelForCausalLM, GenerationMixin, PreTrainedConfig, PreTrainedModel
from transformers import initialization as init
from transformers.modeling_outputs import CausalLMOutputWithPast
from transformers.utils import can_return_tuple

from .configuration_phocap import PhoCapConfig
from .mapping_phocap import PhoCapMapping
from .modeling_phoclip import PhoCLIPModel
from .modeling_phoclip_halves import PhoCLIPVisionModelWithProjection
from .towers_phoclip import given, set_auto_map

IGNORED = -100  # label of a position that costs nothing


class PhoCapForConditionalGeneration(PreTrainedModel, GenerationMixin):
    """Writes Vietnamese captions of pictures, or of image embeddings computed before."""

    config_class = PhoCapConfig
    base_model_prefix = "phocap"
    main_input_name = "pixel_values"
    input_modalities = ("image", "text")
    supports_gradient_checkpointing = True
    accepts_loss_kwargs = False
    _supports_sdpa = True
    _auto_map_names = ("AutoModelForImageTextToText",)

    def __init__(self, config: PhoCapConfig):
        super().__init__(config)
        self.image_encoder = PhoCLIPVisionModelWithProjection(config.image_config)
        self.language_model = AutoModelForCausalLM.from_config(
            config.text_config, dtype=torch.get_default_dtype()
        )
        text_dim = config.text_config.hidden_size
        hidden_dim = config.mapping_hidden_size or config.prefix_length * text_dim // 2
        self.mapping = PhoCapMapping(
            config.image_config.projection_dim, hidden_dim, config.prefix_length, text_dim
        )
        self.post_init()
        if self.generation_config.max_new_tokens is None:
            # The special tokens are the language model's; a caption of 40 tokens is a long one.
            self.generation_config.max_new_tokens = 40
            for name in ("bos_token_id", "eos_token_id", "pad_token_id"):
                setattr(self.generation_config, name, getattr(config.text_config, name))

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        super()._init_weights(module)
        if isinstance(module, nn.Linear):  # the mapping's: the other parts initialise their own
            init.normal_(module.weight, std=module.in_features**-0.5)

    def get_input_embeddings(self) -> nn.Module:
        """Return the language model's token embeddings."""
        return self.language_model.get_input_embeddings()

    def set_input_embeddings(self, value: nn.Module) -> None:
        """Replace the language model's token embeddings."""
        self.language_model.set_input_embeddings(value)

    def get_output_embeddings(self) -> nn.Module:
        """Return the language model's output layer."""
        return self.language_model.get_output_embeddings()

    def set_output_embeddings(self, value: nn.Module) -> None:
        """Replace the language model's output layer."""
        self.language_model.set_output_embeddings(value)

    def save_pretrained(self, save_directory: Any, *args: Any, **kwargs: Any) -> Any:
        """Save weights, config and code: a Hub repository that loads without this package."""
        set_auto_map(self)
        return super().save_pretrained(save_directory, *args, **kwargs)

    def _set_gradient_checkpointing(self, enable: bool = True, **kwargs: Any) -> None:
        for part in (self.image_encoder, self.language_model):
            part._set_gradient_checkpointing(enable=enable, **kwargs)

    def get_prefix(
        self, pixel_values: Tensor | None = None, image_embeds: Tensor | None = None
    ) -> Tensor:
        """Return the prefix of each picture, (images, prefix_length, text_dim).

        Args:
            pixel_values: (images, 3, height, width).
            image_embeds: (images, projection_dim) from [`PhoCLIPModel.get_image_features`], in
                place of the pictures; any length where `normalize_image_embeds` is set.
        """
        if (pixel_values is None) == (image_embeds is None):
            got = "neither" if pixel_values is None else "both"
            raise ValueError(f"PhoCap needs pixel_values or image_embeds, one of them; got {got}.")
        if image_embeds is None:
            image_embeds = self.image_encoder(pixel_values, return_dict=True).image_embeds
        width = self.config.image_config.projection_dim
        if image_embeds.ndim != 2 or image_embeds.shape[1] != width:
            raise ValueError(
                f"image_embeds is {tuple(image_embeds.shape)}, expected (images, {width}): "
                "embeddings of the PhoCLIP model that this captioner was trained with."
            )
        if self.config.normalize_image_embeds:
            image_embeds = normalize(image_embeds, dim=-1)
        return self.mapping(image_embeds.to(self.mapping.input_linear.weight.dtype))

    @can_return_tuple
    def forward(
        self,
        pixel_values: Tensor | None = None,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        image_embeds: Tensor | None = None,
        labels: Tensor | None = None,
        output_attentions: bool | None = None,
        output_hidden_states: bool | None = None,
    ) -> tuple | CausalLMOutputWithPast:
        """Return the logits of each caption token's successor, and the loss where labels are given.

        Args:
            pixel_values: (batch, 3, height, width), or give `image_embeds`.
            input_ids: (batch, tokens): <s>, the caption, </s>, padding on the right.
            attention_mask: (batch, tokens), 1 for real tokens; None takes every token as real.
            image_embeds: (batch, projection_dim).
            labels: (batch, tokens), as a rule `input_ids` themselves. <s>, which is given and not
                predicted, padding and -100 cost nothing; </s> is a token like any other. The loss
                is the mean over what is left.
            output_attentions: return the language model's attention maps.
            output_hidden_states: return the language model's hidden states.

        Returns:
            `logits` (batch, tokens, vocabulary): at each token, the next one. Hidden states and
            attentions are over prefix_length + tokens.
        """
        if input_ids is None:
            raise ValueError(
                "PhoCap.forward() needs input_ids, the captions; to write, generate()."
            )
        if attention_mask is None:
            attention_mask = torch.ones_like(input_ids)
        prefix = self.get_prefix(pixel_values, image_embeds)
        inputs_embeds, mask = self._prepend(prefix, input_ids, attention_mask)
        # (batch, prefix_length + tokens, vocabulary)
        output = self.language_model(
            inputs_embeds=inputs_embeds,
            attention_mask=mask,
            use_cache=False,
            return_dict=True,
            **given(output_attentions=output_attentions, output_hidden_states=output_hidden_states),
        )
        length = self.config.prefix_length
        loss = None
        if labels is not None:
            free = (attention_mask == 0) | (labels == self.config.text_config.bos_token_id)
            labels = labels.masked_fill(free, IGNORED)
            # The last prefix position predicts the first token, and so on: one step to the left.
            predictions = output.logits[:, length - 1 : -1].float()
            loss = cross_entropy(predictions.flatten(0, 1), labels.flatten(), ignore_index=IGNORED)
        return CausalLMOutputWithPast(
            loss=loss,
            logits=output.logits[:, length:],
            hidden_states=output.hidden_states,
            attentions=output.attentions,
        )

    @torch.no_grad()
    def generate(
        self,
        pixel_values: Tensor | None = None,
        image_embeds: Tensor | None = None,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        generation_config: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Return caption ids, (images · num_return_sequences, new tokens): no prefix, no prompt.

        The language model's own `generate` decodes, so beams, sampling, `num_return_sequences`,
        `max_new_tokens` and every other option of Transformers work; each row of a batch gets
        what it would get alone.

        Args:
            pixel_values: (images, 3, height, width), or give `image_embeds`.
            image_embeds: (images, projection_dim).
            input_ids: (images, tokens), the beginning of each caption, or None. The </s> that a
                processor appends is dropped, or nothing would follow it.
            attention_mask: (images, tokens).
            generation_config: None takes the captioner's own.
            kwargs: options of `generate`.
        """
        prefix = self.get_prefix(pixel_values, image_embeds)
        text_config = self.config.text_config
        if input_ids is None:
            input_ids = torch.full((len(prefix), 1), text_config.bos_token_id, device=prefix.device)
        if len(input_ids) != len(prefix):
            raise ValueError(
                f"{len(prefix)} pictures but {len(input_ids)} beginnings in input_ids: give one "
                "for each picture, or none."
            )
        # Padding and </s> are hidden: positions are counted over what the mask shows.
        shown = input_ids != text_config.eos_token_id
        if attention_mask is not None:
            shown &= attention_mask.bool()
        input_ids, shown = _align_right(input_ids, shown)
        inputs_embeds, mask = self._prepend(prefix, input_ids, shown.long())
        # Options go into a copy: Transformers wants a configuration or options, not both.
        settings = copy.deepcopy(generation_config or self.generation_config)
        rest = settings.update(**kwargs)
        return self.language_model.generate(
            inputs_embeds=inputs_embeds, attention_mask=mask, generation_config=settings, **rest
        )

    def _prepend(self, prefix: Tensor, input_ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return embeddings (batch, prefix_length + tokens, text_dim) and the mask over them."""
        token_embeds = self.get_input_embeddings()(input_ids)
        prefix_mask = mask.new_ones(prefix.shape[:2])
        return (
            torch.cat([prefix.to(token_embeds.dtype), token_embeds], dim=1),
            torch.cat([prefix_mask, mask], dim=1),
        )

    @classmethod
    def from_phoclip(
        cls, phoclip: PhoCLIPModel, text_config: PreTrainedConfig | dict, **config_kwargs: Any
    ) -> "PhoCapForConditionalGeneration":
        """Return a captioner with `phoclip`'s image half and an untrained language model.

        Args:
            phoclip: the trained dual encoder; its image weights are copied.
            text_config: the language model's config; its vocabulary is the tokenizer's.
            config_kwargs: further fields of [`PhoCapConfig`].
        """
        config = PhoCapConfig(
            image_config=phoclip.config.to_dict(), text_config=text_config, **config_kwargs
        )
        model = cls(config)
        model.image_encoder.vision_model.load_state_dict(phoclip.vision_model.state_dict())
        model.image_encoder.visual_projection.load_state_dict(
            phoclip.visual_projection.state_dict()
        )
        return model


def _align_right(input_ids: Tensor, shown: Tensor) -> tuple[Tensor, Tensor]:
    """Move each row's shown tokens to its right end, in order; generation goes on from there."""
    order = shown.int().argsort(dim=1, stable=True)  # (batch, tokens): hidden first, then shown
    input_ids, shown = input_ids.gather(1, order), shown.gather(1, order)
    start = int((~shown).sum(dim=1).min())  # columns that no row needs
    return input_ids[:, start:], shown[:, start:]


__all__ = ["PhoCapForConditionalGeneration"]
