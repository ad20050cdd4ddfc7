import numpy as np
import pytest
import torch

from phoclip_hf.evaluation.zero_shot import (
    class_logits,
    confusion_matrix,
    pool_prompts,
    zero_shot_metrics,
)


def test_values_worked_by_hand():
    logits = [[3, 1, 2], [3, 1, 2], [0, 5, 1], [0, 1, 5]]
    labels = [0, 2, 1, 1]  # ranks of the truth: 1, 2, 1, 2
    metrics = zero_shot_metrics(logits, labels, ks=(1, 2))
    # Per class: 0 has 1 of 1, 1 has 1 of 2, 2 has 0 of 1.
    assert metrics == {"top1": 0.5, "top2": 1.0, "mean_per_class": 0.5}
    assert confusion_matrix(logits, labels).tolist() == [[1, 0, 0], [0, 1, 1], [1, 0, 0]]


def test_equals_top_k_on_random_data():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(200, 15, generator=generator)
    labels = torch.randint(0, 15, (200,), generator=generator)
    metrics = zero_shot_metrics(logits, labels)
    for k in (1, 5):
        hits = (logits.topk(k, dim=1).indices == labels[:, None]).any(1)
        assert metrics[f"top{k}"] == pytest.approx(hits.double().mean().item())
    confusion = confusion_matrix(logits, labels)
    assert confusion.sum() == 200
    assert confusion.trace() / 200 == metrics["top1"]


def test_ties_and_absent_classes():
    assert zero_shot_metrics(np.zeros((4, 9)), [0, 1, 2, 3])["top5"] == 0.0
    assert zero_shot_metrics([[1, 0, 0]], [0]) == {"top1": 1.0, "top5": 1.0, "mean_per_class": 1.0}


def test_prompts_count_by_direction_not_by_length():
    # Unit vectors (1, 0) and (0, 1) average to the diagonal, however long the second was.
    pooled = pool_prompts([[[1.0, 0.0], [0.0, 50.0]], [[0.0, 3.0]]])
    np.testing.assert_allclose(pooled, [[0.5**0.5, 0.5**0.5], [0.0, 1.0]], atol=1e-6)
    cosines = class_logits([[2.0, 0.0]], pooled)
    np.testing.assert_allclose(cosines, [[0.5**0.5, 0.0]], atol=1e-6)
    np.testing.assert_allclose(pool_prompts(torch.ones(3, 2, 4)), np.full((3, 4), 0.5), atol=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: zero_shot_metrics(np.eye(3), [0, 1]), "2 labels for 3 rows"),
        (lambda: zero_shot_metrics(np.eye(3), [0, 1, 3]), "expected 0 to 2"),
        (lambda: zero_shot_metrics(np.eye(3), ["chó", "mèo", "bò"]), "whole number"),
        (lambda: pool_prompts([]), "prompt_embeds is empty"),
        (lambda: class_logits(np.eye(3), np.eye(2)), "3 wide and class_embeds 2"),
    ],
)
def test_errors_say_what_is_wrong(call, message):
    with pytest.raises(ValueError, match=message):
        call()
