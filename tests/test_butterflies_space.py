"""The butterflies' page: names, languages, doubt, bad photos, the API; a start without torch."""

import io
import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from both_languages import check_both_languages
from PIL import Image
from space_modules import space_modules

gr = pytest.importorskip("gradio")
pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from test_onnx_classifier import colour_file  # noqa: E402

SPACE = Path(__file__).resolve().parent.parent / "spaces" / "butterflies"
SHIPPED = SPACE / "checkpoints" / "butterflies-mini" / "model.onnx"
# A file that calls red a monarch, green an adonis and blue what no list of ours knows.
LABELS = ["monarch", "adonis", "unheard of"]
THRESHOLD = {"kind": "max_probability", "threshold": 0.9, "chosen": {}}


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("models") / "model.onnx"
    return colour_file(path, labels=LABELS, familiarity=THRESHOLD)


@pytest.fixture(scope="module")
def space(model, tmp_path_factory) -> SimpleNamespace:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("gradio")))
        patch.setenv("BUTTERFLIES_MODEL", str(model))
        with space_modules(SPACE) as modules:
            yield modules


def asker(spoken: str) -> gr.Request:
    return gr.Request(request=SimpleNamespace(query_params={"lang": spoken}, headers={}))


def saved(image: Image.Image, format: str = "PNG", cut: float = 1, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()[: int(cut * buffer.tell())]


def picture(colour: str = "red", mode: str = "RGB") -> Image.Image:
    return Image.new("RGB", (40, 30), colour).convert(mode)


@pytest.fixture
def give(tmp_path):
    """A function that lays bytes down as a visitor's file and names it."""

    def write(content: bytes, name: str = "ảnh.jpg") -> str:
        (tmp_path / name).write_bytes(content)
        return str(tmp_path / name)

    return write


def test_a_photo_gets_its_names_and_confidences(space, give):
    found = space.classify.classify_event(give(saved(picture())), asker("vi"))
    assert list(found) == ["species", "is_familiar", "score"]
    first, second, third = found["species"]
    assert (first["vi"], first["en"], first["latin"]) == ("bướm vua", "monarch", "Danaus plexippus")
    assert first["is_descriptive"] is False and found["is_familiar"] is True
    # Red alone: logits 10, -10, -10.
    assert first["confidence"] == pytest.approx(1 / (1 + 2 * np.exp(-20)))
    assert second["vi"] == "bướm xanh Adonis" and second["is_descriptive"] is True
    assert (third["vi"], third["en"], third["latin"]) == ("unheard of", "unheard of", None)
    assert json.loads(json.dumps(found)) == found


def test_a_grey_photo_is_no_butterfly(space, give):
    found = space.classify.classify_event(give(saved(picture("gray"))), asker("vi"))
    assert found["is_familiar"] is False and found["score"] == pytest.approx(1 / 3)
    said = {s: space.classify.answer_event(found, asker(s)) for s in ("vi", "en")}
    assert "Có lẽ không phải bướm?" in said["vi"] and "Not a butterfly?" in said["en"]
    assert "không phải" not in said["en"] and "33,3 %" in said["vi"] and "33.3%" in said["en"]
    for unknown in (True, None):
        shown = space.answer.answer({**found, "is_familiar": unknown}, "en")
        assert "Not a butterfly" not in shown and "doubtful" not in shown


def test_the_readers_language_comes_first(space, give):
    found = space.classify.classify_event(give(saved(picture())), asker("vi"))
    vietnamese, english = (space.answer.answer(found, spoken) for spoken in ("vi", "en"))
    for said in (vietnamese, english):
        assert all(name in said for name in ("Bướm vua", "Monarch", ">Danaus plexippus</i>"))
        assert "Bướm xanh Adonis *" in said and said.count("<li") == 3
    assert vietnamese.index("Bướm vua") < vietnamese.index("Monarch")
    assert english.index("Monarch") < english.index("Bướm vua")
    assert "100,0 %" in vietnamese and "&lt; 0,1 %" in vietnamese and "&lt; 0.1%" in english
    assert "Chưa có tên" in vietnamese and "No Vietnamese name" in english


def test_names_are_text_and_never_markup(space):
    names = {"vi": "<b>x</b>", "en": '"&', "latin": "<i>", "is_descriptive": False}
    said = space.answer.row({**names, "confidence": 0.5}, "vi")
    assert "&lt;B&gt;".lower() in said.lower() and "<b>" not in said and "&quot;&amp;" in said


def bad_photos() -> dict[str, bytes]:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3)).astype(np.uint8)
    return {
        "photo_unknown": "chỉ là chữ".encode(),
        "photo_damaged": saved(Image.fromarray(noise), "JPEG", cut=0.5),
        "photo_too_large": saved(Image.new("1", (9000, 6000))),
    }


@pytest.mark.parametrize("key", ["photo_missing", *bad_photos()])
def test_a_bad_photo_is_an_error_in_both_languages(space, give, key):
    photo = None if key == "photo_missing" else give(bad_photos()[key])
    for index, spoken in enumerate(("vi", "en")):
        with pytest.raises(gr.Error) as caught:
            space.classify.classify_event(photo, asker(spoken))
        start = space.translations.texts.messages[key][index].split("{")[0]
        assert caught.value.message.startswith(start)


def awkward_photos() -> dict[str, bytes]:
    reds = [picture(), picture("blue")]
    return {
        "cmyk": saved(picture(mode="CMYK"), "JPEG"),
        "rgba": saved(picture(mode="RGBA")),
        "palette": saved(picture(mode="P")),
        "gif": saved(reds[0], "GIF", save_all=True, append_images=reds[1:]),
        "webp": saved(picture(), "WEBP"),
    }


@pytest.mark.parametrize("kind", awkward_photos())
def test_an_awkward_photo_of_red_is_red(space, give, kind):
    found = space.classify.classify_event(give(awkward_photos()[kind]), asker("vi"))
    assert found["species"][0]["en"] == "monarch" and found["is_familiar"] is True


def test_sixteen_bits_are_scaled_and_not_clipped(space, give):
    half = Image.fromarray(np.full((30, 40), 32768, np.uint16))
    found = space.classify.classify_event(give(saved(half)), asker("vi"))
    assert [s["confidence"] for s in found["species"]] == pytest.approx([1 / 3] * 3)


def test_a_missing_model_is_an_error_in_both_languages(space, give, tmp_path, monkeypatch):
    photo, load = give(saved(picture())), space.models.classifier.__wrapped__
    monkeypatch.setattr(space.models, "classifier", load)
    for content in (None, b"no model"):
        path = tmp_path / "bướm.onnx"
        if content:
            path.write_bytes(content)
        monkeypatch.setenv("BUTTERFLIES_MODEL", str(path))
        for spoken, start in (("vi", "Không dùng được mô hình"), ("en", "The model “bướm.onnx”")):
            with pytest.raises(gr.Error, match=start) as caught:
                space.classify.classify_event(photo, asker(spoken))
            assert "BUTTERFLIES_MODEL" in caught.value.message
            assert str(tmp_path) not in caught.value.message


def test_a_folder_names_the_file_in_it(space, model, tmp_path):
    assert space.models.onnx_file(model) == space.models.onnx_file(model.parent) == model
    assert space.models.onnx_file(tmp_path) == tmp_path / "model.onnx"


def test_both_languages_have_every_sentence(space):
    check_both_languages(space.translations.texts)


def test_the_api_page_names_one_endpoint_in_english(space):
    info = space.app.demo.get_api_info()
    assert list(info["named_endpoints"]) == ["/classify"] and not info["unnamed_endpoints"]
    [endpoint] = info["named_endpoints"].values()
    labels = [part["label"] for part in (*endpoint["parameters"], *endpoint["returns"])]
    assert labels == ["Photo", "Result for programs"] and endpoint["description"]


def test_the_examples_are_there(space):
    assert [Path(path).name for path in space.app.drawn_photos(SPACE)] == [
        "1-buom-cam.jpg",
        "2-buom-xanh.jpg",
        "3-buom-vang.jpg",
    ]


@pytest.mark.slow
def test_a_client_classifies_and_reads_an_error(space, give):
    from gradio_client import Client, handle_file
    from gradio_client.exceptions import AppError

    _, url, _ = space.app.demo.launch(**space.app.LAUNCH, prevent_thread_lock=True, quiet=True)
    try:
        client = Client(url, verbose=False)
        found = client.predict(handle_file(give(saved(picture()), "ảnh.png")), api_name="/classify")
        assert found["species"][0]["vi"] == "bướm vua" and found["is_familiar"] is True
        with pytest.raises(AppError, match="Chưa có ảnh"):
            client.predict(None, api_name="/classify")
        with pytest.raises(AppError, match="không phải ảnh đọc được"):
            client.predict(handle_file(give(b"text")), api_name="/classify")
        page = urllib.request.urlopen(url).read().decode()
        assert '"i18n_translations"' in page and "Gọi tên" in page
    finally:
        space.app.demo.close()


WITHOUT_TORCH = """
import sys
for name in ("torch", "torchvision", "timm", "transformers", "datasets", "onnx", "lancedb"):
    sys.modules[name] = None
import app
from PIL import Image
_, url, _ = app.demo.launch(**app.LAUNCH, prevent_thread_lock=True, quiet=True)
from gradio_client import Client, handle_file
found = Client(url, verbose=False).predict(handle_file(sys.argv[1]), api_name="/classify")
print(found["species"][0]["en"])
app.demo.close(verbose=False)
"""


@pytest.mark.slow
def test_it_starts_and_answers_where_torch_cannot_be_imported(model, give, monkeypatch):
    monkeypatch.setenv("BUTTERFLIES_MODEL", str(model))
    photo = give(saved(picture()), "photo.png")
    command = [sys.executable, "-B", "-c", WITHOUT_TORCH, photo]
    done = subprocess.run(command, cwd=SPACE, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[-1] == "monarch"


@pytest.fixture(scope="module")
def shipped(space):
    if not SHIPPED.is_file():
        pytest.skip(f"{SHIPPED.relative_to(SPACE.parent.parent)} is absent; train and export it")
    return space.classify.OnnxClassifier(SHIPPED)


def test_the_shipped_model_knows_the_fifty_species(space, shipped):
    assert SHIPPED.stat().st_size < 10e6
    assert set(shipped.labels) == set(space.species.SPECIES) and len(shipped.labels) == 50
    assert shipped.familiarity is not None


def test_the_shipped_model_answers_for_every_example(space, shipped):
    for path in space.app.drawn_photos(SPACE):
        found = space.classify.classify(path, shipped)
        shares = [species["confidence"] for species in found["species"]]
        assert len(shares) == 5 and shares == sorted(shares, reverse=True)
        assert 0 < sum(shares) <= 1 + 1e-6 and isinstance(found["is_familiar"], bool)


@pytest.mark.shared_data
def test_the_shipped_model_tells_most_dogs_from_butterflies(shipped, shared_data):
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = parquet.read_table(shared_data / "flickr8k_vi" / "test.parquet").to_pylist()
    dogs = [row for row in rows if all("dog" in text.lower() for text in row["captions_en"])][:40]
    butterflies = parquet.read_table(shared_data / "butterflies_50" / "test.parquet").to_pylist()
    shares = []
    for chosen in (dogs, butterflies[::6]):
        photos = [Image.open(io.BytesIO(row["image"]["bytes"])).convert("RGB") for row in chosen]
        shares.append(np.mean([shipped.classify(photo).is_familiar for photo in photos]))
    assert len(dogs) == 40 and shares[0] < 0.5 < 0.8 < shares[1], shares
