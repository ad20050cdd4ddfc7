"""What a captioner looks with: the image half of a PhoCLIP, or of any model like CLIP."""

from torch import Tensor
from transformers import AutoModel, PreTrainedConfig, PreTrainedModel

from .configuration_phoclip import PhoCLIPConfig
from .modeling_phoclip_halves import PhoCLIPVisionModelWithProjection

# By name, not by class: code that came from the Hub has classes of its own.
PHOCLIP = PhoCLIPConfig.model_type


def build_image_encoder(config: PreTrainedConfig) -> PreTrainedModel:
    """Return the image half, with random weights, of the model that `config` describes."""
    if config.model_type == PHOCLIP:
        return PhoCLIPVisionModelWithProjection(config)
    return without_text(AutoModel.from_config(config))


def image_half(model: PreTrainedModel) -> PreTrainedModel:
    """Return the image half of a model with its weights; the model may lose its other half.

    Raises ValueError where it has no `get_image_features`.
    """
    if model.config.model_type == PHOCLIP:
        half = PhoCLIPVisionModelWithProjection(model.config)
        half.vision_model.load_state_dict(model.vision_model.state_dict())
        half.visual_projection.load_state_dict(model.visual_projection.state_dict())
        return half
    if not hasattr(model, "get_image_features"):
        raise ValueError(
            f"{type(model).__name__} has no get_image_features: PhoCap looks with a PhoCLIP, or "
            "with a model like CLIP or SigLIP."
        )
    return without_text(model)


def without_text(model: PreTrainedModel) -> PreTrainedModel:
    """Take out of a model like CLIP what reads texts: its parts whose names begin with `text`."""
    for name in [name for name, _ in model.named_children() if name.startswith("text")]:
        delattr(model, name)
    return model


def embed(encoder: PreTrainedModel, pixel_values: Tensor) -> Tensor:
    """Return the image embeddings of an image half, (images, image_width), not normalised."""
    if isinstance(encoder, PhoCLIPVisionModelWithProjection):
        return encoder(pixel_values, return_dict=True).image_embeds
    return encoder.get_image_features(pixel_values, return_dict=True).pooler_output


__all__ = ["build_image_encoder", "embed", "image_half", "without_text"]
