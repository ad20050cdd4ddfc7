"""Pictures and Vietnamese texts in, model inputs out; the Vietnamese prompt templates."""

import math
from typing import Any

from transformers import CLIPImageProcessor, PreTrainedConfig, ProcessorMixin
from transformers.image_utils import PILImageResampling

try:  # Only timm towers need it; remote code loads without it
    import timm
except ImportError:
    timm = None

# A label is put in the place of {}; averaging a label's embeddings over several templates helps.
VIETNAMESE_TEMPLATES = (
    "{}",
    "một bức ảnh chụp {}",
    "ảnh về {}",
    "trong ảnh có {}",
    "một bức ảnh có {}",
    "đây là hình ảnh của {}",
)

RESAMPLING = {
    "nearest": PILImageResampling.NEAREST,
    "bilinear": PILImageResampling.BILINEAR,
    "bicubic": PILImageResampling.BICUBIC,
    "lanczos": PILImageResampling.LANCZOS,
}


class PhoCLIPProcessor(ProcessorMixin):
    """Turns pictures and texts into `pixel_values`, `input_ids` and `attention_mask`.

    `processor(images=..., text=..., return_tensors="pt", padding=True)`; either may be left out.
    `batch_decode` and `decode` are the tokenizer's.

    Args:
        image_processor: resizes, crops and normalises as the image tower was trained.
        tokenizer: takes raw Vietnamese.
    """

    def __init__(self, image_processor: Any = None, tokenizer: Any = None, **kwargs: Any):
        super().__init__(image_processor, tokenizer, **kwargs)

    # Saving writes which file holds the processor's code ("auto_map") into the image processor too,
    # where it is of no use and would go on into folders that hold no such file.

    def to_dict(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return what `processor_config.json` holds."""
        values = super().to_dict(*args, **kwargs)
        _forget_processor(values.get("image_processor") or {})
        return values

    def save_pretrained(self, *args: Any, **kwargs: Any) -> Any:
        """Save configuration, vocabulary and code: what a Hub repository needs of a processor."""
        files = super().save_pretrained(*args, **kwargs)
        for part in filter(None, (self, self.image_processor)):
            _forget_processor(vars(part))
        return files

    @classmethod
    def from_tower(cls, tower: Any, tokenizer: Any) -> "PhoCLIPProcessor":
        """Return a processor that prepares pictures as `tower` expects them.

        Args:
            tower: a PhoCLIP model, its config, an image tower, or an image tower's config.
            tokenizer: the tokenizer of the text tower.

        Raises:
            ValueError: the tower does not say how its pictures are prepared.
        """
        return cls(image_processor=image_processor_for(tower), tokenizer=tokenizer)


def _forget_processor(values: dict[str, Any]) -> None:
    """Take the processor out of `values["auto_map"]`; an image processor's own entry stays."""
    if "auto_map" in values:
        values["auto_map"] = {k: v for k, v in values["auto_map"].items() if k != "AutoProcessor"}
        if not values["auto_map"]:
            del values["auto_map"]


def image_processor_for(tower: Any) -> CLIPImageProcessor:
    """Return the image processor that repeats a timm tower's own evaluation transform.

    Mean, standard deviation, size, crop and interpolation come from the config's `pretrained_cfg`,
    what is missing there from timm's entry for the architecture. Against timm's pixels there are
    two differences: torch resamples where timm has PIL (within four of 256 levels), and where an
    odd margin is cropped, half of it rounds down here and up there: one pixel. For that it is a
    class of Transformers, which loads everywhere without remote code.

    Args:
        tower: as in [`PhoCLIPProcessor.from_tower`].
    """
    config = getattr(tower, "config", tower)
    config = getattr(config, "vision_config", config)
    if not isinstance(config, PreTrainedConfig) or config.model_type != "timm_wrapper":
        raise ValueError(
            f"No image processor is known for a {type(config).__name__}: only timm towers carry "
            "theirs. Build PhoCLIPProcessor(image_processor=..., tokenizer=...) with "
            "AutoImageProcessor.from_pretrained of the tower's repository."
        )
    cfg = _pretrained_cfg(config)
    _, height, width = cfg["input_size"]
    crop_pct, crop_mode = cfg.get("crop_pct") or 0.875, cfg.get("crop_mode") or "center"
    if crop_mode not in ("center", "squash"):
        raise ValueError(f"crop_mode={crop_mode!r}: expected 'center' or 'squash'.")
    resized = (math.floor(height / crop_pct), math.floor(width / crop_pct))
    if crop_mode == "center" and height == width:
        size = {"shortest_edge": resized[0]}
    else:
        size = {"height": resized[0], "width": resized[1]}
    return CLIPImageProcessor(
        size=size,
        crop_size={"height": height, "width": width},
        resample=RESAMPLING.get(cfg.get("interpolation"), PILImageResampling.BICUBIC),
        image_mean=list(cfg["mean"]),
        image_std=list(cfg["std"]),
    )


def _pretrained_cfg(config: PreTrainedConfig) -> dict[str, Any]:
    """Return timm's entry for the architecture, overlaid with what the config itself says."""
    own = {
        k: v for k, v in (getattr(config, "pretrained_cfg", None) or {}).items() if v is not None
    }
    known = timm.get_pretrained_cfg(config.architecture) if timm is not None else None
    cfg = {**(known.to_dict() if known is not None else {}), **own}
    missing = [name for name in ("input_size", "mean", "std") if name not in cfg]
    if missing:
        raise ValueError(
            f"The tower {config.architecture!r} does not say its {', '.join(missing)}: put them in "
            "vision_config.pretrained_cfg, or install timm, which knows its own models."
        )
    return cfg


__all__ = ["VIETNAMESE_TEMPLATES", "PhoCLIPProcessor", "image_processor_for"]
