"""What a captioner learns from: embeddings of pictures, or of captions, and the words for them."""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset
from transformers import PreTrainedTokenizerBase


class EmbeddedCaptions(Dataset):
    """Rows {`image_embeds` (dim,), `input_ids` of one caption}, both drawn anew at each reading.

    The embedding is of one view of the picture, or, for some rows, of the caption itself: in a
    shared space one stands for the other, and captions without pictures teach too.

    Args:
        captions: the ids of each caption of each picture.
        image_embeds: (pictures, views, dim); None where there are no pictures.
        has_side: for each picture whether each caption says left or right: it goes with view 0,
            the picture as it is, for the others may be mirrored.
        text_embeds: for each picture (captions, dim), or None.
        caption_share: how often the caption's own embedding stands for the picture's, in [0, 1].
        noise: standard deviation of what is added to each embedding, relative to its length; it
            keeps the captioner from learning by rote.
    """

    def __init__(
        self,
        captions: list[list[list[int]]],
        image_embeds: np.ndarray | None,
        has_side: list[list[bool]],
        text_embeds: Sequence[np.ndarray] | None = None,
        caption_share: float = 0.0,
        noise: float = 0.0,
    ):
        self.captions, self.has_side, self.noise = captions, has_side, noise
        self.image_embeds, self.text_embeds = image_embeds, text_embeds
        self.caption_share = caption_share if image_embeds is not None else 1.0

    def __len__(self) -> int:
        return len(self.captions)

    def __getitem__(self, index: int) -> dict[str, Any]:
        choice = random.randrange(len(self.captions[index]))
        embeds = torch.from_numpy(self._embeds(index, choice)).float()
        if self.noise:
            spread = self.noise * embeds.norm() / len(embeds) ** 0.5
            embeds = embeds + spread * torch.randn_like(embeds)
        return {"image_embeds": embeds, "input_ids": self.captions[index][choice]}

    def _embeds(self, index: int, choice: int) -> np.ndarray:
        if self.caption_share and random.random() < self.caption_share:
            return self.text_embeds[index][choice]
        views = 1 if self.has_side[index][choice] else self.image_embeds.shape[1]
        return self.image_embeds[index, random.randrange(views)]

    def one_by_one(self) -> "EmbeddedCaptions":
        """Return a row for every caption, its picture as it is: the same at each reading."""
        counts = [len(own) for own in self.captions]
        return EmbeddedCaptions(
            [[ids] for own in self.captions for ids in own],
            None if self.image_embeds is None else self.image_embeds[:, :1].repeat(counts, axis=0),
            [[side] for own in self.has_side for side in own],
            [embeds[None] for own in self.text_embeds or () for embeds in own],
        )


def cut(captions: list[list[list[int]]], limit: int) -> list[list[list[int]]]:
    """Return the captions with at most `limit` tokens each, the last one, the end, kept.

    Says how many were longer: their ends are not learned.
    """
    longer = sum(len(ids) > limit for own in captions for ids in own)
    if longer:
        print(f"{longer} captions have more than {limit} tokens, and are cut there.")
    return [
        [ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]] for ids in own]
        for own in captions
    ]


class CaptionCollator:
    """Batches {`image_embeds`, `input_ids`, `attention_mask`, `labels`}.

    Args:
        tokenizer: pads.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase):
        self.tokenizer = tokenizer

    def __call__(self, rows: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Return the batch."""
        texts = [{"input_ids": row["input_ids"]} for row in rows]
        batch = dict(self.tokenizer.pad(texts, return_tensors="pt"))
        embeds = torch.stack([row["image_embeds"] for row in rows])
        return batch | {"image_embeds": embeds, "labels": batch["input_ids"]}
