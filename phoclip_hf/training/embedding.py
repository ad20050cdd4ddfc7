"""Embedding a training batch: pixels or locked features, at once or in chunks."""

from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import normalize
from torch.utils.checkpoint import checkpoint

from ..modeling_phoclip import PhoCLIPModel

LIKE_LENGTHS = 32  # captions, at least, that are padded together


def embed(
    model: PhoCLIPModel, inputs: dict[str, Any], mini_batch_size: int | None = None
) -> tuple[Tensor, Tensor]:
    """Return unit `image_embeds` and `text_embeds`, (batch, dim) each.

    In chunks, the batch costs the memory of one: Gao et al. 2021, "Scaling Deep Contrastive
    Learning Batch Size under Memory Limited Setup". The first pass keeps the embeddings and nothing
    else; once the loss of the whole batch has sent their gradients back, each chunk is run again,
    with the same dropout, and goes backward by itself. That is activation checkpointing, and
    torch's is used. Norms over the batch see a chunk at a time: freeze them.

    Args:
        model: unwrapped.
        inputs: `pixel_values` or `image_features`, `input_ids` and `attention_mask` or
            `text_features`; other names are left alone.
        mini_batch_size: pictures a chunk; None takes the whole batch at once.
    """
    names = ("pixel_values", "image_features", "input_ids", "attention_mask", "text_features")
    tensors = {name: inputs[name] for name in names if name in inputs}
    batch = len(next(iter(tensors.values())))
    if mini_batch_size is None or mini_batch_size >= batch:
        return _embed(model, **tensors)
    starts = range(0, batch, mini_batch_size)
    chunks = [
        {k: v[start : start + mini_batch_size] for k, v in tensors.items()} for start in starts
    ]
    embeds = [checkpoint(_embed, model, use_reentrant=False, **chunk) for chunk in chunks]
    images, texts = zip(*embeds, strict=True)
    return torch.cat(images), torch.cat(texts)


def _embed(
    model: PhoCLIPModel,
    pixel_values: Tensor | None = None,
    image_features: Tensor | None = None,
    input_ids: Tensor | None = None,
    attention_mask: Tensor | None = None,
    text_features: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    if image_features is None:
        images = model.get_image_features(pixel_values).pooler_output
    else:
        images = model.visual_projection(image_features)
    if text_features is None:
        texts = _read(model, input_ids, attention_mask)
    else:
        texts = model.text_projection(text_features)
    # In full precision, also where autocast is on: at a scale of 100, bfloat16 blurs the logits.
    return normalize(images.float(), dim=-1), normalize(texts.float(), dim=-1)


def _read(model: PhoCLIPModel, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
    """Return what the model makes of each caption, those of like length padded together.

    Half of a batch of captions is padding otherwise: one long caption stretches all. Words are
    looked up once for all groups: the gradient of each look-up is as large as the vocabulary.
    """
    lengths = attention_mask.sum(1)
    order = lengths.argsort(stable=True)
    groups = order.tensor_split(max(1, len(order) // LIKE_LENGTHS))
    widths = lengths[torch.stack([group[-1] for group in groups])].tolist()
    vocabulary = model.text_model.get_input_embeddings()
    words = vocabulary(input_ids)  # (texts, tokens, dim)
    features = []
    for group, width in zip(groups, widths, strict=True):
        ids, mask = input_ids[group, :width], attention_mask[group, :width]
        with vocabulary.register_forward_hook(partial(_answer, words[group, :width])):
            output = model.get_text_features(ids, mask)
        features.append(output.pooler_output)
    return torch.cat(features)[order.argsort()]


def _answer(known: Tensor, *_: Any) -> Tensor:
    """Stand in, as a forward hook, for what a module would return."""
    return known
