"""Running a recipe: each stage in its own folder, a finished one skipped, a killed one resumed."""

import json
import logging
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from accelerate import PartialState
from datasets import Dataset as Table
from transformers import PreTrainedModel, TrainerState, TrainingArguments, set_seed
from transformers.trainer import TRAINER_STATE_NAME
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

from ..data.sources import draw_scenes, open_pictures
from ..tokenization_phoclip import PhoCLIPTokenizer
from .curves import draw_curves
from .freed_memory import keep_freed_memory
from .locked_features import locked_features
from .precision import multiplies_bfloat16, training_device
from .recipe import Recipe, Stage

logger = logging.getLogger(__name__)


@dataclass
class Run:
    """A recipe with its folders: where the data is read and where each stage is kept."""

    recipe: Recipe
    data: Path
    output: Path

    def table(self, source: str, split: str = "train") -> Table:
        """Return the pictures of a source, decoded on access."""
        entry = self.recipe.sources[source]
        if entry.drawn is not None:
            return draw_scenes(entry.drawn[split], split, entry.size)
        table = open_pictures(self.local_or_hub(entry.path), split)
        if entry.captions is None:
            return table
        first = [texts[: entry.captions] for texts in table["captions"]]
        return table.remove_columns("captions").add_column("captions", first)

    def local_or_hub(self, name: str) -> str:
        """Return the folder of that name below the data, where there is one, else the name."""
        return str(self.data / name) if (self.data / name).is_dir() else name

    def is_segmented(self, source: str) -> bool:
        """Say whether the source's captions carry their underscores."""
        return self.recipe.sources[source].is_segmented

    def folder(self, stage: str) -> Path:
        """Return where a stage keeps its result."""
        return self.output / stage

    def checkpoint(self, name: str) -> str | Path:
        """Return what `from_pretrained` loads: an earlier stage's folder, or a path or Hub id."""
        return name if "/" in name else self.folder(name)

    @cached_property
    def tokenizer(self) -> PhoCLIPTokenizer:
        """The recipe's tokenizer: PhoBERT's, a checkpoint's, or trained on captions and kept."""
        entry, folder = self.recipe.tokenizer, self.output / "tokenizer"
        if entry.pretrained is not None:
            return PhoCLIPTokenizer.from_pretrained(entry.pretrained)
        if entry.phobert is not None:
            return PhoCLIPTokenizer.from_phobert(
                self.local_or_hub(entry.phobert), do_lower_case=entry.do_lower_case
            )
        if not (folder / "tokenizer.json").exists():
            captions = (
                text.replace("_", " ") if self.is_segmented(source) else text
                for source in entry.sources
                for texts in self.table(source)["captions"]
                for text in texts
            )
            tokenizer = PhoCLIPTokenizer.train(
                captions, entry.vocab_size, do_lower_case=entry.do_lower_case
            )
            tokenizer.save_pretrained(folder)
        return PhoCLIPTokenizer.from_pretrained(folder)

    def locked_features(
        self, stage: Stage, tower: PreTrainedModel, table: Table, views: int
    ) -> np.ndarray:
        """Return what a locked timm tower sees, (pictures, views, dim); kept beside the stages."""
        folder = self.output / "features"
        return locked_features(
            folder, table, tower, views, stage.augmentation.min_scale, stage.image_size
        )

    def keep_numbers(
        self, stage: Stage, metrics: dict[str, float], log_history: list[dict[str, Any]]
    ) -> None:
        """Write a stage's numbers and draw its curves into its folder."""
        folder = self.folder(stage.name)
        (folder / "metrics.json").write_text(json.dumps(metrics, indent=2))
        draw_curves(log_history, folder / "curves.png")

    def arguments(self, stage: Stage, **defaults: Any) -> TrainingArguments:
        """Return the stage's TrainingArguments; the recipe's own win over the defaults.

        `bf16: auto` becomes true where the machine multiplies in bfloat16 by itself.
        """
        device = training_device()
        settings = {
            "output_dir": str(self.folder(stage.name) / "checkpoints"),
            "seed": self.recipe.seed,
            "remove_unused_columns": False,
            "use_cpu": device.type == "cpu",  # bf16 on a CPU asks for it
            "report_to": [],
            "ddp_find_unused_parameters": False,
            "save_total_limit": 2,
            "save_strategy": "epoch",
            "lr_scheduler_type": "cosine",
        }
        if stage.arguments.get("torch_compile"):
            raise ValueError(
                f"Stage {stage.name!r}: Trainer's torch_compile compiles a forward pass that our "
                "loss does not call; write compile_image_tower: true in the stage instead."
            )
        if stage.early_stopping_patience is not None:
            settings |= {
                "eval_strategy": "epoch",
                "load_best_model_at_end": True,
                "metric_for_best_model": "mean_recall",
                "greater_is_better": True,
            }
        settings |= defaults | stage.arguments
        if settings.get("bf16") == "auto":
            settings["bf16"] = multiplies_bfloat16(device)
        elif settings.get("bf16") and not multiplies_bfloat16(device):
            logger.warning(
                f"Stage {stage.name!r}: this {device.type} only emulates bfloat16, which is slower "
                "than full precision: write bf16: auto or leave it out."
            )
        try:
            return TrainingArguments(**settings)
        except (TypeError, ValueError) as error:
            raise ValueError(f"Stage {stage.name!r}, arguments: {error}") from error


def run_recipe(run: Run) -> None:
    """Run every stage that is not finished, in order; a killed one goes on from its checkpoint.

    Under `torchrun` or `accelerate launch` every rank runs it: see `contrastive_stage`.
    """
    keep_freed_memory()
    for stage in run.recipe.stages:
        done = run.folder(stage.name) / "done"
        if done.exists():
            print(f"{stage.name}: done before, in {done.parent}")
            continue
        print(f"{stage.name}: {stage.task}")
        set_seed(stage.arguments.get("seed", run.recipe.seed))
        module = import_module(f"phoclip_hf.training.{stage.task}_stage")
        getattr(module, f"run_{stage.task}")(run, stage)
        PartialState().wait_for_everyone()
        done.touch()


def last_checkpoint(arguments: TrainingArguments) -> str | None:
    """Return the folder of the newest whole checkpoint, or None.

    Trainer writes `trainer_state.json` last: a folder without it, or with half of it, was left by a
    run that was killed while it saved.
    """
    folders = Path(arguments.output_dir).glob(f"{PREFIX_CHECKPOINT_DIR}-*")
    for folder in sorted(folders, key=lambda path: int(path.name.partition("-")[2]), reverse=True):
        try:
            TrainerState.load_from_json(str(folder / TRAINER_STATE_NAME))
        except (OSError, ValueError):
            continue
        return str(folder)
    return None
