"""Several processes, one batch: what each embeds becomes negatives for all."""

from collections.abc import Callable
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
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
        _Gather.apply(here.images),
        _Gather.apply(here.texts),
        {name: _gathered(value) for name, value in here.keys.items()},
    )


class _Gather(torch.autograd.Function):
    """(rows, …) of each rank → (ranks · rows, …); backward, the sum of all ranks' gradients."""

    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        ctx.rows = len(values)
        return _gathered(values)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        gradient = gradient.contiguous()
        dist.all_reduce(gradient)
        return gradient[dist.get_rank() * ctx.rows :][: ctx.rows]


def _gathered(values: Tensor) -> Tensor:
    ranks = [torch.empty_like(values) for _ in range(dist.get_world_size())]
    dist.all_gather(ranks, values.contiguous())
    return torch.cat(ranks)


def as_forward(model: nn.Module, function: Callable[[], Any]) -> Any:
    """Return what the function returns, called as the forward pass of the model's wrapper.

    `DistributedDataParallel` exchanges gradients only after a forward pass of its own, and ours is
    not always the model's: locked towers and chunks go round it. Every parameter that the loss uses
    must take part in what the function returns.
    """
    if not isinstance(model, DistributedDataParallel):
        return function()
    inner, forward = model.module, model.module.forward
    inner.forward = lambda: function()
    try:
        return model()
    finally:
        inner.forward = forward
