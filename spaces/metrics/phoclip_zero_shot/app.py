"""The Space of this metric: scores and labels as .npy files in, accuracies out."""

from pathlib import Path
from typing import Any

import evaluate
import gradio as gr
import numpy as np

# By its file: a Space lies in a folder that is not named after the metric.
METRIC = evaluate.load(str(Path(__file__).resolve().parent / "phoclip_zero_shot.py"))


def compute(score_file: str | None, label_file: str | None) -> dict[str, Any]:
    """Return the metrics of scores (images, classes) and labels (images,) in .npy files."""
    if not score_file or not label_file:
        raise gr.Error("Two files are needed: logits.npy and labels.npy.")
    try:
        scores, labels = (np.load(name, allow_pickle=False) for name in (score_file, label_file))
        return METRIC.compute(predictions=scores, references=labels)
    except (ValueError, TypeError, OSError, EOFError) as error:
        raise gr.Error(str(error)) from error


demo = gr.Interface(
    compute,
    [
        gr.File(label="logits.npy (images, classes)", file_types=[".npy"]),
        gr.File(label="labels.npy (images,)", file_types=[".npy"]),
    ],
    gr.JSON(label="Metrics"),
    title="PhoCLIP zero-shot",
    description=METRIC.description,
    api_name="compute",
    flagging_mode="never",
)

if __name__ == "__main__":
    demo.launch()
