import io
import warnings

import numpy as np
import pytest
from PIL import Image

from phoclip_hf.evaluation.embedding_plane import plane_coordinates, plane_picture
from phoclip_hf.evaluation.examples import best_and_worst, retrieval_examples
from phoclip_hf.evaluation.pictures import HIT, Retrieved, confusion_picture, retrieval_picture

LABELS = ["bóng đá", "đấu vật", "cử tạ", "lướt ván", "võ thuật", "nhảy cầu", "bơi", "Ẩn sĩ ngoẵng"]


def render(figure) -> np.ndarray:
    """Return the drawn pixels; a letter that the font lacks is a warning, and so an error."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.savefig(buffer, dpi=72)
    return np.asarray(Image.open(buffer).convert("RGB"))


def test_confusion_picture_shows_counts_and_vietnamese_names():
    counts = np.diag(np.arange(1, 9))
    counts[0, 1] = 5
    figure = confusion_picture(counts, LABELS, title="Phân loại 8 môn thể thao")
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts] == ["1", "5", *map(str, range(2, 9))]
    assert [label.get_text() for label in axes.get_yticklabels()] == LABELS
    assert np.allclose(axes.images[0].get_array()[0, :2], [1 / 6, 5 / 6])
    assert render(figure).std() > 20  # a drawing, not a blank sheet
    with pytest.raises(ValueError, match="8 names"):
        confusion_picture(np.eye(3), LABELS)


def test_retrieval_picture_marks_hits():
    images = [Image.new("RGB", (300, 200), colour) for colour in ("red", "blue", "white")]
    rows = [
        Retrieved("một con chó chạy trên bãi cỏ", images, [0.31, 0.3, 0.1], [False, True, False]),
        Retrieved("hai quả bóng đỏ", images[:1], [0.2], [True]),
    ]
    figure = retrieval_picture(rows)
    pixels = render(figure).reshape(-1, 3)
    green = tuple(int(HIT[i : i + 2], 16) for i in (1, 3, 5))
    assert (pixels == green).all(1).sum() > 100
    shown = [axes for axes in figure.axes if axes.images]
    assert [axes.get_xlabel() for axes in shown] == ["0.31", "0.30", "0.10", "0.20"]
    assert max(shown[0].images[0].get_array().shape) == 224
    with pytest.raises(ValueError, match="2 scores"):
        Retrieved("bơi", images, [0.1, 0.2], [True])
    with pytest.raises(ValueError, match="no rows"):
        retrieval_picture([])


def test_the_own_picture_closes_a_row():
    red, blue = (Image.new("RGB", (60, 40), colour) for colour in ("red", "blue"))
    rows = [
        Retrieved("bơi", [blue], [0.2], [False], truth=red, rank=1234),
        Retrieved("một câu rất dài " * 40, [blue], [0.2], [True]),
    ]
    figure = retrieval_picture(rows)
    assert render(figure).std() > 20
    shown = [axes for axes in figure.axes if axes.images]
    assert [axes.get_xlabel() for axes in shown] == ["0.20", "its own: rank 1,234", "0.20"]
    text = figure.axes[4].texts[0].get_text()
    assert text.endswith("…") and len(text) <= 150


def test_best_and_worst_queries_of_different_pictures():
    ranks = np.array([1, 1, 9, 0, 1, 5, 9])
    owner = np.array([0, 0, 1, 2, 3, 4, 5])
    cosines = np.array([0.2, 0.3, 0.4, 0.9, 0.1, 0.2, 0.5])
    best, worst = best_and_worst(ranks, owner, cosines, 2)
    assert best.tolist() == [1, 4]  # 0 shows the picture of 1; 3 has no match
    assert worst.tolist() == [2, 6]  # of two last ones the lower cosine first
    best, worst = best_and_worst(ranks, owner, cosines, 9)
    assert (best.tolist(), worst.tolist()) == ([1, 4, 5, 6, 2], [])


def test_examples_read_only_what_they_show():
    images, texts = np.eye(6, dtype=np.float32), np.eye(6, dtype=np.float32)[[0, 1, 1]]
    owner, ranks, read = np.array([0, 1, 3]), np.array([1, 1, 6]), []
    relevance = np.zeros((3, 6), dtype=bool)
    relevance[[0, 1, 2, 2], [0, 1, 3, 1]] = True

    def picture(row: int) -> Image.Image:
        read.append(row)
        return Image.new("RGB", (8, 8), (row, 0, 0))

    options = {"count": 1, "columns": 2}
    rows = retrieval_examples(images, texts, "abc", owner, ranks, picture, **options)
    assert [(row.text, row.rank, row.hits) for row in rows] == [
        ("a", 1, [True, False]),
        ("c", 6, [False, False]),
    ]
    assert rows[1].scores == [1, 0] and rows[1].images[0].getpixel((0, 0)) == (1, 0, 0)
    assert rows[1].truth.getpixel((0, 0)) == (3, 0, 0)
    assert sorted(read) == [0, 0, 0, 1, 1, 3]
    rows = retrieval_examples(
        images, texts, "abc", owner, ranks, picture, relevance=relevance, **options
    )
    assert rows[1].hits == [True, False]


def test_plane_puts_neighbours_together():
    pytest.importorskip("sklearn")
    random = np.random.default_rng(0)
    centres = np.repeat(np.eye(16)[:3] * 5, 20, axis=0)  # three groups of 20
    places = plane_coordinates(centres + random.normal(size=(60, 16)) * 0.3)
    middles = places.reshape(3, 20, 2).mean(axis=1)
    spread = np.linalg.norm(places.reshape(3, 20, 2) - middles[:, None], axis=2).max()
    apart = min(np.linalg.norm(middles[i] - middles[j]) for i, j in ((0, 1), (0, 2), (1, 2)))
    assert spread < apart / 2
    with pytest.raises(ValueError, match="2 rows make no plane"):
        plane_coordinates(np.eye(2))


def test_plane_picture_draws_each_picture_with_its_first_text(monkeypatch):
    pytest.importorskip("sklearn")
    monkeypatch.setattr("phoclip_hf.evaluation.embedding_plane.PAIRS", 6)
    random = np.random.default_rng(0)
    images, texts = random.normal(size=(8, 4)), random.normal(size=(20, 4))
    figure = plane_picture(images, texts, np.arange(20) % 7)  # picture 7 has no text
    (axes,) = figure.axes
    assert [len(points.get_offsets()) for points in axes.collections] == [6, 6]
    assert render(figure).std() > 5
