"""The model that a stage begins with: an earlier stage's, or towers with fresh heads."""

import timm
import torch
from transformers import AutoConfig, AutoModel, PreTrainedConfig, PreTrainedModel, TimmWrapperConfig

from ..configuration_phoclip import PhoCLIPConfig
from ..modeling_phoclip import PhoCLIPModel
from ..towers_phoclip import without_pooler
from .recipe import Stage
from .stages import Run
from .still import batch_norms, keep_still


def build_model(run: Run, stage: Stage) -> PhoCLIPModel:
    """Return the model that a stage begins with, its picture size set in the config.

    `start_from` gives all of it. Otherwise `vision` is the image tower (a folder below the data or
    a Hub id with its weights, or a timm architecture with random ones), and `text` the text tower
    (a folder or Hub id); without it the recipe's `text_config` is built with random weights.
    `drop_path` leaves out that share of a timm tower's last blocks at random, of the first none.
    """
    if stage.start_from is not None:
        checkpoint = run.checkpoint(stage.start_from)
        config = PhoCLIPConfig.from_pretrained(checkpoint)
        _set_drop_path(config.vision_config, stage)
        model = PhoCLIPModel.from_pretrained(checkpoint, config=config)
    else:
        vision, text = _image_tower(run, stage), _text_tower(run, stage)
        random_vision = TimmWrapperConfig(architecture=stage.vision)
        _set_drop_path(random_vision, stage)
        random_text = run.recipe.text_config | {
            "vocab_size": len(run.tokenizer),
            "pad_token_id": run.tokenizer.pad_token_id,
        }
        config = PhoCLIPConfig(
            vision_config=random_vision if vision is None else vision.config,
            text_config=random_text if text is None else text.config,
            **run.recipe.model | stage.model,
        )
        model = PhoCLIPModel(config, vision_model=vision, text_model=text)
    _set_picture_size(model.config.vision_config, stage.image_size)
    return model


def freeze(model: PreTrainedModel, stage: Stage) -> None:
    """Let stay what the stage keeps: locked towers, statistics of batch norm, named parameters."""
    if stage.lock_image_tower:
        keep_still([model.vision_model.requires_grad_(False)])
    if stage.lock_text_tower:
        keep_still([model.text_model.requires_grad_(False)])
    if stage.freeze_batch_norm:  # batches of one source at a time would pull it to and fro
        keep_still(batch_norms(model.vision_model))
    for name, parameter in model.named_parameters():
        if name.startswith(tuple(stage.frozen)):
            parameter.requires_grad_(False)


def _set_picture_size(config: PreTrainedConfig, image_size: int) -> None:
    """Let the processor that is derived from a timm tower resize to the stage's pixels."""
    if config.model_type == "timm_wrapper":
        cfg = getattr(config, "pretrained_cfg", None)
        cfg = timm.get_pretrained_cfg(config.architecture).to_dict() if cfg is None else cfg
        size = {"input_size": [3, image_size, image_size], "crop_pct": 1.0}
        config.pretrained_cfg = cfg | size


def _set_drop_path(config: PreTrainedConfig, stage: Stage) -> None:
    if not stage.drop_path:
        return
    if config.model_type != "timm_wrapper":
        raise ValueError(f"Stage {stage.name!r}: drop_path is for timm's image towers.")
    config.model_args = (config.model_args or {}) | {"drop_path_rate": stage.drop_path}


def _image_tower(run: Run, stage: Stage) -> PreTrainedModel | None:
    if stage.vision is None:
        raise ValueError(f"Stage {stage.name!r}: name `start_from` or the image tower, `vision`.")
    if stage.vision in timm.list_models():
        return None
    path = run.local_or_hub(stage.vision)
    config = AutoConfig.from_pretrained(path)
    config.num_labels = 0
    _set_drop_path(config, stage)
    return AutoModel.from_pretrained(path, config=config, dtype=torch.float32, use_safetensors=True)


def _text_tower(run: Run, stage: Stage) -> PreTrainedModel | None:
    if stage.text is None:
        return None
    path = run.local_or_hub(stage.text)
    config = AutoConfig.from_pretrained(path)
    return AutoModel.from_pretrained(
        path, config=config, dtype=torch.float32, use_safetensors=True, **without_pooler(config)
    )
