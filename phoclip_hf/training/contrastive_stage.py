"""The contrastive stage of a recipe: model, data, training, and a complete Hub repository."""

import timm
import torch
from torch.utils.data import ConcatDataset
from transformers import AutoConfig, AutoModel

from ..configuration_phoclip import PhoCLIPConfig
from ..data.captions import CaptionedPictures, ContrastiveCollator
from ..modeling_phoclip import PhoCLIPModel
from ..processing_phoclip import PhoCLIPProcessor
from .contrastive import ContrastiveTrainer
from .recipe import Stage
from .stages import Run, last_checkpoint


def run_contrastive(run: Run, stage: Stage) -> None:
    """Train image and text towers into one space; keep model, processor, numbers and curves.

    Fields of the stage: `start_from` gives the whole model, or else `vision` the image tower;
    `lock_image_tower` computes that tower's features once (`sources` then counts views a picture,
    otherwise passes per epoch); `frozen` names prefixes of parameters that stay as they are;
    `freeze_batch_norm` keeps the tower's statistics; `learning_rates` sets parts apart;
    `token_dropout` and `min_scale` augment; `evaluate_on` measures.
    """
    model = build_model(run, stage)
    processor = PhoCLIPProcessor.from_tower(model, run.tokenizer)
    image_processor = processor.image_processor
    collator = ContrastiveCollator(
        run.tokenizer, image_processor.image_mean, image_processor.image_std, stage.token_dropout
    )
    model.vision_model.to(memory_format=torch.channels_last)  # convolutions: 1.4 times on a CPU
    if stage.lock_image_tower:
        model.vision_model.requires_grad_(False).eval()
    for name, parameter in model.named_parameters():
        if name.startswith(tuple(stage.frozen)):
            parameter.requires_grad_(False)

    def pictures(source: str, split: str, views: int, min_scale: float) -> CaptionedPictures:
        table, features = run.table(source, split), None
        if stage.lock_image_tower:
            features = run.locked_features(stage, model.vision_model.timm_model, table, views)
        return CaptionedPictures(
            table, run.tokenizer, run.is_segmented(source), stage.image_size, min_scale, features
        )

    trainer = ContrastiveTrainer(
        model,
        run.arguments(stage),
        data_collator=collator,
        train_dataset=ConcatDataset(
            [
                pictures(name, "train", times, stage.min_scale)
                for name, times in stage.sources.items()
            ]
        ),
        eval_dataset={
            name: pictures(name, split, 1, 1.0) for name, split in stage.evaluate_on.items()
        },
        processing_class=processor,
        repeats=[1 if stage.lock_image_tower else times for times in stage.sources.values()],
        learning_rates=stage.learning_rates,
        freeze_batch_norm=stage.freeze_batch_norm,
    )
    trainer.train(resume_from_checkpoint=last_checkpoint(trainer.args))
    metrics = trainer.evaluate()
    trainer.save_model(str(run.folder(stage.name)))
    run.keep_numbers(stage, metrics, trainer.state.log_history)


def build_model(run: Run, stage: Stage) -> PhoCLIPModel:
    """Return the model that a stage begins with, its picture size set in the config."""
    if stage.start_from is None:
        vision_config = {"model_type": "timm_wrapper", "architecture": stage.vision}
        tower = None if stage.vision in timm.list_models() else load_tower(run, stage.vision)
        config = PhoCLIPConfig(
            vision_config=vision_config if tower is None else tower.config,
            text_config=run.recipe.text_config
            | {"vocab_size": len(run.tokenizer), "pad_token_id": run.tokenizer.pad_token_id},
            **run.recipe.model | stage.model,
        )
        model = PhoCLIPModel(config, vision_model=tower)
    else:
        model = PhoCLIPModel.from_pretrained(run.checkpoint(stage.start_from))
    vision_config = model.config.vision_config
    cfg = getattr(vision_config, "pretrained_cfg", None)
    if cfg is None:
        cfg = timm.get_pretrained_cfg(vision_config.architecture).to_dict()
    size = [3, stage.image_size, stage.image_size]
    vision_config.pretrained_cfg = cfg | {"input_size": size, "crop_pct": 1.0}
    return model


def load_tower(run: Run, vision: str) -> AutoModel:
    """Return a pretrained image tower, from a folder below the data or from the Hub."""
    path = str(run.data / vision) if (run.data / vision).is_dir() else vision
    config = AutoConfig.from_pretrained(path)
    config.num_labels = 0
    return AutoModel.from_pretrained(path, config=config, dtype=torch.float32, use_safetensors=True)
