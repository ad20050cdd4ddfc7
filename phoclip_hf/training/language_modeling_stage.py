"""The language-modelling stage of a recipe: a causal language model reads captions, no pictures."""

from typing import Any

from torch import Tensor
from torch.utils.data import ConcatDataset
from transformers import PreTrainedTokenizerBase, Trainer

from ..data.captions import Captions
from .curves import Curves
from .language_models import begin_language_model
from .perplexity import with_perplexity
from .recipe import Stage
from .stages import Run, last_checkpoint


class TextCollator:
    """Batches {`input_ids`, `attention_mask`, `labels`}; padding costs nothing, the end does.

    Args:
        tokenizer: pads. Its padding token may be its end: the mask tells them apart.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase):
        self.tokenizer = tokenizer

    def __call__(self, rows: list[dict[str, Any]]) -> dict[str, Tensor]:
        """Return the batch."""
        batch = dict(self.tokenizer.pad(rows, return_tensors="pt"))
        labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
        return batch | {"labels": labels}


def run_language_modeling(run: Run, stage: Stage) -> None:
    """Train a language model on captions alone; a captioning stage names it as its `text`.

    Fields of the stage: `text` and `model` as in captioning; `sources` counts passes over each
    source's captions per epoch, pictures or none; `evaluate_on` measures the loss and its
    exponential, the perplexity.
    """
    model, tokenizer = begin_language_model(run, stage)

    def captions(source: str, split: str) -> Captions:
        texts = run.table(source, split)["captions"][:]
        return Captions(texts, tokenizer, run.is_segmented(source))

    train = [captions(name, "train") for name, times in stage.sources.items() for _ in range(times)]
    trainer = Trainer(
        model,
        run.arguments(
            stage,
            prediction_loss_only=True,
            label_names=["labels"],
            train_sampling_strategy="group_by_length",
        ),
        data_collator=TextCollator(tokenizer),
        train_dataset=ConcatDataset(train),
        eval_dataset={name: captions(name, split) for name, split in stage.evaluate_on.items()},
        processing_class=tokenizer,
        callbacks=[Curves(run.folder(stage.name) / "curves.png")],
    )
    trainer.train(resume_from_checkpoint=last_checkpoint(trainer.args))
    metrics = with_perplexity(trainer.evaluate())
    trainer.save_model(str(run.folder(stage.name)))
    if trainer.is_world_process_zero():
        run.keep_numbers(stage, metrics, trainer.state.log_history)
