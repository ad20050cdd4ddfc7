"""The PhoCLIP dual encoder: any image tower, any text tower, a head on each, one logit scale."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize
from transformers import AutoConfig, AutoModel, PreTrainedModel
from transformers import initialization as init
from transformers.modeling_outputs import BaseModelOutputWithPooling
from transformers.utils import ModelOutput, can_return_tuple

from .configuration_phoclip import PhoCLIPConfig
from .losses_phoclip import contrastive_loss
from .towers_phoclip import (
    build_head,
    build_text_tower,
    build_vision_tower,
    encode_images,
    encode_texts,
    set_auto_map,
    vision_width,
    without_pooler,
)


@dataclass
class PhoCLIPOutput(ModelOutput):
    """What [`PhoCLIPModel`] returns: CLIP's names, the image before the text.

    Attributes:
        loss: scalar; only where pictures and texts are equal in number.
        logits_per_image: (images, texts), cosine times the logit scale, plus the bias if any.
        logits_per_text: (texts, images), its transpose.
        image_embeds: (images, projection_dim), unit length.
        text_embeds: (texts, projection_dim), unit length.
        vision_model_output: the tower's output, `pooler_output` projected but not normalised.
        text_model_output: likewise.
    """

    loss: Tensor | None = None
    logits_per_image: Tensor | None = None
    logits_per_text: Tensor | None = None
    image_embeds: Tensor | None = None
    text_embeds: Tensor | None = None
    vision_model_output: BaseModelOutputWithPooling | None = None
    text_model_output: BaseModelOutputWithPooling | None = None

    def to_tuple(self) -> tuple[Any, ...]:
        """Return the fields that are set as a tuple, the towers' outputs as tuples in it."""
        values = (self[name] for name in self.keys())
        return tuple(v.to_tuple() if isinstance(v, ModelOutput) else v for v in values)


class PhoCLIPPreTrainedModel(PreTrainedModel):
    """Builds, initialises and saves the models of this file; holds what they share."""

    config_class = PhoCLIPConfig
    base_model_prefix = "phoclip"
    input_modalities = ("image", "text")
    supports_gradient_checkpointing = True
    # Trainer must not pass `num_items_in_batch`: a contrastive loss is a mean over the batch.
    accepts_loss_kwargs = False
    _supports_sdpa = True
    _supports_flash_attn = True
    # The Auto classes, beside AutoConfig, that load a saved folder without this package.
    _auto_map_names: tuple[str, ...] = ("AutoModel",)

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        super()._init_weights(module)
        if isinstance(module, nn.Linear):  # the heads': towers initialise their own
            init.normal_(module.weight, std=module.in_features**-0.5)
        elif isinstance(module, PhoCLIPModel):
            init.constant_(module.logit_scale, module.config.logit_scale_init_value)
            if module.logit_bias is not None:
                init.constant_(module.logit_bias, module.config.logit_bias_init_value)

    def save_pretrained(self, save_directory: Any, *args: Any, **kwargs: Any) -> Any:
        """Save weights, config and code: a Hub repository that loads without this package."""
        set_auto_map(self)
        return super().save_pretrained(save_directory, *args, **kwargs)

    def _set_gradient_checkpointing(self, enable: bool = True, **kwargs: Any) -> None:
        """Pass the switch on to each tower: timm's has its own, and convolutions may have none."""
        for name in ("vision_model", "text_model"):
            tower = getattr(self, name, None)
            if tower is not None and tower.supports_gradient_checkpointing:
                tower._set_gradient_checkpointing(enable=enable, **kwargs)

    @property
    def is_activation_checkpointing(self) -> bool:
        """Whether a tower recomputes its activations; timm's flag has a name of its own."""
        flags = ("gradient_checkpointing", "grad_checkpointing")
        return any(getattr(module, flag, False) for module in self.modules() for flag in flags)


class PhoCLIPModel(PhoCLIPPreTrainedModel):
    """Scores pictures against Vietnamese texts, as CLIPModel does in Transformers.

    Args:
        config: the numbers.
        vision_model: a built image tower that matches `config.vision_config`; None builds one.
        text_model: likewise for `config.text_config`.
    """

    _auto_map_names = ("AutoModel", "AutoModelForZeroShotImageClassification")

    def __init__(
        self,
        config: PhoCLIPConfig,
        vision_model: PreTrainedModel | None = None,
        text_model: PreTrainedModel | None = None,
    ):
        super().__init__(config)
        self.vision_model = vision_model or build_vision_tower(config.vision_config)
        self.text_model = text_model or build_text_tower(config.text_config)
        self.visual_projection = build_head(vision_width(self.vision_model), config)
        self.text_projection = build_head(config.text_config.hidden_size, config)
        self.logit_scale = nn.Parameter(torch.tensor(float(config.logit_scale_init_value)))
        self.logit_bias = None
        if config.logit_bias_init_value is not None:
            self.logit_bias = nn.Parameter(torch.tensor(float(config.logit_bias_init_value)))
        self.post_init()

    def get_input_embeddings(self) -> nn.Module:
        """Return the text tower's token embeddings."""
        return self.text_model.get_input_embeddings()

    def set_input_embeddings(self, value: nn.Module) -> None:
        """Replace the text tower's token embeddings."""
        self.text_model.set_input_embeddings(value)

    @can_return_tuple
    def get_image_features(
        self,
        pixel_values: Tensor,
        output_attentions: bool | None = None,
        output_hidden_states: bool | None = None,
        interpolate_pos_encoding: bool = False,
    ) -> tuple | BaseModelOutputWithPooling:
        """Return the image tower's output, `pooler_output` projected and not normalised.

        Args:
            pixel_values: (images, 3, height, width), as the processor gives them.
            output_attentions: return attention maps; timm towers have none to give.
            output_hidden_states: return the hidden states of every stage.
            interpolate_pos_encoding: for ViT towers of Transformers, to take other picture sizes.
            return_dict: False for a tuple.
        """
        return encode_images(
            self.vision_model,
            self.visual_projection,
            pixel_values,
            output_attentions=output_attentions,
            output_hidden_states=output_hidden_states,
            interpolate_pos_encoding=interpolate_pos_encoding,
        )

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
        """Return the text tower's output, `pooler_output` projected and not normalised.

        Args:
            input_ids: (texts, tokens).
            attention_mask: (texts, tokens), 1 for real tokens; None takes every token as real.
            position_ids: (texts, tokens); None lets the tower count.
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

    @can_return_tuple
    def forward(
        self,
        input_ids: Tensor | None = None,
        pixel_values: Tensor | None = None,
        attention_mask: Tensor | None = None,
        position_ids: Tensor | None = None,
        return_loss: bool = True,
        token_type_ids: Tensor | None = None,
        output_attentions: bool | None = None,
        output_hidden_states: bool | None = None,
        interpolate_pos_encoding: bool = False,
    ) -> tuple | PhoCLIPOutput:
        """Return unit embeddings, logits and loss; with one modality alone, its embeddings only.

        Args:
            input_ids: (texts, tokens), or None.
            pixel_values: (images, 3, height, width), or None.
            attention_mask: (texts, tokens).
            position_ids: (texts, tokens).
            return_loss: compute the softmax contrastive loss, row i of the pictures belonging to
                row i of the texts; left out where the two differ in number. True by default, or
                `Trainer.evaluate` would drop the loss.
            token_type_ids: (texts, tokens).
            output_attentions: as in `get_image_features` and `get_text_features`.
            output_hidden_states: likewise.
            interpolate_pos_encoding: as in `get_image_features`.
        """
        if input_ids is None and pixel_values is None:
            raise ValueError("PhoCLIPModel needs pixel_values, input_ids or both; got neither.")
        flags = {
            "output_attentions": output_attentions,
            "output_hidden_states": output_hidden_states,
            "return_dict": True,
        }
        image_output = image_embeds = text_output = text_embeds = None
        if pixel_values is not None:
            image_output = self.get_image_features(
                pixel_values, interpolate_pos_encoding=interpolate_pos_encoding, **flags
            )
            image_embeds = normalize(image_output.pooler_output, dim=-1)
        if input_ids is not None:
            text_output = self.get_text_features(
                input_ids, attention_mask, position_ids, token_type_ids, **flags
            )
            text_embeds = normalize(text_output.pooler_output, dim=-1)

        logits_per_image = logits_per_text = loss = None
        if image_embeds is not None and text_embeds is not None:
            text_embeds = text_embeds.to(image_embeds.device)
            logit_scale = self.logit_scale.exp().to(image_embeds.device)
            logits_per_image = image_embeds @ text_embeds.t() * logit_scale  # (images, texts)
            if self.logit_bias is not None:
                logits_per_image = logits_per_image + self.logit_bias.to(logits_per_image.device)
            logits_per_text = logits_per_image.t()
            if return_loss and len(image_embeds) == len(text_embeds):
                loss = contrastive_loss(logits_per_image)

        return PhoCLIPOutput(
            loss=loss,
            logits_per_image=logits_per_image,
            logits_per_text=logits_per_text,
            image_embeds=image_embeds,
            text_embeds=text_embeds,
            vision_model_output=image_output,
            text_model_output=text_output,
        )

    @classmethod
    def from_text_vision_pretrained(
        cls,
        text_id: str = "vinai/phobert-large",
        vision_id: str = "timm/resnet50.a1_in1k",
        dtype: torch.dtype = torch.float32,
        **config_kwargs: Any,
    ) -> "PhoCLIPModel":
        """Return a model with two pretrained towers and fresh heads, ready to be trained.

        PhoBERT is used with at most 70 tokens, the tokenizer's `model_max_length`. Weights are read
        from safetensors only, never from a pickle: where a Hub repository has none, Transformers
        asks for the Hub's own conversion. The image tower's class labels are left behind.

        Args:
            text_id: Hub id or folder of the text tower.
            vision_id: Hub id or folder of the image tower; timm's format or Transformers'.
            dtype: of the weights, whatever the files hold: float32 to be trained.
            config_kwargs: further fields of [`PhoCLIPConfig`], such as `projection_dim=512`.

        Raises:
            OSError: a checkpoint is not there, or has no safetensors weights.
        """
        loading = {"dtype": dtype, "use_safetensors": True}
        text_config = AutoConfig.from_pretrained(text_id)
        text_model = AutoModel.from_pretrained(
            text_id, config=text_config, **without_pooler(text_config), **loading
        )
        vision_model = AutoModel.from_pretrained(vision_id, **loading)
        config = PhoCLIPConfig(
            vision_config=vision_model.config, text_config=text_model.config, **config_kwargs
        )
        return cls(config, vision_model=vision_model, text_model=text_model).to(dtype)
