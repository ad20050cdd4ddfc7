"""The Trainer of classifiers: hard or mixed labels, a teacher's answers, frozen batch norm."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import EvalPrediction, Trainer
from transformers.modeling_outputs import ImageClassifierOutputWithNoAttention

from ...evaluation.zero_shot import zero_shot_metrics
from .augmentation import Mixing


def distillation_loss(logits: Tensor, teacher_logits: Tensor, temperature: float) -> Tensor:
    """Return T² · KL(teacher ‖ student) at temperature T in nats, the mean over the batch.

    Hinton et al. 2015, "Distilling the Knowledge in a Neural Network", section 2: T² keeps the
    gradient's size whatever the temperature. Both (batch, classes).
    """
    said = F.log_softmax(logits / temperature, dim=-1)
    target = F.log_softmax(teacher_logits / temperature, dim=-1)
    divergence = F.kl_div(said, target, log_target=True, reduction="batchmean")
    return temperature**2 * divergence


class HeadOnFeatures(nn.Module):
    """A classifier's last layer alone, on features that a frozen backbone gave before.

    Args:
        layer: from (batch, width) to (batch, classes).
    """

    def __init__(self, layer: nn.Linear):
        super().__init__()
        self.layer = layer

    def forward(self, features: Tensor) -> ImageClassifierOutputWithNoAttention:
        """Return logits (batch, classes)."""
        return ImageClassifierOutputWithNoAttention(logits=self.layer(features))


class ClassificationTrainer(Trainer):
    """Minimises cross-entropy, and the divergence from a teacher's answers where a row has them.

    Args:
        args: Trainer's own.
        label_smoothing: share of each label that is spread over all classes, in training only.
        distillation_weight: of the teacher, 0 to 1; the labels get the rest.
        temperature: of the distillation.
        mixing: of the photos and labels of a training batch, or None.
        kwargs: Trainer's own.
    """

    def __init__(
        self,
        *args: Any,
        label_smoothing: float = 0.0,
        distillation_weight: float = 0.0,
        temperature: float = 2.0,
        mixing: Mixing | None = None,
        **kwargs: Any,
    ):
        super().__init__(*args, compute_metrics=accuracies, **kwargs)
        self.label_smoothing = label_smoothing
        self.distillation_weight, self.temperature = distillation_weight, temperature
        self.mixing = mixing

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        """Return the loss; in evaluation the plain cross-entropy."""
        inputs = dict(inputs)
        if self.mixing is not None and model.training:
            inputs = self.mixing(inputs)
        labels, teacher_logits = inputs.pop("labels"), inputs.pop("teacher_logits", None)
        logits = model(**inputs).logits.float()  # (batch, classes)
        smoothing = self.label_smoothing if model.training else 0.0
        loss = F.cross_entropy(logits, labels, label_smoothing=smoothing)
        if teacher_logits is not None and model.training:
            taught = distillation_loss(logits, teacher_logits, self.temperature)
            loss = (1 - self.distillation_weight) * loss + self.distillation_weight * taught
        return (loss, {"logits": logits}) if return_outputs else loss

    def prediction_step(self, model, inputs, prediction_loss_only, ignore_keys=None):
        """Return loss, logits and labels of a batch; the model itself is given no labels."""
        inputs = self._prepare_inputs(inputs)
        with torch.no_grad(), self.compute_loss_context_manager():
            loss, outputs = self.compute_loss(model, inputs, return_outputs=True)
        return loss, outputs["logits"], inputs["labels"]


def accuracies(prediction: EvalPrediction) -> dict[str, float]:
    """Return `top1` and `top5`, 0 to 1."""
    scores = zero_shot_metrics(prediction.predictions, prediction.label_ids)
    return {name: scores[name] for name in ("top1", "top5")}
