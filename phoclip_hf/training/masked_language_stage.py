"""The masked-language stage of a recipe: the text tower reads captions that have no pictures."""

from typing import Any

from torch import Tensor, nn
from torch.utils.data import ConcatDataset
from transformers import (
    AutoModelForMaskedLM,
    DataCollatorForLanguageModeling,
    PreTrainedModel,
    Trainer,
)
from transformers.utils import ModelOutput

from ..data.captions import Captions
from ..modeling_phoclip import PhoCLIPModel
from ..processing_phoclip import PhoCLIPProcessor
from .curves import Curves
from .model_building import build_model
from .perplexity import with_perplexity
from .recipe import Stage
from .stages import Run, last_checkpoint


def run_masked_language(run: Run, stage: Stage) -> None:
    """Train the text tower to guess left-out tokens (Devlin et al. 2019, BERT, section 3.1).

    What is kept is a whole PhoCLIP model, from which a contrastive stage starts; the layer that
    guesses is left behind. Fields of the stage: the model's as in a contrastive stage, `sources`
    counts passes over each source's captions per epoch, `masked` is the share of the tokens to be
    guessed, `evaluate_on` measures the loss and its exponential, the perplexity.
    """
    arguments = run.arguments(
        stage,
        prediction_loss_only=True,
        label_names=["labels"],
        train_sampling_strategy="group_by_length",
    )

    def captions(source: str, split: str) -> Captions:
        texts = run.table(source, split)["captions"][:]
        return Captions(texts, run.tokenizer, run.is_segmented(source))

    with arguments.main_process_first(desc="captions"):
        model = build_model(run, stage)
        train = [captions(name, "train") for name, n in stage.sources.items() for _ in range(n)]
        measured = {name: captions(name, split) for name, split in stage.evaluate_on.items()}
    trainer = MaskedLanguageTrainer(
        guesser(model),
        arguments,
        data_collator=DataCollatorForLanguageModeling(run.tokenizer, mlm_probability=stage.masked),
        train_dataset=ConcatDataset(train),
        eval_dataset=measured,
        callbacks=[Curves(run.folder(stage.name) / "curves.png")],
    )
    trainer.train(resume_from_checkpoint=last_checkpoint(arguments))
    metrics = with_perplexity(trainer.evaluate())
    if trainer.is_world_process_zero():
        model.save_pretrained(run.folder(stage.name))
        processor = PhoCLIPProcessor.from_tower(model, run.tokenizer)
        processor.save_pretrained(run.folder(stage.name))
        run.keep_numbers(stage, metrics, trainer.state.log_history)


def guesser(model: PhoCLIPModel) -> PreTrainedModel:
    """Return a masked-language model whose encoder is the model's text tower itself."""
    masked = AutoModelForMaskedLM.from_config(model.config.text_config)
    setattr(masked, masked.base_model_prefix, model.text_model)
    masked.tie_weights()
    return masked


class MaskedLanguageTrainer(Trainer):
    """A Trainer that hands the left-out tokens alone to the head, which is as wide as the words."""

    def compute_loss(
        self, model: nn.Module, inputs: dict[str, Tensor], *args: Any, **kwargs: Any
    ) -> Any:
        """Return the loss over the tokens whose label is not -100."""
        left_out = inputs["labels"] != -100  # (texts, tokens)
        inputs = inputs | {"labels": inputs["labels"][left_out].unsqueeze(0)}

        def keep_left_out(_: nn.Module, __: Any, output: ModelOutput) -> ModelOutput:
            output["last_hidden_state"] = output["last_hidden_state"][left_out].unsqueeze(0)
            return output

        encoder = self.accelerator.unwrap_model(model).base_model
        with encoder.register_forward_hook(keep_left_out):
            return super().compute_loss(model, inputs, *args, **kwargs)
