"""Model cards: a template and a run's own numbers in, a README.md with metadata out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from huggingface_hub import EvalResult, ModelCard, ModelCardData
from transformers import PreTrainedModel, ProcessorMixin

from .card_facts import CardFacts
from .card_tables import CAPTIONING, RETRIEVAL, ZERO_SHOT, Results, results_table, stages_table
from .card_tables import table as markdown_table

TEMPLATES = Path(__file__).parent
TASKS = {  # kind of checkpoint → the Hub's task
    "phoclip": "zero-shot-image-classification",
    "phocap": "image-text-to-text",
    "phoblip": "image-text-to-text",
}
CARDS = {
    "phoclip": "phoclip_card.jinja",
    "phocap": "captioner_card.jinja",
    "phoblip": "captioner_card.jinja",
}
TAGS = {
    "phoclip": ["sentence-transformers", "clip"],
    "phocap": ["image-captioning"],
    "phoblip": ["image-captioning", "image-text-matching", "blip"],
}
# Counts of what was measured say nothing about the model.
INDEXED = (*RETRIEVAL, *ZERO_SHOT, *CAPTIONING, "t2i_median_rank", "i2t_median_rank", "loss")
NO_TERMS = "The terms of these weights follow from the data that they were trained on."
NO_TERMS_VI = "Điều khoản của bộ trọng số phụ thuộc vào dữ liệu đã dùng để huấn luyện."


def render_card(
    template: str | Path,
    name: str,
    pipeline_tag: str,
    results: dict[str, dict[str, float]],
    metadata: dict[str, Any] | None = None,
    **values: Any,
) -> str:
    """Return the card of a checkpoint, YAML metadata with a model-index first.

    Args:
        template: a Jinja file that huggingface_hub renders; it sees `results` and `values`.
        name: of the model.
        pipeline_tag: the Hub's task, such as "zero-shot-image-classification".
        results: data set → metric → value, as `scripts/evaluate.py` wrote them.
        metadata: further fields of `ModelCardData`, such as `license` and `datasets`.
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
        eval_results=evaluated,
        **{"tags": ["phoclip", "vietnamese"]} | (metadata or {}),
    )
    card = ModelCard.from_template(
        data, template_path=str(template), name=name, results=results, **values
    )
    return card.content


def checkpoint_card(
    models: Sequence[PreTrainedModel],
    processor: ProcessorMixin,
    repo_id: str,
    results: Results,
    stages: Results | None = None,
    facts: CardFacts | None = None,
    sources: Sequence[Sequence[str]] = (),
) -> str:
    """Return the card of a trained PhoCLIP, PhoCap or PhoBLIP, in English and Vietnamese.

    Args:
        models: what the checkpoint promises: one, or the two of a PhoBLIP, who share weights.
        processor: its processor.
        repo_id: where it will be, for the snippets.
        results: what was measured on it; see `read_results`. What writes captions may have none but
            the loss that its training measured.
        stages: what training measured; see `read_stages`.
        facts: what a person adds.
        sources: rows of (name, pictures, stages that used it), as the recipe names them.

    Raises:
        ValueError: there is no number to report.
    """
    config, facts, stages = models[0].config, facts or CardFacts(), stages or {}
    kind = config.model_type
    index = {
        name: {key: metrics[key] for key in INDEXED if key in metrics}
        for name, metrics in results.items()
    }
    if kind != "phoclip" and not index:
        index = {
            f"{key.removeprefix('eval_').removesuffix('_loss')} validation": {"loss": value}
            for metrics in stages.values()
            for key, value in metrics.items()
            if key.startswith("eval_") and key.endswith("_loss")
        }
    width = config.image_width if kind == "phocap" else config.projection_dim
    size = processor.image_processor.crop_size
    data = [(row["name"], row["what"], row["terms"]) for row in facts.data]
    head = ("trained on", "what of it", "terms")
    if sources and not data:
        data, head = list(sources), ("trained on", "pictures", "stages")
    sizes = {name: p.numel() for model in models for name, p in model.named_parameters()}
    count = sum(sizes.values()) / 1e6
    link = f"https://huggingface.co/{repo_id}#terms"
    metadata = {
        "license": facts.license,
        "license_name": facts.license_name or ("see-card" if facts.license == "other" else None),
        "license_link": facts.license_link or (link if facts.license == "other" else None),
        "base_model": facts.base_model or None,
        "datasets": facts.datasets or None,
        "tags": ["phoclip", "vietnamese", "custom_code", *TAGS[kind]],
    }
    return render_card(
        TEMPLATES / CARDS[kind],
        repo_id.split("/")[-1],
        TASKS[kind],
        {name: metrics for name, metrics in index.items() if metrics},
        metadata,
        kind=kind,
        repo_id=repo_id,
        parameters=f"{count:.1f} million",
        parameters_vi=f"{count:.1f} triệu".replace(".", ","),
        dimension=width,
        image_size=f"{size['height']} × {size['width']}",
        token_limit=processor.tokenizer.model_max_length,
        results_table=results_table(results),
        results_table_vi=results_table(results, "tập kiểm tra"),
        stages_table=stages_table(stages),
        data_table=markdown_table(head, data) if data else "",
        data_names=[row[0] for row in data],
        command=facts.command,
        facts=facts,
        terms=facts.terms or NO_TERMS,
        terms_vi=facts.terms_vi or NO_TERMS_VI,
    )
