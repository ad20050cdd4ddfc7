"""The Space of this metric: captions and true captions in, BLEU, ROUGE-L and CIDEr-D out."""

from pathlib import Path
from typing import Any

import evaluate
import gradio as gr

from phoclip_hf.page.metric_page import metric_page

# By its file: a Space lies in a folder that is not named after the metric.
METRIC = evaluate.load(str(Path(__file__).resolve().parent / "phoclip_captioning.py"))
EXAMPLE = (
    "một con chó chạy trên bãi cỏ\nhai người đang chơi bóng đá",
    "con chó nâu chạy trên cỏ | một chú chó đang chạy\nhai cầu thủ tranh bóng trên sân",
)


def compute(captions: str, references: str, tokenization: str) -> dict[str, Any]:
    """Return the metrics of captions, one a line, and of true ones, parted by | in their lines."""
    predictions = captions.strip().splitlines()
    true = [line.split("|") for line in references.strip().splitlines()]
    if len(predictions) != len(true) or not predictions:
        raise ValueError(
            f"{len(predictions)} captions and {len(true)} lines of true ones: give as many of "
            "each, at least one."
        )
    return METRIC.compute(predictions=predictions, references=true, tokenization=tokenization)


demo = metric_page(
    METRIC.description,
    compute,
    [
        gr.Textbox(label="Captions, one a line", lines=4),
        gr.Textbox(label="True captions, a line for each, parted by |", lines=4),
        gr.Radio(["syllables", "words"], value="syllables", label="Tokenization"),
    ],
    title="PhoCLIP captioning",
    examples=[[*EXAMPLE, "syllables"]],
    cache_examples=False,
)

if __name__ == "__main__":
    demo.launch()
