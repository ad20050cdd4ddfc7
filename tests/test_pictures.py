import io
import warnings

import numpy as np
import pytest
from PIL import Image

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
