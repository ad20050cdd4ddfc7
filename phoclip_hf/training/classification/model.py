"""The classifier that a training begins with, and the image processor that belongs to it."""

from pathlib import Path
from typing import Any

import timm
import torch
from torch import nn
from transformers import (
    AutoConfig,
    AutoImageProcessor,
    AutoModelForImageClassification,
    PreTrainedModel,
    TimmWrapperConfig,
    ViTImageProcessor,
)
from transformers.image_utils import IMAGENET_DEFAULT_MEAN, IMAGENET_DEFAULT_STD

from ...configuration_butterfly import ButterflyCNNConfig
from ...modeling_butterfly import ButterflyCNNForImageClassification
from ...modeling_phoclip import PhoCLIPModel

DEFAULT_SIZE = 224  # pixels


def build_classifier(
    model: str, names: list[str], image_size: int | None = None, drop_path: float = 0.0
) -> tuple[PreTrainedModel, Any]:
    """Return a classifier of `names` and its image processor.

    Args:
        model: `butterfly_cnn` or a timm architecture for random weights; else a folder or a Hub id
            whose weights are kept, timm's format or Transformers', with a new last layer unless it
            names these very classes. Of a PhoCLIP the image tower is taken.
        names: of the classes, in order.
        image_size: in pixels; None is what the checkpoint says, or 224.
        drop_path: share of a timm model's blocks left out at random (Huang et al. 2016).

    Raises:
        ValueError: the model cannot take that size, or drops no path.
        OSError: there is no such checkpoint, or it holds no safetensors.
    """
    labels = {
        "id2label": dict(enumerate(names)),
        "label2id": {name: number for number, name in enumerate(names)},
    }
    if drop_path and model == "butterfly_cnn":
        raise ValueError("drop_path is for timm's models; butterfly_cnn has no path to drop.")
    if model == "butterfly_cnn":
        size = image_size or DEFAULT_SIZE
        config = ButterflyCNNConfig(image_size=size, **labels)
        return ButterflyCNNForImageClassification(config), _butterfly_processor(size)
    if model in timm.list_models() and not Path(model).is_dir():
        return _fresh_timm(model, labels, image_size or DEFAULT_SIZE, drop_path)
    return _pretrained(model, names, labels, image_size, drop_path)


def classifier_layer(model: nn.Module, classes: int) -> nn.Linear:
    """Return the linear layer that gives the logits; ValueError where that is not one layer."""
    found = [m for m in model.modules() if isinstance(m, nn.Linear) and m.out_features == classes]
    if not found:
        raise ValueError(
            f"{type(model).__name__} ends in no linear layer of {classes} classes, the only one "
            "that can be trained apart: leave --freeze-backbone out."
        )
    return found[-1]


def _butterfly_processor(size: int) -> ViTImageProcessor:
    return ViTImageProcessor(
        size={"height": size, "width": size},
        image_mean=list(IMAGENET_DEFAULT_MEAN),
        image_std=list(IMAGENET_DEFAULT_STD),
    )


def _fresh_timm(
    architecture: str, labels: dict[str, dict], size: int, drop_path: float
) -> tuple[PreTrainedModel, Any]:
    arguments = {"drop_path_rate": drop_path} if drop_path else {}
    known = timm.get_pretrained_cfg(architecture)
    cfg = {
        "mean": list(known.mean if known else IMAGENET_DEFAULT_MEAN),
        "std": list(known.std if known else IMAGENET_DEFAULT_STD),
        "interpolation": "bicubic",
    }
    config = TimmWrapperConfig(
        architecture=architecture,
        model_args=arguments or None,
        num_labels=len(labels["id2label"]),
        pretrained_cfg=cfg | _whole_picture(size),
        **labels,
    )
    model = AutoModelForImageClassification.from_config(config)
    # Transformers draws every convolution from N(0, 0.02), far too small; timm knows its own.
    fresh = timm.create_model(architecture, num_classes=config.num_labels, **arguments)
    model.timm_model.load_state_dict(fresh.state_dict())
    return model, _timm_processor(config)


def _pretrained(
    name: str, names: list[str], labels: dict[str, dict], size: int | None, drop_path: float
) -> tuple[PreTrainedModel, Any]:
    before = AutoConfig.from_pretrained(name)
    if before.model_type == "phoclip":
        return _image_tower(name, labels, size, drop_path)
    config = AutoConfig.from_pretrained(name, num_labels=len(names), **labels)
    is_timm = config.model_type == "timm_wrapper"
    if is_timm and size:
        config.pretrained_cfg = (config.pretrained_cfg or {}) | _whole_picture(size)
    elif size and size != getattr(config, "image_size", size):
        raise ValueError(
            f"{name} takes pictures of {config.image_size} pixels: leave --image-size out."
        )
    if drop_path and not is_timm:
        raise ValueError(f"drop_path is for timm's models; {name} is {config.model_type}.")
    if drop_path:
        config.model_args = (config.model_args or {}) | {"drop_path_rate": drop_path}
    model = AutoModelForImageClassification.from_pretrained(
        name,
        config=config,
        ignore_mismatched_sizes=True,
        use_safetensors=True,
        dtype=torch.float32,
    )
    same_shape = before.num_labels == len(names)
    if same_shape and [before.id2label[number] for number in range(len(names))] != names:
        classifier_layer(model, len(names)).reset_parameters()  # it knows other classes
    return model, _timm_processor(config) if is_timm else AutoImageProcessor.from_pretrained(name)


def _image_tower(
    name: str, labels: dict[str, dict], size: int | None, drop_path: float
) -> tuple[PreTrainedModel, Any]:
    """Return the image tower of a PhoCLIP with a last layer; it looks at pictures as before."""
    tower = PhoCLIPModel.from_pretrained(name, use_safetensors=True, dtype=torch.float32)
    before = tower.config.vision_config
    dropping = {"drop_path_rate": drop_path} if drop_path else {}
    config = TimmWrapperConfig(
        architecture=before.architecture,
        model_args={**(before.model_args or {}), **dropping} or None,
        num_labels=len(labels["id2label"]),
        pretrained_cfg=before.pretrained_cfg | (_whole_picture(size) if size else {}),
        **labels,
    )
    model = AutoModelForImageClassification.from_config(config)
    last = model.timm_model.pretrained_cfg["classifier"]  # "fc", "classifier", "head" …
    fresh = model.timm_model.state_dict()
    own = {key: values for key, values in fresh.items() if key.startswith(f"{last}.")}
    model.timm_model.load_state_dict(tower.vision_model.timm_model.state_dict() | own)
    return model, _timm_processor(config)


def _whole_picture(size: int) -> dict[str, Any]:
    """Return what of timm's `pretrained_cfg` resizes to `size` pixels without cutting edges off."""
    return {"input_size": [3, size, size], "crop_pct": 1.0, "crop_mode": "center"}


def _timm_processor(config: TimmWrapperConfig) -> Any:
    """Return timm's own preparation; it lies in the model's config, not in a file of its own."""
    from transformers.models.timm_wrapper.image_processing_timm_wrapper import (
        TimmWrapperImageProcessor,
    )

    return TimmWrapperImageProcessor(config.pretrained_cfg, architecture=config.architecture)
