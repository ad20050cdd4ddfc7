"""Which texts fit which pictures when captions repeat: strings in, a boolean matrix out."""

import unicodedata
from collections.abc import Sequence

import numpy as np


def caption_relevance(captions: Sequence[Sequence[str]]) -> tuple[list[str], np.ndarray]:
    """Return all captions in order, (texts,), and what they fit, boolean (texts, images).

    `captions` holds one list a picture. A caption fits its own picture and every other that carries
    the same words (compared in NFC, lower case, with runs of blanks as one). Without this,
    «một con chó» under two pictures counts half of its right answers as wrong.
    """
    texts = [caption for own in captions for caption in own]
    if not texts:
        raise ValueError("no captions were given; expected at least one picture with a caption")
    carriers: dict[str, list[int]] = {}
    for image, own in enumerate(captions):
        for caption in own:
            carriers.setdefault(_words(caption), []).append(image)
    relevance = np.zeros((len(texts), len(captions)), dtype=bool)
    for row, text in enumerate(texts):
        relevance[row, carriers[_words(text)]] = True
    return texts, relevance


def _words(caption: str) -> str:
    return " ".join(unicodedata.normalize("NFC", caption).lower().split())
