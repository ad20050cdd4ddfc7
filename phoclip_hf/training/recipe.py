"""What a recipe says: its sources, its tokenizer, its stages. `recipe_reading` reads one."""

from copy import copy
from dataclasses import dataclass, field
from typing import Any, Literal

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
TOWERS = "contrastive masked_language blip"  # tasks that build a model out of two towers


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


def only(tasks: str, default: Any) -> Any:
    """Return a field of a stage that means something to these tasks alone, set off by spaces."""
    return field(default_factory=lambda: copy(default), metadata={"tasks": tasks.split()})


@dataclass
class Stage:
    """One stage: a task, its data, and what differs from the defaults.

    `arguments` are `transformers.TrainingArguments`; `sources` maps a source to how often each of
    its pictures is seen per epoch (distillation: to its number of views). A field that another
    task is for, see `only`, is refused.
    """

    name: str
    task: Task
    sources: dict[str, int] = field(default_factory=dict)
    arguments: dict[str, Any] = field(default_factory=dict)
    evaluate_on: dict[str, str] = field(default_factory=dict)  # source → split
    # An earlier stage, or a checkpoint's path or Hub id (with a /).
    start_from: str | None = only(f"{TOWERS} captioning distillation averaging", None)
    # A timm folder or Hub id, an earlier stage, or an architecture.
    vision: str | None = only(f"{TOWERS} captioning distillation", None)
    # A folder or Hub id of a text tower, None builds `text_config`; of a language model, or an
    # earlier language_modeling stage.
    text: str | None = only(f"{TOWERS} captioning language_modeling", None)
    # Further numbers for the model's config.
    model: dict[str, Any] = only(f"{TOWERS} captioning language_modeling", {})
    image_size: int = 224  # pixels
    augmentation: Augmentation = only("contrastive distillation captioning blip", Augmentation())

    loss: Loss = only("contrastive", "softmax")
    label_smoothing: float = only("contrastive", 0.0)  # of the softmax
    mini_batch_size: int | None = only("contrastive", None)  # pictures in memory at once
    lock_image_tower: bool = only("contrastive blip", False)
    lock_text_tower: bool = only("contrastive", False)
    frozen: list[str] = only("contrastive captioning blip", [])  # prefixes of parameters that stay
    freeze_batch_norm: bool = only("contrastive blip", False)  # keep a trained tower's statistics
    reestimate_batch_norm: bool = only("contrastive", False)  # take them anew for the final weights
    learning_rates: dict[str, float] = only("contrastive", {})  # parameter prefix → rate
    layer_decay: float = only("contrastive", 1.0)  # of the rate, from a layer to the one below
    ema_decay: float = only("contrastive", 0.0)  # of the weights' moving average; 0 keeps the last
    early_stopping_patience: int | None = only("contrastive", None)  # evaluations without a better
    drop_path: float = only("contrastive", 0.0)  # share of a timm tower's last blocks left out
    compile_image_tower: bool = only("contrastive", False)  # for pictures of one size

    masked: float = only("masked_language", 0.15)  # share of the tokens to be guessed

    teacher: str | None = only("distillation", None)  # as `start_from`
    image_sizes: dict[int, float] = only("distillation", {})  # pixels → share of the steps
    view_limit: int | None = only("distillation", None)
    teacher_size: int = only("distillation", 224)  # pixels that the teacher sees
    held_out: int = only("distillation", 1000)  # views that measure and do not train
    caption_view: list[str] = only("distillation", [])  # sources of captions

    average_with: str | None = only("averaging", None)  # as `start_from`
    share: float = only("averaging", 0.5)  # of `start_from`, 0 to 1

    noise: float = only("captioning", 0.0)  # added to embeddings, relative to their length
    caption_share: float = only("captioning", 0.0)  # rows whose caption stands for the picture


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
