import math

import pytest
import torch

from phoclip_hf.losses_phoblip import (
    IGNORED,
    hard_negatives,
    language_modeling_loss,
    matching_loss,
    soft_label_contrastive_loss,
)

LN3 = math.log(3)  # softmax of (ln 3, 0) is (3/4, 1/4)
EYE = torch.eye(2, dtype=torch.bool)


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.0, -math.log(0.75)),
        (1.0, -(math.log(0.75) + math.log(0.25)) / 2),
        # targets are 0.4 · (1/2, 1/2) + 0.6 · (1, 0) = (0.8, 0.2)
        (0.4, -(0.8 * math.log(0.75) + 0.2 * math.log(0.25))),
    ],
)
def test_soft_labels_by_hand(share, expected):
    logits = torch.tensor([[LN3, 0.0], [0.0, LN3]])
    loss = soft_label_contrastive_loss(logits, torch.zeros(2, 2), EYE, share)
    assert loss.item() == pytest.approx(expected, rel=1e-6)


def test_true_pairs_share_a_row_and_soft_labels_carry_no_gradient():
    logits = torch.tensor([[LN3, 0.0]])
    both = torch.ones(1, 2, dtype=torch.bool)
    loss = soft_label_contrastive_loss(logits, logits, both, 0.0)
    assert loss.item() == pytest.approx(-(math.log(0.75) + math.log(0.25)) / 2, rel=1e-6)
    slow = torch.zeros(1, 2, requires_grad=True)
    soft_label_contrastive_loss(logits.requires_grad_(), slow, both, 0.4).backward()
    assert slow.grad is None and logits.grad is not None


def test_the_hardest_that_is_not_true():
    logits = torch.tensor([[0.0, 5.0, 1.0], [2.0, 0.0, 9.0], [9.0, 8.0, 0.0]])
    true = torch.eye(3, dtype=torch.bool)
    rows, columns = hard_negatives(logits, true, sample=False)
    assert rows.tolist() == [0, 1, 2] and columns.tolist() == [1, 2, 0]
    true[2, 0] = True  # as alike as can be, but the same picture
    assert hard_negatives(logits, true, sample=False)[1].tolist() == [1, 2, 1]
    true[1] = True  # nothing is wrong for row 1
    rows, columns = hard_negatives(logits, true, sample=True)
    assert rows.tolist() == [0, 2] and columns.tolist()[1] == 1
    rows, columns = hard_negatives(logits, torch.ones(3, 3, dtype=torch.bool), sample=True)
    assert rows.tolist() == columns.tolist() == []


def test_negatives_are_drawn_by_the_softmax():
    torch.manual_seed(0)
    true = torch.zeros(4000, 3, dtype=torch.bool)
    true[:, 2] = True
    logits = torch.tensor([LN3, 0.0, 50.0]).expand(4000, 3)
    _, columns = hard_negatives(logits, true, sample=True)
    shares = columns.bincount(minlength=3) / 4000
    # three standard deviations of a share of 3/4 among 4,000 are 0.021
    assert shares[0].item() == pytest.approx(0.75, abs=0.021) and shares[2] == 0


def test_matching_by_hand():
    assert matching_loss(torch.zeros(3, 2), EYE.flatten()[:3]).item() == pytest.approx(math.log(2))
    logits = torch.tensor([[0.0, LN3], [0.0, LN3]])
    loss = matching_loss(logits, torch.tensor([True, False]))
    assert loss.item() == pytest.approx(-(math.log(0.75) + math.log(0.25)) / 2, rel=1e-6)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_writing_by_hand(smoothing):
    logits = torch.zeros(1, 4, 2)
    logits[0, 0, 1] = logits[0, 1, 0] = LN3
    labels = torch.tensor([[0, 1, 1, IGNORED]])  # the first is given; two are predicted
    right, wrong = -math.log(0.75), -math.log(0.25)
    near, far = 1 - smoothing / 2, smoothing / 2
    expected = ((near * right + far * wrong) + (near * wrong + far * right)) / 2
    loss = language_modeling_loss(logits, labels, smoothing)
    assert loss.item() == pytest.approx(expected, rel=1e-6)
