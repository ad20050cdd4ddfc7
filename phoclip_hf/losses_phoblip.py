"""The three losses of BLIP and its hard negatives as pure functions: tensors in, tensors out.

Li et al. 2022, "BLIP: Bootstrapping Language-Image Pre-training", section 3.2, with the soft labels
of Li et al. 2021, "Align before Fuse" (ALBEF), sections 3.2 and 3.3.
"""

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

IGNORED = -100  # label of a token that costs nothing


def soft_label_contrastive_loss(
    logits: Tensor, momentum_logits: Tensor, positives: Tensor, share: float
) -> Tensor:
    """Return the cross-entropy to a mixture of the true pairs and what momentum encoders say.

    ALBEF, equations 1 and 6, one direction: targets = share · softmax(momentum_logits)
    + (1 - share) · true pairs, row by row; several true pairs of a row weigh the same.

    Args:
        logits: (rows, columns), cosines times the logit scale.
        momentum_logits: the same of the rows' momentum embeddings; no gradient flows into them.
        positives: boolean (rows, columns), at least one true a row.
        share: of the momentum encoders, in [0, 1].
    """
    hard = positives.to(logits.dtype)
    hard = hard / hard.sum(dim=1, keepdim=True)
    soft = momentum_logits.detach().softmax(dim=1)
    return cross_entropy(logits, share * soft + (1 - share) * hard)


def hard_negatives(logits: Tensor, positives: Tensor, sample: bool) -> tuple[Tensor, Tensor]:
    """Return rows and, for each, a column that does not belong to it, the likelier the more alike.

    ALBEF, section 3.2: a negative is drawn by the softmax of the similarities, true pairs left out.
    A row that is true of every column has no negative and is left out too.

    Args:
        logits: (batch, batch), cosines times the logit scale.
        positives: boolean (batch, batch), the pairs that must not be taken.
        sample: draw; False takes the most alike, the same at every call.

    Returns:
        rows and columns, (negatives,) int64 each.
    """
    rows = (~positives).any(dim=1).nonzero().flatten()
    alike = logits.detach()[rows].masked_fill(positives[rows], -torch.inf)
    if not sample or not len(rows):
        return rows, alike.argmax(dim=1)
    return rows, torch.multinomial(alike.float().softmax(dim=1), 1).flatten()


def matching_loss(matching_logits: Tensor, matches: Tensor) -> Tensor:
    """Return the mean cross-entropy of "these two belong together", yes or no.

    Args:
        matching_logits: (pairs, 2): no, yes. Equal ones cost log 2.
        matches: boolean (pairs,).
    """
    return cross_entropy(matching_logits, matches.long())


def language_modeling_loss(logits: Tensor, labels: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """Return the mean cross-entropy of each token given those before it.

    Args:
        logits: (batch, tokens, vocabulary); at each token, the next one.
        labels: (batch, tokens); the first is given, not predicted; `IGNORED` costs nothing.
        label_smoothing: share of the target that is spread over the vocabulary, in [0, 1).
    """
    return cross_entropy(
        logits[:, :-1].flatten(0, 1).float(),
        labels[:, 1:].flatten(),
        ignore_index=IGNORED,
        label_smoothing=label_smoothing,
    )
