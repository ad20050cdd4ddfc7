"""Modules that stay as they are served while the rest of a model trains."""

from collections.abc import Iterable, Iterator
from functools import partial

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm


def keep_still(modules: Iterable[nn.Module]) -> None:
    """Put modules into evaluation mode for good: `model.train()` passes them by from now on.

    For what is locked, which shall drop nothing out, and for batch norms whose statistics small
    batches would spoil. Parameters are another matter: see `model_building.freeze`.
    """
    for module in modules:
        module.eval()
        module.train = partial(_stay, module)


def batch_norms(model: nn.Module) -> Iterator[nn.Module]:
    """Yield the layers of batch norm in a model."""
    return (module for module in model.modules() if isinstance(module, _BatchNorm))


def _stay(module: nn.Module, mode: bool = True) -> nn.Module:
    """Stand in for a module's `train`, which gives back the module."""
    return module
