"""The Space of this metric: scores and labels as .npy files in, accuracies out."""

from pathlib import Path
from typing import Any

import evaluate
import gradio as gr

from phoclip_hf.page.metric_page import given_arrays, metric_page

# By its file: a Space lies in a folder that is not named after the metric.
METRIC = evaluate.load(str(Path(__file__).resolve().parent / "phoclip_zero_shot.py"))


def compute(score_file: str | None, label_file: str | None) -> dict[str, Any]:
    """Return the metrics of scores (images, classes) and labels (images,) in .npy files."""
    scores, labels = given_arrays(logits=score_file, labels=label_file)
    return METRIC.compute(predictions=scores, references=labels)


demo = metric_page(
    METRIC.description,
    compute,
    [
        gr.File(label="logits.npy (images, classes)", file_types=[".npy"]),
        gr.File(label="labels.npy (images,)", file_types=[".npy"]),
    ],
    title="PhoCLIP zero-shot",
)

if __name__ == "__main__":
    demo.launch()
