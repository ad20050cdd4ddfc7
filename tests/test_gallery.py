"""A gallery finds what was put in, survives a restart, and never mixes two models."""

import numpy as np
import pytest
from PIL import Image

from phoclip_hf.serving.collection_names import table_name
from phoclip_hf.serving.errors import GalleryError
from phoclip_hf.serving.gallery import Gallery, Photo
from phoclip_hf.serving.queries import blend_queries


class ColourEncoder:
    """The mean colour as a unit vector: red, green and blue are at right angles."""

    def __init__(self, fingerprint: str = "colours", dimension: int = 3):
        self.fingerprint = fingerprint
        self.dimension = dimension

    def encode_images(self, images: list[Image.Image]) -> np.ndarray:
        means = np.array([np.asarray(image).reshape(-1, 3).mean(0) for image in images])
        vectors = np.zeros((len(images), self.dimension), np.float32)
        vectors[:, :3] = means / np.linalg.norm(means, axis=1, keepdims=True)
        return vectors


def photo(colour: str, size: int = 16) -> Photo:
    return Photo(Image.new("RGB", (size, size), colour), caption=f"ảnh màu {colour}", name=colour)


def filled(uri, colours=("red", "lime", "blue"), **options) -> Gallery:
    gallery = Gallery(uri, ColourEncoder(), **options)
    *_, progress = gallery.add("Ba màu", [photo(colour) for colour in colours])
    assert progress.added == len(colours)
    return gallery


RED = np.array([1, 0, 0], np.float32)


def test_search_gives_cosine_caption_and_thumbnail_best_first(tmp_path):
    filled(tmp_path)
    gallery = Gallery(tmp_path, ColourEncoder())  # another process would see the same
    query = np.array([0.8, 0.6, 0], np.float32)
    hits = gallery.search("Ba màu", query, top_k=3)
    assert [hit.caption for hit in hits] == ["ảnh màu red", "ảnh màu lime", "ảnh màu blue"]
    assert [hit.score for hit in hits] == pytest.approx([0.8, 0.6, 0], abs=0.01)  # JPEG colours
    assert hits[0].thumbnail[:3] == b"\xff\xd8\xff"
    assert gallery.collections() == {"ba-mau": "Ba màu"}


def test_a_photo_that_is_there_already_counts_as_repeated(tmp_path):
    gallery = filled(tmp_path)
    again = [photo("red"), photo("yellow"), photo("yellow")]
    *_, progress = gallery.add("ba mau", again)
    assert (progress.seen, progress.added, progress.repeated) == (3, 1, 2)
    assert gallery.count("Ba màu") == 4


def test_bad_photos_are_named_and_the_good_ones_kept(tmp_path):
    gallery = Gallery(tmp_path, ColourEncoder())
    *_, progress = gallery.add("a", [photo("red"), Photo(b"text", name="thư.jpg"), photo("blue")])
    assert progress.added == 2
    assert [(name, error.key) for name, error in progress.skipped] == [("thư.jpg", "photo_unknown")]


def test_progress_comes_batch_by_batch_and_stopping_keeps_what_was_added(tmp_path):
    gallery = Gallery(tmp_path, ColourEncoder())
    photos = [photo("red", size) for size in range(10, 20)]
    steps = gallery.add("a", photos, batch_size=3)
    assert next(steps).added == 3
    assert next(steps).added == 6
    steps.close()
    assert gallery.count("a") == 6


def test_index_finds_what_the_exact_scan_finds(tmp_path):
    class Noise(ColourEncoder):
        def encode_images(self, images):
            seeds = [image.getpixel((0, 0)) for image in images]
            rows = np.array([np.random.default_rng(seed).normal(size=32) for seed in seeds])
            return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    encoder = Noise(dimension=32)
    photos = [Photo(Image.new("RGB", (8, 8), (i, 255 - i, i // 2))) for i in range(250)]
    exact = Gallery(tmp_path / "exact", encoder)
    indexed = Gallery(tmp_path / "indexed", encoder, index_rows=100)
    for gallery in (exact, indexed):
        *_, progress = gallery.add("a", photos)
        assert progress.added == 250
    query = encoder.encode_images([Image.new("RGB", (8, 8), (7, 248, 3))])[0]
    expected = [(hit.id, round(hit.score, 4)) for hit in exact.search("a", query, 10)]
    found = [(hit.id, round(hit.score, 4)) for hit in indexed.search("a", query, 10)]
    assert found == expected
    assert expected[0][1] == 1
    assert indexed._open("a").list_indices() and not exact._open("a").list_indices()


@pytest.mark.parametrize("encoder", [ColourEncoder("others"), ColourEncoder("others", 4)])
def test_vectors_of_two_models_are_never_mixed(tmp_path, encoder):
    filled(tmp_path)
    other = Gallery(tmp_path, encoder)
    assert not other.fits("Ba màu")
    for use in (
        lambda: other.search("Ba màu", np.zeros(encoder.dimension, np.float32)),
        lambda: list(other.add("Ba màu", [photo("red")])),
    ):
        with pytest.raises(GalleryError) as caught:
            use()
        assert caught.value.key == "gallery_other_model"
    other.delete("Ba màu")
    *_, progress = other.add("Ba màu", [photo("red")])
    assert progress.added == 1


def test_photos_and_collections_can_be_deleted(tmp_path):
    gallery = filled(tmp_path)
    red = gallery.search("Ba màu", RED, 1)[0]
    assert gallery.delete_photos("Ba màu", [red.id, "x' OR '1'='1"]) == 1
    assert red.id not in {hit.id for hit in gallery.search("Ba màu", RED, 3)}
    gallery.delete("Ba màu")
    gallery.delete("Ba màu")
    assert gallery.collections() == {} and gallery.count("Ba màu") == 0
    assert not any(path.is_file() for path in tmp_path.rglob("*.lance/**/*"))
    with pytest.raises(GalleryError) as caught:
        gallery.search("Ba màu", RED)
    assert caught.value.key == "gallery_missing"


def test_more_than_one_page_of_collections(tmp_path):
    gallery = Gallery(tmp_path, ColourEncoder())
    for number in range(25):
        list(gallery.add(f"số {number}", [photo("red")]))
    assert len(gallery.collections()) == 25


@pytest.mark.parametrize(
    "title, name",
    [
        ("Ảnh gia đình", "anh-gia-dinh"),
        ("A\u0309nh Đà Nẵng", "anh-da-nang"),
        ("../../etc/passwd", "etc-passwd"),
        ("a'; DROP TABLE b", "a-drop-table-b"),
        ("x" * 80, "x" * 40),
    ],
)
def test_a_title_becomes_a_harmless_table_name(title, name):
    assert table_name(title) == name


@pytest.mark.parametrize("title", ["", "  ", "…", "../"])
def test_a_title_without_letters_is_refused(title):
    with pytest.raises(GalleryError) as caught:
        table_name(title)
    assert caught.value.key == "gallery_name"


@pytest.mark.parametrize("top_k", [0, 26])
def test_top_k_is_one_to_twenty_five(tmp_path, top_k):
    with pytest.raises(GalleryError) as caught:
        filled(tmp_path).search("Ba màu", RED, top_k)
    assert caught.value.key == "top_k"


def test_blend_weighs_text_against_picture():
    picture, text = np.array([1.0, 0]), np.array([0, 1.0])
    assert blend_queries(picture, text, 0.5) == pytest.approx([0.5**0.5, 0.5**0.5])
    assert blend_queries(picture, text, 1) == pytest.approx(text)
    assert blend_queries(picture, text, 0) == pytest.approx(picture)
    assert blend_queries(None, text, 0.1) is text
    assert blend_queries(picture, None, 0.9) is picture
    with pytest.raises(GalleryError) as caught:
        blend_queries(None, None)
    assert caught.value.key == "query_empty"
