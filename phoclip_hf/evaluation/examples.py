"""Examples of a retrieval: ranks in, the best and the worst queries with their pictures out."""

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from .pictures import Retrieved


def retrieval_examples(
    image_embeds: np.ndarray,
    text_embeds: np.ndarray,
    texts: Sequence[str],
    text_to_image: np.ndarray,
    text_ranks: np.ndarray,
    read: Callable[[int], Image.Image],
    count: int = 4,
    columns: int = 5,
    relevance: np.ndarray | None = None,
) -> list[Retrieved]:
    """Return `count` of the best queries and as many of the worst, each with what it found.

    Args:
        image_embeds: (images, dim) of unit length.
        text_embeds: (texts, dim) likewise.
        texts: the queries.
        text_to_image: (texts,) the picture that each was written for.
        text_ranks: (texts,) from `retrieval_ranks`.
        read: a picture's row in, the picture out; called for what is shown only.
        count: queries of either kind.
        columns: pictures a query, best first.
        relevance: (texts, images) where a text fits more pictures than its own.
    """
    cosines = np.empty(len(texts), dtype=np.float32)
    step = 2**15  # rows a turn: copies of some megabytes, however many texts there are
    for start in range(0, len(texts), step):
        own = image_embeds[text_to_image[start : start + step]]
        cosines[start : start + step] = np.einsum("td,td->t", text_embeds[start:][:step], own)
    examples = []
    for row in np.concatenate(best_and_worst(text_ranks, text_to_image, cosines, count)):
        scores = image_embeds @ text_embeds[row]  # (images,)
        found = np.argsort(-scores, kind="stable")[:columns]
        own = int(text_to_image[row])
        hits = found == own if relevance is None else relevance[row, found]
        examples.append(
            Retrieved(
                texts[row],
                [read(int(image)) for image in found],
                scores[found].tolist(),
                hits.tolist(),
                truth=read(own),
                rank=int(text_ranks[row]),
            )
        )
    return examples


def best_and_worst(
    text_ranks: np.ndarray, text_to_image: np.ndarray, cosines: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of at most `count` texts that found best and as many that found worst.

    Best is the lowest rank and, among equals, the higher cosine with the text's own picture; worst
    the other way round. No picture is shown twice, and no text that fits none (rank 0). `cosines`
    (texts,) are those of each text and its own picture.
    """
    queries = np.flatnonzero(text_ranks)
    order = queries[np.lexsort((-cosines[queries], text_ranks[queries]))]
    best = _of_other_pictures(order, text_to_image, count, set())
    shown = {int(text_to_image[row]) for row in best}
    worst = _of_other_pictures(order[::-1], text_to_image, count, shown)
    return np.array(best, dtype=np.int64), np.array(worst, dtype=np.int64)


def _of_other_pictures(
    order: np.ndarray, text_to_image: np.ndarray, count: int, shown: set[int]
) -> list[int]:
    """Return the first `count` rows of `order` whose pictures differ and are none of `shown`."""
    rows: list[int] = []
    taken = set(shown)
    for row in order:
        image = int(text_to_image[row])
        if len(rows) < count and image not in taken:
            taken.add(image)
            rows.append(int(row))
    return rows
