"""The image half and the text half of a PhoCLIP model, each loaded from the whole's checkpoint."""

from dataclasses import dataclass

from torch import Tensor, nn
from transformers.utils import ModelOutput, can_return_tuple

from .configuration_phoclip import PhoCLIPConfig
from .modeling_phoclip import PhoCLIPPreTrainedModel
from .towers_phoclip import (
    build_head,
    build_text_tower,
    build_vision_tower,
    encode_images,
    encode_texts,
    vision_width,
)


@dataclass
class PhoCLIPVisionModelOutput(ModelOutput):
    """An image tower's output with `image_embeds` (images, projection_dim), not normalised."""

    image_embeds: Tensor | None = None
    last_hidden_state: Tensor | None = None
    hidden_states: tuple[Tensor, ...] | None = None
    attentions: tuple[Tensor, ...] | None = None


@dataclass
class PhoCLIPTextModelOutput(ModelOutput):
    """A text tower's output with `text_embeds` (texts, projection_dim), not normalised."""

    text_embeds: Tensor | None = None
    last_hidden_state: Tensor | None = None
    hidden_states: tuple[Tensor, ...] | None = None
    attentions: tuple[Tensor, ...] | None = None


class PhoCLIPVisionModelWithProjection(PhoCLIPPreTrainedModel):
    """The image half of a [`PhoCLIPModel`]; loads from the same checkpoint."""

    main_input_name = "pixel_values"
    input_modalities = ("image",)
    _keys_to_ignore_on_load_unexpected = [r"^text_model\.", r"^text_projection\.", r"^logit_scale"]

    def __init__(self, config: PhoCLIPConfig):
        super().__init__(config)
        self.vision_model = build_vision_tower(config.vision_config)
        self.visual_projection = build_head(vision_width(self.vision_model), config)
        self.post_init()

    def get_input_embeddings(self) -> nn.Module | None:
        """Return the tower's patch embeddings, or None for a timm tower."""
        return self.vision_model.get_input_embeddings()

    @can_return_tuple
    def forward(
        self,
        pixel_values: Tensor,
        output_attentions: bool | None = None,
        output_hidden_states: bool | None = None,
        interpolate_pos_encoding: bool = False,
    ) -> tuple | PhoCLIPVisionModelOutput:
        """Return `image_embeds`, (images, projection_dim), not normalised.

        Args:
            pixel_values: (images, 3, height, width).
            output_attentions: as in `PhoCLIPModel.get_image_features`.
            output_hidden_states: likewise.
            interpolate_pos_encoding: likewise.
        """
        output = encode_images(
            self.vision_model,
            self.visual_projection,
            pixel_values,
            output_attentions=output_attentions,
            output_hidden_states=output_hidden_states,
            interpolate_pos_encoding=interpolate_pos_encoding,
        )
        return PhoCLIPVisionModelOutput(
            image_embeds=output.pooler_output,
            last_hidden_state=output.last_hidden_state,
            hidden_states=output.hidden_states,
            attentions=output.attentions,
        )


class PhoCLIPTextModelWithProjection(PhoCLIPPreTrainedModel):
    """The text half of a [`PhoCLIPModel`]; loads from the same checkpoint."""

    input_modalities = ("text",)
    _keys_to_ignore_on_load_unexpected = [
        r"^vision_model\.",
        r"^visual_projection\.",
        r"^logit_scale",
    ]

    def __init__(self, config: PhoCLIPConfig):
        super().__init__(config)
        self.text_model = build_text_tower(config.text_config)
        self.text_projection = build_head(config.text_config.hidden_size, config)
        self.post_init()

    def get_input_embeddings(self) -> nn.Module:
        """Return the token embeddings."""
        return self.text_model.get_input_embeddings()

    def set_input_embeddings(self, value: nn.Module) -> None:
        """Replace the token embeddings."""
        self.text_model.set_input_embeddings(value)

    @can_return_tuple
    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        position_ids: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        output_attentions: bool | None = None,
        output_hidden_states: bool | None = None,
    ) -> tuple | PhoCLIPTextModelOutput:
        """Return `text_embeds`, (texts, projection_dim), not normalised.

        Args:
            input_ids: (texts, tokens).
            attention_mask: (texts, tokens), 1 for real tokens.
            position_ids: (texts, tokens).
            token_type_ids: (texts, tokens).
            output_attentions: as in `PhoCLIPModel.get_text_features`.
            output_hidden_states: likewise.
        """
        output = encode_texts(
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
        return PhoCLIPTextModelOutput(
            text_embeds=output.pooler_output,
            last_hidden_state=output.last_hidden_state,
            hidden_states=output.hidden_states,
            attentions=output.attentions,
        )
