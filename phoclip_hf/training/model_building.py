"""The model that a stage begins with: an earlier stage's, or towers with fresh heads."""

import timm
import torch
from transformers import AutoConfig, AutoModel, PreTrainedModel

from ..configuration_phoclip import PhoCLIPConfig
from ..modeling_phoclip import PhoCLIPModel
from ..towers_phoclip import without_pooler
from .recipe import Stage
from .stages import Run


def build_model(run: Run, stage: Stage) -> PhoCLIPModel:
    """Return the model that a stage begins with, its picture size set in the config.

    `start_from` gives all of it. Otherwise `vision` is the image tower (a folder below the data or
    a Hub id with its weights, or a timm architecture with random ones), and `text` the text tower
    (a folder or Hub id); without it the recipe's `text_config` is built with random weights.
    """
    if stage.start_from is not None:
        model = PhoCLIPModel.from_pretrained(run.checkpoint(stage.start_from))
    else:
        vision, text = _image_tower(run, stage), _text_tower(run, stage)
        vision_config = {"model_type": "timm_wrapper", "architecture": stage.vision}
        random_text = run.recipe.text_config | {
            "vocab_size": len(run.tokenizer),
            "pad_token_id": run.tokenizer.pad_token_id,
        }
        config = PhoCLIPConfig(
            vision_config=vision_config if vision is None else vision.config,
            text_config=random_text if text is None else text.config,
            **run.recipe.model | stage.model,
        )
        model = PhoCLIPModel(config, vision_model=vision, text_model=text)
    vision_config = model.config.vision_config
    cfg = getattr(vision_config, "pretrained_cfg", None)
    if cfg is None:
        cfg = timm.get_pretrained_cfg(vision_config.architecture).to_dict()
    size = [3, stage.image_size, stage.image_size]
    vision_config.pretrained_cfg = cfg | {"input_size": size, "crop_pct": 1.0}
    return model


def _image_tower(run: Run, stage: Stage) -> PreTrainedModel | None:
    if stage.vision is None:
        raise ValueError(f"Stage {stage.name!r}: name `start_from` or the image tower, `vision`.")
    if stage.vision in timm.list_models():
        return None
    path = _local_or_hub(run, stage.vision)
    config = AutoConfig.from_pretrained(path)
    config.num_labels = 0
    return AutoModel.from_pretrained(path, config=config, dtype=torch.float32, use_safetensors=True)


def _text_tower(run: Run, stage: Stage) -> PreTrainedModel | None:
    if stage.text is None:
        return None
    path = _local_or_hub(run, stage.text)
    config = AutoConfig.from_pretrained(path)
    return AutoModel.from_pretrained(
        path, config=config, dtype=torch.float32, use_safetensors=True, **without_pooler(config)
    )


def _local_or_hub(run: Run, name: str) -> str:
    return str(run.data / name) if (run.data / name).is_dir() else name
