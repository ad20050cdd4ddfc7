"""A learning rate for every parameter: parts of the model apart, lower layers slower."""

import re
from typing import Any

from timm.models import group_parameters
from torch import nn

from ..modeling_phoclip import PhoCLIPModel

LAYER = re.compile(r"\.layers?\.(\d+)\.")


def learning_rates(
    model: PhoCLIPModel, default: float, parts: dict[str, float], layer_decay: float = 1.0
) -> dict[str, float]:
    """Return each parameter's learning rate by its name.

    Layer-wise decay (Howard and Ruder 2018, "Universal Language Model Fine-tuning", section 3.2):
    the top layer of a tower learns at `layer_decay` times its tower's rate, each layer below at
    `layer_decay` times that of the one above it. The heads keep theirs.

    Args:
        model: its towers' layers are counted.
        default: of what `parts` does not name.
        parts: prefix of parameters → rate; the first prefix that fits counts.
        layer_decay: 1 for none.
    """
    depths = _depths(model) if layer_decay != 1 else {}
    rates = {}
    for name, _ in model.named_parameters():
        rate = next((r for prefix, r in parts.items() if name.startswith(prefix)), default)
        rates[name] = rate * layer_decay ** depths.get(name, 0)
    return rates


def apart(
    groups: list[dict[str, Any]], model: nn.Module, rates: dict[str, float]
) -> list[dict[str, Any]]:
    """Return an optimizer's groups of parameters, each split into groups of one rate."""
    names = {id(value): name for name, value in model.named_parameters()}
    split = []
    for group in groups:
        parts: dict[float, list[nn.Parameter]] = {}
        for parameter in group["params"]:
            parts.setdefault(rates[names[id(parameter)]], []).append(parameter)
        split += [group | {"params": values, "lr": rate} for rate, values in parts.items()]
    return split


def _depths(model: PhoCLIPModel) -> dict[str, int]:
    """Return how many steps below the heads each tower's parameter lies: 1 for the top layer."""
    depths = {}
    towers = (("vision_model", model.vision_model), ("text_model", model.text_model))
    for prefix, tower in towers:
        layers = _timm_layers(tower) if hasattr(tower, "timm_model") else _encoder_layers(tower)
        top = max(layers.values())
        depths |= {f"{prefix}.{name}": top + 1 - layer for name, layer in layers.items()}
    return depths


def _timm_layers(tower: nn.Module) -> dict[str, int]:
    """Return the layer of each parameter as timm counts them, from the stem up."""
    timm_model = tower.timm_model
    names = group_parameters(timm_model, timm_model.group_matcher(coarse=False), reverse=True)
    return {f"timm_model.{name}": int(layer) for name, layer in names.items()}


def _encoder_layers(tower: nn.Module) -> dict[str, int]:
    """Return 0 for embeddings, i + 1 for layer i, and the top layer for what follows them."""
    found = {name: LAYER.search(f".{name}") for name, _ in tower.named_parameters()}
    numbers = [int(match[1]) + 1 for match in found.values() if match]
    top = max(numbers, default=0)
    return {
        name: int(match[1]) + 1 if match else 0 if name.startswith("embeddings") else top
        for name, match in found.items()
    }
