"""What all Spaces share: language, words, errors for people, the early script, the API's labels."""

import logging
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from both_languages import check_both_languages
from PIL import Image

gr = pytest.importorskip("gradio")

from starlette.applications import Starlette  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402
from starlette.responses import HTMLResponse, PlainTextResponse  # noqa: E402
from starlette.routing import Route  # noqa: E402
from starlette.testclient import TestClient  # noqa: E402

from phoclip_hf.page.answer_picture import answer_picture  # noqa: E402
from phoclip_hf.page.api_labels import PlainApiBlocks  # noqa: E402
from phoclip_hf.page.early_script import EarlyScript  # noqa: E402
from phoclip_hf.page.events import for_people  # noqa: E402
from phoclip_hf.page.launching import launch_options  # noqa: E402
from phoclip_hf.page.look import masthead  # noqa: E402
from phoclip_hf.page.photo_field import photo_input  # noqa: E402
from phoclip_hf.page.translations import Translations, language  # noqa: E402
from phoclip_hf.serving.errors import ServingError  # noqa: E402

TEXTS = Translations(
    {"cut_off": ("Tần số cắt", "Cut-off")}, {"too_high": ("{n} quá cao", "{n} is too high")}
)


def asker(spoken: str) -> gr.Request:
    """A request of the page in a language."""
    return gr.Request(request=SimpleNamespace(query_params={"lang": spoken}, headers={}))


@pytest.mark.parametrize(
    "query, accepted, expected",
    [
        ({"lang": "en"}, "vi-VN,vi", "en"),
        ({"lang": "vi"}, "en-US", "vi"),
        ({}, "vi-VN,vi;q=0.9", "vi"),
        ({}, "fr-FR,fr", "en"),
        ({}, "", "vi"),
        ({"lang": "<script>"}, "*", "vi"),
    ],
)
def test_language_follows_the_switch_then_the_browser(query, accepted, expected):
    headers = {"accept-language": accepted} if accepted else {}
    assert language(SimpleNamespace(query_params=query, headers=headers)) == expected


def test_nobody_who_asks_is_answered_in_vietnamese():
    assert language(None) == "vi"


def test_shared_words_are_there_in_both_languages():
    check_both_languages(Translations({}, {}))


def test_a_space_adds_its_words_and_may_word_shared_ones_anew():
    own = Translations({"photo": ("Bướm", "Butterfly")}, {"too_high": ("{n} cao", "{n} high")})
    assert own.page["photo"] == ("Bướm", "Butterfly") and "examples" in own.page
    assert own.say("too_high", "en", n=3) == "3 high"
    assert own.say("photo_missing", "vi").startswith("Chưa có ảnh")
    assert TEXTS.page["photo"] == ("Ảnh", "Photo")
    label = own.label("photo")
    assert own.i18n.translations["vi"][label.key] == "Bướm"
    assert own.english(label.key) == "Butterfly"
    # Gradio would translate a field's value, or what somebody typed, if it were a key.
    assert not set(own.page) & set(own.i18n.translations["vi"])
    with pytest.raises(KeyError, match="'phto' is no key"):
        own.label("phto")


@for_people(TEXTS)
def answer(problem: Exception | None, request: gr.Request) -> str:
    """An event with a docstring."""
    if problem:
        raise problem
    return "được"


@for_people(TEXTS)
def answers(problem: Exception, request: gr.Request):
    yield "một"
    raise problem


@pytest.mark.parametrize("spoken, said", [("vi", "9 quá cao"), ("en", "9 is too high")])
def test_errors_are_said_in_the_language_of_whoever_asks(spoken, said):
    problem = ServingError("too_high", "9 exceeds 8: give at most 8.", n=9)
    steps = answers(problem, asker(spoken))
    assert next(steps) == "một"
    for fails in (lambda: answer(problem, asker(spoken)), lambda: next(steps)):
        with pytest.raises(gr.Error) as caught:
            fails()
        assert caught.value.message == said and not caught.value.print_exception
        assert caught.value.__cause__ is problem


def test_what_nobody_foresaw_is_logged_whole_and_named(caplog):
    with caplog.at_level(logging.ERROR, "phoclip.space"), pytest.raises(gr.Error) as caught:
        answer(ZeroDivisionError("secret"), asker("en"))
    assert "ZeroDivisionError" in caught.value.message and "secret" not in caught.value.message
    assert "secret" in caplog.text and "answer" in caplog.text


def test_an_event_keeps_its_answer_and_its_description():
    assert answer(None, asker("vi")) == "được"
    assert answer.__doc__ == "An event with a docstring."
    ready = gr.Error("như cũ")
    with pytest.raises(gr.Error) as caught:
        answer(ready, asker("vi"))
    assert caught.value is ready


def test_scripts_come_first_in_the_page_and_nowhere_else(tmp_path):
    (tmp_path / "tabs.js").write_text("window.tabs = 'thẻ';", "utf-8")
    page = "<html><head><title>ảnh</title></head><head></html>"
    routes = [
        Route("/", lambda _: HTMLResponse(page)),
        Route("/config", lambda _: PlainTextResponse(page)),
    ]
    middleware = [Middleware(EarlyScript, more=[tmp_path / "tabs.js"])]
    client = TestClient(Starlette(routes=routes, middleware=middleware))
    answered = client.get("/")
    head, rest = answered.text.split("<title>")
    assert head.startswith("<html><head><script>// Runs before Gradio's own script")
    assert head.endswith("<script>window.tabs = 'thẻ';</script>") and "script" not in rest
    assert int(answered.headers["content-length"]) == len(answered.content)
    assert client.get("/config").text == page


def test_the_api_names_labels_in_english_and_photos_arrive_undecoded(tmp_path):
    with PlainApiBlocks(TEXTS, title="Thử") as demo:
        photo = photo_input(TEXTS, height=100)
        number = gr.Slider(0, 9, 1, label=TEXTS.label("cut_off"))
        words = gr.Dropdown(["a"], label=TEXTS.label("examples"), multiselect=True)
        number.release(lambda *_: "", [photo, number, words], gr.Textbox(), api_name="cut")
    parameters = demo.get_api_info()["named_endpoints"]["/cut"]["parameters"]
    assert [p["label"] for p in parameters] == ["Photo", "Cut-off", "Examples: click to run"]
    assert parameters[2]["type"] == {"type": "array", "items": {"type": "string"}}
    lie = tmp_path / "thư.jpg"
    lie.write_text("không phải ảnh")
    payload = gr.data_classes.ImageData(path=str(lie))
    assert photo.preprocess(payload) == str(lie) and photo.preprocess(None) is None
    assert demo.analytics_enabled is False


def test_launching_brings_the_shared_look_and_a_space_s_own(tmp_path):
    options = launch_options(TEXTS, [tmp_path / "tabs.css"])
    shared, own = options["css_paths"]
    assert ".masthead" in shared.read_text("utf-8") and own == tmp_path / "tabs.css"
    assert options["i18n"] is TEXTS.i18n and not options["enable_monitoring"]
    assert '<h1>A &amp; B</h1>\n    <p lang="vi">Ảnh</p>' in masthead("A & B", "Ảnh", "Photo")


def test_an_equal_picture_never_breaks_the_file_that_someone_reads():
    """The file is replaced as a whole: whoever has it open goes on reading all of it."""
    field = answer_picture("picture", format="png")
    pixels = np.random.default_rng(0).integers(0, 256, (8, 6, 3), np.uint8)
    path = Path(field.postprocess(pixels).path)
    with path.open("rb") as reader:
        again = Path(field.postprocess(pixels).path)
        assert again == path
        assert again.stat().st_ino != os.fstat(reader.fileno()).st_ino
        assert len(reader.read()) == path.stat().st_size
    assert np.array_equal(np.asarray(Image.open(path)), pixels)
    assert field.postprocess(None) is None
