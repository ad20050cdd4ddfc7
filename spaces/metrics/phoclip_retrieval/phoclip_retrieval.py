"""Image-text retrieval as a module of `evaluate`."""

from typing import Any

import datasets
import evaluate

from phoclip_hf.evaluation.retrieval import retrieval_metrics

DESCRIPTION = """\
Image-text retrieval in both directions over all texts: recall at 1, 5 and 10, mean recall and
median rank. A query is a hit at k when at least one true match is among its first k, as in
CLIP_benchmark; ties go against the model.
"""
INPUTS = """\
Args:
    predictions: (texts, dim) the embedding of each text.
    references: (texts,) the row of the picture that each text describes.
    image_embeds: (images, dim) the embedding of each picture.
    ks: the cut-offs, 1, 5 and 10 by default.
Returns:
    t2i_r1 t2i_r5 t2i_r10 i2t_r1 i2t_r5 i2t_r10 mean_recall (0 to 1), t2i_median_rank
    i2t_median_rank (from 1), t2i_queries i2t_queries.
"""


class PhoCLIPRetrieval(evaluate.Metric):
    """Recall at k of texts and pictures in one space."""

    def _info(self) -> evaluate.MetricInfo:
        scores, row = datasets.List(datasets.Value("float32")), datasets.Value("int64")
        features = datasets.Features({"predictions": scores, "references": row})
        return evaluate.MetricInfo(DESCRIPTION, "", features, INPUTS)

    def _compute(
        self, predictions: Any, references: Any, image_embeds: Any = None, ks: Any = (1, 5, 10)
    ) -> dict[str, float]:
        if image_embeds is None:
            raise ValueError(
                "image_embeds is missing; expected compute(predictions=text_embeds, "
                "references=text_to_image, image_embeds=image_embeds)"
            )
        return retrieval_metrics(image_embeds, predictions, references, ks)
