"""Captioned pictures for training: one row a picture, its caption drawn anew at each reading."""

import random
import re
from typing import Any

import numpy as np
import torch
from datasets import Dataset as Table
from torch.utils.data import Dataset
from torchvision.transforms import v2 as transforms
from tqdm.auto import tqdm
from transformers import PreTrainedTokenizerBase
from transformers.image_utils import PILImageResampling

from ..tokenization_phoclip import PhoCLIPTokenizer
from .augmentation import Augmentation, drawn_by
from .true_pairs import as_bits, caption_fits_picture, facts_and_needs
from .typed_queries import typed_queries

SIDES = re.compile(r"\b(trái|phải)\b", re.IGNORECASE)


class CaptionedPictures(Dataset):
    """Pictures of one source, each read with one of its captions; tokenized once, at the start.

    A row is {`input_ids`, `picture_key`, `caption_key`, and `pixel_values` (3, size, size) uint8,
    or, where `features` are given, `image_features` (dim,) of one view}; see `true_pairs` for the
    keys. A picture is mirrored at random, but never under a caption that says left or right. Of
    drawn scenes a row also carries `facts` and `needs`: a caption fits every scene in which all
    that it asserts holds. Only their side is altered, for their captions count and name colours.

    Args:
        table: rows {image, captions}, of drawn scenes {facts, needs} too.
        tokenizer: gives the ids.
        is_segmented: the captions carry their underscores already.
        image_size: pixels.
        augmentation: of pictures and captions; None reads pictures as they are served.
        features: (pictures, views, dim), what a locked image tower saw, in place of pixels.

    Attributes:
        text_features: for each picture (captions, dim), what a locked text tower made of its
            captions; where they are set, they take the place of ids.
    """

    def __init__(
        self,
        table: Table,
        tokenizer: PreTrainedTokenizerBase,
        is_segmented: bool = False,
        image_size: int = 224,
        augmentation: Augmentation | None = None,
        features: np.ndarray | None = None,
    ):
        texts: list[list[str]] = table["captions"][:]
        empty = [index for index, captions in enumerate(texts) if not captions]
        if empty:
            raise ValueError(f"{len(empty)} pictures have no caption, the first in row {empty[0]}.")
        self.images = table.select_columns(["image"]) if "image" in table.column_names else None
        self.features, self.text_features = features, None
        self.augmentation = augmentation or Augmentation()
        self.captions = tokenize(texts, tokenizer, is_segmented)
        self.typed = self._typed(texts, tokenizer) if self.augmentation.typed else None
        self.has_side = [[bool(SIDES.search(text)) for text in captions] for captions in texts]
        self.facts, self.needs = facts_and_needs(table)
        self.bits = None if self.facts is None else as_bits(self.facts, self.needs)
        self.image_size = image_size
        self.alter = self.augmentation.for_pixels(image_size) if self.facts is None else None

    def __len__(self) -> int:
        return len(self.captions)

    def __getitem__(self, index: int) -> dict[str, Any]:
        return self.draw(index, random.getrandbits(62))

    def draw(self, index: int, seed: int) -> dict[str, Any]:
        """Return the row of a picture; caption, view and alterations are drawn by the seed."""
        rng = random.Random(seed)
        choice = rng.randrange(len(self.captions[index]))
        ids = self.captions[index][choice]
        row: dict[str, Any] = {"picture_key": index, "caption_key": hash(tuple(ids))}
        if self.bits is not None:
            row |= {"facts": self.bits[0][index], "needs": self.bits[1][index][choice]}
        if self.text_features is not None:
            row["text_features"] = torch.from_numpy(self.text_features[index][choice]).float()
        else:
            if self.typed is not None and rng.random() < self.augmentation.typed:
                ids = rng.choice(self.typed[index][choice])
            row["input_ids"] = self.augmentation.drop_tokens(ids, rng)
        if self.features is not None:
            view = rng.randrange(self.features.shape[1])
            return row | {"image_features": torch.from_numpy(self.features[index, view]).float()}
        mirror = not self.has_side[index][choice] and rng.random() < 0.5
        pixels = self.read(index, rng.getrandbits(62))
        return row | {"pixel_values": pixels.flip(-1) if mirror else pixels}

    @property
    def things(self) -> list[list[str]] | None:
        """What each drawn scene holds, such as `is=cat`; None for photos, of which nobody knows."""
        if self.facts is None:
            return None
        return [sorted(fact for fact in held if fact.startswith("is=")) for held in self.facts]

    def relevance(self) -> np.ndarray:
        """Return which captions fit which pictures, (captions, pictures) booleans."""
        counts = [len(texts) for texts in self.captions]
        return caption_fits_picture(counts, self.facts, self.needs)

    def read(self, index: int, seed: int | None = None) -> torch.Tensor:
        """Return the picture's pixels, (3, size, size) uint8: as served, or altered by a seed."""
        image = self.images[index]["image"].convert("RGB")
        if self.alter is not None and seed is not None:
            with drawn_by(seed):
                return self.alter(transforms.functional.pil_to_tensor(image))
        size = min(image.size)
        image = transforms.functional.center_crop(image, [size, size])
        image = image.resize((self.image_size,) * 2, PILImageResampling.BICUBIC)
        return transforms.functional.pil_to_tensor(image)

    def _typed(
        self, texts: list[list[str]], tokenizer: PreTrainedTokenizerBase
    ) -> list[list[list[list[int]]]]:
        """Return for each caption the ids of what people type for it, drawn once."""
        rng = random.Random(0)
        queries = [typed_queries(t.replace("_", " "), rng) for captions in texts for t in captions]
        rest = iter(tokenize(queries, tokenizer))
        return [[next(rest) for _ in captions] for captions in texts]


class Captions(Dataset):
    """Every caption of every picture, a row each: {`input_ids`}; the arguments are `tokenize`'s."""

    def __init__(
        self,
        texts: list[list[str]],
        tokenizer: PreTrainedTokenizerBase,
        is_segmented: bool = False,
    ):
        ids = tokenize(texts, tokenizer, is_segmented)
        self.ids = [caption for captions in ids for caption in captions]

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> dict[str, Any]:
        return {"input_ids": self.ids[index]}


def tokenize(
    texts: list[list[str]], tokenizer: PreTrainedTokenizerBase, is_segmented: bool = False
) -> list[list[list[int]]]:
    """Return the ids of every text, in lists as the texts lie, each with a begin and an end token.

    Args:
        texts: the captions of each picture.
        tokenizer: PhoCLIP's, or a language model's own, which reads syllables and may add no
            begin and no end.
        is_segmented: the captions carry their underscores already.
    """
    flat = [text for captions in texts for text in captions]
    ours = isinstance(tokenizer, PhoCLIPTokenizer)
    if is_segmented and not ours:
        flat = [text.replace("_", " ") for text in flat]
    options = {"is_segmented": is_segmented} if ours else {}
    ids: list[list[int]] = []
    for start in tqdm(range(0, len(flat), 1000), desc="tokenize", disable=len(flat) < 5000):
        ids += tokenizer(flat[start : start + 1000], **options)["input_ids"]
    rest = iter(_with_ends(row, tokenizer) for row in ids)
    return [[next(rest) for _ in captions] for captions in texts]


def _with_ends(ids: list[int], tokenizer: PreTrainedTokenizerBase) -> list[int]:
    begin, end = tokenizer.bos_token_id, tokenizer.eos_token_id
    if begin is not None and ids[:1] != [begin]:
        ids = [begin, *ids]
    if end is not None and (len(ids) < 2 or ids[-1] != end):
        ids = [*ids, end]
    return ids
