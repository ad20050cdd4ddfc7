"""Copies are found by kind, different scenes are not, equal pictures are paired."""

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from phoclip_hf.data import leakage
from phoclip_hf.data.duplicates.thumbnails import RECORD, picture_record
from phoclip_hf.data.leakage import PicturePair, find_pairs
from phoclip_hf.data.scenes import draw_scene

SIZE = 160


def recompressed(image: Image.Image) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=30)
    return Image.open(file)


ALTERATIONS = {
    "resized": lambda image: image.resize((100, 80)),
    "recompressed": recompressed,
    "cropped": lambda image: image.crop((20, 8, 148, 136)),
    "brightened": lambda image: image.point(lambda value: min(255, int(value * 1.25 + 10))),
    "flipped": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "framed": lambda image: ImageOps.expand(image, 16, "black"),
    "grey": lambda image: image.convert("L"),
}


def records_of(images) -> np.ndarray:
    return np.array([picture_record(image) for image in images], RECORD)


@pytest.fixture(scope="module")
def scenes() -> list[Image.Image]:
    return [draw_scene(seed, size=SIZE).image for seed in range(14)]


def test_alterations_are_found_by_kind_and_nothing_else(scenes):
    copies = [alter(scenes[row]) for row, alter in enumerate(ALTERATIONS.values())]
    pairs = find_pairs(records_of([*scenes, *copies]))
    assert [(pair.a, pair.b, pair.kind) for pair in pairs] == [
        (row, len(scenes) + row, kind) for row, kind in enumerate(ALTERATIONS)
    ]
    assert all(0.7 <= pair.score <= 1 for pair in pairs)


def test_smooth_pictures_are_no_copies():
    """Few waves, many of them cut off at black or white: hazy skies, blurred products on white."""
    generator, count = np.random.default_rng(0), 400
    waves = np.cos(np.pi * np.outer(np.arange(9), (np.arange(64) + 0.5) / 64))
    strength = 90 / (1 + np.hypot(np.arange(9)[:, None], np.arange(9)))
    spectra = generator.standard_normal((count, 9, 9)) * strength
    records = np.zeros(count, RECORD)
    records["grey"] = np.clip(waves.T @ spectra @ waves + 128, 0, 255)
    records["state"], records["digest"][:, 0] = 1, np.arange(count)
    a, b = np.triu_indices(count, 1)
    chosen = generator.permutation(len(a))[:6000]
    assert list(leakage.confirm(records, a[chosen], b[chosen], leakage.THRESHOLD)) == []
    records["grey"][1] = np.clip(records["grey"][0] * 0.8 + 20, 0, 255)
    found = leakage.confirm(records, np.array([0]), np.array([1]), leakage.THRESHOLD)
    assert [pair[:3] for pair in found] == [(0, 1, "brightened")]


def test_equal_pixels_are_exact_whatever_the_file():
    scene, other = draw_scene(1, size=64).image, draw_scene(2, size=64).image
    file = io.BytesIO()
    scene.save(file, "PNG", compress_level=1)
    pairs = find_pairs(records_of([scene, other, Image.open(file), scene.convert("RGBA")]))
    exact = [(0, 2), (0, 3), (2, 3)]
    assert pairs == [PicturePair(a, b, "exact", 1.0) for a, b in exact]


def test_equal_pixels_in_another_shape_are_not_exact():
    tall, wide = Image.new("RGB", (10, 40), "red"), Image.new("RGB", (40, 10), "red")
    assert find_pairs(records_of([tall, wide])) == []


def test_a_copy_is_paired_with_every_equal_picture():
    scene = draw_scene(5, size=SIZE).image
    grey = scene.convert("L")
    pairs = find_pairs(records_of([scene, grey, scene, grey]))
    kinds = {(pair.a, pair.b): pair.kind for pair in pairs}
    near = dict.fromkeys([(0, 1), (0, 3), (1, 2), (2, 3)], "grey")
    assert kinds == near | {(0, 2): "exact", (1, 3): "exact"}


def test_of_many_equal_pictures_each_is_paired_with_the_first():
    many = leakage.MANY + 5
    records = records_of([draw_scene(1, size=64).image])[np.zeros(many, int)]
    assert [(pair.a, pair.b) for pair in find_pairs(records)] == [(0, b) for b in range(1, many)]


def test_embeddings_propose_what_hashes_do_not(scenes, monkeypatch):
    # Without any radius only equal hashes propose, and a crop has none.
    monkeypatch.setattr(leakage, "RADIUS", 0)
    records = records_of([*scenes[:4], scenes[2].crop((11, 5, 141, 135))])
    embeds = np.eye(5, dtype=np.float32)
    assert find_pairs(records) == find_pairs(records, embeds) == []
    embeds[4] = embeds[2]
    assert [pair[:3] for pair in find_pairs(records, embeds)] == [(2, 4, "cropped")]
    # Embeddings alone confirm nothing.
    embeds[4] = embeds[1]
    assert find_pairs(records, embeds) == []


def test_a_threshold_of_one_leaves_what_is_exact(scenes):
    records = records_of([scenes[0], recompressed(scenes[0]), scenes[0]])
    assert [pair[:3] for pair in find_pairs(records, threshold=1)] == [(0, 2, "exact")]


def test_none_one_and_unread():
    assert find_pairs(np.zeros(0, RECORD)) == []
    one = records_of([draw_scene(1, size=64).image])
    assert find_pairs(one) == find_pairs(one, np.ones((1, 4))) == []
    # What could not be read is like nothing, not even another of its kind.
    assert find_pairs(np.concatenate([one, np.zeros(2, RECORD)])) == []


def test_embeds_of_something_else():
    with pytest.raises(ValueError, match="3 embeds for 0 records"):
        find_pairs(np.zeros(0, RECORD), np.ones((3, 4)))
