import math

import pytest
import torch

from phoclip_hf.losses_phoclip import (
    contrastive_loss,
    one_way_contrastive_loss,
    sigmoid_loss,
    soft_target_loss,
)


@pytest.mark.parametrize("batch", [1, 2, 7])
def test_zero_embeddings_cost_log_of_the_batch(batch: int):
    zeros = torch.zeros(batch, batch)
    assert contrastive_loss(zeros).item() == pytest.approx(math.log(batch), abs=1e-6)
    assert soft_target_loss(zeros, zeros, zeros).item() == pytest.approx(math.log(batch), abs=1e-6)
    # batch² questions answered at random, log 2 each, divided by the batch
    assert sigmoid_loss(zeros).item() == pytest.approx(batch * math.log(2), rel=1e-6)


def test_contrastive_loss_by_hand():
    # Rows: log(1 + e^-2) and log(1 + e^0); columns: log(1 + e^-1) and log(1 + e^-1).
    logits = torch.tensor([[2.0, 0.0], [1.0, 1.0]])
    rows = (math.log1p(math.exp(-2)) + math.log(2)) / 2
    columns = math.log1p(math.exp(-1))
    assert contrastive_loss(logits).item() == pytest.approx((rows + columns) / 2, rel=1e-6)


def test_contrastive_loss_is_clips():
    from transformers.models.clip.modeling_clip import image_text_contrastive_loss

    logits = torch.randn(5, 5, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(contrastive_loss(logits), image_text_contrastive_loss(logits))


def test_two_pictures_of_one_caption_do_not_repel():
    # Two rows and two columns, all four pairs true: uniform targets, so uniform logits are optimal.
    logits = torch.zeros(2, 2, requires_grad=True)
    loss = contrastive_loss(logits, torch.ones(2, 2, dtype=torch.bool))
    loss.backward()
    assert loss.item() == pytest.approx(math.log(2))
    assert logits.grad.abs().max().item() == 0
    # Without the mask the off-diagonal pairs are pushed apart: d/dlogit = softmax / 2 rows.
    contrastive_loss(logits).backward()
    assert logits.grad[0, 1].item() == pytest.approx(0.25)


def test_positives_of_the_diagonal_change_nothing():
    logits = torch.randn(4, 4, generator=torch.Generator().manual_seed(0))
    mask = torch.eye(4, dtype=torch.bool)
    torch.testing.assert_close(contrastive_loss(logits, mask), contrastive_loss(logits))
    torch.testing.assert_close(sigmoid_loss(logits, -1.0, mask), sigmoid_loss(logits, -1.0))


def test_one_way_takes_local_rows_against_gathered_columns():
    # One row, columns 1 and 2 true: -(1 + 0)/2 + log(e^0 + e^1 + e^0)
    logits, positives = torch.tensor([[0.0, 1.0, 0.0]]), torch.tensor([[False, True, True]])
    expected = math.log(2 + math.e) - 0.5
    assert one_way_contrastive_loss(logits, positives).item() == pytest.approx(expected, rel=1e-6)


def test_sigmoid_loss_by_hand():
    # True pairs: logit 3 + bias -1 = 2; others: -(0 - 1) = 1. Two of each, divided by two rows.
    logits = torch.tensor([[3.0, 0.0], [0.0, 3.0]])
    expected = math.log1p(math.exp(-2)) + math.log1p(math.exp(-1))
    assert sigmoid_loss(logits, -1.0).item() == pytest.approx(expected, rel=1e-6)


def test_soft_targets_by_hand():
    # Both similarities are the identity: targets softmax([1, 0]) = [p, 1 - p], p = e / (1 + e).
    logits, eye = torch.tensor([[2.0, 0.0], [0.0, 2.0]]), torch.eye(2)
    p = math.e / (1 + math.e)
    expected = p * math.log1p(math.exp(-2)) + (1 - p) * math.log1p(math.exp(2))
    assert soft_target_loss(logits, eye, eye).item() == pytest.approx(expected, rel=1e-6)


def test_hard_soft_targets_are_the_contrastive_loss():
    logits = torch.randn(3, 3, generator=torch.Generator().manual_seed(0))
    soft = soft_target_loss(logits, torch.eye(3), torch.eye(3), temperature=1000.0)
    torch.testing.assert_close(soft, contrastive_loss(logits))


def test_errors_say_what_was_given():
    with pytest.raises(ValueError, match=r"\(2, 3\), expected \(batch, batch\)"):
        contrastive_loss(torch.zeros(2, 3))
    with pytest.raises(ValueError, match=r"positives is \(3, 3\)"):
        sigmoid_loss(torch.zeros(2, 2), positives=torch.ones(3, 3, dtype=torch.bool))
    with pytest.raises(ValueError, match="without a true pair"):
        contrastive_loss(torch.zeros(2, 2), torch.zeros(2, 2, dtype=torch.bool))
    with pytest.raises(ValueError, match=r"text_similarity is \(1, 1\)"):
        soft_target_loss(torch.zeros(2, 2), torch.zeros(2, 2), torch.zeros(1, 1))
