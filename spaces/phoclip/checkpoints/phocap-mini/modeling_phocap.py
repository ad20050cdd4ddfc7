"""PhoCap: a picture's embedding becomes a prefix that a Vietnamese GPT-2 continues as a caption.

Mokady et al. 2021, "ClipCap: CLIP Prefix for Image Captioning": image embedding, mapping network,
prefix. The language model reads [prefix, <s>, caption, </s>], or whatever its own tokens for begin
and end are; it is asked to predict the caption and </s>.
"""

import copy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize
from transformers import AutoModel, AutoModelForCausalLM, GenerationMixin, PreTrainedModel
from transformers import initialization as init
from transformers.modeling_outputs import CausalLMOutputWithPast
from transformers.utils import can_return_tuple

from .configuration_phocap import PhoCapConfig
from .images_phocap import build_image_encoder, embed, image_half
from .mapping_phocap import PhoCapTransformerMapping, build_mapping
from .prompts_phocap import beginnings, first_shown
from .towers_phoclip import given, set_auto_map

IGNORED = -100  # label of a position that costs nothing


class PhoCapForConditionalGeneration(PreTrainedModel, GenerationMixin):
    """Writes Vietnamese captions of pictures, or of image embeddings computed before.

    Args:
        config: the numbers.
        image_encoder: a built image half that matches `config.image_config`; None builds one.
        language_model: likewise for `config.text_config`.
    """

    config_class = PhoCapConfig
    base_model_prefix = "phocap"
    main_input_name = "pixel_values"
    input_modalities = ("image", "text")
    supports_gradient_checkpointing = True
    accepts_loss_kwargs = False
    _supports_sdpa = True
    _auto_map_names = ("AutoModelForImageTextToText",)

    def __init__(
        self,
        config: PhoCapConfig,
        image_encoder: PreTrainedModel | None = None,
        language_model: PreTrainedModel | None = None,
    ):
        super().__init__(config)
        self.image_encoder = image_encoder or build_image_encoder(config.image_config)
        self.language_model = language_model or AutoModelForCausalLM.from_config(
            config.text_config, dtype=torch.get_default_dtype()
        )
        self.mapping = build_mapping(config)
        self.post_init()
        if self.generation_config.max_new_tokens is None:
            # The special tokens are the language model's; a caption of 40 tokens is a long one.
            self.generation_config.max_new_tokens = 40
            for name in ("bos_token_id", "eos_token_id", "pad_token_id"):
                setattr(self.generation_config, name, getattr(config.text_config, name))
            if config.text_config.pad_token_id is None:  # OpenAI's GPT-2 has none
                self.generation_config.pad_token_id = config.text_config.eos_token_id

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        super()._init_weights(module)
        if isinstance(module, nn.Linear):  # the mapping's: the other parts initialise their own
            init.normal_(module.weight, std=module.in_features**-0.5)
        elif isinstance(module, PhoCapTransformerMapping):
            init.normal_(module.constants)

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
            image_embeds: (images, image_width) from the image model's `get_image_features`, in
                place of the pictures; any length where `normalize_image_embeds` is set.
        """
        if (pixel_values is None) == (image_embeds is None):
            got = "neither" if pixel_values is None else "both"
            raise ValueError(f"PhoCap needs pixel_values or image_embeds, one of them; got {got}.")
        if image_embeds is None:
            image_embeds = embed(self.image_encoder, pixel_values)
        width = self.config.image_width
        if image_embeds.ndim != 2 or image_embeds.shape[1] != width:
            raise ValueError(
                f"image_embeds is {tuple(image_embeds.shape)}, expected (images, {width}): "
                "embeddings of the image model that this captioner was trained with."
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
            image_embeds: (batch, image_width).
            labels: (batch, tokens), as a rule `input_ids` themselves. The first <s>, which is given
                and not predicted, padding and -100 cost nothing; </s> is a token like any other.
                The loss is the mean over what is left.
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
            given_token = first_shown(attention_mask) & (
                labels == self.config.text_config.bos_token_id
            )
            labels = labels.masked_fill((attention_mask == 0) | given_token, IGNORED)
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
            image_embeds: (images, image_width).
            input_ids: (images, tokens), the beginning of each caption, with <s> or without, or
                None. The </s> that a processor appends is dropped, or nothing would follow it.
            attention_mask: (images, tokens).
            generation_config: None takes the captioner's own.
            kwargs: options of `generate`.
        """
        prefix = self.get_prefix(pixel_values, image_embeds)
        input_ids, shown = beginnings(
            self.config.text_config, len(prefix), input_ids, attention_mask, prefix.device
        )
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
    def from_image_text_pretrained(
        cls, image_model: str, language_model: str, **config_kwargs: Any
    ) -> "PhoCapForConditionalGeneration":
        """Return a captioner of two trained parts and an untrained mapping network.

        Args:
            image_model: folder or Hub id of a PhoCLIP, or of a model like CLIP or SigLIP.
            language_model: folder or Hub id of a causal language model.
            config_kwargs: further fields of [`PhoCapConfig`].
        """
        return cls.from_parts(
            AutoModel.from_pretrained(image_model, use_safetensors=True),
            AutoModelForCausalLM.from_pretrained(language_model, use_safetensors=True),
            **config_kwargs,
        )

    @classmethod
    def from_parts(
        cls, image_model: PreTrainedModel, language_model: PreTrainedModel, **config_kwargs: Any
    ) -> "PhoCapForConditionalGeneration":
        """Return a captioner that holds `image_model`'s image half and `language_model` themselves.

        `config_kwargs` are further fields of [`PhoCapConfig`].
        """
        config = PhoCapConfig(
            image_config=image_model.config, text_config=language_model.config, **config_kwargs
        )
        return cls(config, image_half(image_model), language_model)


__all__ = ["PhoCapForConditionalGeneration"]
