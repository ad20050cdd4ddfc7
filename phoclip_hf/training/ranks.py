"""Several processes, one batch: what each embeds becomes negatives for all."""

from collections.abc import Callable
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.nn.functional import all_gather
from torch.nn.parallel import DistributedDataParallel

from .objectives import Embedded


def from_every_rank(here: Embedded) -> Embedded:
    """Return the rows of all ranks, in their order; the embeddings of each carry its gradients.

    The backward pass sums what every rank's loss asks of this rank's rows, and
    `DistributedDataParallel` then takes the mean over ranks: together the gradient of the mean
    loss, with no factor for the number of ranks. On one rank `here` itself comes back.
    """
    if not dist.is_initialized() or dist.get_world_size() == 1:
        return here
    return Embedded(
        torch.cat(all_gather(here.images.contiguous())),
        torch.cat(all_gather(here.texts.contiguous())),
        {name: _gather_keys(value) for name, value in here.keys.items()},
    )


def _gather_keys(keys: Tensor) -> Tensor:
    ranks = [torch.empty_like(keys) for _ in range(dist.get_world_size())]
    dist.all_gather(ranks, keys.contiguous())
    return torch.cat(ranks)


def as_forward(model: nn.Module, function: Callable[[], Any]) -> Any:
    """Return what the function returns, called as the forward pass of the model's wrapper.

    `DistributedDataParallel` exchanges gradients only after a forward pass of its own, and ours is
    not always the model's: locked towers and chunks go round it.
    """
    if not isinstance(model, DistributedDataParallel):
        return function()
    inner, forward = model.module, model.module.forward
    inner.forward = lambda: function()
    try:
        return model()
    finally:
        inner.forward = forward
