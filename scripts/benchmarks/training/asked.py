"""What one training is asked to do; read by the driver too, so it imports nothing heavy."""

import time
from dataclasses import dataclass, field
from typing import Literal

Mode = Literal["unfrozen", "locked"]
Precision = Literal["fp32", "bf16"]
# Processor seconds of the training process, its readers of pictures apart, are the steadier clock
# on a CPU that others share.
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}

# The scripts that train, ours first; each peer's name is that of its package.
CONTENDERS = {
    "ours": "ours.py",
    "open_clip": "peer_open_clip.py",
    "transformers": "peer_transformers.py",
    "sentence_transformers": "peer_sentence_transformers.py",
}


@dataclass
class Job:
    """One training of one contender.

    Attributes:
        mode: `"locked"` leaves the image tower as it is.
        precision: of the steps; bf16 is autocast in every contender.
        data: folder of `train.parquet`, `validation.parquet`, `test.parquet`.
        initial: folder of the PhoCLIP checkpoint that everyone starts from.
        tokens: file of all captions' ids.
        output: folder that the training may write to.
        learning_rate: the highest of the schedule.
        epochs: readings of each picture, with one of its captions.
        max_steps: ends the training early; 0 does not.
        warm_up: steps at the start that the speed leaves out.
        measure: splits whose recalls are wanted.
        image_size: pixels.
        clock: a name in `CLOCKS`, of all seconds that are reported.
    """

    contender: str
    mode: Mode
    precision: Precision
    data: str
    initial: str
    tokens: str
    output: str
    learning_rate: float
    epochs: int = 1
    batch_size: int = 128
    max_steps: int = 0
    warm_up: int = 1
    seed: int = 0
    workers: int = 1
    measure: list[str] = field(default_factory=list)
    image_size: int = 224
    clock: str = "wall"
