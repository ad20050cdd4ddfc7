import math

import pytest
import torch
from torch.nn.functional import cross_entropy, normalize, softmax

from phoclip_hf.training.objectives import Embedded, batch_loss


def batch(rows: int, seed: int = 0, pictures: list[int] | None = None) -> Embedded:
    generator = torch.Generator().manual_seed(seed)
    images, texts = (
        normalize(torch.randn(rows, 8, generator=generator, dtype=torch.float64), dim=-1)
        for _ in range(2)
    )
    numbers = torch.tensor(pictures) if pictures else torch.arange(rows)
    return Embedded(images, texts, {"pictures": numbers, "captions": torch.arange(rows)})


def part(whole: Embedded, rows: slice) -> Embedded:
    keys = {name: value[rows] for name, value in whole.keys.items()}
    return Embedded(whole.images[rows], whole.texts[rows], keys)


SCALE = torch.tensor(7.0, dtype=torch.float64)


def test_softmax_is_clips():
    here = batch(5)
    logits = SCALE * here.images @ here.texts.t()
    target = torch.arange(5)
    expected = (cross_entropy(logits, target) + cross_entropy(logits.t(), target)) / 2
    torch.testing.assert_close(batch_loss("softmax", here, here, SCALE), expected)


def test_label_smoothing_is_torchs():
    here = batch(5)
    logits = SCALE * here.images @ here.texts.t()
    sides = [
        cross_entropy(side, torch.arange(5), label_smoothing=0.2) for side in (logits, logits.t())
    ]
    loss = batch_loss("softmax", here, here, SCALE, label_smoothing=0.2)
    torch.testing.assert_close(loss, sum(sides) / 2)


def test_another_caption_of_the_same_picture_is_no_negative():
    here = batch(4, pictures=[0, 1, 0, 2])
    logits = SCALE * here.images @ here.texts.t()
    targets = torch.eye(4, dtype=torch.float64)
    targets[0, 2] = targets[2, 0] = 1
    targets /= targets.sum(dim=1, keepdim=True)
    expected = (cross_entropy(logits, targets) + cross_entropy(logits.t(), targets)) / 2
    torch.testing.assert_close(batch_loss("softmax", here, here, SCALE), expected)


def test_sigmoid_is_siglips():
    here = batch(3)
    expected = 0.0
    for i in range(3):
        for j in range(3):
            sign = 1 if i == j else -1
            logit = SCALE * here.images[i] @ here.texts[j] - 10
            expected += math.log1p(math.exp(-sign * logit)) / 3
    loss = batch_loss("sigmoid", here, here, SCALE, logit_bias=-10.0)
    assert loss.item() == pytest.approx(expected)


def test_soft_targets_are_the_seeds():
    here = batch(4)
    logits = SCALE * here.images @ here.texts.t()
    alike = (here.images @ here.images.t() + here.texts @ here.texts.t()) / 2
    targets = softmax(alike * SCALE, dim=-1)
    expected = (cross_entropy(logits, targets) + cross_entropy(logits.t(), targets)) / 2
    torch.testing.assert_close(batch_loss("soft_target", here, here, SCALE), expected)


@pytest.mark.parametrize("loss", ["softmax", "sigmoid", "soft_target"])
def test_the_mean_over_ranks_is_the_loss_of_one_large_batch(loss: str):
    whole = batch(6, pictures=[0, 1, 2, 0, 3, 4])
    ranks = [part(whole, slice(0, 3)), part(whole, slice(3, 6))]
    shared = [batch_loss(loss, rank, whole, SCALE, logit_bias=-1.0) for rank in ranks]
    alone = batch_loss(loss, whole, whole, SCALE, logit_bias=-1.0)
    torch.testing.assert_close(sum(shared) / 2, alone)
