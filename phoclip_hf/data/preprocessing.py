"""From a picture to what a network takes, with Pillow and NumPy alone: no torch at run time."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class Preprocessing:
    """Resize, crop, scale to [0, 1], normalise.

    Args:
        resize: the shorter side in pixels, or (height, width), which squashes.
        crop: (height, width) of the centre that is kept; None keeps all.
        interpolation: Pillow's name, such as `bicubic`.
        mean: per channel, in [0, 1].
        std: likewise.
    """

    resize: int | tuple[int, int]
    crop: tuple[int, int] | None
    interpolation: str
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __post_init__(self) -> None:
        if self.interpolation.upper() not in Image.Resampling.__members__:
            raise ValueError(
                f"interpolation={self.interpolation!r}: expected one of Pillow's, "
                f"{', '.join(Image.Resampling.__members__).lower()}."
            )
        if isinstance(self.resize, int) and self.crop is None:
            raise ValueError(
                f"resize={self.resize} names the shorter side alone, which leaves pictures of many "
                "sizes: give (height, width), or a crop."
            )

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of what comes out."""
        return self.crop or self.resize

    def __call__(self, image: Image.Image) -> np.ndarray:
        """Return float32 (3, height, width) of an upright RGB picture."""
        image = self._cropped(image.resize(self._resized(image), self._resampling))
        pixels = np.asarray(image, dtype=np.float32) / 255  # (height, width, 3)
        pixels = (pixels - np.float32(self.mean)) / np.float32(self.std)
        return np.ascontiguousarray(pixels.transpose(2, 0, 1))

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold; `from_dict` reads it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Preprocessing":
        """Return what `to_dict` wrote, JSON's lists as tuples again."""
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})

    @classmethod
    def of_processor(cls, processor: Any) -> "Preprocessing":
        """Return what an image processor of Transformers does, timm's wrapper among them.

        Raises ValueError for what no `Preprocessing` does, such as a crop by share.
        """
        if hasattr(processor, "data_config"):
            return cls._of_timm(processor.data_config)
        if getattr(processor, "crop_pct", None) is not None or not processor.do_resize:
            raise ValueError(
                f"{type(processor).__name__} resizes in a way of its own; expected one that "
                "resizes and crops to fixed sizes, as ViTImageProcessor and CLIPImageProcessor do."
            )
        size, crop = dict(processor.size), None
        if getattr(processor, "do_center_crop", None):
            crop = (processor.crop_size["height"], processor.crop_size["width"])
        resize = size.get("shortest_edge") or (size["height"], size["width"])
        interpolation = Image.Resampling(int(processor.resample)).name.lower()
        mean, std = tuple(processor.image_mean), tuple(processor.image_std)
        return cls(resize, crop, interpolation, mean, std)

    @classmethod
    def _of_timm(cls, config: dict[str, Any]) -> "Preprocessing":
        """Return timm's evaluation transform: `timm.data.transforms_imagenet_eval`."""
        mode = config.get("crop_mode") or "center"
        if mode not in ("center", "squash"):
            raise ValueError(f"crop_mode={mode!r}: expected 'center' or 'squash'.")
        crop = tuple(config["input_size"][1:])
        resize = tuple(math.floor(side / config["crop_pct"]) for side in crop)
        if mode == "center" and crop[0] == crop[1]:
            resize = resize[0]
        mean, std = tuple(config["mean"]), tuple(config["std"])
        return cls(resize, crop, config["interpolation"], mean, std)

    @property
    def _resampling(self) -> Image.Resampling:
        return Image.Resampling[self.interpolation.upper()]

    def _resized(self, image: Image.Image) -> tuple[int, int]:
        """Return (width, height) before the crop."""
        if not isinstance(self.resize, int):
            return self.resize[1], self.resize[0]
        shorter = min(image.size)
        # Whole pixels, rounded down as torchvision does; the shorter side exactly.
        return tuple(max(self.resize, int(self.resize * side / shorter)) for side in image.size)

    def _cropped(self, image: Image.Image) -> Image.Image:
        if self.crop is None:
            return image
        height, width = self.crop
        left, top = round((image.width - width) / 2), round((image.height - height) / 2)
        return image.crop((left, top, left + width, top + height))
