import numpy as np
import pytest
import torch
from PIL import Image

pytest.importorskip("datasets")

from datasets import Dataset
from tiny import tiny_tokenizer

from phoclip_hf.data.augmentation import Augmentation
from phoclip_hf.data.captions import CaptionedPictures


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
    plain = pictures([["con mèo"]], augmentation=Augmentation(min_scale=0.9))
    sided = pictures([["con mèo ở bên phải"]], augmentation=Augmentation(min_scale=0.9))
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


def test_relevance_of_scenes_follows_what_holds():
    table = Dataset.from_dict(
        {
            "image": [half_white()] * 2,
            "captions": [["con mèo đỏ"], ["con mèo"]],
            "facts": [["cat", "red"], ["cat"]],
            "needs": [[["cat", "red"]], [["cat"]]],
        }
    )
    dataset = CaptionedPictures(table, tiny_tokenizer(), image_size=16)
    assert dataset.relevance().tolist() == [[True, False], [True, True]]


def test_a_draw_is_the_same_for_the_same_seed_and_leaves_torchs_generator_alone():
    augmentation = Augmentation(min_scale=0.3, rotation=10, colour_jitter=0.4, token_dropout=0.5)
    dataset = pictures([["con mèo", "một con chó chạy trên bãi cỏ"]], augmentation=augmentation)
    state = torch.get_rng_state()
    first, again, other = dataset.draw(0, 5), dataset.draw(0, 5), dataset.draw(0, 6)
    assert torch.equal(torch.get_rng_state(), state)
    assert first["input_ids"] == again["input_ids"]
    assert torch.equal(first["pixel_values"], again["pixel_values"])
    assert not torch.equal(first["pixel_values"], other["pixel_values"])


def test_a_share_of_the_captions_is_read_as_people_type_them():
    dataset = pictures([["một con chó"]], augmentation=Augmentation(typed=0.5))
    as_written = tuple(tiny_tokenizer()("một con chó")["input_ids"])
    bare = tuple(tiny_tokenizer()("mot con cho")["input_ids"])
    rows = [dataset.draw(0, seed) for seed in range(200)]
    drawn = [tuple(row["input_ids"]) for row in rows]
    assert 70 < drawn.count(as_written) < 130
    assert drawn.count(bare) > 20
    # Whatever is typed, it is the same caption.
    assert {row["caption_key"] for row in rows} == {hash(as_written)}


def test_a_locked_text_towers_features_take_the_place_of_ids():
    dataset = pictures([["con mèo", "con chó"]])
    dataset.text_features = [np.arange(4, dtype=np.float16).reshape(2, 2)]
    rows = [dataset.draw(0, seed) for seed in range(30)]
    assert "input_ids" not in rows[0]
    assert {tuple(row["text_features"].tolist()) for row in rows} == {(0, 1), (2, 3)}
