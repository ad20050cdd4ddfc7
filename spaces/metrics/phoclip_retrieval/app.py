"""The Space of this metric: embeddings as .npy files in, recalls out."""

from pathlib import Path
from typing import Any

import evaluate
import gradio as gr
import numpy as np

from phoclip_hf.page.metric_page import given_arrays, metric_page

# By its file: a Space lies in a folder that is not named after the metric.
METRIC = evaluate.load(str(Path(__file__).resolve().parent / "phoclip_retrieval.py"))


def compute(
    image_file: str | None, text_file: str | None, owner_file: str | None
) -> dict[str, Any]:
    """Return the metrics of embeddings in .npy files; without owners every picture has as many."""
    images, texts = given_arrays(image_embeds=image_file, text_embeds=text_file)
    if owner_file:
        (owners,) = given_arrays(text_to_image=owner_file)
    elif len(texts) % len(images) == 0:
        owners = np.repeat(np.arange(len(images)), len(texts) // len(images))
    else:
        raise ValueError(
            f"{len(texts)} texts do not fall evenly on {len(images)} pictures: add "
            "text_to_image.npy"
        )
    return METRIC.compute(predictions=texts, references=owners, image_embeds=images)


demo = metric_page(
    METRIC.description,
    compute,
    [
        gr.File(label="image_embeds.npy (images, dim)", file_types=[".npy"]),
        gr.File(label="text_embeds.npy (texts, dim)", file_types=[".npy"]),
        gr.File(label="text_to_image.npy (texts,), optional", file_types=[".npy"]),
    ],
    title="PhoCLIP retrieval",
    article="Without text_to_image.npy the texts lie in the order of the pictures, as many each.",
)

if __name__ == "__main__":
    demo.launch()
