"""One training of one contender: what is asked, what is measured, and the process around it."""

import json
import re
import resource
import statistics
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, redirect_stdout
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from asked import CLOCKS, Job
from pictures import CaptionTokens, Pictures
from torch import nn
from torch.optim.optimizer import register_optimizer_step_post_hook
from transformers import set_seed


@dataclass
class Trained:
    """What a contender hands back.

    Attributes:
        model: its `get_image_features(pixel_values)` and `get_text_features(input_ids,
            attention_mask)` return outputs with a `pooler_output`, as Transformers' CLIP models do.
        feature_seconds: what a pass over the pictures before the first step took.
    """

    model: nn.Module
    feature_seconds: float = 0.0


class StepClock(AbstractContextManager):
    """Notes when each step of any optimizer ends: the same clock in every peer's own loop.

    Args:
        now: tells the time, in seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.ends: list[float] = []  # seconds

    def __enter__(self) -> "StepClock":
        self._hook = register_optimizer_step_post_hook(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        self._hook.remove()

    def _note(self, *_: object) -> None:
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        self.ends.append(self.now())

    def step_seconds(self, warm_up: int) -> float:
        """Return the median seconds of a step, without the first `warm_up` and without the last.

        A loader that reads ahead has nothing to read in the last step.
        """
        ends = self.ends[warm_up - 1 : -1]
        if len(ends) < 2:
            raise ValueError(
                f"{len(self.ends)} steps, of which {warm_up} are warm-up and the last is left out: "
                "none is left to measure. Take more pictures or a smaller batch."
            )
        return statistics.median(b - a for a, b in zip(ends, ends[1:], strict=False))

    def seconds(self) -> float:
        """Return the seconds of all steps; the first, whose start is unknown, as the others."""
        steps = len(self.ends)
        return (self.ends[-1] - self.ends[0]) * steps / (steps - 1)


@dataclass
class Result:
    """What one training measured: seconds, bytes, pictures a second, recalls by split."""

    step_seconds: float
    samples_per_second: float
    seconds: float
    feature_seconds: float
    steps: int
    peak_bytes: int
    metrics: dict[str, dict[str, float]] = field(default_factory=dict)


def main(train: Callable[[Job, Pictures], Trained]) -> None:
    """Read a job (JSON) from the command line, train, measure, print one line of JSON.

    Whatever the training prints goes to standard error.
    """
    job = Job(**json.loads(sys.argv[1]))
    with redirect_stdout(sys.stderr):
        result = measured(train, job)
    print(json.dumps(asdict(result)))


def measured(train: Callable[[Job, Pictures], Trained], job: Job) -> Result:
    """Train as the job says and measure it."""
    tokens = CaptionTokens.load(Path(job.initial), Path(job.tokens))
    pictures = Pictures(Path(job.data), tokens, job.image_size)
    set_seed(job.seed)
    with StepClock(CLOCKS[job.clock]) as clock:
        trained = train(job, pictures)
    step_seconds = clock.step_seconds(job.warm_up)
    return Result(
        step_seconds=step_seconds,
        samples_per_second=job.batch_size / step_seconds,
        seconds=clock.seconds() + trained.feature_seconds,
        feature_seconds=trained.feature_seconds,
        steps=len(clock.ends),
        peak_bytes=peak_bytes(),
        metrics={split: pictures.recalls(trained.model.eval(), split) for split in job.measure},
    )


def peak_bytes() -> int:
    """Return the peak memory: of the GPU where there is one, else resident in this process."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated()
    if sys.platform == "darwin":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux hands getrusage's peak on from the process that started this one.
    status = Path("/proc/self/status").read_text()
    return 1024 * int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])


def training_arguments(job: Job) -> dict[str, Any]:
    """Return what a job says in the words of Transformers' `TrainingArguments`."""
    return {
        "num_train_epochs": job.epochs,
        "max_steps": job.max_steps or -1,
        "per_device_train_batch_size": job.batch_size,
        "learning_rate": job.learning_rate,
        "bf16": job.precision == "bf16",
        "dataloader_num_workers": job.workers,
        "seed": job.seed,
        "use_cpu": not torch.accelerator.is_available(),
        "report_to": [],
        "save_strategy": "no",
        "logging_steps": 50,
        "disable_tqdm": not sys.stderr.isatty(),
    }
