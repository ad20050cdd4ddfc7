"""Pictures laid on each other: the window, the mirror and the light that were put in come out."""

import numpy as np
import pytest
from PIL import Image

from phoclip_hf.data.duplicates import block_similarity
from phoclip_hf.data.duplicates.alignment import MOST_GAIN, align
from phoclip_hf.data.duplicates.thumbnails import picture_record
from phoclip_hf.data.scenes import draw_scene


def greys(*images: Image.Image) -> np.ndarray:
    return np.stack([picture_record(image)["grey"] for image in images])


def laid(a: Image.Image, b: Image.Image) -> np.void:
    return align(greys(a, b), np.array([0]), np.array([1]))[0]


@pytest.fixture(scope="module")
def scene() -> Image.Image:
    return draw_scene(3, size=200).image


def test_a_picture_lies_on_itself(scene):
    found = laid(scene, scene)
    assert found["similarity"] == pytest.approx(1, abs=1e-3)
    assert found["window"] == pytest.approx([0, 0, 1, 1], abs=0.01)
    assert not found["mirrored"]
    assert found["gain"] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("swap", [False, True])
def test_the_window_of_a_crop(scene, swap):
    # 160 x 140 pixels at (26, 34) of 200 x 200.
    crop = scene.crop((26, 34, 186, 174))
    found = laid(crop, scene) if swap else laid(scene, crop)
    assert found["swapped"] == swap
    assert found["window"] == pytest.approx([0.13, 0.17, 0.8, 0.7], abs=0.01)
    assert found["similarity"] > 0.9


def test_mirror_and_light(scene):
    dim = scene.transpose(Image.Transpose.FLIP_LEFT_RIGHT).point(lambda value: value * 0.6 + 30)
    found = laid(scene, dim)
    assert found["mirrored"]
    assert found["similarity"] > 0.95
    # Which of two whole pictures is laid on which is open.
    gain, offset = (1 / 0.6, -30 / 0.6) if found["swapped"] else (0.6, 30)
    assert found["gain"] == pytest.approx(gain, rel=0.03)
    assert found["offset"] == pytest.approx(offset, abs=5)


def test_one_thing_moved_is_no_copy(scene):
    other = scene.copy()
    other.paste(draw_scene(4, size=200).image.crop((60, 60, 130, 130)), (100, 100))
    found = laid(scene, other)
    assert found["correlation"] > 0.7
    assert found["similarity"] < 0.5


def test_batches_change_nothing():
    pictures = greys(*(draw_scene(seed, size=96).image for seed in range(7)))
    a, b = np.arange(7), np.roll(np.arange(7), 1)
    whole, parts = align(pictures, a, b), align(pictures, a, b, batch_size=3)
    assert whole["similarity"] == pytest.approx(parts["similarity"], abs=1e-3)
    assert len(align(pictures, a[:0], b[:0])) == 0


def test_plain_pictures_fit_nowhere():
    black, grey = np.zeros((64, 64)), np.full((64, 64), 130)
    found = align(np.stack([black, black, grey, grey]), np.array([0, 0, 2]), np.array([1, 2, 3]))
    assert (found["correlation"] < 0.01).all()


def test_a_dot_on_white_is_no_copy_of_another(monkeypatch):
    """The dots of both look alike, and so does all the white; nothing else is there to tell."""
    place = (np.arange(64) + 0.5) / 64
    dots = [
        255 - 200 * np.exp(-((place - 0.5) ** 2 + (place[:, None] - 0.5) ** 2) / width**2)
        for width in (0.05, 0.06)
    ]
    assert align(np.stack(dots), np.array([0]), np.array([1]))["similarity"][0] == 0
    with monkeypatch.context() as patch:
        patch.setattr(block_similarity, "STRUCTURED", 0)
        assert align(np.stack(dots), np.array([0]), np.array([1]))["similarity"][0] > 0.9
    # What fills more of the picture tells more.
    ring = 255 - 200 * (np.abs(np.hypot(place - 0.5, place[:, None] - 0.5) - 0.35) < 0.04)
    assert align(np.stack([ring, ring]), np.array([0]), np.array([1]))["similarity"][0] > 0.99


@pytest.mark.parametrize("contrast, copy", [(1.2, True), (0.8, False)])
def test_what_hardly_shows_is_no_copy(scene, contrast, copy):
    """Contrast in shares of the least that is allowed."""
    faint = scene.point(lambda value: 128 + (value - 128) * contrast / MOST_GAIN)
    assert (laid(scene, faint)["similarity"] > 0.9) == copy
