"""Pictures and texts in one plane: embeddings in, t-SNE coordinates and a Matplotlib figure out."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .matrices import unit_rows
from .pictures import FONT, PALE

IMAGES, TEXTS = "#1971c2", "#e8590c"
PERPLEXITY = 30  # neighbours that count
PAIRS = 1000  # some seconds


def plane_coordinates(embeds: Any) -> np.ndarray:
    """Return (rows, 2): neighbours by cosine lie near each other (t-SNE, van der Maaten 2008).

    The same rows give the same plane. ImportError says to install scikit-learn.
    """
    try:
        from sklearn.manifold import TSNE
    except ImportError as error:
        raise ImportError(
            "The embedding plane needs scikit-learn, which is not installed: "
            "pip install scikit-learn"
        ) from error
    units = unit_rows(embeds, "embeds")
    if len(units) < 4:
        raise ValueError(f"{len(units)} rows make no plane; expected at least 4")
    perplexity = min(PERPLEXITY, (len(units) - 1) / 3)
    return TSNE(
        metric="cosine", init="random", perplexity=perplexity, random_state=0
    ).fit_transform(units)


def plane_picture(
    image_embeds: np.ndarray, text_embeds: np.ndarray, text_to_image: np.ndarray
) -> Figure:
    """Return a figure of pictures and their first texts in one plane, each pair joined by a line.

    Short lines: a text lies with its picture. Two clouds: the model tells the modalities apart
    more than what they show (the modality gap, Liang et al. 2022). Of more than PAIRS pictures as
    many are drawn, evenly taken. Shapes are those of `retrieval_metrics`.
    """
    owners, firsts = np.unique(text_to_image, return_index=True)
    chosen = np.linspace(0, len(owners) - 1, min(PAIRS, len(owners))).astype(int)
    images = unit_rows(image_embeds[owners[chosen]], "image_embeds")
    texts = unit_rows(text_embeds[firsts[chosen]], "text_embeds")
    places = plane_coordinates(np.concatenate([images, texts]))
    left, right = places[: len(images)], places[len(images) :]
    figure = Figure(figsize=(7.5, 7.5), layout="constrained")
    axes = figure.subplots()
    lines = np.stack([left, right, np.full_like(left, np.nan)], axis=1).reshape(-1, 2)
    axes.plot(*lines.T, color=PALE, linewidth=0.4, alpha=0.35, zorder=1)
    axes.scatter(*left.T, s=10, color=IMAGES, linewidths=0, label=f"{len(images)} images", zorder=2)
    axes.scatter(*right.T, s=10, color=TEXTS, linewidths=0, label="a text of each", zorder=2)
    axes.set(xticks=[], yticks=[], aspect="equal")
    axes.spines[:].set_visible(False)
    axes.legend(loc="lower right", frameon=False, prop={"family": FONT, "size": 9}, markerscale=2)
    return figure
