"""PhoBLIP's contrast: a batch against every rank's momentum embeddings and the queue's."""

import torch
import torch.distributed as dist
from torch import Tensor

from .losses_phoblip import soft_label_contrastive_loss
from .queue_phoblip import UNKNOWN, PairQueue


def same_picture(image_ids: Tensor, others: Tensor) -> Tensor:
    """Return which of the others show the same picture, (rows, others); `UNKNOWN` equals none."""
    return (image_ids[:, None] == others) & (image_ids[:, None] != UNKNOWN)


def momentum_contrast(
    embeds: tuple[Tensor, Tensor],
    momentum_embeds: tuple[Tensor, Tensor],
    image_ids: Tensor,
    true: Tensor,
    queue: PairQueue,
    logit_scale: Tensor,
    share: float,
    push: bool,
) -> Tensor:
    """Return the mean of image-to-text and text-to-image contrast with soft labels.

    Args:
        embeds: the batch's images and texts, (batch, dim) each, unit length, with gradients.
        momentum_embeds: the same by the momentum encoders.
        image_ids: (batch,); `UNKNOWN` is a picture of its own.
        true: boolean (batch, batch), pictures against texts: the pairs of this batch.
        queue: earlier pairs, whose only true ones are those of the same picture.
        logit_scale: multiplies the cosines.
        share: of the soft labels, in [0, 1].
        push: put the batch into the queue afterwards.
    """
    batch = len(image_ids)
    here = [_of_all_ranks(values) for values in (*momentum_embeds, image_ids)]
    images, texts, ids = map(torch.cat, zip(here, queue.held(), strict=True))
    first = dist.get_rank() * batch if len(here[0]) > batch else 0
    losses = []
    for row_embeds, slow_embeds, columns, pairs in (
        (embeds[0], momentum_embeds[0], texts, true),
        (embeds[1], momentum_embeds[1], images, true.t()),
    ):
        positives = same_picture(image_ids, ids)  # (batch, columns)
        positives[:, first : first + batch] |= pairs
        with torch.autocast(columns.device.type, enabled=False):  # three digits are too few
            logits = row_embeds.float() @ columns.t().float() * logit_scale
            slow_logits = slow_embeds.float() @ columns.t().float() * logit_scale
        losses.append(soft_label_contrastive_loss(logits, slow_logits, positives, share))
    if push:
        queue.push(*here)
    return sum(losses) / 2


def _of_all_ranks(values: Tensor) -> Tensor:
    """Return (ranks · batch, …) of (batch, …) on each rank, without gradients; alone, `values`."""
    if not dist.is_initialized() or dist.get_world_size() == 1:
        return values
    gathered = [torch.empty_like(values) for _ in range(dist.get_world_size())]
    dist.all_gather(gathered, values.contiguous())
    return torch.cat(gathered)
