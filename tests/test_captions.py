from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

pytest.importorskip("datasets")

from datasets import Dataset
from tiny import tiny_tokenizer

from phoclip_hf.data.captions import CaptionedPictures, ContrastiveCollator, OneSourcePerBatch


def half_white(side: int = 32) -> Image.Image:
    pixels = np.zeros((side, side, 3), np.uint8)
    pixels[:, side // 2 :] = 255  # white on the right
    return Image.fromarray(pixels)


def pictures(captions: list[list[str]], **options) -> CaptionedPictures:
    table = Dataset.from_dict({"image": [half_white()] * len(captions), "captions": captions})
    return CaptionedPictures(table, tiny_tokenizer(), image_size=16, **options)


def test_every_caption_is_drawn_in_time():
    texts = ["con mèo", "con chó", "xe máy"]
    dataset = pictures([texts])
    drawn = {tuple(dataset[0]["input_ids"]) for _ in range(60)}
    assert drawn == {tuple(tiny_tokenizer()(text)["input_ids"]) for text in texts}


def test_a_picture_is_mirrored_except_under_a_caption_that_says_left_or_right():
    def right_is_white(row: dict) -> bool:
        pixels = row["pixel_values"].float()
        return bool(pixels[..., 12:].mean() > pixels[..., :4].mean())

    # Crops of 90 % of the area keep both halves in sight.
    plain = pictures([["con mèo"]], min_scale=0.9)
    sided = pictures([["con mèo ở bên phải"]], min_scale=0.9)
    assert {right_is_white(plain[0]) for _ in range(40)} == {True, False}
    assert {right_is_white(sided[0]) for _ in range(40)} == {True}


def test_features_take_the_place_of_pixels():
    features = np.arange(6, dtype=np.float16).reshape(1, 3, 2)
    rows = [pictures([["con mèo"]], features=features)[0] for _ in range(40)]
    assert "pixel_values" not in rows[0]
    assert {tuple(row["image_features"].tolist()) for row in rows} == {(0, 1), (2, 3), (4, 5)}


def test_a_picture_without_captions_is_an_error():
    with pytest.raises(ValueError, match="1 pictures have no caption, the first in row 1"):
        pictures([["con mèo"], []])


def test_the_same_words_under_two_pictures_are_true_pairs_of_both():
    dataset = pictures([["con mèo"], ["con chó"], ["con mèo"]])
    collator = ContrastiveCollator(tiny_tokenizer(), [0.5] * 3, [0.5] * 3)
    batch = collator([dataset[row] for row in range(3)])
    expected = torch.tensor([[1, 0, 1], [0, 1, 0], [1, 0, 1]]).bool()
    assert torch.equal(batch["positives"], expected)
    assert batch["pixel_values"].shape == (3, 3, 16, 16)
    assert batch["pixel_values"].min() == -1 and batch["pixel_values"].max() == 1


def test_a_scene_is_a_true_pair_of_every_caption_that_holds_in_it():
    facts, needs = [["cat", "red"], ["cat"]], [[["cat", "red"]], [["cat"]]]
    table = Dataset.from_dict(
        {
            "image": [half_white()] * 2,
            "captions": [["con mèo đỏ"], ["con mèo"]],
            "facts": facts,
            "needs": needs,
        }
    )
    dataset = CaptionedPictures(table, tiny_tokenizer(), image_size=16)
    batch = ContrastiveCollator(tiny_tokenizer(), [0.5] * 3, [0.5] * 3)([dataset[0], dataset[1]])
    assert batch["positives"].tolist() == [[True, True], [False, True]]
    assert dataset.relevance().tolist() == [[True, False], [True, True]]


def test_token_dropout_keeps_both_ends_and_something_between():
    collator = ContrastiveCollator(tiny_tokenizer(), [0.5] * 3, [0.5] * 3, token_dropout=0.9)
    ids = [0, 10, 11, 12, 13, 2]
    for _ in range(50):
        kept = collator._drop(ids)
        assert (kept[0], kept[-1]) == (0, 2)
        assert 3 <= len(kept) <= 6


def test_batches_hold_one_source_each_and_epochs_differ():
    sampler = OneSourcePerBatch([10, 7], batch_size=3, repeats=[1, 2], seed=0)
    first, second = list(sampler), list(sampler)
    assert len(first) == len(sampler) == 9 + 12
    batches = np.array(first).reshape(-1, 3)
    assert all(len({int(index) < 10 for index in batch}) == 1 for batch in batches)
    assert first != second
    again = OneSourcePerBatch([10, 7], batch_size=3, repeats=[1, 2], seed=0)
    again.set_epoch(1)
    assert list(again) == second


def test_a_source_smaller_than_a_batch_is_refused():
    with pytest.raises(ValueError, match="2 pictures fills no batch of 3"):
        OneSourcePerBatch([2], batch_size=3, repeats=[1], seed=SimpleNamespace())


def test_pictures_of_one_thing_stand_together():
    things = [[name] for name in ("is=cat", "is=dog", "is=boat", "is=car") for _ in range(64)]
    sampler = OneSourcePerBatch([256], batch_size=64, repeats=[2], seed=0, things=[things])
    order = np.array(list(sampler))
    assert sorted(order) == sorted([*range(256)] * 2)
    for run in order.reshape(-1, 32):
        assert len({int(index) // 64 for index in run}) == 1
