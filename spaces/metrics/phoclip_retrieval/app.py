"""The Space of this metric: embeddings as .npy files in, recalls out."""

from pathlib import Path
from typing import Any

import evaluate
import gradio as gr
import numpy as np

# By its file: a Space lies in a folder that is not named after the metric.
METRIC = evaluate.load(str(Path(__file__).resolve().parent / "phoclip_retrieval.py"))


def compute(
    image_file: str | None, text_file: str | None, owner_file: str | None
) -> dict[str, Any]:
    """Return the metrics of embeddings in .npy files; without owners every picture has as many."""
    if not image_file or not text_file:
        raise gr.Error("Two files are needed: image_embeds.npy and text_embeds.npy.")
    try:
        images, texts = (np.load(name, allow_pickle=False) for name in (image_file, text_file))
        if owner_file:
            owners = np.load(owner_file, allow_pickle=False)
        elif len(texts) % len(images) == 0:
            owners = np.repeat(np.arange(len(images)), len(texts) // len(images))
        else:
            raise ValueError(
                f"{len(texts)} texts do not fall evenly on {len(images)} pictures: "
                "add text_to_image.npy"
            )
        return METRIC.compute(predictions=texts, references=owners, image_embeds=images)
    except (ValueError, TypeError, OSError, EOFError) as error:
        raise gr.Error(str(error)) from error


demo = gr.Interface(
    compute,
    [
        gr.File(label="image_embeds.npy (images, dim)", file_types=[".npy"]),
        gr.File(label="text_embeds.npy (texts, dim)", file_types=[".npy"]),
        gr.File(label="text_to_image.npy (texts,), optional", file_types=[".npy"]),
    ],
    gr.JSON(label="Metrics"),
    title="PhoCLIP retrieval",
    description=METRIC.description,
    article="Without text_to_image.npy the texts lie in the order of the pictures, as many each.",
    api_name="compute",
    flagging_mode="never",
)

if __name__ == "__main__":
    demo.launch()
