"""Batches of captioned pictures for the contrastive stages."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torchvision.transforms import v2 as transforms
from transformers import PreTrainedTokenizerBase

from .true_pairs import pair_keys


class ContrastiveCollator:
    """Batches of `pixel_values`, `input_ids`, `attention_mask`, `pair_keys`.

    Where a tower is locked, `image_features` stand for the pixels, `text_features` for the ids.
    `pair_keys` tell which captions fit which pictures: see `true_pairs`.

    Args:
        tokenizer: pads.
        mean: of the pixels, per channel, in [0, 1].
        std: likewise.
    """

    def __init__(
        self, tokenizer: PreTrainedTokenizerBase, mean: Sequence[float], std: Sequence[float]
    ):
        self.tokenizer = tokenizer
        # Of levels, 0 to 255, and in place: three passes over the batch in place of five.
        levels = ([255 * value for value in moment] for moment in (mean, std))
        self.normalize = transforms.Normalize(*levels, inplace=True)

    def __call__(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the batch."""
        batch: dict[str, Any] = {"pair_keys": pair_keys(rows)}
        for name in ("image_features", "text_features"):
            if name in rows[0]:
                batch[name] = torch.stack([row[name] for row in rows])
        if "pixel_values" in rows[0]:
            batch["pixel_values"] = self.pixel_values([row["pixel_values"] for row in rows])
        if "input_ids" in rows[0]:
            ids = [{"input_ids": row["input_ids"]} for row in rows]
            batch |= self.tokenizer.pad(ids, return_tensors="pt")
        return batch

    def pixel_values(self, pixels: list[Tensor]) -> Tensor:
        """Return (batch, 3, size, size), normalised, of pictures (3, size, size) uint8."""
        return self.normalize(torch.stack(pixels).float())
