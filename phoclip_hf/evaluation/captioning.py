"""Captions measured against true ones: strings in, BLEU, ROUGE-L and CIDEr-D out."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .caption_tokens import tokenize_caption
from .cider import cider_d
from .rouge import rouge_l

ORDERS = 4


def captioning_metrics(
    predictions: Sequence[str],
    references: Sequence[Sequence[str]],
    tokenization: str = "syllables",
) -> dict[str, Any]:
    """Return `bleu_1` … `bleu_4`, `bleu_mean`, `rouge_l` (0 to 1) and `cider_d` (0 to 10).

    `bleu_mean` is the mean of the four BLEU, VieCap4H's score. `captions` counts the predictions,
    `tokenization` names what the figures rest on: those of one are no match for those of another,
    nor for metrics that split Vietnamese as if it were English.

    Args:
        predictions: one caption a picture.
        references: one or more true captions a picture.
        tokenization: "syllables" or "words", see `tokenize_caption`.

    Raises:
        ValueError: no caption, or not one list of references for each.
        ImportError: sacrebleu is not installed.
    """
    if len(predictions) != len(references) or not len(predictions):
        raise ValueError(
            f"{len(predictions)} predictions and {len(references)} lists of references; "
            "expected as many of each, at least one"
        )
    for row, trues in enumerate(references):
        if isinstance(trues, str) or not len(trues):
            raise ValueError(
                f"references[{row}] is {trues!r}; expected a list of one or more captions"
            )
    own = [tokenize_caption(caption, tokenization) for caption in predictions]
    true = [[tokenize_caption(text, tokenization) for text in texts] for texts in references]
    bleu = corpus_bleu(own, true)
    return {
        **{f"bleu_{order}": value for order, value in enumerate(bleu, start=1)},
        "bleu_mean": float(np.mean(bleu)),
        "rouge_l": float(rouge_l(own, true).mean()),
        "cider_d": float(cider_d(own, true).mean()),
        "captions": len(predictions),
        "tokenization": tokenization,
    }


def corpus_bleu(
    predictions: Sequence[Sequence[str]], references: Sequence[Sequence[Sequence[str]]]
) -> list[float]:
    """Return BLEU-1 to BLEU-4 of the whole set, 0 to 1, unsmoothed (Papineni et al. 2002).

    sacrebleu counts n-grams and lengths (the reference nearest in length sets the penalty, the
    shorter of two that are as near). Arguments are tokens, as in `rouge_l`.
    """
    try:
        from sacrebleu.metrics import BLEU
    except ImportError as error:
        raise ImportError(
            "BLEU needs sacrebleu, which is not installed: pip install sacrebleu"
        ) from error
    most = max(len(texts) for texts in references)
    streams = [
        [" ".join(texts[place]) if place < len(texts) else None for texts in references]
        for place in range(most)
    ]
    scorer = BLEU(tokenize="none", smooth_method="none", max_ngram_order=ORDERS, force=True)
    score = scorer.corpus_score([" ".join(tokens) for tokens in predictions], streams)
    with np.errstate(divide="ignore"):
        logs = np.log(np.array(score.precisions) / 100)  # (orders,)
    means = np.cumsum(logs) / np.arange(1, ORDERS + 1)
    return [float(value) for value in score.bp * np.exp(means)]
