"""CIDEr-D: how much a caption agrees with what people say of this picture (Vedantam et al. 2015).

Rare n-grams weigh more (tf-idf, the idf over the pictures of the set), repeated ones are clipped,
and lengths that differ cost. All n-grams of all captions are rows of sorted arrays, so that a set
is scored without a Python loop over them.
"""

from collections.abc import Sequence

import numpy as np

ORDERS = 4  # n-grams of 1 to 4 tokens
SIGMA = 6.0  # tokens: how fast a difference in length costs


def cider_d(
    predictions: Sequence[Sequence[str]], references: Sequence[Sequence[Sequence[str]]]
) -> np.ndarray:
    """Return each caption's CIDEr-D, (captions,), 0 to 10; their mean is the set's.

    As in the COCO caption evaluation: section 4 of the paper with n-grams of 1 to 4 weighing the
    same, SIGMA 6 and the factor 10. The document frequency of an n-gram is the number of pictures
    whose references hold it, so one picture alone scores 0, and a score holds within its set only.

    Args:
        predictions: the tokens of one caption a picture.
        references: the tokens of one or more true captions a picture.
    """
    pictures = len(predictions)
    counts = np.array([len(trues) for trues in references])
    owner = np.repeat(np.arange(pictures), counts)  # (references,) the picture of each
    captions = [*predictions, *(true for trues in references for true in trues)]
    picture = np.concatenate([np.arange(pictures), owner])  # (captions,)
    lengths = np.array([len(tokens) for tokens in captions])
    # The evaluation counts 2-grams for length: of a caption without tokens as many as of one.
    bigrams = np.maximum(lengths - 1, 0)
    penalty = np.exp(-((bigrams[owner] - bigrams[pictures:]) ** 2) / (2 * SIGMA**2))
    ids = _token_ids(captions)
    similarity = sum(_cosines(grams, picture, pictures) for grams in _ngrams(ids, lengths))
    sums = np.bincount(owner, weights=similarity * penalty, minlength=pictures)
    return 10 * sums / ORDERS / np.maximum(counts, 1)


def _token_ids(captions: Sequence[Sequence[str]]) -> np.ndarray:
    """Return all tokens in order, as numbers."""
    known: dict[str, int] = {}
    flat = [known.setdefault(token, len(known)) for tokens in captions for token in tokens]
    return np.array(flat, dtype=np.int64)


def _ngrams(ids: np.ndarray, lengths: np.ndarray) -> list[np.ndarray]:
    """Return for each order (n-grams, 2): the caption and the number of each of its n-grams."""
    caption = np.repeat(np.arange(len(lengths)), lengths)
    grams, found = ids, []
    for order in range(1, ORDERS + 1):
        whole = caption[: len(grams)] == caption[order - 1 :]  # inside one caption
        found.append(np.stack([caption[: len(grams)][whole], grams[whole]], axis=1))
        # The (n + 1)-gram here is the n-gram here and the token n further on, numbered anew.
        longer = grams[:-1] * (ids.max(initial=0) + 1) + ids[order:]
        grams = np.unique(longer, return_inverse=True)[1]
    return found


def _cosines(grams: np.ndarray, picture: np.ndarray, pictures: int) -> np.ndarray:
    """Return the clipped tf-idf cosine of each reference with its picture's caption.

    Captions 0 to `pictures` - 1 are the predictions, the others references.
    """
    if not len(grams):  # no caption is as long
        return np.zeros(len(picture) - pictures)
    width = grams[:, 1].max() + 1
    keys, tf = np.unique(grams[:, 0] * width + grams[:, 1], return_counts=True)
    caption, gram = np.divmod(keys, width)
    true = caption >= pictures
    documents = np.unique(picture[caption[true]] * width + gram[true]) % width
    frequency = np.bincount(documents, minlength=width)
    weight = tf * (np.log(pictures) - np.log(np.maximum(1, frequency)))[gram]
    norm = np.sqrt(np.bincount(caption, weights=weight**2, minlength=len(picture)))
    # For every n-gram of a reference, what the prediction for the same picture gives it.
    wanted = picture[caption[true]] * width + gram[true]
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    own = np.where(keys[place] == wanted, weight[place], 0.0)
    common = np.minimum(own, weight[true]) * weight[true]
    dots = np.bincount(caption[true] - pictures, weights=common, minlength=len(picture) - pictures)
    norms = norm[picture[pictures:]] * norm[pictures:]
    return np.divide(dots, norms, out=np.zeros(len(norms)), where=norms > 0)
