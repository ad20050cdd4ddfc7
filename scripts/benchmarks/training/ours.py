"""This repository: a recipe beside this file, run as `scripts/train.py` runs any recipe.

    python scripts/benchmarks/training/ours.py '{"contender": "ours", …}'

`ours_unfrozen.yaml` and `ours_locked.yaml` are the recipes. The job's epochs are shared out among a
recipe's stages as its own are, and its learning rate moves all rates of a recipe alike.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from asked import CLOCKS, Job
from job import Trained, main, training_arguments
from pictures import Pictures

from phoclip_hf import PhoCLIPModel
from phoclip_hf.training.recipe import Recipe
from phoclip_hf.training.recipe_reading import load_recipe
from phoclip_hf.training.stages import Run, run_recipe


@dataclass
class TimedRun(Run):
    """A run that counts the seconds of its passes over the pictures."""

    now: Callable[[], float] = CLOCKS["wall"]
    feature_seconds: float = 0.0

    def locked_features(self, *args: Any, **kwargs: Any) -> np.ndarray:
        """Return what a locked tower sees, timed."""
        started = self.now()
        features = super().locked_features(*args, **kwargs)
        self.feature_seconds += self.now() - started
        return features


def filled(recipe: Recipe, job: Job) -> Recipe:
    """Return the recipe with what the job says: data, first weights, rate, epochs, batch.

    A speed job (`max_steps`) has one view a picture, as the peers have.
    """
    recipe.seed = job.seed
    recipe.tokenizer.pretrained = job.initial
    recipe.stages[0].start_from = job.initial
    epochs = sum(stage.arguments["num_train_epochs"] for stage in recipe.stages)
    scale = job.learning_rate / max(stage.arguments["learning_rate"] for stage in recipe.stages)
    for stage in recipe.stages:
        share = stage.arguments["num_train_epochs"] / epochs
        rate = scale * stage.arguments["learning_rate"]
        stage.image_size = job.image_size
        stage.learning_rates = {k: scale * v for k, v in stage.learning_rates.items()}
        stage.arguments |= training_arguments(job)
        stage.arguments |= {"num_train_epochs": share * job.epochs, "learning_rate": rate}
        if job.max_steps:
            stage.sources = dict.fromkeys(stage.sources, 1)
    return recipe


def train(job: Job, pictures: Pictures) -> Trained:
    """Run the recipe of the job's mode, from its beginning: half a training measures nothing."""
    shutil.rmtree(job.output, ignore_errors=True)
    recipe = load_recipe(Path(__file__).parent / f"ours_{job.mode}.yaml")
    run = TimedRun(filled(recipe, job), Path(job.data), Path(job.output), now=CLOCKS[job.clock])
    run_recipe(run)
    model = PhoCLIPModel.from_pretrained(run.folder(run.recipe.stages[-1].name))
    return Trained(model, run.feature_seconds)


if __name__ == "__main__":
    main(train)
