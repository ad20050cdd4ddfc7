"""The pictures and captions that every contender trains on and is measured on."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset as Table
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import Dataset
from torchvision.transforms import v2 as transforms
from tqdm.auto import tqdm
from transformers import PreTrainedTokenizerBase

from phoclip_hf import PhoCLIPTokenizer
from phoclip_hf.data.captions import CaptionedPictures
from phoclip_hf.data.collation import ContrastiveCollator
from phoclip_hf.data.sources import open_pictures
from phoclip_hf.training.measuring import measure_retrieval

SPLITS = ("train", "validation", "test")
MEAN = STD = (0.5, 0.5, 0.5)  # what the MobileNetV2 was trained with


class CaptionTokens:
    """The ids of every caption, made once and looked up after: no contender waits for words.

    Called and asked to `pad` as the tokenizer itself.

    Args:
        tokenizer: pads.
        ids: caption → ids.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, ids: dict[str, list[int]]):
        self.tokenizer, self.ids = tokenizer, ids
        self.pad = tokenizer.pad
        self.bos_token_id, self.eos_token_id = tokenizer.bos_token_id, tokenizer.eos_token_id

    def __call__(self, texts: Sequence[str], **_: Any) -> dict[str, list[list[int]]]:
        """Return the ids of each text."""
        return {"input_ids": [self.ids[text] for text in texts]}

    def padded(self, texts: Sequence[str], to_longest: bool = False) -> dict[str, Tensor]:
        """Return `input_ids` and `attention_mask`, (texts, tokens) each.

        Args:
            texts: captions.
            to_longest: pad to the longest of all captions, as trainers with a fixed context do; by
                default to the longest of these.
        """
        rows = self(texts)
        if not to_longest:
            return self.pad(rows, return_tensors="pt")
        longest = max(map(len, self.ids.values()))
        return self.pad(rows, padding="max_length", max_length=longest, return_tensors="pt")

    @classmethod
    def load(cls, tokenizer: Path, file: Path) -> "CaptionTokens":
        """Return what `write_tokens` has kept, with the tokenizer of a checkpoint."""
        ids = json.loads(file.read_text(encoding="utf-8"))
        return cls(PhoCLIPTokenizer.from_pretrained(tokenizer), ids)


def write_tokens(data: Path, tokenizer: PreTrainedTokenizerBase, file: Path) -> None:
    """Keep the ids of all captions of all splits in a JSON file."""
    captions = {
        text for split in SPLITS for row in open_pictures(data, split)["captions"] for text in row
    }
    texts = sorted(captions)
    ids: dict[str, list[int]] = {}
    for start in tqdm(range(0, len(texts), 1000), desc="tokens", disable=len(texts) < 5000):
        chunk = texts[start : start + 1000]
        ids |= dict(zip(chunk, tokenizer(chunk)["input_ids"], strict=True))
    file.write_text(json.dumps(ids, ensure_ascii=False), encoding="utf-8")


def write_subset(data: Path, folder: Path, pictures: int) -> None:
    """Write the first `pictures` of each split of `data` as a data set of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for split in SPLITS:
        table = open_pictures(data, split)
        rows = range(min(pictures, len(table)))
        table.select(rows).to_parquet(folder / f"{split}.parquet")


class Pictures:
    """A folder of pictures with captions, as trainers and measures want it.

    Args:
        data: folder of Parquet files.
        tokens: of all its captions.
        image_size: pixels.
    """

    def __init__(self, data: Path, tokens: CaptionTokens, image_size: int = 224):
        self.data, self.tokens, self.image_size = data, tokens, image_size
        self.table = open_pictures(data, "train")

    def pairs(self) -> "Pairs":
        """Return the training pictures, each with a caption that is drawn anew at each reading."""
        return Pairs(self.table)

    def captioned(self) -> Table:
        """Return the same as a table of two columns, `caption` and `image`."""

        def draw(rows: dict[str, list]) -> dict[str, list]:
            captions = [random.choice(captions) for captions in rows["caption"]]
            return {"caption": captions, "image": [image.convert("RGB") for image in rows["image"]]}

        table = self.table.select_columns(["captions", "image"])
        return table.rename_column("captions", "caption").with_transform(draw)

    def served(self) -> transforms.Transform:
        """Return what turns a PIL image into normalised pixels: the centre, without augmentation.

        The steps of Transformers' contrastive example: resize, centre crop, scale, normalise.
        """
        return transforms.Compose(
            [
                transforms.PILToTensor(),
                transforms.Resize(
                    self.image_size, transforms.InterpolationMode.BICUBIC, antialias=True
                ),
                transforms.CenterCrop(self.image_size),
                transforms.ToDtype(torch.float32, scale=True),
                transforms.Normalize(MEAN, STD),
            ]
        )

    def recalls(self, model: nn.Module, split: str) -> dict[str, float]:
        """Return `t2i_r1 … i2t_r10` over all captions of all pictures of a split."""
        dataset = CaptionedPictures(
            open_pictures(self.data, split), self.tokens, image_size=self.image_size
        )
        return measure_retrieval(model, dataset, ContrastiveCollator(self.tokens, MEAN, STD))


class Pairs(Dataset):
    """(picture, caption): one row a picture, so that no batch holds two captions of one picture."""

    def __init__(self, table: Table):
        self.table = table

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, index: int) -> tuple[Image.Image, str]:
        row = self.table[index]
        return row["image"].convert("RGB"), random.choice(row["captions"])
