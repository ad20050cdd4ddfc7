import pytest
import torch

pytest.importorskip("datasets")

from tiny import tiny_tokenizer

from phoclip_hf.data.collation import ContrastiveCollator


def row(ids: list[int], shade: int, key: int) -> dict:
    pixels = torch.full((3, 16, 16), shade, dtype=torch.uint8)
    return {"input_ids": ids, "pixel_values": pixels, "picture_key": key, "caption_key": key}


def test_pixels_are_normalised_and_ids_padded():
    collator = ContrastiveCollator(tiny_tokenizer(), [0.5] * 3, [0.5] * 3)
    batch = collator([row([0, 9, 2], 0, 0), row([0, 9, 8, 2], 255, 1)])
    assert batch["pixel_values"].shape == (2, 3, 16, 16)
    assert batch["pixel_values"].amin() == -1 and batch["pixel_values"].amax() == 1
    assert batch["input_ids"].tolist() == [[0, 9, 2, 1], [0, 9, 8, 2]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1, 0], [1, 1, 1, 1]]
    assert batch["pair_keys"]["pictures"].tolist() == [0, 1]


def test_features_stand_for_locked_towers():
    collator = ContrastiveCollator(tiny_tokenizer(), [0.5] * 3, [0.5] * 3)
    keys = {"picture_key": 0, "caption_key": 0}
    features = {"image_features": torch.ones(4), "text_features": torch.zeros(5)}
    batch = collator([features | keys, features | keys])
    assert batch["image_features"].shape == (2, 4)
    assert batch["text_features"].shape == (2, 5)
    assert "input_ids" not in batch and "pixel_values" not in batch
