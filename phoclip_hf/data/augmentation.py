"""How a picture and its caption are altered each time training reads them."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torchvision.transforms import v2 as transforms

BICUBIC, BILINEAR = transforms.InterpolationMode.BICUBIC, transforms.InterpolationMode.BILINEAR


@dataclass
class Augmentation:
    """Shares and ranges of what is altered; the defaults alter nothing but the side that shows.

    Args:
        min_scale: smallest share of a picture's area that a random crop keeps; 1 keeps the centre
            square.
        rotation: degrees to either side, at most.
        colour_jitter: how much brightness, contrast and saturation vary, 0 to 1. The hue stays: a
            red boat is no blue one.
        token_dropout: share of a caption's tokens that are left out.
        typed: share of captions read as people type them, with diacritics left out.
    """

    min_scale: float = 1.0
    rotation: float = 0.0
    colour_jitter: float = 0.0
    token_dropout: float = 0.0
    typed: float = 0.0

    def __post_init__(self) -> None:
        for name in ("min_scale", "colour_jitter", "token_dropout", "typed"):
            value = getattr(self, name)
            if not 0 <= value <= 1 or (name == "min_scale" and value == 0):
                raise ValueError(f"augmentation: {name} must lie between 0 and 1, got {value}.")

    def for_pixels(self, image_size: int) -> transforms.Transform | None:
        """Return what turns (3, height, width) uint8 into (3, image_size, image_size), if it does.

        None stands for the picture as it is served. Draws from torch's global generator.
        """
        if self.min_scale == 1 and not self.rotation and not self.colour_jitter:
            return None
        strength = (self.colour_jitter,) * 3
        return transforms.Compose(
            [
                *([transforms.RandomRotation(self.rotation, BILINEAR)] if self.rotation else []),
                transforms.RandomResizedCrop(
                    image_size, (self.min_scale, 1.0), interpolation=BICUBIC
                ),
                *([transforms.ColorJitter(*strength)] if self.colour_jitter else []),
            ]
        )

    def drop_tokens(self, ids: list[int], rng: random.Random) -> list[int]:
        """Return the ids with some left out, both ends and at least one between them kept."""
        if not self.token_dropout:
            return ids
        kept = [token for token in ids[1:-1] if rng.random() >= self.token_dropout]
        return [ids[0], *(kept or ids[1:-1]), ids[-1]]


@contextmanager
def drawn_by(seed: int) -> Iterator[None]:
    """Let torch's global generator draw by the seed within, the same in any process."""
    with torch.random.fork_rng(devices=[]):
        # torch.manual_seed would also note the call, with its whole stack, for every GPU.
        torch.default_generator.manual_seed(seed)
        yield
