"""Hashes of a picture, its mirror image and its windows, against the picture changed in fact."""

import numpy as np
import pytest

from phoclip_hf.data.duplicates.perceptual_hash import mirrored, perceptual_hashes, windows
from phoclip_hf.data.duplicates.thumbnails import SIDE, picture_record
from phoclip_hf.data.scenes import draw_scene


def distance(a: int, b: int) -> int:
    return int(np.bitwise_count(np.uint64(a) ^ np.uint64(b)))


@pytest.fixture(scope="module")
def pictures():
    return [draw_scene(seed, size=160).image for seed in range(6)]


def hashes_of(images) -> np.ndarray:
    return perceptual_hashes(np.stack([picture_record(image)["grey"] for image in images]))


def test_a_cosine_sets_its_own_bit():
    # cos(pi x) over the whole width: the lowest horizontal frequency, and nothing else.
    x = (np.arange(SIDE) + 0.5) / SIDE
    grey = np.tile(128 + 100 * np.cos(np.pi * x), (SIDE, 1))
    up, down = perceptual_hashes(np.stack([grey, 256 - grey]))[:, 0]
    # The first bit is (down 0, across 1), the lowest frequency that there is.
    assert up & np.uint64(1) and not down & np.uint64(1)


def test_mirrored_is_the_hash_of_the_mirrored_picture(pictures):
    grey = np.stack([picture_record(image)["grey"] for image in pictures])
    # The windows of the mirrored picture lie in mirrored places: only the whole is its own.
    both = zip(
        mirrored(perceptual_hashes(grey))[:, 0],
        perceptual_hashes(grey[:, :, ::-1])[:, 0],
        strict=True,
    )
    assert max(distance(a, b) for a, b in both) <= 1  # rounding, where a coefficient is near zero
    hashes = perceptual_hashes(grey)
    assert (mirrored(mirrored(hashes)) == hashes).all()


def test_a_crop_has_the_hash_of_a_window(pictures):
    boxes = windows()
    assert boxes[0].tolist() == [0, 0, 1, 1]
    number = int(np.flatnonzero(np.isclose(boxes, [0.2, 0.1, 0.8, 0.8]).all(1))[0])
    crops = [image.crop((32, 16, 160, 144)) for image in pictures]
    both = zip(hashes_of(pictures)[:, number], hashes_of(crops)[:, 0], strict=True)
    assert max(distance(a, b) for a, b in both) <= 5


def test_scaling_and_light_change_little_and_another_picture_much(pictures):
    hashes = hashes_of(pictures)[:, 0]
    changed = hashes_of([image.resize((90, 120)).point(lambda v: v * 0.7) for image in pictures])
    assert max(map(distance, hashes, changed[:, 0])) <= 6
    assert min(distance(a, b) for a in hashes for b in hashes if a != b) > 12


def test_plain_windows_have_no_hash():
    grey = np.full((1, SIDE, SIDE), 90, np.uint8)
    assert (perceptual_hashes(grey) == 0).all()
    assert (mirrored(perceptual_hashes(grey)) == 0).all()
    assert perceptual_hashes(np.zeros((0, SIDE, SIDE))).shape == (0, len(windows()))
