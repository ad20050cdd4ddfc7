"""The contrastive stage of a recipe: model, data, training, and a complete Hub repository."""

import torch
from torch.optim.swa_utils import update_bn
from transformers import EarlyStoppingCallback, TrainerCallback, TrainingArguments

from ..data.batches import Mixture
from ..data.captions import CaptionedPictures
from ..data.collation import ContrastiveCollator
from ..modeling_phoclip import PhoCLIPModel
from ..processing_phoclip import PhoCLIPProcessor
from .contrastive import ContrastiveTrainer
from .curves import Curves
from .locked_texts import locked_texts
from .loss_at_chance import LossAtChance
from .model_building import build_model, freeze
from .recipe import Stage
from .stages import Run, last_checkpoint


def run_contrastive(run: Run, stage: Stage) -> None:
    """Train image and text towers into one space; keep model, processor, numbers and curves.

    Fields of the stage: `start_from` gives the whole model, or else `vision` the image tower and
    `text`, or the recipe's `text_config`, the text tower. `lock_image_tower` and `lock_text_tower`
    compute a tower's features once (`sources` then counts views a picture, otherwise passes per
    epoch); `frozen` names prefixes of parameters that stay as they are (`logit_scale` for a fixed
    temperature); `freeze_batch_norm` keeps the image tower's statistics, `reestimate_batch_norm`
    takes them anew for the final weights; `compile_image_tower` asks torch.compile. `loss`,
    `label_smoothing`, `mini_batch_size`, `learning_rates`, `layer_decay` and `ema_decay` are
    `ContrastiveTrainer`'s; `augmentation` is `Augmentation`; `early_stopping_patience` ends the
    stage after so many evaluations without a better mean recall, and keeps the best.
    `evaluate_on` measures.
    """
    arguments = run.arguments(stage)
    with arguments.main_process_first(desc="data"):  # the others read what the first has kept
        model = build_model(run, stage)
        prepare(model, stage)
        processor = PhoCLIPProcessor.from_tower(model, run.tokenizer)
        train = [
            pictures(run, stage, model, source, "train", times)
            for source, times in stage.sources.items()
        ]
        measured = {
            source: pictures(run, stage, model, source, split)
            for source, split in stage.evaluate_on.items()
        }
    image_processor = processor.image_processor
    trainer = ContrastiveTrainer(
        model,
        arguments,
        data_collator=ContrastiveCollator(
            run.tokenizer, image_processor.image_mean, image_processor.image_std
        ),
        train_dataset=Mixture(train),
        eval_dataset=measured,
        processing_class=processor,
        callbacks=callbacks(run, stage, arguments),
        loss=stage.loss,
        label_smoothing=stage.label_smoothing,
        mini_batch_size=stage.mini_batch_size,
        repeats=[1 if stage.lock_image_tower else times for times in stage.sources.values()],
        part_learning_rates=stage.learning_rates,
        layer_decay=stage.layer_decay,
        ema_decay=stage.ema_decay,
    )
    trainer.train(resume_from_checkpoint=last_checkpoint(arguments))
    if stage.reestimate_batch_norm:
        batches = (batch["pixel_values"] for batch in trainer.get_train_dataloader())
        update_bn(batches, model.vision_model, model.device)
    metrics = trainer.evaluate()
    trainer.save_model(str(run.folder(stage.name)))
    trainer.save_state()
    if trainer.is_world_process_zero():
        run.keep_numbers(stage, metrics, trainer.state.log_history)


def prepare(model: PhoCLIPModel, stage: Stage) -> None:
    """Take from training what the stage keeps as it is, and make the image tower fast."""
    freeze(model, stage)
    model.vision_model.to(memory_format=torch.channels_last)  # convolutions: 1.4 times on a CPU
    if stage.compile_image_tower:
        model.vision_model.compile(dynamic=False)


def pictures(
    run: Run, stage: Stage, model: PhoCLIPModel, source: str, split: str, views: int = 1
) -> CaptionedPictures:
    """Return a source's pictures: augmented where they train, as they are served elsewhere."""
    table = run.table(source, split)
    training = split == "train"
    dataset = CaptionedPictures(
        table,
        run.tokenizer,
        run.is_segmented(source),
        stage.image_size,
        stage.augmentation if training else None,
        run.locked_features(stage, model.vision_model, table, views)
        if stage.lock_image_tower
        else None,
    )
    if stage.lock_text_tower:
        dataset.text_features = locked_texts(
            run.output / "features", dataset.captions, model, run.tokenizer
        )
    return dataset


def callbacks(run: Run, stage: Stage, arguments: TrainingArguments) -> list[TrainerCallback]:
    """Return what watches the stage: its curves, its end, and a loss that does not move."""
    watching: list[TrainerCallback] = [Curves(run.folder(stage.name) / "curves.png")]
    if stage.early_stopping_patience is not None:
        watching.append(EarlyStoppingCallback(stage.early_stopping_patience))
    if stage.loss == "softmax":
        batch = arguments.per_device_train_batch_size * arguments.world_size
        watching.append(LossAtChance(batch))
    return watching
