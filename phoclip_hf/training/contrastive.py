"""The contrastive Trainer: `transformers.Trainer` with our losses, measured by retrieval."""

import time
from contextlib import nullcontext
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler
from transformers import Trainer

from ..data.batches import Mixture, OneSourcePerBatch
from ..data.captions import CaptionedPictures
from .embedding import embed
from .learning_rates import apart, learning_rates
from .measuring import measure_retrieval
from .objectives import Embedded, Loss, batch_loss
from .ranks import as_forward, from_every_rank
from .weight_ema import WeightEMA

MAX_LOGIT_SCALE = float(np.log(100))  # CLIP, section 2.5: scaling by more than 100 is unstable


class ContrastiveTrainer(Trainer):
    """Trains a `PhoCLIPModel` on a `Mixture` of `CaptionedPictures`; `evaluate` measures retrieval.

    Every rank's rows are negatives of every other's.

    Args:
        loss: `"softmax"`, `"sigmoid"` or `"soft_target"`.
        label_smoothing: of the softmax loss.
        mini_batch_size: pictures that are in memory at once; None for the whole batch.
        repeats: passes over each source in one epoch.
        part_learning_rates: parameter prefix → learning rate, for parts that differ from the rest.
        layer_decay: of the learning rate, from each tower's layer to the one below.
        ema_decay: of the moving average of the weights, which is measured and, in the end, kept;
            0 does without.
        **kwargs: Trainer's own. `eval_dataset` is one `CaptionedPictures`, or several by name.
    """

    def __init__(
        self,
        *args: Any,
        loss: Loss = "softmax",
        label_smoothing: float = 0.0,
        mini_batch_size: int | None = None,
        repeats: list[int] | None = None,
        part_learning_rates: dict[str, float] | None = None,
        layer_decay: float = 1.0,
        ema_decay: float = 0.0,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.loss, self.label_smoothing = loss, label_smoothing
        self.mini_batch_size, self.repeats = mini_batch_size, repeats
        self.part_learning_rates = part_learning_rates or {}
        self.layer_decay = layer_decay
        self.ema = WeightEMA(self.model, ema_decay) if ema_decay else None
        if self.ema:
            self.add_callback(self.ema)
        self._last_log = (time.perf_counter(), 0)

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        """Return what this rank's rows cost among those of every rank."""
        phoclip = self.accelerator.unwrap_model(model)
        with torch.no_grad():
            phoclip.logit_scale.clamp_(max=MAX_LOGIT_SCALE)

        def forward() -> tuple[Tensor, ...]:
            with self.accelerator.autocast():  # Accelerate's own is in the model's forward
                images, texts = embed(phoclip, inputs, self.mini_batch_size)
            # A product, for DDP does not see a parameter that is itself an output.
            bias = images.new_zeros(()) if phoclip.logit_bias is None else phoclip.logit_bias * 1
            return images, texts, phoclip.logit_scale.exp(), bias

        images, texts, logit_scale, logit_bias = as_forward(model, forward)
        here = Embedded(images, texts, inputs["pair_keys"])
        everywhere = from_every_rank(here)
        loss = batch_loss(
            self.loss, here, everywhere, logit_scale, logit_bias, self.label_smoothing
        )
        return (loss, {"loss": loss}) if return_outputs else loss

    def evaluate(
        self,
        eval_dataset: CaptionedPictures | dict[str, CaptionedPictures] | None = None,
        ignore_keys: list[str] | None = None,
        metric_key_prefix: str = "eval",
    ) -> dict[str, float]:
        """Return recall at 1, 5 and 10 in both directions, over all captions of each picture.

        `eval_mean_recall` is their mean over all data sets: what early stopping watches.
        """
        data = self.eval_dataset if eval_dataset is None else eval_dataset
        sets = data if isinstance(data, dict) else {"": data}
        metrics: dict[str, float] = {}
        with self.ema.in_model() if self.ema and self.is_in_train else nullcontext():
            for name, dataset in sets.items():
                prefix = f"{metric_key_prefix}_{name}_" if name else f"{metric_key_prefix}_"
                scores = measure_retrieval(self.model, dataset, self.data_collator)
                metrics |= {prefix + key: value for key, value in scores.items()}
        if metrics:
            metrics[f"{metric_key_prefix}_mean_recall"] = sum(metrics.values()) / len(metrics)
        self.log(metrics)
        self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def log(self, logs: dict[str, float], *args: Any, **kwargs: Any) -> None:
        """Log as Trainer does, with the pictures a second since the last loss was logged."""
        if "loss" in logs:
            now, step = time.perf_counter(), self.state.global_step
            seconds, steps = now - self._last_log[0], step - self._last_log[1]
            pictures = steps * self._pictures_a_batch() * self.args.gradient_accumulation_steps
            self._last_log = (now, step)
            logs["samples_per_second"] = round(pictures / seconds, 1)
        super().log(logs, *args, **kwargs)

    def create_optimizer(self, *args: Any, **kwargs: Any) -> torch.optim.Optimizer:
        """Return Trainer's optimizer, with the parts and layers at learning rates of their own."""
        optimizer = super().create_optimizer(*args, **kwargs)
        rates = learning_rates(
            self.model, self.args.learning_rate, self.part_learning_rates, self.layer_decay
        )
        optimizer.param_groups[:] = apart(optimizer.param_groups, self.model, rates)
        return optimizer

    def _pictures_a_batch(self) -> int:
        return self._train_batch_size * self.args.world_size

    def _get_train_sampler(self, train_dataset: Dataset | None = None) -> Sampler | None:
        data: Mixture = train_dataset if train_dataset is not None else self.train_dataset
        return OneSourcePerBatch(
            [len(source) for source in data.sources],
            self._pictures_a_batch(),
            self.repeats or [1] * len(data.sources),
            self.args.seed,
            [source.things for source in data.sources],
        )

    def _save_optimizer_and_scheduler(self, output_dir: str) -> None:
        super()._save_optimizer_and_scheduler(output_dir)
        if self.ema and self.args.should_save:
            self.ema.save(output_dir)

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        super()._load_optimizer_and_scheduler(checkpoint)
        self._last_log = (time.perf_counter(), self.state.global_step)
        if self.ema and checkpoint:
            self.ema.load(checkpoint, self.state.global_step)

    def _load_best_model(self) -> None:
        super()._load_best_model()
        if self.ema:
            self.ema.load(self.state.best_model_checkpoint, self.state.best_global_step)
