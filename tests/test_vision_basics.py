"""The lessons' page: every endpoint, what a person reads for a bad photo, both languages."""

import io
import re
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from both_languages import check_both_languages
from PIL import Image
from space_modules import space_modules

gr = pytest.importorskip("gradio")
pytest.importorskip("cv2")

from phoclip_hf.data.scenes import draw_scene  # noqa: E402

SPACE = Path(__file__).resolve().parent.parent / "spaces" / "vision_basics"
SIDE = 96
# Endpoint → settings, and how many pictures come back.
CALLS = {
    "edges": ((1, 100, 200), 6),
    "fourier": (("high", "butterworth", 0.1, 2), 6),
    "denoise": (("impulse", 0.2, 0, 1.5, 5, 3, 60), 4),
    "histograms": ((0.5, 3, 8), 6),
    "keypoints": ((3, 0.04, 0.05, 200), 3),
}
TABS = {name: "filters_tab" if name == "denoise" else f"{name}_tab" for name in CALLS}


@pytest.fixture(scope="module")
def space(tmp_path_factory) -> SimpleNamespace:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("gradio")))
        with space_modules(SPACE) as modules:
            yield modules


@pytest.fixture(scope="module")
def photo(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("photos") / "ảnh.png"
    draw_scene(7, size=SIDE).image.save(path)
    return str(path)


def asker(spoken: str) -> gr.Request:
    return gr.Request(request=SimpleNamespace(query_params={"lang": spoken}, headers={}))


def run(space: SimpleNamespace, name: str, photo: str | None, spoken: str = "vi") -> tuple:
    event = getattr(getattr(space, TABS[name]), f"{name}_event")
    return event(photo, *CALLS[name][0], asker(spoken))


@pytest.mark.parametrize("name", CALLS)
def test_every_lesson_answers_with_pictures_of_the_photo_s_size(space, photo, name):
    pictures = [part for part in run(space, name, photo) if isinstance(part, np.ndarray)]
    assert len(pictures) == CALLS[name][1]
    for picture in pictures[: len(pictures) - 3 * (name == "histograms")]:
        assert picture.shape[:2] == (SIDE, SIDE) and picture.dtype == np.uint8
        assert picture.std() > 0


def test_figures_are_said_in_the_reader_s_language(space, photo):
    vietnamese, english = (run(space, "denoise", photo, spoken)[-1] for spoken in ("vi", "en"))
    assert re.search(r"trung vị \*\*\d+,\d\*\* dB", vietnamese)
    assert re.search(r"median \*\*\d+\.\d\*\* dB", english)
    assert re.fullmatch(r"\*\*\d+\*\* Harris corners .*", run(space, "keypoints", photo, "en")[-1])


def saved(image: Image.Image, format: str, cut: float = 1, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()[: int(cut * buffer.tell())]


def bad_photos() -> dict[str, bytes]:
    scene = draw_scene(7, size=SIDE).image
    return {
        "photo_unknown": b"not a photo",
        "photo_damaged": saved(scene, "JPEG", cut=0.5),
        "photo_tiny": saved(Image.new("RGB", (300, 9)), "PNG"),
        "photo_too_large": saved(Image.new("1", (9000, 6000)), "PNG"),
    }


@pytest.mark.parametrize("key", bad_photos())
@pytest.mark.parametrize("name", CALLS)
def test_a_bad_photo_is_an_error_in_both_languages(space, tmp_path, name, key):
    path = tmp_path / "ảnh.jpg"
    path.write_bytes(bad_photos()[key])
    for index, spoken in enumerate(("vi", "en")):
        with pytest.raises(gr.Error) as caught:
            run(space, name, str(path), spoken)
        start = space.translations.texts.messages[key][index].split("{")[0]
        assert caught.value.message.startswith(start)


def test_no_photo_is_an_error_of_the_api_and_empties_the_page(space):
    with pytest.raises(gr.Error, match="There is no photo yet"):
        run(space, "edges", None, "en")
    assert space.app.check_event(None, asker("en")) is None
    chained = [
        fn.fn
        for fn in space.app.demo.fns.values()
        if fn.fn and fn.fn.__name__ == "edges_event" and fn.api_visibility == "private"
    ]
    assert [show(None, 1, 100, 200, asker("vi")) for show in chained] == [[None] * 6]


@pytest.mark.parametrize(
    "image, options",
    [
        (Image.new("CMYK", (40, 30), (0, 255, 255, 0)), {"format": "JPEG"}),
        (Image.fromarray(np.full((30, 40), 40_000, np.uint16)), {"format": "PNG"}),
        (Image.new("RGBA", (40, 30), (255, 0, 0, 128)), {"format": "PNG"}),
        (Image.new("L", (2000, 1500), 90), {"format": "PNG"}),
    ],
)
def test_awkward_photos_are_opened_and_reduced(space, image, options):
    pixels = space.pictures.opened(saved(image, **options))
    assert pixels.dtype == np.uint8 and pixels.shape[2] == 3
    assert pixels.shape[:2] == ((30, 40) if image.width == 40 else (576, 768))


def test_numbers_become_grey_levels(space):
    pictures = space.pictures
    assert pictures.signed(np.array([[-2.0, 0, 1]])).tolist() == [[1, 128, 192]]
    assert pictures.stretched(np.array([[-2.0, 0, 2]])).tolist() == [[0, 128, 255]]
    assert pictures.clipped(np.array([[-2.0, 9.6, 300]])).tolist() == [[0, 10, 255]]
    plain = np.zeros((2, 2))
    assert np.all(pictures.signed(plain) == 128) and not pictures.stretched(plain).any()


def test_both_languages_have_every_sentence_and_the_same_formulas(space):
    check_both_languages(space.translations.texts)
    for vietnamese, english in space.theory.THEORY.values():
        formulas = [re.findall(r"\$\$.*?\$\$", text, re.S) for text in (vietnamese, english)]
        assert formulas[0] == formulas[1] and formulas[0]


def test_api_page_is_readable(space):
    info = space.app.demo.get_api_info()
    assert set(info["named_endpoints"]) == {f"/{name}" for name in CALLS}
    assert not info["unnamed_endpoints"]
    for name, endpoint in info["named_endpoints"].items():
        settings, _ = CALLS[name.strip("/")]
        photo, *others = endpoint["parameters"]
        assert not photo["parameter_has_default"] and len(others) == len(settings)
        assert endpoint["description"]
        for part in (*endpoint["parameters"], *endpoint["returns"]):
            assert isinstance(part["label"], str) and "__" not in part["label"]


@pytest.mark.slow
def test_a_client_asks_every_lesson_and_reads_an_error(space, photo):
    from gradio_client import Client, handle_file
    from gradio_client.exceptions import AppError

    _, url, _ = space.app.demo.launch(**space.app.LAUNCH, prevent_thread_lock=True, quiet=True)
    try:
        page = urllib.request.urlopen(url).read().decode()
        assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=\"(?:https?:)?//", page)
        client = Client(url, verbose=False)
        for name, (settings, count) in CALLS.items():
            answer = client.predict(handle_file(photo), *settings, api_name=f"/{name}")
            pictures = [part for part in answer if str(part).endswith(".jpeg")]
            assert len(pictures) == count and Image.open(pictures[0]).size == (SIDE, SIDE)
        with pytest.raises(AppError, match="Chưa có ảnh"):
            client.predict(None, 1, 100, 200, api_name="/edges")
    finally:
        space.app.demo.close()
