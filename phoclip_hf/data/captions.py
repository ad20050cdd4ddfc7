"""Training pairs: one row a picture, its caption drawn anew each time it is read."""

import random
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from datasets import Dataset as Table
from torch.utils.data import Dataset, Sampler
from torchvision.transforms import v2 as transforms
from tqdm.auto import tqdm
from transformers import PreTrainedTokenizerBase
from transformers.image_utils import PILImageResampling

SIDES = re.compile(r"\b(trái|phải)\b", re.IGNORECASE)
LOOK_ALIKES = 32


class CaptionedPictures(Dataset):
    """Pictures of one source, each read with one of its captions; tokenized once, at the start.

    A row is {`input_ids`, and `pixel_values` (3, size, size) uint8, or, where `features` (pictures,
    views, dim) are given, `image_features` (dim,) of one view}. A picture is mirrored at random,
    but never under a caption that says left or right. Of drawn scenes a row also carries `facts`
    and `needs`: a caption fits every scene in which all that it asserts holds. They are not
    cropped, for their captions count.

    Args:
        table: rows {image, captions}, of drawn scenes {facts, needs} too.
        tokenizer: gives the ids.
        is_segmented: the captions carry their underscores already.
        image_size: pixels.
        min_scale: smallest share of the area that a random crop keeps; 1 keeps the centre square.
        features: what a locked image tower saw, in place of pixels.
    """

    def __init__(
        self,
        table: Table,
        tokenizer: PreTrainedTokenizerBase,
        is_segmented: bool = False,
        image_size: int = 224,
        min_scale: float = 1.0,
        features: np.ndarray | None = None,
    ):
        captions: list[list[str]] = table["captions"][:]
        empty = [index for index, texts in enumerate(captions) if not texts]
        if empty:
            raise ValueError(f"{len(empty)} pictures have no caption, the first in row {empty[0]}.")
        self.images = table.select_columns(["image"])
        self.features = features
        self.captions = _tokenize(captions, tokenizer, is_segmented)
        self.has_side = [[bool(SIDES.search(text)) for text in texts] for texts in captions]
        self.facts, self.needs = facts_and_needs(table)
        self.image_size, self.min_scale = image_size, min_scale
        self.crop = transforms.RandomResizedCrop(
            image_size, (min_scale, 1.0), interpolation=transforms.InterpolationMode.BICUBIC
        )

    def __len__(self) -> int:
        return len(self.captions)

    def __getitem__(self, index: int) -> dict[str, Any]:
        choice = random.randrange(len(self.captions[index]))
        row: dict[str, Any] = {"input_ids": self.captions[index][choice]}
        if self.facts is not None:
            row |= {"facts": self.facts[index], "needs": self.needs[index][choice]}
        if self.features is not None:
            view = random.randrange(self.features.shape[1])
            return row | {"image_features": torch.from_numpy(self.features[index, view]).float()}
        return row | {"pixel_values": self.read(index, mirror=not self.has_side[index][choice])}

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

    def read(self, index: int, mirror: bool = False) -> torch.Tensor:
        """Return the picture's pixels, (3, size, size) uint8, cropped and mirrored as set."""
        image = self.images[index]["image"].convert("RGB")
        if self.min_scale == 1 or self.facts is not None:
            size = min(image.size)
            image = transforms.functional.center_crop(image, [size, size])
            image = image.resize((self.image_size,) * 2, PILImageResampling.BICUBIC)
            image = transforms.functional.pil_to_tensor(image)
        else:
            image = self.crop(transforms.functional.pil_to_tensor(image))
        return image.flip(-1) if mirror and random.random() < 0.5 else image


class ContrastiveCollator:
    """Batches of `pixel_values` (or `image_features`), `input_ids`, `attention_mask`, `positives`.

    `positives` (batch, batch) marks the captions that fit each picture: its own, the same words
    under another, and with drawn scenes whatever is true of them.

    Args:
        tokenizer: pads.
        mean: of the pixels, per channel, in [0, 1].
        std: likewise.
        token_dropout: share of the tokens between `<s>` and `</s>` that are left out at random.
    """

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        mean: Sequence[float],
        std: Sequence[float],
        token_dropout: float = 0.0,
    ):
        self.tokenizer, self.token_dropout = tokenizer, token_dropout
        self.normalize = transforms.Normalize(mean, std)

    def __call__(self, rows: list[dict]) -> dict[str, torch.Tensor]:
        """Return the batch."""
        texts = [{"input_ids": self._drop(row["input_ids"])} for row in rows]
        batch = dict(self.tokenizer.pad(texts, return_tensors="pt"))
        if "image_features" in rows[0]:
            batch["image_features"] = torch.stack([row["image_features"] for row in rows])
        else:
            pixels = torch.stack([row["pixel_values"] for row in rows])
            batch["pixel_values"] = self.normalize(pixels.float().div_(255))
        return batch | {"positives": _positives(rows)}

    def _drop(self, ids: list[int]) -> list[int]:
        if not self.token_dropout:
            return ids
        kept = [token for token in ids[1:-1] if random.random() >= self.token_dropout]
        return [ids[0], *(kept or ids[1:-1]), ids[-1]]


class OneSourcePerBatch(Sampler[int]):
    """Indices into a `ConcatDataset`, every `batch_size` of them from one source, shuffled.

    A drawing is no hard negative for a photo: batches of one source teach more. Where the things in
    a source's pictures are known, `LOOK_ALIKES` pictures of one thing stand together in a batch,
    for what tells them apart is a colour, a count or a place; which of its things a picture stands
    for is drawn anew each pass.

    Args:
        lengths: pictures of each source; the last, incomplete batch is left out, other pictures
            each pass.
        batch_size: pictures a batch.
        repeats: passes over each source per epoch.
        seed: of the order.
        things: for each source, the names of the things in each picture, at least one, or None.
    """

    def __init__(
        self,
        lengths: Sequence[int],
        batch_size: int,
        repeats: Sequence[int],
        seed: int,
        things: Sequence[Sequence[Sequence[str]] | None] | None = None,
    ):
        short = [length for length in lengths if length < batch_size]
        if short:
            raise ValueError(f"A source of {short[0]} pictures fills no batch of {batch_size}.")
        self.lengths, self.repeats = lengths, repeats
        self.things = things or [None] * len(lengths)
        self.batch_size, self.seed, self.epoch = batch_size, seed, 0

    def __len__(self) -> int:
        pairs = zip(self.lengths, self.repeats, strict=True)
        return sum(length // self.batch_size * times for length, times in pairs) * self.batch_size

    def set_epoch(self, epoch: int) -> None:
        """Make the next pass that of another epoch."""
        self.epoch = epoch

    def __iter__(self) -> Iterator[int]:
        generator = np.random.default_rng((self.seed, self.epoch))
        self.epoch += 1
        batches, offset = [], 0
        for length, times, things in zip(self.lengths, self.repeats, self.things, strict=True):
            for _ in range(times):
                order = generator.permutation(length)[: length // self.batch_size * self.batch_size]
                if things is not None:
                    order = _among_look_alikes(order, things, generator)
                batches.extend((order + offset).reshape(-1, self.batch_size))
            offset += length
        for index in generator.permutation(len(batches)):
            yield from batches[index].tolist()


def _among_look_alikes(
    order: np.ndarray, things: Sequence[Sequence[str]], generator: np.random.Generator
) -> np.ndarray:
    """Return `order` (pictures,) with pictures of one thing in runs, the runs shuffled."""
    shares = generator.random(len(order))
    drawn = [things[i][int(share * len(things[i]))] for i, share in zip(order, shares, strict=True)]
    order = order[np.argsort(drawn, kind="stable")]
    runs = [order[start : start + LOOK_ALIKES] for start in range(0, len(order), LOOK_ALIKES)]
    return np.concatenate([runs[index] for index in generator.permutation(len(runs))])


def facts_and_needs(
    table: Table,
) -> tuple[list[frozenset[str]] | None, list[list[frozenset[str]]] | None]:
    """Return what holds in each drawn scene and what each of its captions asserts, or two None."""
    if "facts" not in table.column_names:
        return None, None
    facts = [frozenset(held) for held in table["facts"]]
    return facts, [[frozenset(asserted) for asserted in row] for row in table["needs"]]


def caption_fits_picture(
    counts: Sequence[int],
    facts: Sequence[frozenset[str]] | None = None,
    needs: Sequence[Sequence[frozenset[str]]] | None = None,
) -> np.ndarray:
    """Return which captions fit which pictures, (captions, pictures) booleans.

    Args:
        counts: the number of captions of each picture; without facts a caption fits its own alone.
        facts: what holds in each picture.
        needs: what each caption of each picture asserts.
    """
    if facts is None:
        owners = np.repeat(np.arange(len(counts)), counts)
        return owners[:, None] == np.arange(len(counts))
    return np.array([[need <= held for held in facts] for row in needs for need in row])


def _positives(rows: list[dict[str, Any]]) -> torch.Tensor:
    if "facts" in rows[0]:
        fits = [[text["needs"] <= image["facts"] for text in rows] for image in rows]
    else:
        fits = [[text["input_ids"] == image["input_ids"] for text in rows] for image in rows]
    return torch.tensor(fits)


def _tokenize(
    captions: list[list[str]], tokenizer: PreTrainedTokenizerBase, is_segmented: bool
) -> list[list[list[int]]]:
    flat = [text for texts in captions for text in texts]
    ids: list[list[int]] = []
    for start in tqdm(range(0, len(flat), 1000), desc="tokenize", disable=len(flat) < 5000):
        chunk = flat[start : start + 1000]
        ids += tokenizer(chunk, is_segmented=is_segmented)["input_ids"]
    rest = iter(ids)
    return [[next(rest) for _ in texts] for texts in captions]
