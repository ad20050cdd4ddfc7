"""A moving average of the weights, which retrieves better than the last step's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import TrainerCallback

FILE = "ema.safetensors"


class WeightEMA(TrainerCallback):
    """Averages what a model learns, and becomes the model when the training ends.

    After step t the average moves towards the weights by 1 - min(decay, (1 + t) / (10 + t)), so
    that the random weights of the beginning are soon forgotten (the warm-up of TensorFlow's
    ExponentialMovingAverage). Running statistics of norms are averaged too; frozen weights are not
    copied.

    Args:
        model: its trainable weights at this moment are averaged.
        decay: between 0 and 1; 0.998 looks back about 500 steps.
    """

    def __init__(self, model: nn.Module, decay: float):
        if not 0 < decay < 1:
            raise ValueError(f"The decay of the moving average must lie in (0, 1), got {decay}.")
        self.model, self.decay, self.steps = model, decay, 0
        self.average = {name: value.detach().clone() for name, value in self._learned().items()}

    def _learned(self) -> dict[str, Tensor]:
        weights = {name: p for name, p in self.model.named_parameters() if p.requires_grad}
        statistics = {n: b for n, b in self.model.named_buffers() if b.is_floating_point()}
        return weights | statistics

    @torch.no_grad()
    def on_step_end(self, args, state, control, **kwargs):
        """Move the average towards the weights."""
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        weights = list(self._learned().values())
        torch._foreach_lerp_(list(self.average.values()), weights, 1 - decay)

    def on_train_end(self, args, state, control, **kwargs):
        """Make the average the model's weights."""
        self._exchange()

    @contextmanager
    def in_model(self) -> Iterator[None]:
        """Let the model work with the average, then with its own weights again."""
        self._exchange()
        try:
            yield
        finally:
            self._exchange()

    @torch.no_grad()
    def _exchange(self) -> None:
        for name, value in self._learned().items():
            mine = self.average[name].clone()
            self.average[name].copy_(value)
            value.copy_(mine)

    def save(self, checkpoint: str | Path) -> None:
        """Write the average into a checkpoint's folder."""
        average = {name: value.contiguous() for name, value in self.average.items()}
        save_file(average, Path(checkpoint) / FILE)

    @torch.no_grad()
    def load(self, checkpoint: str | Path, steps: int) -> None:
        """Go on from the average in a checkpoint's folder, which was written after `steps`."""
        for name, value in load_file(Path(checkpoint) / FILE).items():
            self.average[name].copy_(value)
        self.steps = steps
