"""What a caption begins with when it is written: <s>, and words that are given, if any."""

import torch
from torch import Tensor
from transformers import PreTrainedConfig


def beginnings(
    tokens: PreTrainedConfig,
    images: int,
    input_ids: Tensor | None,
    attention_mask: Tensor | None,
    device: torch.device,
) -> tuple[Tensor, Tensor]:
    """Return (images, tokens) ids, <s> and what each caption begins with, and what is shown of it.

    All lies on the right, for generation goes on from there. Padding and the </s> that a processor
    appends are hidden: positions are counted over what is shown.

    Args:
        tokens: the language model's config, which names its special tokens.
        images: how many captions are begun.
        input_ids: (images, tokens), with <s> or without, or None.
        attention_mask: (images, tokens), 1 for real tokens; None takes every token as real.
        device: of the result.
    """
    begin = torch.full((images, 1), tokens.bos_token_id, device=device)
    if input_ids is None:
        return begin, torch.ones_like(begin, dtype=torch.bool)
    if len(input_ids) != images:
        raise ValueError(
            f"{images} pictures but {len(input_ids)} beginnings in input_ids: give one for each "
            "picture, or none."
        )
    mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
    if not (first_shown(mask) & (input_ids == tokens.bos_token_id)).any():  # as GPT-2's tokenizer
        input_ids = torch.cat([begin, input_ids], dim=1)
        mask = torch.cat([torch.ones_like(begin), mask], dim=1)
    ends = (input_ids == tokens.eos_token_id) & ~first_shown(mask)  # <s> and </s> may be one token
    return _align_right(input_ids, mask.bool() & ~ends)


def first_shown(mask: Tensor) -> Tensor:
    """Return where the first shown token of each row is, (rows, tokens) booleans."""
    return (mask.cumsum(dim=1) == 1) & mask.bool()


def _align_right(input_ids: Tensor, shown: Tensor) -> tuple[Tensor, Tensor]:
    """Move each row's shown tokens to its right end, in order."""
    order = shown.int().argsort(dim=1, stable=True)  # (rows, tokens): hidden first, then shown
    input_ids, shown = input_ids.gather(1, order), shown.gather(1, order)
    start = int((~shown).sum(dim=1).min())  # columns that no row needs
    return input_ids[:, start:], shown[:, start:]


__all__ = ["beginnings", "first_shown"]
