"""From embeddings to one number: this rank's rows against the columns of every rank."""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from ..data.true_pairs import true_pairs
from ..losses_phoclip import (
    one_way_contrastive_loss,
    one_way_soft_target_loss,
    sigmoid_loss,
)

Loss = Literal["softmax", "sigmoid", "soft_target"]


@dataclass
class Embedded:
    """A batch in the shared space.

    Attributes:
        images: (batch, dim), unit length.
        texts: (batch, dim), unit length; row i is a caption of picture i.
        keys: what `true_pairs` knows the rows by.
    """

    images: Tensor
    texts: Tensor
    keys: dict[str, Tensor]


def batch_loss(
    loss: Loss,
    here: Embedded,
    everywhere: Embedded,
    logit_scale: Tensor,
    logit_bias: Tensor | float = 0.0,
    label_smoothing: float = 0.0,
) -> Tensor:
    """Return the mean over `here`'s rows of what they cost among `everywhere`'s columns.

    Its mean over the ranks is the loss of one large batch, and so are its gradients when the
    columns carry theirs. No caption of the same picture, nor the same caption of another, nor one
    that is true of a drawn scene, counts as a negative.

    Args:
        loss: `"softmax"` (CLIP), `"sigmoid"` (SigLIP) or `"soft_target"` (the seed systems; their
            targets are sharpened by the logit scale, for ours are cosines).
        here: the rows of this rank.
        everywhere: the rows of all ranks, this one's among them; `here` itself on one rank.
        logit_scale: scalar that multiplies the cosines.
        logit_bias: scalar that the sigmoid adds.
        label_smoothing: of the softmax, in [0, 1].
    """
    per_image = logit_scale * here.images @ everywhere.texts.t()  # (rows, columns)
    if loss == "sigmoid":
        return sigmoid_loss(per_image, logit_bias, true_pairs(here.keys, everywhere.keys))
    alone = everywhere is here
    per_text = per_image.t() if alone else logit_scale * here.texts @ everywhere.images.t()
    if loss == "softmax":
        of_images = true_pairs(here.keys, everywhere.keys)
        of_texts = (of_images if alone else true_pairs(everywhere.keys, here.keys)).t()
        image_loss = one_way_contrastive_loss(per_image, of_images, label_smoothing)
        text_loss = one_way_contrastive_loss(per_text, of_texts, label_smoothing)
    else:
        similarities = (
            here.images @ everywhere.images.t(),
            here.texts @ everywhere.texts.t(),
            logit_scale.detach(),
        )
        image_loss = one_way_soft_target_loss(per_image, *similarities)
        text_loss = one_way_soft_target_loss(per_text, *similarities)
    return (image_loss + text_loss) / 2
