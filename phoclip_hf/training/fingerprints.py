"""What decides what a tower answers: names for kept features, which change when the tower does."""

import hashlib

from torch import nn
from transformers import PreTrainedModel

from ..processing_phoclip import image_processor_for


def fingerprint(module: nn.Module) -> str:
    """Return a digest of the module's weights, in hexadecimal."""
    digest = hashlib.sha256()
    for name, values in sorted(module.state_dict().items()):
        digest.update(name.encode() + values.detach().cpu().float().numpy().tobytes())
    return digest.hexdigest()


def tower_identity(tower: PreTrainedModel) -> dict[str, object]:
    """Return what decides what a timm tower sees in a picture, as JSON can hold it."""
    mean, std = normalisation(tower)
    return {"teacher": fingerprint(tower.timm_model), "image_mean": mean, "image_std": std}


def normalisation(tower: PreTrainedModel) -> tuple[list[float], list[float]]:
    """Return the mean and the standard deviation of pixels, in [0, 1], that a timm tower expects.

    They are its config's: the timm model inside has the architecture's, whatever its weights saw.
    """
    processor = image_processor_for(tower)
    return processor.image_mean, processor.image_std
