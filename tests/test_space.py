"""Each tab's pure function on tiny checkpoints, what a person reads for bad input, the API."""

import os
import re
import unicodedata
import urllib.request
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from both_languages import check_both_languages
from PIL import Image
from space_modules import space_modules

from phoclip_hf.page.translations import LANGUAGES

SPACE = Path(__file__).resolve().parent.parent / "spaces" / "phoclip"
DIMENSION = 64


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory) -> Path:
    """A folder with random tiny checkpoints: phoclip and phocap."""
    from transformers import AutoModelForCausalLM, GPT2Config

    from phoclip_hf import (
        PhoCapForConditionalGeneration,
        PhoCLIPConfig,
        PhoCLIPModel,
        PhoCLIPProcessor,
        PhoCLIPTokenizer,
    )

    folder = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    captions = ["con chó chạy trên bãi cỏ", "có xe máy ở trên đường", "một con thuyền"] * 3
    tokenizer = PhoCLIPTokenizer.train(captions, vocab_size=400, segmenter="none")
    special = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2}
    text_config = {
        "model_type": "roberta",
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "max_position_embeddings": 80,
        **special,
    }
    vision_config = {"model_type": "timm_wrapper", "architecture": "mobilenetv4_conv_small_035"}
    model = PhoCLIPModel(
        PhoCLIPConfig(
            vision_config=vision_config, text_config=text_config, projection_dim=DIMENSION
        )
    )
    processor = PhoCLIPProcessor.from_tower(model, tokenizer)
    language_model = AutoModelForCausalLM.from_config(
        GPT2Config(
            vocab_size=len(tokenizer), n_embd=32, n_layer=1, n_head=2, n_positions=80, **special
        )
    )
    captioner = PhoCapForConditionalGeneration.from_parts(model, language_model)
    for name, part in (("phoclip", model), ("phocap", captioner)):
        part.save_pretrained(folder / name)
        processor.save_pretrained(folder / name)
    return folder


@pytest.fixture(scope="module")
def space(checkpoints, tmp_path_factory) -> SimpleNamespace:
    """The Space's modules, as `python app.py` would import them."""
    changed = {
        "PHOCLIP_MODEL": str(checkpoints / "phoclip"),
        "PHOCLIP_CAPTIONER": str(checkpoints / "phocap"),
        "PHOCLIP_GALLERY": str(tmp_path_factory.mktemp("gallery")),
        "GRADIO_TEMP_DIR": str(tmp_path_factory.mktemp("gradio")),
    }
    absent = ("PHOCLIP_RERANKER", "SPACE_ID")
    before = {name: os.environ.get(name) for name in (*changed, *absent)}
    os.environ.update(changed)
    for name in absent:
        os.environ.pop(name, None)
    try:
        with space_modules(SPACE) as modules:
            modules.demo_gallery.COUNT = 12
            yield modules
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


class Axes:
    """An encoder that knows three words and three colours, at right angles to each other."""

    fingerprint = "axes"
    dimension = 3
    logit_scale = float(np.log(3))
    max_tokens = 70
    words = ("đỏ", "lục", "lam")

    def encode_images(self, images):
        means = np.array([np.asarray(i).reshape(-1, 3).mean(0) for i in images], np.float32)
        return means / np.linalg.norm(means, axis=1, keepdims=True)

    def encode_texts(self, texts):
        rows = np.array([[word in text for word in self.words] for text in texts], np.float32)
        rows += 1e-6
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def is_cut(self, text):
        return len(text.split()) > self.max_tokens


RED = Image.new("RGB", (16, 16), (255, 0, 0))
PLAIN = ["{}"]


def key_of(space, call) -> str:
    """The key of the error, after checking that both languages can say it."""
    from phoclip_hf.serving.errors import ServingError

    with pytest.raises(ServingError) as caught:
        call()
    error = caught.value
    for language in LANGUAGES:
        said = space.translations.texts.say(error.key, language, **error.values)
        assert said and "{" not in said.replace("{}", "")
    return error.key


# The cosine is 1 for «đỏ» and 0 for the others, the scale log 3: 3 to 1 to 1.
def test_classification_is_a_softmax_of_scaled_cosines(space):
    result = space.classify.classify(RED, ["lục", "đỏ", "lam"], PLAIN, Axes())
    assert list(result.probabilities)[0] == "đỏ"
    assert list(result.probabilities.values()) == pytest.approx([0.6, 0.2, 0.2], abs=1e-4)
    assert result.notes == {}


def test_templates_are_averaged_before_the_softmax(space):
    # «{} lục» turns «đỏ» halfway to green: the mean of (1, 0) and (1, 1)/√2, at unit length.
    result = space.classify.classify(RED, ["đỏ", "lam"], ["{}", "{} lục"], Axes())
    cosine = np.cos(np.pi / 8)
    expected = 3**cosine / (3**cosine + 1)
    assert result.probabilities["đỏ"] == pytest.approx(expected, abs=1e-4)


def test_pasted_repeated_and_decomposed_labels_become_one_list(space):
    nfd = unicodedata.normalize("NFD", "đỏ")
    labels, repeated = space.classify.clean_labels(["đỏ, lục;  lam \n Đỏ", nfd, "", " , "])
    assert labels == ["đỏ", "lục", "lam"] and repeated == 2
    result = space.classify.classify(RED, ["đỏ", nfd, "lam"], PLAIN, Axes())
    assert result.notes == {"labels_repeated": {"count": 1}}


def test_five_hundred_labels_are_compared_and_twenty_shown(space):
    labels = [f"nhãn {number}" for number in range(499)] + ["đỏ"]
    result = space.classify.classify(RED, labels, PLAIN, Axes())
    assert len(result.probabilities) == 500 and next(iter(result.probabilities)) == "đỏ"
    assert result.notes["labels_hidden"] == {"count": 500, "shown": 20}


@pytest.mark.parametrize(
    "photo, labels, templates, key",
    [
        (None, ["đỏ", "lam"], PLAIN, "photo_missing"),
        (RED, [], PLAIN, "labels_none"),
        (RED, [" , "], PLAIN, "labels_none"),
        (RED, ["đỏ"], PLAIN, "labels_one"),
        (RED, ["đỏ", "ĐỎ"], PLAIN, "labels_one"),
        (RED, [f"nhãn {number}" for number in range(1001)], PLAIN, "labels_many"),
        (RED, ["đỏ", "lam"], ["ảnh chụp"], "template_without_place"),
        (b"text", ["đỏ", "lam"], PLAIN, "photo_unknown"),
    ],
)
def test_bad_input_to_classification_says_what_to_do(space, photo, labels, templates, key):
    call = lambda: space.classify.classify(photo, labels, templates, Axes())  # noqa: E731
    assert key_of(space, call) == key


@pytest.fixture
def colours(tmp_path):
    """A gallery with a red, a green and a blue photo."""
    from phoclip_hf.serving.gallery import Gallery, Photo

    gallery = Gallery(tmp_path, Axes())
    photos = [
        Photo(Image.new("RGB", (16, 16), colour), f"ảnh {word}")
        for colour, word in zip([(255, 0, 0), (0, 255, 0), (0, 0, 255)], Axes.words, strict=True)
    ]
    list(gallery.add("màu", photos))
    return gallery


@pytest.mark.parametrize(
    "words, photo, weight, first",
    [
        ("lục", None, 0.0, "ảnh lục"),
        ("", RED, 1.0, "ảnh đỏ"),
        ("lục", RED, 0.2, "ảnh đỏ"),
        ("lục", RED, 0.8, "ảnh lục"),
        (unicodedata.normalize("NFD", "đỏ"), None, 0.5, "ảnh đỏ"),
    ],
)
def test_search_by_words_by_photo_and_by_both(space, colours, words, photo, weight, first):
    found = space.search.search(words, photo, weight, 3, "màu", colours, Axes())
    assert found.hits[0].caption == first and len(found.hits) == 3
    assert found.hits[0].score >= found.hits[1].score
    rows = space.search.shown(found.hits, str(colours._database.uri), "vi")
    assert rows[0][1].endswith(f" · {first}") and "," in rows[0][1]


class Judge:
    """Says that words belong to one colour only, whatever they are; remembers what it saw."""

    def __init__(self, colour: int):
        self.colour, self.seen = colour, []

    def image_states(self, images):
        self.seen.append(len(images))
        return Axes().encode_images(images)

    def log_odds(self, states, texts):
        return np.where(states[:, self.colour] > 0.9, np.log(3), -np.log(3))


# Cosines with «lục» are 1 for green and 0 for the others; the scale is log 3.
def test_looking_closer_sorts_the_hits_anew_by_matching_and_cosine(space, colours):
    judge = Judge(2)
    search = partial(space.search.search, "lục", None, 0.5, collection="màu", gallery=colours)
    found = search(3, encoder=Axes(), reranker=judge)
    # Log-odds and cosines in units of log 3: red -1 + 0, green -1 + 1, blue 1 + 0.
    assert [hit.caption for hit in found.hits] == ["ảnh lam", "ảnh lục", "ảnh đỏ"]
    assert [found.matching[hit.id] for hit in found.hits] == pytest.approx([0.75, 0.25, 0.25])
    assert not found.notes and judge.seen == [3]
    for spoken, match in (("vi", "khớp 75 % · 0,000"), ("en", "match 75 % · 0.000")):
        rows = space.search.shown(found.hits, str(colours._database.uri), spoken, found.matching)
        assert rows[0][1] == f"{match} · ảnh lam"
    # The one result that was asked for is the best of all that were looked at.
    assert [hit.caption for hit in search(1, encoder=Axes(), reranker=judge).hits] == ["ảnh lam"]
    assert [hit.caption for hit in search(1, encoder=Axes()).hits] == ["ảnh lục"]
    # Matching alone would have red first: 1 + 0 against 0.2 + log 3.
    judge.log_odds = lambda states, texts: states @ np.array([1, 0.2, -1])
    assert search(3, encoder=Axes(), reranker=judge).hits[0].caption == "ảnh lục"
    call = lambda: search(0, encoder=Axes(), reranker=judge)  # noqa: E731
    assert key_of(space, call) == "top_k"


def test_only_the_first_sixteen_are_looked_at(space, tmp_path):
    from phoclip_hf.serving.gallery import Gallery, Photo

    gallery = Gallery(tmp_path, Axes())
    shades = [(9 * n, 255, 0) for n in range(20)]  # ever farther from «lục»
    list(gallery.add("màu", [Photo(Image.new("RGB", (16, 16), s), str(s[0])) for s in shades]))
    before = space.search.search("lục", None, 0.5, 20, "màu", gallery, Axes())
    judge = Judge(1)
    judge.log_odds = lambda states, texts: 100 * states[:, 0]  # the redder the better
    after = space.search.search("lục", None, 0.5, 20, "màu", gallery, Axes(), judge)
    ids = [hit.id for hit in before.hits]
    assert [hit.id for hit in after.hits] == [*ids[15::-1], *ids[16:]]
    assert judge.seen == [space.search.RERANKED] == [16]
    assert set(after.matching) == set(ids[:16])
    assert all("16" in words for words in space.translations.texts.page["rerank_hint"])
    rows = space.search.shown(after.hits, str(tmp_path), "vi", after.matching)
    assert ["khớp" in caption for _, caption in rows] == [True] * 16 + [False] * 4


def test_looking_closer_at_a_photo_alone_is_left_out_and_said_so(space, colours):
    judge = Judge(2)
    found = space.search.search(" ", RED, 0.5, 3, "màu", colours, Axes(), judge)
    assert found.hits[0].caption == "ảnh đỏ" and not found.matching and not judge.seen
    assert found.notes == {"rerank_needs_words": {}}
    # With both, the photo still counts by the cosines, where the words match all alike.
    judge.log_odds = lambda states, texts: np.zeros(len(states), np.float32)
    found = space.search.search("lục", RED, 0.2, 3, "màu", colours, Axes(), judge)
    assert [hit.caption for hit in found.hits] == ["ảnh đỏ", "ảnh lục", "ảnh lam"]
    assert list(found.matching.values()) == [0.5] * 3


@pytest.fixture(scope="module")
def phoblip(tmp_path_factory) -> Path:
    from tiny_phoblip import blip_processor, tiny_blip

    folder = tmp_path_factory.mktemp("phoblip")
    tiny_blip().save_pretrained(folder)
    blip_processor().save_pretrained(folder)
    return folder


def test_without_a_reranker_nothing_of_it_shows(space):
    assert space.models.RERANKER is None and space.models.reranker() is None
    info = space.app.demo.get_api_info()["named_endpoints"]["/search"]
    names = [part["parameter_name"] for part in info["parameters"]]
    assert names == ["words", "photo", "text_weight", "top_k", "collection"]
    labels = [getattr(block, "label", None) for block in space.app.demo.blocks.values()]
    assert space.translations.texts.label("rerank") not in labels


@pytest.mark.slow
def test_with_a_reranker_a_client_may_ask_for_it(space, phoblip, monkeypatch):
    from gradio_client import Client
    from gradio_client.exceptions import AppError

    from phoclip_hf.page.loading import once

    monkeypatch.setattr(space.models, "RERANKER", str(phoblip))
    monkeypatch.setattr(space.models, "reranker", once(space.models.reranker.__wrapped__))
    demo = space.app.build()
    *_, last = demo.get_api_info()["named_endpoints"]["/search"]["parameters"]
    assert (last["parameter_name"], last["parameter_default"]) == ("rerank", False)
    assert last["label"] == "Look closer" and last["parameter_has_default"]
    _, url, _ = demo.launch(**space.app.LAUNCH, prevent_thread_lock=True, quiet=True)
    try:
        client = Client(url, verbose=False)
        _, scores = client.predict("con chó", None, 0.5, 4, "", api_name="/search")
        assert len(scores) == 4 and all("match" not in row for row in scores)
        pictures, scores = client.predict("con chó", top_k=4, rerank=True, api_name="/search")
        assert len(scores) == 4 and all(0 < row["match"] < 1 for row in scores)
        assert all("khớp" in picture["caption"] for picture in pictures)
        monkeypatch.setattr(space.models, "RERANKER", "không/có")
        monkeypatch.setattr(space.models, "reranker", once(space.models.reranker.__wrapped__))
        with pytest.raises(AppError, match="mô hình xếp lại «không/có».*PHOCLIP_RERANKER"):
            client.predict("con chó", rerank=True, api_name="/search")
    finally:
        demo.close()


def test_a_query_of_500_words_is_searched_and_noted(space, colours):
    found = space.search.search("lục " * 500, None, 0.5, 1, "màu", colours, Axes())
    assert found.hits[0].caption == "ảnh lục"
    assert found.notes == {"text_cut": {"limit": 70}}


@pytest.mark.parametrize(
    "words, top_k, collection, key",
    [
        ("", 3, "màu", "query_empty"),
        (" \u00a0\n", 3, "màu", "query_empty"),
        ("lục", 26, "màu", "top_k"),
        ("lục", 3, "không có", "gallery_missing"),
        ("lục", 3, "", "nothing_chosen"),
        ("lục", 3, "../..", "gallery_name"),
    ],
)
def test_bad_input_to_search_says_what_to_do(space, colours, words, top_k, collection, key):
    call = lambda: space.search.search(  # noqa: E731
        words, None, 0.5, top_k, collection, colours, Axes()
    )
    assert key_of(space, call) == key


def test_description_gives_as_many_captions_as_asked_and_tags_by_them(space):
    from phoclip_hf.serving.captioner import Caption
    from phoclip_hf.serving.tagging import Tag

    asked, written = [], [Caption("một", 0.5), Caption("hai", 0.4), Caption("ba", 0.3)]

    def describe(image, count, sample, temperature, beams):
        asked.append((image.size, count, sample, temperature, beams))
        return written[:count]

    models = (
        SimpleNamespace(describe=describe),
        SimpleNamespace(tag=lambda image, captions: [Tag(text, 0.5) for text in captions]),
    )
    found = space.describe.describe(RED, 2, "sample", 0.7, *models)
    assert found.captions == written[:2]
    assert [tag.text for tag in found.tags] == ["một", "hai"]
    assert space.describe.describe(RED, 99, "beam", 0.7, *models).captions == written
    assert space.describe.describe(RED, 3, "greedy", 0.7, *models).captions == written[:1]
    size = (16, 16)
    assert asked == [(size, 2, True, 0.7, 5), (size, 5, False, 0.7, 5), (size, 1, False, 0.7, 1)]
    call = lambda: space.describe.describe(None, 1, "beam", 1, *models)  # noqa: E731
    assert key_of(space, call) == "photo_missing"


def test_captioners_go_by_short_names_and_the_first_is_the_default(space):
    models = space.models
    ids = ["org/phocap", " thư mục/phoblip ", "khác/phocap", "", "org/phocap"]
    assert models.by_name(ids) == {
        "org/phocap": "org/phocap",
        "phoblip": "thư mục/phoblip",
        "khác/phocap": "khác/phocap",
    }
    assert list(models.CAPTIONERS) == ["phocap"]
    assert models.captioner() is models.captioner("phocap")
    assert key_of(space, lambda: models.captioner("không có")) == "captioner_unknown"


def test_one_captioner_is_no_choice_and_two_are(space, monkeypatch):
    import gradio as gr

    def choices() -> list:
        with gr.Blocks() as page:
            space.describe.build([["a.jpg"]])
        radios = [block for block in page.blocks.values() if isinstance(block, gr.Radio)]
        return [[value for _, value in radio.choices] for radio in radios]

    assert choices() == [["beam", "greedy", "sample"]]
    monkeypatch.setattr(space.models, "CAPTIONERS", {"phocap": "a/phocap", "phoblip": "b/phoblip"})
    assert choices() == [["beam", "greedy", "sample"], ["phocap", "phoblip"]]


def test_tiny_checkpoints_run_through_every_tab(space):
    encoder = space.models.encoder()
    vectors = encoder.encode_texts(["con chó", "một con thuyền"])
    assert vectors.shape == (2, DIMENSION)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-5)
    result = space.classify.classify(RED, ["con chó", "xe máy"], ["{}", "ảnh {}"], encoder)
    assert sum(result.probabilities.values()) == pytest.approx(1)
    for sample in (False, True):
        captions = space.models.captioner().describe(RED, 3, sample)
        assert 1 <= len(captions) <= 3
        assert all(caption.text and 0 < caption.score <= 1 for caption in captions)
    tags = space.models.tagger().tag(RED, count=3, threshold=0)
    assert 1 <= len(tags) <= 3 and space.models.tagger().encoder is encoder


def test_demo_gallery_is_drawn_once_and_kept(space):
    gallery = space.models.gallery()
    space.demo_gallery.ready(gallery)
    name = space.collections_of.DEMO
    assert gallery.count(name) == 12
    table = gallery._database.open_table(name)
    version = table.version
    space.demo_gallery.ready(gallery)
    assert gallery._database.open_table(name).version == version
    found = space.search.search("xe máy", None, 0.5, 5, name, gallery, space.models.encoder())
    assert len(found.hits) == 5


def test_missing_checkpoint_names_the_variable_and_the_remedy(space):
    from phoclip_hf.serving.encoder import PhoCLIPEncoder
    from phoclip_hf.serving.errors import EncoderError

    with pytest.raises(EncoderError) as caught:
        PhoCLIPEncoder("không/có")
    error = caught.value
    assert error.key == "model_missing" and error.values["variable"] == "PHOCLIP_MODEL"
    assert "không/có" in str(error) and "unset" in str(error)
    assert "PHOCLIP_MODEL" in space.translations.texts.say(error.key, "vi", **error.values)


def test_a_checkpoint_of_another_kind_is_refused_not_filled_at_random(space, checkpoints):
    from phoclip_hf.serving.captioner import Captioner
    from phoclip_hf.serving.encoder import PhoCLIPEncoder
    from phoclip_hf.serving.errors import EncoderError

    with pytest.raises(EncoderError, match="it lacks .* weights of PhoCLIPModel"):
        PhoCLIPEncoder(checkpoints / "phocap")
    with pytest.raises(EncoderError, match="PHOCLIP_CAPTIONER"):
        Captioner(checkpoints / "phoclip")


def test_bad_files_are_named_in_the_report(space, tmp_path):
    from phoclip_hf.serving.gallery import Gallery, Photo

    photos = [Photo(RED, "a", "a.jpg"), Photo(b"text", "b", "thư.jpg")]
    *_, progress = space.index_panel.index(Gallery(tmp_path, Axes()), "Gia đình", photos)
    report = space.index_panel.report(progress, "Gia đình", "vi")
    assert "thêm 1 ảnh vào «Gia đình»" in report and "thư.jpg" in report


def test_a_stop_ends_the_indexing_of_its_own_session_after_a_batch(space, tmp_path, monkeypatch):
    from phoclip_hf.serving.gallery import Gallery, Photo

    panel = space.index_panel
    gallery = Gallery(tmp_path, Axes())
    monkeypatch.setattr(space.collections_of, "gallery_to_fill", lambda t, v: (gallery, t, v))
    mine = SimpleNamespace(session_hash="a", query_params={"lang": "vi"}, headers={})
    others = SimpleNamespace(session_hash="b")
    photos = [Photo(Image.new("RGB", (8, 8), (n, 0, 9))) for n in range(100)]
    steps = panel.fill("Ảnh", photos, 100, None, mine, lambda *_, **__: None)
    assert next(steps)[1]["added"] == 0
    panel.stop_event(others)
    assert next(steps)[1]["added"] == 16
    panel.stop_event(mine)
    status, counts, _ = next(steps)
    assert counts["added"] == 32 and status == "Đã dừng. «Ảnh» hiện có 32 ảnh."
    assert next(steps, None) is None
    again = list(panel.fill("Ảnh", photos, 100, None, mine, lambda *_, **__: None))
    assert again[-1][1] == {"collection": "anh", "added": 68, "repeated": 32, "skipped": []}


def test_on_a_public_space_uploads_stay_with_their_visitor(space, monkeypatch):
    monkeypatch.setattr(space.models, "IS_PUBLIC", True)
    collections_of = space.collections_of
    gallery, title, first = collections_of.gallery_to_fill("tranh-ve-mau", None)
    from phoclip_hf.serving.gallery import Photo

    list(gallery.add(title, [Photo(RED, "của tôi")]))
    assert collections_of.OWN in [name for _, name in collections_of.choices(first, "vi")]
    second = collections_of.Visitor()
    for stranger in (second, None):
        names = [name for _, name in collections_of.choices(stranger, "vi")]
        assert collections_of.OWN not in names
        assert collections_of.gallery_of(collections_of.OWN, stranger).count(title) == 0
    call = lambda: collections_of.may_delete(collections_of.DEMO, "mẫu")  # noqa: E731
    assert key_of(space, call) == "gallery_kept"
    collections_of.may_delete(collections_of.OWN, title)
    collections_of.forget(first)
    collections_of.forget(second)
    assert not Path(first.folder).exists()


def test_both_languages_have_every_sentence_and_its_values(space):
    check_both_languages(space.translations.texts)


def test_api_page_is_readable(space):
    info = space.app.demo.get_api_info()
    names = {"/classify", "/search", "/describe", "/index", "/index_dataset", "/delete_collection"}
    assert set(info["named_endpoints"]) == names and not info["unnamed_endpoints"]
    for endpoint in info["named_endpoints"].values():
        assert endpoint["description"]
        for part in (*endpoint["parameters"], *endpoint["returns"]):
            assert isinstance(part["label"], str) and "__" not in part["label"]


@pytest.mark.slow
def test_a_client_classifies_searches_indexes_describes_and_reads_errors(space, tmp_path):
    from gradio_client import Client, handle_file
    from gradio_client.exceptions import AppError

    demo = space.app.demo
    _, url, _ = demo.launch(**space.app.LAUNCH, prevent_thread_lock=True, quiet=True)
    try:
        page = urllib.request.urlopen(url).read().decode()
        assert "--primary-700" in page and "#results .thumbnail-item" in page  # both styles
        assert page.index("window.phoclip") < page.index("<script>window.gradio_config =")
        assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=\"(?:https?:)?//", page)
        client = Client(url, verbose=False)
        photo = tmp_path / "đỏ.png"
        RED.save(photo)
        given = handle_file(str(photo))
        result = client.predict(given, ["con chó", "xe máy"], "{}", api_name="/classify")
        assert sum(c["confidence"] for c in result["confidences"]) == pytest.approx(1, abs=1e-3)
        pictures, scores = client.predict("con chó", top_k=3, api_name="/search")
        assert len(pictures) == len(scores) == 3
        assert Image.open(pictures[0]["image"]).format == "JPEG"
        status, counts = client.predict([given], "Của tôi", api_name="/index")
        assert counts["added"] == 1 and "Của tôi" in status
        pictures, scores = client.predict("", given, 0, 1, "cua-toi", api_name="/search")
        assert scores[0]["score"] == pytest.approx(1, abs=1e-3)
        assert scores[0]["caption"] == "đỏ"
        assert "Của tôi" in client.predict("cua-toi", api_name="/delete_collection")
        captions, hashtags, tags = client.predict(given, 2, "beam", 1, api_name="/describe")
        assert 1 <= len(captions["confidences"]) <= 2
        assert all(c["label"] and 0 < c["confidence"] <= 1 for c in captions["confidences"])
        assert [tag["hashtag"] for tag in tags] == hashtags.split()
        assert all(tag.keys() == {"text", "score", "hashtag"} for tag in tags)
        with pytest.raises(AppError, match="Chưa có ảnh"):
            client.predict(None, ["a", "b"], "{}", api_name="/classify")
        with pytest.raises(AppError, match="Chưa biết tìm gì"):
            client.predict("", api_name="/search")
        lie = tmp_path / "thư.jpg"
        lie.write_text("không phải ảnh")
        with pytest.raises(AppError, match="không phải ảnh đọc được"):
            client.predict(handle_file(str(lie)), 1, "beam", 1, api_name="/describe")
    finally:
        demo.close()
