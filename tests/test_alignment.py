"""Pictures laid on each other: the window, the mirror and the light that were put in come out."""

import numpy as np
import pytest
from PIL import Image

from phoclip_hf.data.duplicates.alignment import Alignment, align
from phoclip_hf.data.duplicates.thumbnails import picture_record
from phoclip_hf.data.scenes import draw_scene


def laid(a: Image.Image, b: Image.Image) -> Alignment:
    first, second = (picture_record(image)["grey"][None] for image in (a, b))
    return align(first, second)


@pytest.fixture(scope="module")
def scene() -> Image.Image:
    return draw_scene(3, size=200).image


def test_a_picture_lies_on_itself(scene):
    found = laid(scene, scene)
    assert found.similarity[0] == pytest.approx(1, abs=1e-3)
    assert found.window[0] == pytest.approx([0, 0, 1, 1], abs=0.01)
    assert not found.mirrored[0]
    assert found.gain[0] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("swap", [False, True])
def test_the_window_of_a_crop(scene, swap):
    # 160 x 140 pixels at (26, 34) of 200 x 200.
    crop = scene.crop((26, 34, 186, 174))
    found = laid(crop, scene) if swap else laid(scene, crop)
    assert found.swapped[0] == swap
    assert found.window[0] == pytest.approx([0.13, 0.17, 0.8, 0.7], abs=0.01)
    assert found.similarity[0] > 0.9


def test_mirror_and_light(scene):
    dim = scene.transpose(Image.Transpose.FLIP_LEFT_RIGHT).point(lambda value: value * 0.6 + 30)
    found = laid(scene, dim)
    assert found.mirrored[0]
    assert found.similarity[0] > 0.95
    # Which of two whole pictures is laid on which is open.
    gain, offset = (1 / 0.6, -30 / 0.6) if found.swapped[0] else (0.6, 30)
    assert found.gain[0] == pytest.approx(gain, rel=0.03)
    assert found.offset[0] == pytest.approx(offset, abs=5)


def test_one_thing_moved_is_no_copy(scene):
    other = scene.copy()
    other.paste(draw_scene(4, size=200).image.crop((60, 60, 130, 130)), (100, 100))
    found = laid(scene, other)
    assert found.correlation[0] > 0.7
    assert found.similarity[0] < 0.5


def test_batches_change_nothing():
    records = [picture_record(draw_scene(seed, size=96).image)["grey"] for seed in range(7)]
    a, b = np.stack(records), np.stack(records[1:] + records[:1])
    whole, parts = align(a, b), align(a, b, batch_size=3)
    assert whole.similarity == pytest.approx(parts.similarity, abs=1e-3)
    assert len(align(a[:0], b[:0]).similarity) == 0


def test_plain_pictures_fit_nowhere():
    black, grey = np.zeros((1, 64, 64)), np.full((1, 64, 64), 130)
    for a, b in ((black, black), (black, grey), (grey, grey)):
        assert align(a, b).correlation[0] < 0.01
