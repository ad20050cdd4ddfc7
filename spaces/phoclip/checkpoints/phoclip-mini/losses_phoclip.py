"""Contrastive losses as pure functions: logits in, scalar out; no model, no rank, no dataset.

Every `logits_per_image` is (images, texts), already multiplied by the logit scale. `positives`, a
boolean mask of the same shape, marks every true pair: set it where two rows show the same picture
or two columns hold the same caption, so that a true pair is never pushed apart. Without it the
true pairs are the diagonal.
"""

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, log_softmax, logsigmoid, softmax


def contrastive_loss(
    logits_per_image: Tensor, positives: Tensor | None = None, label_smoothing: float = 0.0
) -> Tensor:
    """Return the softmax loss of CLIP: the mean of image-to-text and text-to-image cross-entropy.

    Radford et al. 2021, "Learning Transferable Visual Models From Natural Language Supervision",
    figure 3. With several positives in a row, each weighs the same: Khosla et al. 2020, "Supervised
    Contrastive Learning", equation 2 (L_out). Equal logits cost log(batch).

    Args:
        logits_per_image: (batch, batch).
        positives: boolean (batch, batch), or None for the diagonal.
        label_smoothing: share of the targets that is spread over all columns, in [0, 1].
    """
    positives = _diagonal_or(positives, logits_per_image)
    image_loss = one_way_contrastive_loss(logits_per_image, positives, label_smoothing)
    text_loss = one_way_contrastive_loss(logits_per_image.t(), positives.t(), label_smoothing)
    return (image_loss + text_loss) / 2


def one_way_contrastive_loss(
    logits: Tensor, positives: Tensor, label_smoothing: float = 0.0
) -> Tensor:
    """Return the mean over rows of the cross-entropy to that row's positives, equally weighted.

    Rows and columns may differ in number: local rows against the columns of every rank.

    Args:
        logits: (rows, columns).
        positives: boolean (rows, columns), at least one true a row.
        label_smoothing: share of the targets that is spread over all columns, in [0, 1]: Szegedy
            et al. 2016, "Rethinking the Inception Architecture", section 7.
    """
    positives = _check_positives(positives, logits).to(logits.dtype)
    targets = positives / positives.sum(dim=1, keepdim=True)  # (rows, columns), each row sums to 1
    return cross_entropy(logits, targets, label_smoothing=label_smoothing)


def sigmoid_loss(
    logits_per_image: Tensor,
    logit_bias: Tensor | float = 0.0,
    positives: Tensor | None = None,
) -> Tensor:
    """Return the pairwise sigmoid loss of SigLIP: a yes-or-no question for each picture and text.

    Zhai et al. 2023, "Sigmoid Loss for Language Image Pre-Training", equation 1 and algorithm 1:
    -1/batch · Σ_ij log sigmoid(z_ij (logit_ij + bias)), z = 1 for a true pair and -1 otherwise.
    Zero logits and zero bias cost batch · log 2; the paper starts the bias at -10.

    Args:
        logits_per_image: (batch, batch); with `positives` also (rows, columns), local pictures
            against the texts of every rank.
        logit_bias: scalar, learned by the caller.
        positives: boolean, of the same shape, or None for the diagonal.
    """
    positives = _diagonal_or(positives, logits_per_image)
    signs = 2 * positives.to(logits_per_image.dtype) - 1  # (batch, batch) of ±1
    return -logsigmoid(signs * (logits_per_image + logit_bias)).sum() / len(logits_per_image)


def soft_target_loss(
    logits_per_image: Tensor,
    image_similarity: Tensor,
    text_similarity: Tensor,
    temperature: float = 1.0,
) -> Tensor:
    """Return the cross-entropy to targets that share weight among look-alike pairs of the batch.

    The mean of both directions of `one_way_soft_target_loss`. The similarities are symmetric, so
    the same targets serve both; the seeds transpose them, and a transposed column need not sum to
    one. Equal logits cost log(batch), whatever the targets.

    Args:
        logits_per_image: (batch, batch).
        image_similarity: (batch, batch), pictures against pictures; symmetric.
        text_similarity: (batch, batch), texts against texts; symmetric.
        temperature: multiplies the similarities: larger is harder, towards one target a row.
    """
    similarities = (image_similarity, text_similarity, temperature)
    image_loss = one_way_soft_target_loss(logits_per_image, *similarities)
    text_loss = one_way_soft_target_loss(logits_per_image.t(), *similarities)
    return (image_loss + text_loss) / 2


def one_way_soft_target_loss(
    logits: Tensor,
    image_similarity: Tensor,
    text_similarity: Tensor,
    temperature: Tensor | float = 1.0,
) -> Tensor:
    """Return the mean over rows of the cross-entropy to what is similar in picture and in text.

    targets = softmax((image_similarity + text_similarity) / 2 · temperature), row by row, as in the
    seed systems (Shariatnia 2021, "Simple CLIP"; the Keras example "Natural language image search
    with a dual encoder"). Gradients flow into the targets when the similarities carry them, as
    there: detach them to stop that.

    Args:
        logits: (rows, columns).
        image_similarity: (rows, columns), the pictures of the rows against those of the columns.
        text_similarity: likewise of the texts.
        temperature: multiplies the similarities.
    """
    for name, similarity in (("image", image_similarity), ("text", text_similarity)):
        if similarity.shape != logits.shape:
            raise ValueError(
                f"{name}_similarity is {tuple(similarity.shape)}, but the logits are "
                f"{tuple(logits.shape)}: all three must agree."
            )
    targets = softmax((image_similarity + text_similarity) / 2 * temperature, dim=-1)
    return -(targets * log_softmax(logits, dim=-1)).sum(dim=-1).mean()


def _diagonal_or(positives: Tensor | None, logits: Tensor) -> Tensor:
    """Return `positives`, checked, or the diagonal of a square batch."""
    if positives is not None:
        return _check_positives(positives, logits)
    if logits.ndim != 2 or logits.shape[0] != logits.shape[1]:
        raise ValueError(
            f"logits_per_image is {tuple(logits.shape)}, expected (batch, batch): as many pictures "
            "as texts. Where they differ in number, `positives` must say which belong together."
        )
    return torch.eye(len(logits), dtype=torch.bool, device=logits.device)


def _check_positives(positives: Tensor, logits: Tensor) -> Tensor:
    if positives.shape != logits.shape:
        raise ValueError(
            f"positives is {tuple(positives.shape)}, but the logits are {tuple(logits.shape)}: "
            "give one boolean for each picture and text."
        )
    if not positives.any(dim=1).all():
        raise ValueError("positives has a row without a true pair: every row needs one or more.")
    return positives
