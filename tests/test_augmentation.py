import random

import pytest
import torch

pytest.importorskip("torchvision")

from phoclip_hf.data.augmentation import Augmentation, drawn_by


def altered(transform, pixels: torch.Tensor, seed: int) -> torch.Tensor:
    with drawn_by(seed):
        return transform(pixels)


def test_token_dropout_keeps_both_ends_and_something_between():
    augmentation = Augmentation(token_dropout=0.9)
    for seed in range(50):
        kept = augmentation.drop_tokens([0, 10, 11, 12, 13, 2], random.Random(seed))
        assert (kept[0], kept[-1]) == (0, 2)
        assert 3 <= len(kept) <= 6


def test_nothing_is_altered_by_default():
    assert Augmentation().for_pixels(32) is None
    assert Augmentation().drop_tokens([0, 5, 2], random.Random(0)) == [0, 5, 2]


def test_a_seed_gives_the_same_pixels():
    transform = Augmentation(min_scale=0.3, rotation=20, colour_jitter=0.5).for_pixels(24)
    pixels = torch.randint(0, 256, (3, 40, 60), dtype=torch.uint8)
    first, again, other = (altered(transform, pixels, seed) for seed in (1, 1, 2))
    assert first.shape == (3, 24, 24) and first.dtype == torch.uint8
    assert torch.equal(first, again) and not torch.equal(first, other)


def test_colour_jitter_leaves_the_hue():
    red = torch.zeros(3, 8, 8, dtype=torch.uint8)
    red[0] = 200
    transform = Augmentation(colour_jitter=0.4).for_pixels(8)
    for seed in range(20):
        pixels = altered(transform, red, seed).float()
        assert torch.allclose(pixels[1], pixels[2], atol=2) and (pixels[0] > pixels[1]).all()


@pytest.mark.parametrize("name", ["min_scale", "token_dropout", "typed", "colour_jitter"])
def test_a_share_beyond_one_is_refused(name: str):
    with pytest.raises(ValueError, match=f"{name} must lie between 0 and 1, got 1.5"):
        Augmentation(**{name: 1.5})
