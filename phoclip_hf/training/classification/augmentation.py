"""How photos are altered while a classifier learns: the seed's recipe, a richer one, or none."""

from collections.abc import Callable, Sequence

import torch
from PIL import Image
from torch import Tensor
from torchvision.transforms import v2 as transforms

BILINEAR = transforms.InterpolationMode.BILINEAR
AUGMENTATIONS = ("seed", "rich", "none")


def photo_transform(
    augmentation: str, image_size: int, mean: Sequence[float], std: Sequence[float]
) -> Callable[[Image.Image], Tensor]:
    """Return what turns an RGB picture into (3, image_size, image_size), normalised.

    `seed` is the recipe of the seed system: resize, flips both ways, colour jitter, affine; the hue
    stays, for it tells one species from another.
    `rich` crops at random, flips, draws one of TrivialAugment's alterations (Müller and Hutter
    2021) and erases a rectangle of one photo in four (Zhong et al. 2020). `none` resizes.

    Args:
        augmentation: one of AUGMENTATIONS; ValueError for another.
        image_size: in pixels.
        mean: of the pixels, per channel, in [0, 1].
        std: likewise.
    """
    size = (image_size, image_size)
    steps = {
        "seed": [
            transforms.Resize(size, BILINEAR),
            transforms.RandomHorizontalFlip(),
            transforms.RandomVerticalFlip(),
            transforms.ColorJitter(brightness=0.2, contrast=0.2, saturation=0.2),
            transforms.RandomAffine(20, translate=(0.1, 0.1), scale=(0.9, 1.1), shear=5),
        ],
        "rich": [
            transforms.RandomResizedCrop(image_size, (0.35, 1.0), interpolation=BILINEAR),
            transforms.RandomHorizontalFlip(),
            transforms.RandomVerticalFlip(0.2),
            transforms.TrivialAugmentWide(interpolation=BILINEAR),
        ],
        "none": [transforms.Resize(size, BILINEAR)],
    }
    if augmentation not in steps:
        raise ValueError(
            f"augmentation={augmentation!r}: expected one of {', '.join(AUGMENTATIONS)}."
        )
    return transforms.Compose(
        [
            transforms.PILToTensor(),
            *steps[augmentation],
            transforms.ToDtype(torch.float32, scale=True),
            transforms.Normalize(mean, std),
            *([transforms.RandomErasing(0.25)] if augmentation == "rich" else []),
        ]
    )


class Mixing:
    """Mixes a batch's photos and labels in pairs: mixup or CutMix, either as often as the other.

    Zhang et al. 2018 and Yun et al. 2019. Labels (batch,) become shares (batch, classes), and so do
    other answers that the batch carries, such as a teacher's probabilities.

    Args:
        classes: how many there are.
        share: of the batches that are mixed.
        alpha: of mixup's Beta distribution; CutMix takes 1.
    """

    def __init__(self, classes: int, share: float = 0.8, alpha: float = 0.2):
        self.classes, self.share, self.alpha = classes, share, alpha

    def __call__(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Return the batch, mixed or not, `labels` as shares either way."""
        labels = torch.nn.functional.one_hot(batch["labels"], self.classes).float()
        batch = batch | {"labels": labels}
        if torch.rand(()) >= self.share:
            return batch
        order = torch.randperm(len(labels))
        pixels = batch["pixel_values"]
        if torch.rand(()) < 0.5:
            kept = float(torch.distributions.Beta(self.alpha, self.alpha).sample())
            mixed = kept * pixels + (1 - kept) * pixels[order]
        else:
            kept = float(torch.rand(()))  # Beta(1, 1)
            mixed, kept = _paste(pixels, pixels[order], kept)
        shares = {
            name: kept * values + (1 - kept) * values[order]
            for name, values in batch.items()
            if name != "pixel_values"
        }
        return shares | {"pixel_values": mixed}


def _paste(pixels: Tensor, others: Tensor, kept: float) -> tuple[Tensor, float]:
    """Return `pixels` with one rectangle from `others`, and the share of the area that is left."""
    height, width = pixels.shape[-2:]
    cut = (1 - kept) ** 0.5
    rows, columns = round(height * cut), round(width * cut)
    top = int(torch.randint(height - rows + 1, ()))
    left = int(torch.randint(width - columns + 1, ()))
    mixed = pixels.clone()
    area = (..., slice(top, top + rows), slice(left, left + columns))
    mixed[area] = others[area]
    return mixed, 1 - rows * columns / (height * width)
