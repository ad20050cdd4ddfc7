"""Tags: the vocabulary, hashtags, probabilities worked out by hand, and what real photos get."""

import math
import re
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from datasets import load_dataset
from PIL import Image

from phoclip_hf.processing_phoclip import VIETNAMESE_TEMPLATES
from phoclip_hf.serving.captioner import Captioner
from phoclip_hf.serving.encoder import PhoCLIPEncoder
from phoclip_hf.serving.photos import open_photo
from phoclip_hf.serving.tag_vocabulary import everyday_tags, hashtag, occurs_in, read_vocabulary
from phoclip_hf.serving.tagging import Tag, Tagger

RED, GREEN = (Image.new("RGB", (8, 8), colour) for colour in ("red", "lime"))


class Colours:
    """An encoder that knows red, green and blue, by picture and by word."""

    fingerprint = "colours"
    dimension = 3
    logit_scale = math.log(3)
    words = ("đỏ", "lục", "lam")

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode_images(self, images):
        means = np.array([np.asarray(image).reshape(-1, 3).mean(0) for image in images])
        return means / np.linalg.norm(means, axis=1, keepdims=True)

    def encode_texts(self, texts):
        self.read += texts
        return np.array([[word in text for word in self.words] for text in texts], np.float32)


def test_probabilities_by_hand():
    # Cosines (1, 0), times ln 3: 3 : 1.
    assert Tagger(Colours(), {"đỏ": 1, "lục": 1}).tag(RED) == [
        Tag("đỏ", pytest.approx(0.75)),
        Tag("lục", pytest.approx(0.25)),
    ]
    # Sixteen times commoner, to the power of a half: 4 · 1 against 3.
    tags = Tagger(Colours(), {"đỏ": 1, "lục": 16}).tag(RED)
    assert tags == [Tag("lục", pytest.approx(4 / 7)), Tag("đỏ", pytest.approx(3 / 7))]


def test_what_captions_say_counts():
    tagger = Tagger(Colours(), {"đỏ": 1, "lục": 1})
    tags = tagger.tag(RED, ["một chiếc lá lục"])  # e³ · 1 against 3
    assert tags[0] == Tag("lục", pytest.approx(math.e**3 / (math.e**3 + 3)))
    assert tagger.tag(RED, ["một con lụcbình"])[0].text == "đỏ"


def test_count_threshold_and_tags_that_are_one_to_the_model():
    tagger = Tagger(Colours(), {"đỏ": 2, "màu đỏ": 1, "lục": 1, "lam": 1})
    every = tagger.tag(RED, threshold=0)
    assert [tag.text for tag in every] == ["đỏ", "lục", "lam"]  # «màu đỏ» has the vector of «đỏ»
    assert tagger.tag(RED, count=1, threshold=0) == every[:1]
    assert tagger.tag(RED, threshold=every[1].score + 1e-6) == every[:1]
    assert tagger.tag(RED, threshold=1) == []


def test_pictures_together_equal_each_alone_and_the_vocabulary_is_read_once():
    encoder = Colours()
    tagger = Tagger(encoder, {"đỏ": 1, "lục": 3})
    captions = [[], ["một chiếc lá lục"]]
    together = tagger.tag_each([RED, GREEN], captions)
    assert together == [tagger.tag(RED), tagger.tag(GREEN, captions[1])]
    assert len(encoder.read) == 2 * len(VIETNAMESE_TEMPLATES)


def test_another_vocabulary_is_another_fingerprint():
    vocabularies = ({"đỏ": 1}, {"đỏ": 2}, {"lục": 1}, {"đỏ": 1, "lục": 1})
    assert len({Tagger(Colours(), words).fingerprint for words in vocabularies}) == 4
    assert Tagger(Colours(), {"đỏ": 1}).fingerprint == Tagger(Colours(), {"đỏ": 1}).fingerprint
    with pytest.raises(ValueError, match="vocabulary is empty"):
        Tagger(Colours(), {})


def test_the_shipped_vocabulary():
    tags = everyday_tags()
    assert 300 <= len(tags) <= 500
    assert {"con chó", "bãi biển", "phở", "Tết"} <= tags.keys()
    assert len({tag.casefold() for tag in tags}) == len({hashtag(tag) for tag in tags}) == len(tags)
    for tag, common in tags.items():
        assert unicodedata.is_normalized("NFC", tag) and re.fullmatch(
            r"[^\W\d_]+( [^\W\d_]+)*", tag
        )
        assert 1 <= common <= 1000


def test_a_vocabulary_is_read_line_by_line():
    decomposed = "ba\u0303i bie\u0302\u0309n"
    lines = ["\ufeff# của tôi", "", f"  {decomposed} |  12.5", "con   mèo", "phở|3"]
    assert read_vocabulary(lines) == {"bãi biển": 12.5, "con mèo": 1, "phở": 3}


@pytest.mark.parametrize(
    "lines, message",
    [
        (["phở", "bún | nhiều"], "line 2 is 'bún | nhiều'"),
        (["bún | 0"], "line 1"),
        (["bún | nan"], "line 1"),
        (["bún |"], "line 1"),
        (["| 3"], "line 1"),
        (["Phở", "# x", "phở | 2"], "line 3, 'phở', repeats line 1"),
        (["# không có gì"], "no tag was given"),
    ],
)
def test_a_vocabulary_that_cannot_be_read_says_where(lines, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        read_vocabulary(lines)


@pytest.mark.parametrize(
    "tag, expected",
    [
        ("bãi biển", "#bãibiển"),
        ("con chó", "#chó"),
        ("Con Chó", "#chó"),
        ("cái ghế", "#ghế"),
        ("con đường", "#conđường"),
        ("con", "#con"),
        ("Hà Nội", "#hànội"),
        ("Đà Lạt", "#đàlạt"),
        ("bi-a & cờ_vua!", "#biacờvua"),
        ("ba\u0303i bie\u0302\u0309n", "#bãibiển"),
    ],
)
def test_hashtags(tag, expected):
    assert hashtag(tag) == expected


def test_nothing_makes_no_hashtag():
    with pytest.raises(ValueError, match="holds no letter or digit"):
        hashtag("…!")


def test_a_tag_occurs_as_whole_words():
    assert occurs_in("con chó", ["Hai chú chó chạy."])
    assert occurs_in("vận động viên", ["một vận_động_viên áo đỏ"])
    assert occurs_in("tennis", ["chơi Tennis"])
    assert not occurs_in("con cá", ["cái cây", "cát"])
    assert not occurs_in("con đường", ["thìa đường"])
    assert not occurs_in("phở", [])


@pytest.mark.slow
@pytest.mark.shared_data
def test_tags_of_real_photos_are_what_people_say(shared_data: Path, mini_checkpoint: Path):
    path = str(shared_data / "flickr8k_vi" / "test.parquet")
    table = load_dataset("parquet", data_files={"test": path}, split="test").select(range(200))
    images = [open_photo(image) for image in table["image"]]
    tagger = Tagger(PhoCLIPEncoder(mini_checkpoint))
    captioner = Captioner(mini_checkpoint.parent / "phocap-mini")
    captions = [[caption.text] for caption in captioner.describe_all(images, beams=1)]

    def precision(tags: list[list[Tag]]) -> float:  # at 5
        pairs = zip(tags, table["captions"], strict=True)
        return float(np.mean([occurs_in(tag.text, own) for found, own in pairs for tag in found]))

    alone = precision(tagger.tag_each(images, count=5, threshold=0))
    helped = precision(tagger.tag_each(images, captions, count=5, threshold=0))
    tagger.prior[:] = 0
    plain = precision(tagger.tag_each(images, count=5, threshold=0))
    assert alone > 1.3 * plain and helped > 1.2 * alone and helped > 0.22
