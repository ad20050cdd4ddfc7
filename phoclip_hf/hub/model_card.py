"""Model cards: a template and a run's own numbers in, a README.md with metadata out."""

from pathlib import Path
from typing import Any

from huggingface_hub import EvalResult, ModelCard, ModelCardData


def render_card(
    template: str | Path,
    name: str,
    pipeline_tag: str,
    results: dict[str, dict[str, float]],
    **values: Any,
) -> str:
    """Return the card of a checkpoint, YAML metadata with a model-index first.

    Args:
        template: a Jinja file that huggingface_hub renders; it sees `results` and `values`.
        name: of the model.
        pipeline_tag: the Hub's task, such as "zero-shot-image-classification".
        results: data set → metric → value, as `scripts/evaluate.py` wrote them.
        **values: whatever else the template names.

    Raises:
        ValueError: there is no result to report.
    """
    if not results:
        raise ValueError(f"No results for {name}: measure it first with scripts/evaluate.py.")
    evaluated = [
        EvalResult(
            task_type=pipeline_tag,
            dataset_type=dataset,
            dataset_name=dataset,
            metric_type=metric,
            metric_value=round(value, 4),
        )
        for dataset, metrics in results.items()
        for metric, value in metrics.items()
    ]
    data = ModelCardData(
        model_name=name,
        language="vi",
        library_name="transformers",
        pipeline_tag=pipeline_tag,
        tags=["phoclip", "vietnamese"],
        eval_results=evaluated,
    )
    card = ModelCard.from_template(
        data, template_path=str(template), name=name, results=results, **values
    )
    return card.content
