"""The BLIP stage of a recipe: contrast, matching and writing, learned together from pairs."""

import copy
from collections import defaultdict
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import Sampler
from transformers import AutoConfig, Trainer
from transformers.utils import ModelOutput

from ..configuration_phoblip import PhoBLIPConfig
from ..data.batches import Draw, FixedDraws, Mixture, OneSourcePerBatch
from ..data.captions import CaptionedPictures
from ..data.collation import ContrastiveCollator
from ..data.true_pairs import true_pairs
from ..modeling_phoblip_pretraining import PhoBLIPForPreTraining
from ..processing_phoclip import PhoCLIPProcessor
from .curves import Curves
from .model_building import build_model, freeze
from .recipe import Stage
from .stages import Run, last_checkpoint

PARTS = ("itc_loss", "itm_loss", "lm_loss")


class KnownPictures(Mixture):
    """A mixture whose rows say, as `image_id`, which picture of all sources they show."""

    def __getitem__(self, draw: Draw) -> dict[str, Any]:
        before = sum(len(source) for source in self.sources[: draw.source])
        return super().__getitem__(draw) | {"image_id": before + draw.row}


class PairCollator(ContrastiveCollator):
    """Batches of `pixel_values`, `input_ids`, `attention_mask`, `image_ids` and `positives`.

    `positives`, (batch, batch) booleans, are the true pairs of the batch: see `true_pairs`.
    """

    def __call__(self, rows: list[dict[str, Any]]) -> dict[str, Tensor]:
        """Return the batch."""
        batch = super().__call__(rows)
        keys = batch.pop("pair_keys")
        ids = [row.get("image_id", row["picture_key"]) for row in rows]
        return batch | {"image_ids": torch.tensor(ids), "positives": true_pairs(keys, keys)}


class BlipTrainer(Trainer):
    """Trains a `PhoBLIPForPreTraining` on `KnownPictures`; logs the three losses.

    Args:
        repeats: passes over each source in one epoch.
        **kwargs: Trainer's own.
    """

    def __init__(self, *args: Any, repeats: list[int], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.repeats = repeats
        self.seen: dict[str, list[Tensor]] = defaultdict(list)

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Tensor | tuple[Tensor, ModelOutput]:
        """Return the sum of the three losses, which are remembered for the next log."""
        output = model(**inputs)
        if model.training:
            for name in PARTS:
                self.seen[name].append(output[name].detach())
        return (output.loss, output) if return_outputs else output.loss

    def log(self, logs: dict[str, float], *args: Any, **kwargs: Any) -> None:
        """Log as Trainer does, with the mean of each loss since the last log."""
        if "loss" in logs:
            logs |= {name: float(torch.stack(values).mean()) for name, values in self.seen.items()}
            self.seen.clear()
        super().log(logs, *args, **kwargs)

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler | None:
        data: Mixture = train_dataset if train_dataset is not None else self.train_dataset
        return OneSourcePerBatch(
            [len(source) for source in data.sources],
            self._train_batch_size * self.args.world_size,
            self.repeats,
            self.args.seed,
            [source.things for source in data.sources],
        )


def run_blip(run: Run, stage: Stage) -> None:
    """Train a PhoBLIP on pairs; keep model, momentum, queue, processor, numbers and curves.

    Fields of the stage: `start_from` is a contrastive stage, whose towers and heads are taken, or a
    PhoBLIP, which goes on; without it `vision` and `text` give the towers, as in contrastive
    stages. `model` holds further numbers of `PhoBLIPConfig`; `lock_image_tower` keeps the image
    tower as it is, `freeze_batch_norm` its statistics; `frozen` names prefixes of parameters that
    stay; `sources` counts passes per epoch; `augmentation` is `Augmentation`; `evaluate_on`
    measures the loss.
    """
    model, processor = begin(run, stage)
    freeze(model, stage)
    tokenizer, images = processor.tokenizer, processor.image_processor

    def pictures(source: str, split: str) -> CaptionedPictures:
        augmentation = stage.augmentation if split == "train" else None
        table, segmented = run.table(source, split), run.is_segmented(source)
        return CaptionedPictures(table, tokenizer, segmented, stage.image_size, augmentation)

    trainer = BlipTrainer(
        model,
        run.arguments(stage, prediction_loss_only=True),
        data_collator=PairCollator(tokenizer, images.image_mean, images.image_std),
        train_dataset=KnownPictures([pictures(name, "train") for name in stage.sources]),
        eval_dataset={
            name: FixedDraws(pictures(name, split)) for name, split in stage.evaluate_on.items()
        },
        processing_class=processor,
        callbacks=[Curves(run.folder(stage.name) / "curves.png")],
        repeats=list(stage.sources.values()),
    )
    trainer.train(resume_from_checkpoint=last_checkpoint(trainer.args))
    metrics = trainer.evaluate()
    trainer.save_model(str(run.folder(stage.name)))
    trainer.save_state()
    if trainer.is_world_process_zero():
        run.keep_numbers(stage, metrics, trainer.state.log_history)


def begin(run: Run, stage: Stage) -> tuple[PhoBLIPForPreTraining, PhoCLIPProcessor]:
    """Return the model that the stage begins with, and its processor."""
    if stage.start_from is not None:
        checkpoint = run.checkpoint(stage.start_from)
        if isinstance(AutoConfig.from_pretrained(checkpoint), PhoBLIPConfig):
            processor = PhoCLIPProcessor.from_pretrained(checkpoint)
            return PhoBLIPForPreTraining.from_pretrained(checkpoint, **stage.model), processor
    phoclip = build_model(run, stage)
    # A copy: other stages know no [Encode] and [Decode].
    processor = PhoCLIPProcessor.from_tower(phoclip, copy.deepcopy(run.tokenizer))
    model = PhoBLIPForPreTraining.from_phoclip(phoclip, processor.tokenizer, **stage.model)
    return model, processor
