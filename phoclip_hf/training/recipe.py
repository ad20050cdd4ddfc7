"""Recipes: one YAML file a run, read into dataclasses; an unknown key is an error."""

import difflib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from ..data.augmentation import Augmentation
from .objectives import Loss

Task = Literal[
    "contrastive",
    "masked_language",
    "distillation",
    "averaging",
    "language_modeling",
    "captioning",
    "blip",
]


@dataclass
class Source:
    """A set of pictures: a folder below the data (or a Hub id), or scenes that we draw.

    `drawn` counts scenes per split, `size` is theirs in pixels. `is_segmented` says that captions
    carry their underscores; `captions` takes only the first so many of each picture.
    """

    path: str | None = None
    drawn: dict[str, int] | None = None
    size: int = 224
    is_segmented: bool = False
    captions: int | None = None

    def __post_init__(self) -> None:
        if (self.path is None) == (self.drawn is None):
            raise ValueError("A source has either a `path` or `drawn` scenes: give exactly one.")


@dataclass
class TokenizerRecipe:
    """PhoBERT's vocabulary, a checkpoint's, or our own of `vocab_size` tokens.

    `phobert` and `pretrained` are folders or Hub ids; `sources` have the captions of our own.
    """

    phobert: str | None = None
    pretrained: str | None = None
    vocab_size: int = 8000
    do_lower_case: bool = True
    sources: list[str] = field(default_factory=list)


@dataclass
class Stage:
    """One stage of a run. What each field means for each task stands in that task's module.

    `arguments` are `transformers.TrainingArguments`; `sources` maps a source to how often each of
    its pictures is seen per epoch (distillation: to its number of views).
    """

    name: str
    task: Task
    sources: dict[str, int] = field(default_factory=dict)
    arguments: dict[str, Any] = field(default_factory=dict)
    evaluate_on: dict[str, str] = field(default_factory=dict)  # source → split
    start_from: str | None = None  # an earlier stage, or a checkpoint's path or Hub id (with a /)
    vision: str | None = None  # timm folder or Hub id, an earlier stage, or an architecture
    text: str | None = None  # folder or Hub id of a text tower; None builds `text_config`;
    # captioning, language_modeling: of a language model, or an earlier language_modeling stage
    teacher: str | None = None  # distillation: as `start_from`
    average_with: str | None = None  # averaging: as `start_from`
    share: float = 0.5  # averaging: of `start_from`, 0 to 1
    image_size: int = 224  # pixels
    image_sizes: dict[int, float] = field(default_factory=dict)  # distillation: pixels → share
    view_limit: int | None = None  # distillation
    teacher_size: int = 224  # distillation: pixels that the teacher sees
    held_out: int = 1000  # distillation: views that measure and do not train
    caption_view: list[str] = field(default_factory=list)  # distillation: sources of captions
    loss: Loss = "softmax"  # contrastive
    label_smoothing: float = 0.0  # contrastive, softmax
    mini_batch_size: int | None = None  # contrastive: pictures in memory at once
    drop_path: float = 0.0  # contrastive: share of a timm tower's last blocks left out at random
    compile_image_tower: bool = False  # contrastive: by torch.compile, for one size of pictures
    lock_image_tower: bool = False
    lock_text_tower: bool = False  # contrastive
    frozen: list[str] = field(default_factory=list)  # prefixes of parameters that stay as they are
    freeze_batch_norm: bool = False  # keep the statistics of a trained image tower
    reestimate_batch_norm: bool = False  # contrastive: take them anew when the weights are done
    learning_rates: dict[str, float] = field(default_factory=dict)  # parameter prefix → rate
    layer_decay: float = 1.0  # contrastive: of the rate, from a layer to the one below
    ema_decay: float = 0.0  # contrastive: of the moving average of the weights; 0 keeps the last
    early_stopping_patience: int | None = None  # contrastive: evaluations without a better recall
    augmentation: Augmentation = field(default_factory=Augmentation)
    noise: float = 0.0  # captioning: added to embeddings, relative to their length
    caption_share: float = 0.0  # captioning: rows whose caption's embedding is the picture's
    masked: float = 0.15  # masked_language: share of the tokens to be guessed
    model: dict[str, Any] = field(default_factory=dict)  # further numbers for the model's config


@dataclass
class Recipe:
    """A run: sources, tokenizer and the stages in order.

    `text_config` is the text tower of stages that start from nothing, `model` the further numbers
    of their config.
    """

    sources: dict[str, Source]
    tokenizer: TokenizerRecipe
    stages: list[Stage]
    text_config: dict[str, Any] = field(default_factory=dict)
    model: dict[str, Any] = field(default_factory=dict)
    seed: int = 0


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
    _check_names(recipe)
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


def _check_names(recipe: Recipe) -> None:
    earlier: list[str] = []
    for stage in recipe.stages:
        for name, allowed in (("task", get_args(Task)), ("loss", get_args(Loss))):
            if getattr(stage, name) not in allowed:
                raise ValueError(
                    f"Stage {stage.name!r}: {name} {getattr(stage, name)!r} is none of "
                    f"{', '.join(allowed)}."
                )
        for name in [*stage.sources, *stage.evaluate_on]:
            if name not in recipe.sources:
                raise ValueError(
                    f"Stage {stage.name!r} names the source {name!r}; the recipe has "
                    f"{', '.join(recipe.sources)}."
                )
        if stage.task == "averaging" and None in (stage.start_from, stage.average_with):
            raise ValueError(f"Stage {stage.name!r} averages: name `start_from`, `average_with`.")
        if stage.freeze_batch_norm and stage.reestimate_batch_norm:
            raise ValueError(
                f"Stage {stage.name!r}: freeze_batch_norm keeps the statistics, and "
                "reestimate_batch_norm counts them anew: name one."
            )
        if stage.task != "averaging" and not stage.sources:
            raise ValueError(f"Stage {stage.name!r} has no sources to learn from: name some.")
        for name in (stage.start_from, stage.teacher, stage.average_with):
            if name is not None and name not in earlier and "/" not in name:
                raise ValueError(
                    f"Stage {stage.name!r} builds on {name!r}, which is no earlier stage "
                    f"({', '.join(earlier) or 'there is none'}); a checkpoint is named by its "
                    "path or its Hub id, with a / in it."
                )
        earlier.append(stage.name)
