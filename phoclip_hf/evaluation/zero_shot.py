"""Zero-shot classification: logits and labels in, accuracies and a confusion matrix out.

With embeddings: `pool_prompts` makes one row a class out of its prompts, `class_logits` scores it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .matrices import as_indices, as_matrix, unit_rows


def zero_shot_metrics(logits: Any, labels: Any, ks: Sequence[int] = (1, 5)) -> dict[str, float]:
    """Return `top1`, `top5` and `mean_per_class` (top-1 accuracy averaged over classes), 0 to 1.

    `logits` is (images, classes), of any scale; `labels` (images,) are columns of it. An image is a
    hit at k when fewer than k wrong classes score as high as the true one: ties go against the
    model. With k classes or fewer, top k is 1 by definition. Classes without an image are left out
    of `mean_per_class`.
    """
    scores, truth = _scores_and_labels(logits, labels)
    rows = np.arange(len(scores))
    rivals = (scores >= scores[rows, truth][:, None]).sum(axis=1) - 1  # (images,) wrong, as good
    hits, images = np.zeros((2, scores.shape[1]))
    np.add.at(hits, truth, rivals == 0)
    np.add.at(images, truth, 1)
    return {
        **{f"top{k}": float((rivals < k).mean()) for k in ks},
        "mean_per_class": float((hits[images > 0] / images[images > 0]).mean()),
    }


def pool_prompts(prompt_embeds: Sequence[Any]) -> np.ndarray:
    """Return (classes, dim), unit rows: each class the mean of its prompts' unit vectors.

    `prompt_embeds` holds one matrix (prompts, dim) a class; their numbers may differ, and a tensor
    (classes, prompts, dim) will do. Prompt ensembling as in CLIP (Radford et al. 2021, 3.1.4).
    """
    if not len(prompt_embeds):
        raise ValueError("prompt_embeds is empty; expected one matrix (prompts, dim) a class")
    means = [
        unit_rows(prompts, f"prompt_embeds[{row}]").mean(axis=0)
        for row, prompts in enumerate(prompt_embeds)
    ]
    return unit_rows(np.stack(means), "class_embeds")


def class_logits(image_embeds: Any, class_embeds: Any) -> np.ndarray:
    """Return the cosines (images, classes) of `image_embeds` and `class_embeds`, both (·, dim)."""
    images, classes = (
        unit_rows(image_embeds, "image_embeds"),
        unit_rows(class_embeds, "class_embeds"),
    )
    if images.shape[1] != classes.shape[1]:
        raise ValueError(
            f"image_embeds are {images.shape[1]} wide and class_embeds {classes.shape[1]}; "
            "expected projections into the same space"
        )
    return images @ classes.T


def confusion_matrix(logits: Any, labels: Any) -> np.ndarray:
    """Return counts (classes, classes): the row is the true class, the column the best-scored one.

    Of classes that tie for the best the first is taken.
    """
    scores, truth = _scores_and_labels(logits, labels)
    counts = np.zeros((scores.shape[1], scores.shape[1]), dtype=np.int64)
    np.add.at(counts, (truth, scores.argmax(axis=1)), 1)
    return counts


def _scores_and_labels(logits: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    scores = as_matrix(logits, "logits")
    truth = as_indices(labels, "labels", below=scores.shape[1])
    if len(truth) != len(scores):
        raise ValueError(f"{len(truth)} labels for {len(scores)} rows of logits; expected as many")
    return scores, truth
