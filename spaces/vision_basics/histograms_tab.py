"""The lesson on histograms: equalisation and CLAHE."""

import gradio as gr
import histograms
import numpy as np
from lesson import Lesson, live, pictures, slider, theory
from pictures import uploaded
from translations import texts

from phoclip_hf.page.events import for_people


@for_people(texts)
def histograms_event(
    photo: str | None, contrast: float, clip: float, tiles: float, request: gr.Request
) -> tuple[np.ndarray, ...]:
    """A photo made dull, equalised, and by CLAHE; then the histograms of the three."""
    dull = histograms.dull(uploaded(photo), contrast)
    shown = (dull, histograms.equalise(dull), histograms.clahe(dull, clip, int(tiles)))
    counts = (histograms.histogram(histograms.luma(picture)) for picture in shown)
    return *shown, *map(histograms.histogram_picture, counts)


def build(photo: gr.Image) -> Lesson:
    """Lay out the tab."""
    with gr.Row():
        contrast = slider("contrast", 0.05, 1, 0.5, 0.05)
        clip = slider("clip", 1, 20, 3, 0.5)
        tiles = slider("tiles", 1, 16, 8, 1)
    outputs = pictures(
        "input", "equalised", "clahe", "histogram_input", "histogram_equalised", "histogram_clahe"
    )
    theory("theory_histograms")
    return live("histograms", histograms_event, photo, [contrast, clip, tiles], outputs)
