"""Pairs of pictures side by side on one sheet, so that a person can check them."""

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw

GAP, LINE = 8, 14  # pixels between pairs, and of a line of text


def pair_sheet(
    pairs: Sequence[tuple[Image.Image, Image.Image, str]], side: int = 112, columns: int = 6
) -> Image.Image:
    """Return a white sheet of the pairs, each under its label, RGB.

    Args:
        pairs: two pictures and a label of one line.
        side: pixels into which a picture is fitted, its proportions kept.
        columns: pairs a row.

    Raises ValueError where there is no pair.
    """
    if not pairs:
        raise ValueError("no pairs were given; expected at least one for a sheet")
    columns = min(columns, len(pairs))
    width, height = 2 * side + GAP, side + LINE + GAP
    sheet = Image.new("RGB", (columns * width, math.ceil(len(pairs) / columns) * height), "white")
    draw = ImageDraw.Draw(sheet)
    for number, (a, b, label) in enumerate(pairs):
        left, top = number % columns * width, number // columns * height
        draw.text((left, top), label[: 2 * side // 6], fill="black")
        for place, image in enumerate((a, b)):
            small = image.convert("RGB")
            small.thumbnail((side, side))
            sheet.paste(small, (left + place * side, top + LINE))
    return sheet
