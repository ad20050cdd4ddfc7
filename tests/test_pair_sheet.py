"""The sheet of pairs: each pair side by side under its label."""

import numpy as np
import pytest
from PIL import Image

from phoclip_hf.data.duplicates.pair_sheet import GAP, LINE, pair_sheet


def test_pairs_side_by_side_in_rows():
    red, blue = Image.new("RGB", (40, 40), "red"), Image.new("L", (40, 20), 0)
    sheet = pair_sheet([(red, blue, "0.90 cropped")] * 3, side=20, columns=2)
    width, height = 2 * 20 + GAP, 20 + LINE + GAP
    assert sheet.size == (2 * width, 2 * height)
    for left, top in ((0, 0), (width, 0), (0, height)):
        assert sheet.getpixel((left + 10, top + LINE + 10)) == (255, 0, 0)
        assert sheet.getpixel((left + 30, top + LINE + 5)) == (0, 0, 0)
        assert sheet.getpixel((left + 30, top + LINE + 15)) == (255, 255, 255)  # proportions kept
        label = np.asarray(sheet.crop((left, top, left + width, top + LINE)))
        assert label.min() < 128
    assert sheet.getpixel((width + 10, height + LINE + 10)) == (255, 255, 255)


def test_no_pairs():
    with pytest.raises(ValueError, match="no pairs"):
        pair_sheet([])
