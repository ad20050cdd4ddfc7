"""Vietnamese captioning as a module of `evaluate`."""

from typing import Any

import datasets
import evaluate

from phoclip_hf.evaluation.captioning import captioning_metrics

DESCRIPTION = """\
Vietnamese captions against true ones: BLEU-1 to BLEU-4 and their mean (VieCap4H's score), ROUGE-L
and CIDEr-D, over tokens that are Vietnamese syllables or words. The result names the tokenization.
"""
INPUTS = """\
Args:
    predictions: one caption a picture.
    references: one or more true captions a picture, a list of strings each.
    tokenization: "syllables" (the default) or "words", which needs underthesea.
Returns:
    bleu_1 bleu_2 bleu_3 bleu_4 bleu_mean rouge_l (0 to 1), cider_d (0 to 10), captions,
    tokenization.
"""


class PhoCLIPCaptioning(evaluate.Metric):
    """BLEU, ROUGE-L and CIDEr-D of Vietnamese captions."""

    def _info(self) -> evaluate.MetricInfo:
        caption = datasets.Value("string")
        features = datasets.Features({"predictions": caption, "references": datasets.List(caption)})
        return evaluate.MetricInfo(DESCRIPTION, "", features, INPUTS)

    def _compute(
        self, predictions: Any, references: Any, tokenization: str = "syllables"
    ) -> dict[str, Any]:
        return captioning_metrics(predictions, references, tokenization)
