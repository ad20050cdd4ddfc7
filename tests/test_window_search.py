"""The coarse search over windows: the window that was cut out is the one that fits best."""

import numpy as np
import pytest

from phoclip_hf.data.duplicates.thumbnails import picture_record
from phoclip_hf.data.duplicates.window_search import fitting_windows, searched_windows
from phoclip_hf.data.scenes import draw_scene


def grey(image) -> np.ndarray:
    return picture_record(image)["grey"]


@pytest.fixture(scope="module")
def scene():
    return draw_scene(3, size=200).image


def test_each_way_finds_its_window(scene):
    # 140 x 140 pixels at (60, 15) of 200 x 200: a window that is searched.
    crop = scene.crop((60, 15, 200, 155))
    pictures = np.stack([grey(scene), grey(crop), grey(crop)[:, ::-1]])
    a, b = np.array([0, 0, 1, 2]), np.array([1, 2, 0, 0])
    scores, windows = fitting_windows(pictures, a, b)
    assert scores.argmax(0).tolist() == [0, 1, 2, 3]
    found = searched_windows()[windows[[0, 1, 2, 3], np.arange(4)]]
    assert found == pytest.approx(np.tile([0.3, 0.075, 0.7, 0.7], (4, 1)), abs=1e-6)
    assert (scores.max(0) > 0.99).all()


def test_a_pair_scores_the_same_among_others():
    pictures = np.stack([grey(draw_scene(seed, size=64).image) for seed in range(80)])
    a, b = np.divmod(np.arange(80 * 80), 80)
    scores, windows = fitting_windows(pictures, a, b)
    for pair in (0, 79, 3217, 6399):
        rows = [a[pair]], [b[pair]]
        alone, window = fitting_windows(pictures, *map(np.array, rows))
        assert scores[:, pair] == pytest.approx(alone[:, 0], abs=1e-5)
        assert windows[:, pair].tolist() == window[:, 0].tolist()
    # Laying a on b is laying b on a with the roles exchanged.
    turned = scores.reshape(2, 2, 80, 80)
    assert turned[0] == pytest.approx(turned[1].transpose(0, 2, 1), abs=1e-5)


def test_no_pair():
    none = np.zeros(0, int)
    scores, windows = fitting_windows(np.zeros((3, 64, 64), np.uint8), none, none)
    assert scores.shape == windows.shape == (4, 0)
