"""Feature distillation: an image tower from random weights learns to see as a teacher does.

Two kinds of target, both read from a `ViewBank`: the teacher's features and feature maps, each
channel standardised (hints: Romero et al., "FitNets", ICLR 2015), and, where the teacher is a whole
PhoCLIP, what it says of many captions at once: for each picture the softmax over captions
(affinity mimicking: Wu et al., "TinyCLIP", ICCV 2023, equation 3).
"""

from dataclasses import dataclass

import timm
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import Subset
from transformers import Trainer, TrainerCallback
from transformers.utils import ModelOutput

from .still import keep_still
from .view_bank import ViewBank


@dataclass
class DistillationOutput(ModelOutput):
    """`loss`, and for each target the share of its variance left unexplained (features, hints)
    or the mean divergence in nats (captions)."""

    loss: Tensor | None = None
    residuals: dict[str, Tensor] | None = None


class CaptionView(nn.Module):
    """What a teacher's head makes of features, seen through a bank of captions.

    Args:
        head: the teacher's image projection, from features to the shared space; frozen.
        text_embeds: (captions, dim), unit length.
        logit_scale: the factor that turns cosines into logits.
        sample: captions compared at a step.
    """

    def __init__(
        self, head: nn.Module, text_embeds: Tensor, logit_scale: float, sample: int = 4096
    ):
        super().__init__()
        self.head = head.requires_grad_(False)
        keep_still([self.head])
        self.register_buffer("text_embeds", text_embeds, persistent=False)
        self.logit_scale, self.sample = logit_scale, sample

    def forward(self, student: Tensor, teacher: Tensor) -> Tensor:
        """Return the mean divergence KL(teacher ‖ student) in nats; both (batch, features)."""
        choice = torch.randint(len(self.text_embeds), (self.sample,), device=student.device)
        captions = self.text_embeds[choice]  # (sample, dim)
        with torch.no_grad():
            target = self.logits(teacher, captions).log_softmax(-1)
        said = self.logits(student, captions).log_softmax(-1)
        return F.kl_div(said, target, log_target=True, reduction="batchmean")

    def logits(self, features: Tensor, captions: Tensor) -> Tensor:
        """Return (batch, captions): cosines times the scale."""
        return self.logit_scale * F.normalize(self.head(features), dim=-1) @ captions.t()


class Distiller(nn.Module):
    """A timm student with one linear translator per target; `forward` gives the loss.

    Args:
        student: a timm model with `num_classes=0`.
        bank: gives the shapes and moments of the targets.
        image_size: pixels the student sees; the bank's crops are reduced to it.
        caption_view: the second kind of target, or None.
    """

    def __init__(
        self,
        student: nn.Module,
        bank: ViewBank,
        image_size: int,
        caption_view: CaptionView | None = None,
    ):
        super().__init__()
        self.student, self.image_size, self.caption_view = student, image_size, caption_view
        self.hints = sorted(name for name in bank.arrays if name.startswith("hint_"))
        strides = [info["reduction"] for info in student.feature_info]
        self.indices = [strides.index(int(name.removeprefix("hint_"))) for name in self.hints]
        widths = [student.feature_info[index]["num_chs"] for index in self.indices]
        self.translators = nn.ModuleDict(
            {
                name: nn.Conv2d(width, bank.arrays[name].shape[1], 1)
                for name, width in zip(self.hints, widths, strict=True)
            }
        )
        self.translators["features"] = nn.Linear(
            student.head_hidden_size, bank.arrays["features"].shape[1]
        )
        for name, (mean, std) in bank.statistics.items():
            self.register_buffer(f"{name}_mean", mean, persistent=False)
            self.register_buffer(f"{name}_std", std, persistent=False)
        cfg = student.pretrained_cfg
        self.register_buffer("mean", torch.tensor(cfg["mean"]).view(3, 1, 1) * 255, False)
        self.register_buffer("std", torch.tensor(cfg["std"]).view(3, 1, 1) * 255, False)

    def forward(self, pixels: Tensor, **targets: Tensor) -> DistillationOutput:
        """Return the sum of the residuals of all targets; `pixels` (batch, 3, side, side) uint8."""
        pixel_values = (pixels.float() - self.mean) / self.std
        if pixel_values.shape[-1] != self.image_size:
            pixel_values = F.interpolate(
                pixel_values, (self.image_size,) * 2, mode="bilinear", antialias=True
            )
        pixel_values = pixel_values.contiguous(memory_format=torch.channels_last)
        final, maps = self.student.forward_intermediates(pixel_values, indices=self.indices)
        said = {
            name: F.adaptive_avg_pool2d(
                self.translators[name](feature_map), targets[name].shape[-1]
            )
            for name, feature_map in zip(self.hints, maps, strict=True)
        }
        features = self.student.forward_head(final, pre_logits=True)
        said["features"] = self.translators["features"](features)
        residuals = {
            name: F.mse_loss(values.float(), self._standard(name, targets[name].float()))
            for name, values in said.items()
        }
        if self.caption_view is not None:
            guess = said["features"].float() * self.features_std + self.features_mean
            residuals["captions"] = self.caption_view(guess, targets["features"].float())
        return DistillationOutput(loss=sum(residuals.values()), residuals=residuals)

    def _standard(self, name: str, values: Tensor) -> Tensor:
        shape = (-1, *[1] * (values.dim() - 2))
        mean, std = getattr(self, f"{name}_mean"), getattr(self, f"{name}_std")
        return (values - mean.view(shape)) / std.view(shape)


class DistillationTrainer(Trainer):
    """Trainer for a `Distiller` over a `ViewBank`; logs every residual beside the loss."""

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        """Return the loss, and keep the residuals for the next log."""
        outputs = model(**inputs)
        mode = self.residuals.setdefault("train" if model.training else "eval", {})
        for name, value in outputs.residuals.items():
            mode.setdefault(name, []).append(value.detach())
        return (outputs.loss, {"loss": outputs.loss}) if return_outputs else outputs.loss

    def log(self, logs: dict[str, float], *args, **kwargs) -> None:
        """Log the mean residuals since the last log too."""
        mode = "eval" if any(key.startswith("eval_") for key in logs) else "train"
        for name, values in self.residuals.pop(mode, {}).items():
            logs[f"{'eval_' if mode == 'eval' else ''}{name}"] = torch.stack(values).mean().item()
        super().log(logs, *args, **kwargs)

    @property
    def residuals(self) -> dict[str, dict[str, list[Tensor]]]:
        """Residuals since the last log, by mode and target."""
        return self.__dict__.setdefault("_residuals", {})


class ProgressiveResize(TrainerCallback):
    """Grows the student's pictures during training: most of the steps at a fraction of the cost.

    Args:
        sizes: pixels → the share of all steps that is trained at that size, in order.
    """

    def __init__(self, sizes: dict[int, float]):
        if abs(sum(sizes.values()) - 1) > 1e-6:
            raise ValueError(
                f"Shares of steps add up to {sum(sizes.values())}, expected 1: {sizes}"
            )
        self.sizes = sizes

    def on_step_begin(self, args, state, control, model=None, **kwargs) -> None:
        """Set the size that this step's share of the run asks for."""
        reached, progress = 0.0, state.global_step / state.max_steps
        for size, share in self.sizes.items():
            reached += share
            if progress < reached:
                model.image_size = size
                return


def split_bank(bank: ViewBank, held_out: int) -> tuple[Subset, Subset]:
    """Return (training rows, held-out rows); the bank is shuffled, so its head is a fair sample."""
    rows = range(len(bank))
    return Subset(bank, rows[held_out:]), Subset(bank, rows[:held_out])


@torch.no_grad()
def silence_dead_channels(model: nn.Module, share: float = 0.01) -> int:
    """Return how many batch-norm channels were nearly dead, now set to answer with their bias.

    A channel that varies less than `share` of its layer's median variance is silent on nearly every
    photo. In training the batch's own variance bounds what a rare stirring does; in evaluation the
    running one, near zero, makes it thousands: 1 photo in 100 came out as noise.
    """
    silenced = 0
    for norm in model.modules():
        if isinstance(norm, nn.BatchNorm2d):
            dead = norm.running_var < share * norm.running_var.median()
            norm.weight[dead] = 0
            silenced += int(dead.sum())
    return silenced


def new_student(architecture: str, image_size: int) -> nn.Module:
    """Return a timm model of random weights, without classifier, that records its picture size."""
    return timm.create_model(
        architecture,
        pretrained=False,
        num_classes=0,
        pretrained_cfg_overlay={
            "input_size": (3, image_size, image_size),
            "test_input_size": None,
            "crop_pct": 1.0,
            "test_crop_pct": None,
            "hf_hub_id": None,
            "tag": "phoclip_mini",
        },
    )
