"""One training of a classifier: data, model, Trainer, a complete checkpoint and its results."""

import json
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedModel, TrainingArguments, default_data_collator, set_seed

from ...data.preprocessing import Preprocessing
from ..curves import Curves, draw_curves
from ..freed_memory import keep_freed_memory
from ..stages import last_checkpoint
from ..still import batch_norms, keep_still
from .augmentation import Mixing, photo_transform
from .data import LabelledPhotos, LabelledSplits, open_labelled
from .model import build_classifier, classifier_layer
from .options import ClassificationOptions
from .results import predict, write_results
from .teacher import load_teacher
from .trainer import ClassificationTrainer, HeadOnFeatures
from .views import backbone_features, view_answers

# A checkpoint is gone on from only where these are what they were.
FIXED = ("data", "model", "image_size", "label_column", "freeze_backbone", "teacher")


class Classification:
    """A training as its options say; `run` does all of it.

    Args:
        options: of the command line.
    """

    def __init__(self, options: ClassificationOptions):
        self.options, self.output = options, Path(options.output)
        self.splits: LabelledSplits = open_labelled(options.data, options.label_column)
        set_seed(options.arguments.get("seed", 42))
        self.model, self.processor = build_classifier(
            options.model, self.splits.names, options.image_size, options.drop_path
        )
        self.model.to(memory_format=torch.channels_last)  # convolutions: 1.4 times on a CPU
        self.preprocessing = Preprocessing.of_processor(self.processor)

    def run(self) -> dict[str, object]:
        """Train, or go on, then measure and save; return what metrics.json holds."""
        keep_freed_memory()
        arguments = self._training_arguments()
        checkpoint = self._checkpoint(arguments)
        trainer = self._trainer(arguments)
        trainer.train(resume_from_checkpoint=checkpoint)
        if not trainer.is_world_process_zero():
            return {}
        draw_curves(trainer.state.log_history, self.output / "curves.png")
        self._save()
        measured = {split: self.served(split) for split in self.splits.tables}
        logits = {split: predict(self.model, photos) for split, photos in measured.items()}
        metrics = write_results(self.output, logits, measured, self.splits.names)
        trainer.state.save_to_json(str(self.output / "trainer_state.json"))
        return metrics

    def served(self, split: str) -> LabelledPhotos:
        """Return a split as the image processor prepares it; of `train` a fixed random part."""
        table, numbers = self.splits.tables[split], self.splits.numbers(split)
        if split == "train" and len(table) > self.options.train_subset:
            rng = np.random.default_rng(0)
            rows = np.sort(rng.permutation(len(table))[: self.options.train_subset])
            table, numbers = table.select(rows), numbers[rows]
        return LabelledPhotos(table, numbers, _Served(self.processor), views=1)

    @cached_property
    def training_photos(self) -> LabelledPhotos:
        """The photos that train, altered, with the answers that go with them."""
        options = self.options
        height, width = self.preprocessing.size
        if height != width:
            raise ValueError(f"{options.model} takes {height} x {width} pixels; expected a square.")
        transform = photo_transform(
            options.augmentation, height, self.preprocessing.mean, self.preprocessing.std
        )
        cached = options.freeze_backbone or options.teacher is not None
        photos = LabelledPhotos(
            self.splits.tables["train"],
            self.splits.numbers("train"),
            transform,
            views=options.views if cached else 0,
        )
        if options.freeze_backbone:
            self._use_features(photos)
        if options.teacher is not None:
            names = self.splits.names
            teacher, answer = load_teacher(options.teacher, names, self.preprocessing)
            folder = self.output / "views"
            photos.answers["teacher_logits"] = view_answers(folder, photos, teacher, answer)
        return photos

    def _use_features(self, photos: LabelledPhotos) -> None:
        answer = backbone_features(self.model, len(self.splits.names))
        photos.answers["features"] = view_answers(self.output / "views", photos, self.model, answer)
        photos.keep_pixels = False

    def _trainer(self, arguments: TrainingArguments) -> ClassificationTrainer:
        options = self.options
        training = self.training_photos
        watched = {split: self.served(split) for split in ("train", "valid") if self._has(split)}
        if options.freeze_backbone:
            for photos in watched.values():
                self._use_features(photos)
        mixing = Mixing(len(self.splits.names), options.mixing) if options.mixing else None
        if options.freeze_batch_norm:
            keep_still(batch_norms(self.model))
        head = classifier_layer(self.model, len(self.splits.names))
        return ClassificationTrainer(
            HeadOnFeatures(head) if options.freeze_backbone else self.model,
            arguments,
            train_dataset=training,
            eval_dataset=watched,
            data_collator=default_data_collator,
            mixing=mixing,
            callbacks=[Curves(self.output / "curves.png")],
            label_smoothing=options.label_smoothing,
            distillation_weight=options.distillation_weight if options.teacher else 0.0,
            temperature=options.temperature,
        )

    def _has(self, split: str) -> bool:
        return split in self.splits.tables

    def _training_arguments(self) -> TrainingArguments:
        settings = {
            "output_dir": str(self.output / "checkpoints"),
            "remove_unused_columns": False,
            "label_names": ["labels"],
            "use_cpu": not torch.accelerator.is_available(),
            "eval_strategy": "epoch",
            "save_strategy": "epoch",
            "save_total_limit": 2,
            "lr_scheduler_type": "cosine",
            "logging_strategy": "epoch",
            "report_to": [],
        }
        return TrainingArguments(**settings | self.options.arguments)

    def _checkpoint(self, arguments: TrainingArguments) -> str | None:
        """Return the checkpoint to go on from; refuse one of another training."""
        note, found = self.output / "options.json", last_checkpoint(arguments)
        values = {k: str(v) for k, v in asdict(self.options).items() if k in FIXED}
        values["classes"] = self.splits.names
        if found is not None and not self.options.resume:
            raise ValueError(
                f"{found} is there already: give another --output, or delete that folder."
            )
        before = (
            json.loads(note.read_text(encoding="utf-8")) if found and note.is_file() else values
        )
        if changed := [name for name in values if before.get(name) != values[name]]:
            raise ValueError(
                f"{self.output} holds another training, with other {', '.join(changed)}: give "
                "another --output, or repeat its command."
            )
        self.output.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps(values, indent=2, ensure_ascii=False), encoding="utf-8")
        return found

    def _save(self) -> None:
        """Save model and image processor, a complete repository; in half precision where asked.

        The config says float32 either way, so that what is stored in half loads in full.
        """
        if self.options.half:
            _round_to_half(self.model)
        state = {
            name: values.half() if self.options.half and values.is_floating_point() else values
            for name, values in self.model.state_dict().items()
        }
        self.model.save_pretrained(self.output, state_dict=state)
        if not hasattr(self.processor, "data_config"):  # timm's lies in the model's config
            self.processor.save_pretrained(self.output)


class _Served:
    """A picture as the checkpoint's own image processor prepares it."""

    def __init__(self, processor: Any):
        self.processor = processor

    def __call__(self, image: Any) -> Tensor:
        return self.processor(image, return_tensors="pt")["pixel_values"][0]

    def __repr__(self) -> str:
        return f"{type(self.processor).__name__} {Preprocessing.of_processor(self.processor)!r}"


@torch.no_grad()
def _round_to_half(model: PreTrainedModel) -> None:
    """Give the weights values that half precision can hold: what is measured is what is kept."""
    for values in [*model.parameters(), *model.buffers()]:
        if values.is_floating_point():
            values.copy_(values.half().float())
