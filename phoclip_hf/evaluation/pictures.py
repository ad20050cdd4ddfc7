"""Evaluation as pictures: a confusion matrix and a grid of retrieved photos, as Matplotlib figures.

`figure.savefig("confusion.png", dpi=150)` writes one. Nothing here touches pyplot's global state.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

# DejaVu Sans comes with Matplotlib and has every Vietnamese letter; a default elsewhere may not.
FONT = "DejaVu Sans"
INK, PALE, HIT, MISS = "#1f2933", "#9aa5b1", "#2f9e44", "#d9dee4"


def confusion_picture(counts: Any, names: Sequence[str], title: str = "") -> Figure:
    """Return a figure of `counts` (classes, classes), rows true and columns predicted.

    Colour is the share of the row, the number in a cell its count, empty cells stay blank.
    """
    counts = np.asarray(counts)
    if counts.shape != (len(names), len(names)):
        raise ValueError(
            f"counts has shape {counts.shape} for {len(names)} names; "
            "expected one row and one column a name"
        )
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 2.2 + 0.42 * len(names)  # inches
    figure = Figure(figsize=(side, side), layout="constrained")
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    ticks = np.arange(len(names))
    axes.set_xticks(ticks, names, rotation=45, ha="right", rotation_mode="anchor", fontfamily=FONT)
    axes.set_yticks(ticks, names, fontfamily=FONT)
    axes.tick_params(length=0, labelsize=9, labelcolor=INK)
    axes.set_xlabel("predicted", color=PALE, fontfamily=FONT)
    axes.set_ylabel("true", color=PALE, fontfamily=FONT)
    axes.spines[:].set_visible(False)
    for row, column in zip(*counts.nonzero(), strict=True):
        colour = "white" if shares[row, column] > 0.55 else INK
        label = str(counts[row, column])
        axes.text(column, row, label, ha="center", va="center", color=colour, fontsize=8)
    if title:
        axes.set_title(title, loc="left", color=INK, fontfamily=FONT, fontsize=11)
    return figure


@dataclass
class Retrieved:
    """One query's row in the grid: its text and the pictures found, best first.

    `truth` is the picture that the text was written for and `rank` (from 1) where it was found;
    they are drawn behind the others, which tells more of a query that missed.
    """

    text: str
    images: Sequence[Image.Image]
    scores: Sequence[float]
    hits: Sequence[bool]
    truth: Image.Image | None = None
    rank: int | None = None

    def __post_init__(self) -> None:
        if not len(self.images) == len(self.scores) == len(self.hits) > 0:
            raise ValueError(
                f"{self.text!r} has {len(self.images)} images, {len(self.scores)} scores and "
                f"{len(self.hits)} hits; expected as many of each, at least one"
            )


def retrieval_picture(rows: Sequence[Retrieved]) -> Figure:
    """Return a figure with one row a query: its text, then its pictures, true matches in green.

    Below a picture stands its score. Where a row has a `truth`, that picture closes the row.
    """
    if not rows:
        raise ValueError("no rows were given; expected at least one query and its pictures")
    columns = max(len(row.images) for row in rows)
    widths = [1.7] + [1] * columns
    if any(row.truth is not None for row in rows):
        widths += [0.15, 1]
    figure = Figure(figsize=(1.5 * sum(widths), 1.75 * len(rows)), layout="constrained")
    grid = figure.subplots(len(rows), len(widths), squeeze=False, width_ratios=widths)
    for row, cells in zip(rows, grid, strict=True):
        for cell in cells:
            cell.set(xticks=[], yticks=[])
            cell.spines[:].set_visible(False)
        text = textwrap.shorten(row.text, 150, placeholder=" …")
        text = textwrap.fill(text, 24)
        cells[0].text(0, 0.5, text, va="center", color=INK, fontfamily=FONT, fontsize=9)
        found = zip(cells[1:], row.images, row.scores, row.hits, strict=False)
        for cell, image, score, hit in found:
            _show(cell, image, f"{score:.2f}", HIT if hit else MISS)
        if row.truth is not None:
            note = "its own picture" if row.rank is None else f"its own: rank {row.rank:,}"
            _show(cells[-1], row.truth, note, HIT)
    return figure


def _show(cell: Axes, image: Image.Image, note: str, edge: str) -> None:
    """Draw a picture in a frame, a note below it."""
    cell.imshow(_thumbnail(image))
    cell.spines[:].set(visible=True, color=edge, linewidth=3)
    colour = PALE if edge == MISS else edge
    cell.set_xlabel(note, color=colour, fontfamily=FONT, fontsize=8, labelpad=2)


def _thumbnail(image: Image.Image, side: int = 224) -> Image.Image:
    """Return a copy of `image`, RGB, its longer side at most `side` pixels."""
    copy = image.convert("RGB")
    copy.thumbnail((side, side))
    return copy
