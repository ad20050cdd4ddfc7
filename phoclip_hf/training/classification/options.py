"""What can be said of one training of a classifier; a wrong combination is an error."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class ClassificationOptions:
    """What scripts/train_classifier.py asks for; its help says what each means."""

    data: str
    output: Path
    model: str = "butterfly_cnn"
    teacher: str | None = None
    image_size: int | None = None
    label_column: str = "label"
    augmentation: str = "seed"
    mixing: float = 0.0
    label_smoothing: float = 0.0
    drop_path: float = 0.0
    freeze_backbone: bool = False
    freeze_batch_norm: bool = False
    views: int = 4
    distillation_weight: float = 0.9
    temperature: float = 2.0
    train_subset: int = 500
    resume: bool = True
    half: bool = False
    arguments: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.freeze_backbone and (self.teacher or self.mixing):
            raise ValueError(
                "A frozen backbone's features are computed before training: there are no pixels to "
                "mix and no network to distil into. Leave --freeze-backbone out, or --teacher and "
                "--mixing."
            )
        if self.freeze_backbone and self.model == "butterfly_cnn":
            raise ValueError("butterfly_cnn starts from random weights: nothing is worth freezing.")
        if self.views < 1:
            raise ValueError(f"views={self.views}: expected one alteration a photo or more.")
