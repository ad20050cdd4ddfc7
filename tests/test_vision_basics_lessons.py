"""The lessons' mathematics, on pictures whose answers can be worked out by hand."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from space_modules import space_modules

cv2 = pytest.importorskip("cv2")
pytest.importorskip("gradio")

SPACE = Path(__file__).resolve().parent.parent / "spaces" / "vision_basics"
SHAPE = (48, 65)  # one even side, one odd


@pytest.fixture(scope="module")
def lessons() -> SimpleNamespace:
    with space_modules(SPACE) as modules:
        yield modules


@pytest.fixture
def noise() -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 255, SHAPE)


def square(side: int = 60, low: int = 20, high: int = 40) -> np.ndarray:
    grey = np.zeros((side, side), np.uint8)
    grey[low:high, low:high] = 255
    return grey


def inside(values: np.ndarray, margin: int = 2) -> np.ndarray:
    return values[margin:-margin, margin:-margin]


def test_sobel_of_a_ramp_is_its_slope_times_eight(lessons):
    rows, columns = np.mgrid[:20, :30].astype(np.float32)
    x, y = lessons.edges.sobel(3 * columns - 2 * rows)
    assert np.all(inside(x) == 24) and np.all(inside(y) == -16)
    assert inside(lessons.edges.magnitude(x, y)) == pytest.approx(np.hypot(24, 16))


def test_laplacian_of_a_bowl_is_four_and_of_a_ramp_nothing(lessons):
    rows, columns = np.mgrid[:20, :30].astype(np.float32)
    assert np.all(inside(lessons.edges.laplacian(rows**2 + columns**2)) == 4)
    assert np.all(inside(lessons.edges.laplacian(3 * columns - 2 * rows)) == 0)


def test_canny_finds_one_line_at_a_step_and_no_more_at_a_higher_threshold(lessons):
    step = np.zeros((30, 30), np.uint8)
    step[:, 15:] = 100  # slope 4 x 100 = 400 by Sobel, on both sides of the step
    found = lessons.edges.canny(step, 100, 399)
    assert set(np.unique(found)) == {0, 255}
    assert np.all(inside(found).astype(bool).sum(axis=1) == 1)
    assert not lessons.edges.canny(step, 100, 401).any()
    assert np.array_equal(found, lessons.edges.canny(step, 399, 100))
    mixed = np.random.default_rng(1).integers(0, 256, (64, 64)).astype(np.uint8)
    mixed = lessons.edges.smooth(mixed, 2)
    strict, lenient = (lessons.edges.canny(mixed, low, 100) > 0 for low in (80, 20))
    assert strict.sum() < lenient.sum() and not np.any(strict & ~lenient)


@pytest.mark.parametrize(
    "gradient, colour",
    [((1, 0), (255, 0, 0)), ((-1, 0), (0, 255, 255)), ((0, 0), (0, 0, 0))],
)
def test_hue_is_the_direction_of_the_gradient(lessons, gradient, colour):
    x, y = (np.full((2, 2), part, np.float32) for part in gradient)
    assert lessons.edges.direction_colours(x, y)[0, 0].tolist() == list(colour)


def test_no_smoothing_leaves_the_picture_alone(lessons, noise):
    assert lessons.edges.smooth(noise, 0) is noise
    assert lessons.edges.smooth(noise, 2).std() < noise.std() / 3


def test_parseval_and_back_again(lessons, noise):
    spectrum = lessons.fourier.spectrum(noise)
    assert np.sum(np.abs(spectrum) ** 2) / noise.size == pytest.approx(np.sum(noise**2))
    assert lessons.fourier.picture(spectrum) == pytest.approx(noise)
    assert spectrum[SHAPE[0] // 2, SHAPE[1] // 2] == pytest.approx(noise.sum())


def test_a_wave_has_two_peaks_at_its_frequency(lessons):
    wave = np.cos(2 * np.pi * np.arange(64) / 8)[None, :].repeat(32, axis=0)  # 1/8 cycle a pixel
    size = np.abs(lessons.fourier.spectrum(wave))
    peaks = lessons.fourier.frequencies(wave.shape)[size > 1e-6]
    assert peaks.tolist() == [0.125, 0.125]


@pytest.mark.parametrize("kind", ["ideal", "gaussian", "butterworth"])
def test_low_and_high_pass_share_the_spectrum_and_the_picture(lessons, noise, kind):
    fourier = lessons.fourier
    low, high = (f(SHAPE, kind, 0.1, 3) for f in (fourier.low_pass, fourier.high_pass))
    assert low.min() >= 0 and low.max() == 1 and np.all(low + high == 1)
    spectrum = fourier.spectrum(noise)
    parts = [fourier.picture(spectrum * mask) for mask in (low, high)]
    assert sum(parts) == pytest.approx(noise)
    # Frequency 0, the mean, goes to the low half.
    assert parts[0].mean() == pytest.approx(noise.mean()) and abs(parts[1].mean()) < 1e-9


@pytest.mark.parametrize(
    "kind, order, expected",
    [
        ("ideal", 2, 1),
        ("gaussian", 2, np.exp(-0.5)),
        ("butterworth", 1, 0.5),
        ("butterworth", 9, 0.5),
    ],
)
def test_what_is_left_at_the_cut_off(lessons, kind, order, expected):
    shape = (40, 40)
    mask = lessons.fourier.low_pass(shape, kind, 0.25, order)  # 10 of 40
    assert mask[20, 30] == pytest.approx(expected) == mask[10, 20]


def test_a_higher_order_is_nearer_to_the_ideal_filter(lessons):
    ideal, *masks = (
        lessons.fourier.low_pass(SHAPE, kind, 0.2, order)
        for kind, order in (("ideal", 1), *(("butterworth", order) for order in (1, 3, 10)))
    )
    far = [np.abs(mask - ideal).mean() for mask in masks]
    assert far[0] > far[1] > far[2]
    with pytest.raises(ValueError, match="'boxcar' is unknown: expected one of ideal"):
        lessons.fourier.low_pass(SHAPE, "boxcar", 0.2)


def test_phase_only_keeps_the_phase_and_flattens_the_magnitude(lessons, noise):
    spectrum = lessons.fourier.spectrum(noise)
    kept = lessons.fourier.spectrum(lessons.fourier.phase_only(spectrum))
    assert np.abs(kept) == pytest.approx(1)
    assert kept == pytest.approx(spectrum / np.abs(spectrum))


def grey_photo(shape: tuple[int, int] = (200, 200), level: int = 128) -> np.ndarray:
    return np.full((*shape, 3), level, np.uint8)


def test_noise_is_seeded_and_as_strong_as_asked(lessons):
    filters, photo = lessons.filters, grey_photo()
    for kind in filters.NOISES:
        noisy = filters.add_noise(photo, kind, 0.1, seed=5)
        assert np.array_equal(noisy, filters.add_noise(photo, kind, 0.1, seed=5))
        assert not np.array_equal(noisy, filters.add_noise(photo, kind, 0.1, seed=6))
        assert np.array_equal(photo, filters.add_noise(photo, kind, 0, seed=5))
    strength = {kind: filters.add_noise(photo, kind, 0.1, 0).std() for kind in filters.NOISES}
    assert strength["gaussian"] == pytest.approx(25.5, rel=0.02)
    assert strength["speckle"] == pytest.approx(12.8, rel=0.02)
    impulse = filters.add_noise(photo, "impulse", 0.1, 0)
    for extreme in (0, 255):
        assert np.mean(np.all(impulse == extreme, axis=2)) == pytest.approx(0.05, abs=0.005)
    with pytest.raises(ValueError, match="'salt' is unknown"):
        filters.add_noise(photo, "salt", 0.1, 0)


def test_each_filter_does_what_the_text_says_of_it(lessons):
    filters = lessons.filters
    photo = grey_photo(level=40)
    photo[:, 100:] = 210  # an edge
    blurred, kept = filters.gaussian(photo, 3), filters.bilateral(photo, 3, 20)
    assert 100 < blurred[100, 99, 0] < 125  # half way up
    assert abs(int(kept[100, 99, 0]) - 40) <= 1
    # One salt grain among eight equals is no middle value.
    grain = grey_photo((21, 21))
    grain[10, 10] = 255
    assert np.array_equal(filters.median(grain, 3), grey_photo((21, 21)))
    salted = filters.add_noise(photo, "impulse", 0.2, 0)
    made = (salted, filters.gaussian(salted, 1.5), filters.median(salted, 5))
    ratios = [filters.psnr(photo, picture) for picture in made]
    assert ratios[0] < ratios[1] < ratios[2] - 10


def test_psnr_of_one_level_is_48_decibels(lessons):
    assert lessons.filters.psnr(grey_photo(), grey_photo(level=129)) == pytest.approx(
        48.13, abs=0.01
    )
    assert lessons.filters.psnr(grey_photo(), grey_photo()) == float("inf")


def test_equalisation_follows_its_formula(lessons):
    grey = np.random.default_rng(2).normal(90, 15, (64, 64)).clip(0, 255).astype(np.uint8)
    photo = grey[..., None].repeat(3, axis=2)
    counts = lessons.histograms.histogram(grey)
    assert counts.sum() == grey.size and counts[90] == np.sum(grey == 90)
    up_to = np.cumsum(counts)
    least = counts[grey.min()]
    levels = 255 * (up_to - least) / (grey.size - least)
    equalised = lessons.histograms.luma(lessons.histograms.equalise(photo))
    assert np.abs(equalised - levels[grey]).max() <= 1
    assert equalised.min() == 0 and equalised.max() == 255


def test_clahe_lifts_contrast_less_where_it_is_limited(lessons):
    histograms = lessons.histograms
    grey = np.random.default_rng(3).normal(128, 4, (128, 128)).round().astype(np.uint8)
    photo = grey[..., None].repeat(3, axis=2)
    spread = [
        np.std(histograms.luma(picture))
        for picture in (
            photo,
            histograms.clahe(photo, 2, 4),
            histograms.clahe(photo, 8, 4),
            histograms.equalise(photo),
        )
    ]
    assert spread == sorted(spread) and spread[1] > 1.2 * spread[0]


def test_dulling_halves_distances_from_grey(lessons):
    photo = np.array([[[0, 128, 255]]], np.uint8)
    assert lessons.histograms.dull(photo, 0.5).tolist() == [[[64, 128, 192]]]
    assert np.array_equal(lessons.histograms.dull(photo, 1), photo)


def test_the_drawn_histogram_is_as_high_as_the_counts(lessons):
    counts = np.zeros(256, np.int64)
    counts[50:150], counts[150:250] = 10, 5
    drawn = lessons.histograms.histogram_picture(counts, height=101)
    bars = np.all(drawn == (94, 164, 160), axis=2).sum(axis=0)
    # The line of shares hides a few pixels of a bar; above the bars is room for a title.
    assert 95 <= bars[200] <= 100 and 45 <= bars[400] <= 50 and bars[40] == 0
    assert drawn.shape == (101 + 33, 512, 3) and np.all(drawn[:33] == 255)


def test_harris_is_high_at_corners_negative_on_edges_and_zero_on_plains(lessons):
    response = lessons.keypoints.harris(square(), 3, 0.04)
    assert response[30, 20] < 0 and response[5, 5] == 0 == response[30, 30]
    found = lessons.keypoints.corners(response, 0.1)
    assert len(found) == 4
    expected = {(x, y) for x in (20, 39) for y in (20, 39)}
    for place in found:
        assert min(np.abs(place - corner).max() for corner in np.array(list(expected))) <= 1
    assert len(lessons.keypoints.corners(np.zeros((9, 9), np.float32), 0.1)) == 0


def test_orb_finds_the_same_points_when_the_picture_is_turned(lessons):
    from phoclip_hf.data.scenes import draw_scene

    grey = np.asarray(draw_scene(5_000_000, size=320).image.convert("L"))
    turned = np.ascontiguousarray(np.rot90(grey))  # a quarter turn to the left
    (points, one), (others, two) = (lessons.keypoints.orb(g, 300) for g in (grey, turned))
    assert 250 < len(points) <= 300 and one.shape == (len(points), 32)
    matches = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(one, two)
    near = turns = 0
    for match in matches:
        x, y = points[match.queryIdx].pt
        moved = np.hypot(others[match.trainIdx].pt[0] - y, others[match.trainIdx].pt[1] - (319 - x))
        near += moved < 4
        turn = (points[match.queryIdx].angle - others[match.trainIdx].angle) % 360
        turns += moved < 4 and abs(turn - 90) < 15
    assert near > 100 and turns > 0.9 * near
    plain, none = lessons.keypoints.orb(np.zeros((40, 40), np.uint8), 100)
    assert len(plain) == 0 and none.shape == (0, 32)


def test_marks_are_drawn_on_a_copy(lessons):
    photo = grey_photo((40, 40))
    marked = lessons.keypoints.mark_corners(photo, np.array([[20, 10]]))
    assert np.all(photo == 128) and marked[10, 25].tolist() != [128] * 3
    assert marked[10, 20].tolist() == [128] * 3  # the corner itself stays visible
    found = [cv2.KeyPoint(20.0, 20.0, 20.0, 90.0)]  # 90 degrees: downwards
    drawn = lessons.keypoints.mark_keypoints(photo, found)
    assert drawn[26, 20, 0] > 2 * drawn[26, 20, 1] and drawn[14, 20].tolist() == [128] * 3
