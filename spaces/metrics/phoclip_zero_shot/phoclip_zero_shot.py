"""Zero-shot classification as a module of `evaluate`."""

from typing import Any

import datasets
import evaluate

from phoclip_hf.evaluation.zero_shot import zero_shot_metrics

DESCRIPTION = """\
Zero-shot classification: top-1, top-5 and the top-1 accuracy averaged over classes. Ties go against
the model.
"""
INPUTS = """\
Args:
    predictions: (images, classes) the score of each class, of any scale.
    references: (images,) the true class, a column of predictions.
    ks: the cut-offs, 1 and 5 by default.
Returns:
    top1 top5 mean_per_class (0 to 1).
"""


class PhoCLIPZeroShot(evaluate.Metric):
    """Accuracy of scores over classes."""

    def _info(self) -> evaluate.MetricInfo:
        scores, row = datasets.List(datasets.Value("float32")), datasets.Value("int64")
        features = datasets.Features({"predictions": scores, "references": row})
        return evaluate.MetricInfo(DESCRIPTION, "", features, INPUTS)

    def _compute(self, predictions: Any, references: Any, ks: Any = (1, 5)) -> dict[str, float]:
        return zero_shot_metrics(predictions, references, ks)
