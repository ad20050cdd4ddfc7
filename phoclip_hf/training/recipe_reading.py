"""Reading recipes: one YAML file a run; a key that is unknown, or does nothing, is an error."""

import difflib
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import yaml

from ..data.augmentation import Augmentation
from .objectives import Loss
from .recipe import Recipe, Source, Stage, Task, TokenizerRecipe


def load_recipe(path: str | Path) -> Recipe:
    """Return the recipe that a YAML file holds; an unknown or missing key raises ValueError."""
    return read_recipe(yaml.safe_load(Path(path).read_text(encoding="utf-8")), str(path))


def read_recipe(raw: dict[str, Any], name: str) -> Recipe:
    """Return the recipe that a mapping holds, as `load_recipe`; errors call it `name`."""
    recipe = _read(Recipe, raw, name)
    recipe.tokenizer = _read(TokenizerRecipe, recipe.tokenizer, "tokenizer")
    recipe.sources = {
        name: _read(Source, values, f"sources.{name}") for name, values in recipe.sources.items()
    }
    recipe.stages = [
        _read(Stage, values, f"stages[{index}]") for index, values in enumerate(recipe.stages)
    ]
    for stage in recipe.stages:
        if isinstance(stage.augmentation, dict):
            where = f"stage {stage.name!r}, augmentation"
            stage.augmentation = _read(Augmentation, stage.augmentation, where)
    _check(recipe)
    return recipe


def merged(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Return the base with the change, dictionaries within it merged, `sources` replaced."""
    result = dict(base)
    for key, value in change.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict) and key != "sources"
        result[key] = merged(base[key], value) if both else value
    return result


def _read(kind: type, values: Any, where: str) -> Any:
    if not isinstance(values, dict):
        raise ValueError(f"{where}: expected a mapping of keys to values, got {values!r}.")
    known = [entry.name for entry in fields(kind)]
    for key in values:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}."
            raise ValueError(f"{where}: unknown key {key!r}; {hint}")
    try:
        return kind(**values)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{where}: {error}") from error


def _check(recipe: Recipe) -> None:
    earlier: list[str] = []
    for stage in recipe.stages:
        _check_choices(stage)
        _check_fields(stage)
        _check_augmentation(stage)
        _check_names(recipe, stage, earlier)
        earlier.append(stage.name)


def _check_choices(stage: Stage) -> None:
    for name, allowed in (("task", get_args(Task)), ("loss", get_args(Loss))):
        if getattr(stage, name) not in allowed:
            raise ValueError(
                f"Stage {stage.name!r}: {name} {getattr(stage, name)!r} is none of "
                f"{', '.join(allowed)}."
            )


def _check_fields(stage: Stage) -> None:
    """Refuse fields that do nothing for the stage's task, or undo each other."""
    for entry in fields(stage):
        tasks = entry.metadata.get("tasks", [stage.task])
        if stage.task not in tasks and getattr(stage, entry.name) != entry.default_factory():
            raise ValueError(
                f"Stage {stage.name!r}: {entry.name} is for {', '.join(tasks)}, and does nothing "
                f"for {stage.task}: leave it out."
            )
    if stage.freeze_batch_norm and stage.reestimate_batch_norm:
        raise ValueError(
            f"Stage {stage.name!r}: freeze_batch_norm keeps the statistics, and "
            "reestimate_batch_norm counts them anew: name one."
        )


def _check_augmentation(stage: Stage) -> None:
    """Refuse alterations of what is read once and kept as features."""
    by_features = stage.task in ("distillation", "captioning")
    once = []
    if by_features or (stage.task == "contrastive" and stage.lock_image_tower):
        once += ["rotation", "colour_jitter"]
    if by_features or stage.lock_text_tower:
        once += ["token_dropout", "typed"]
    for name in once:
        if getattr(stage.augmentation, name):
            raise ValueError(
                f"Stage {stage.name!r}: augmentation.{name} does nothing where a tower's features "
                "are computed once: leave it out, or do not lock the tower."
            )


def _check_names(recipe: Recipe, stage: Stage, earlier: list[str]) -> None:
    for name in [*stage.sources, *stage.evaluate_on]:
        if name not in recipe.sources:
            raise ValueError(
                f"Stage {stage.name!r} names the source {name!r}; the recipe has "
                f"{', '.join(recipe.sources)}."
            )
    if stage.task == "averaging" and None in (stage.start_from, stage.average_with):
        raise ValueError(f"Stage {stage.name!r} averages: name `start_from`, `average_with`.")
    if stage.task != "averaging" and not stage.sources:
        raise ValueError(f"Stage {stage.name!r} has no sources to learn from: name some.")
    for name in (stage.start_from, stage.teacher, stage.average_with):
        if name is not None and name not in earlier and "/" not in name:
            raise ValueError(
                f"Stage {stage.name!r} builds on {name!r}, which is no earlier stage "
                f"({', '.join(earlier) or 'there is none'}); a checkpoint is named by its "
                "path or its Hub id, with a / in it."
            )
