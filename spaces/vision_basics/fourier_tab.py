"""The lesson on frequencies: spectrum, masks, phase."""

import fourier
import gradio as gr
import numpy as np
from lesson import Lesson, choice, live, pictures, slider, theory
from pictures import clipped, grey, signed, stretched, uploaded
from translations import texts

from phoclip_hf.page.events import for_people

PASSES = {"low": fourier.low_pass, "high": fourier.high_pass}


@for_people(texts)
def fourier_event(
    photo: str | None, kept: str, kind: str, cutoff: float, order: float, request: gr.Request
) -> tuple[np.ndarray, ...]:
    """A photo in grey, a filter's mask, the filtered photo; magnitude, phase, phase only."""
    picture = grey(uploaded(photo))
    spectrum = fourier.spectrum(picture.astype(np.float32))
    mask = PASSES[kept](spectrum.shape, kind, cutoff, int(order))
    filtered = fourier.picture(spectrum * mask)
    return (
        picture,
        clipped(255 * mask),
        clipped(filtered) if kept == "low" else signed(filtered, 0.995),
        stretched(np.log1p(np.abs(spectrum))),
        stretched(np.angle(spectrum)),
        signed(fourier.phase_only(spectrum), 0.995),
    )


def build(photo: gr.Image) -> Lesson:
    """Lay out the tab."""
    with gr.Row():
        kept = choice("pass", list(PASSES))
        kind = choice("kind", fourier.SHAPES)
    with gr.Row():
        cutoff = slider("cutoff", 0.005, 0.5, 0.05, 0.005)
        order = slider("order", 1, 10, 2, 1)
    outputs = pictures("grey", "mask", "filtered", "spectrum", "phase", "phase_only")
    theory("theory_fourier")
    return live("fourier", fourier_event, photo, [kept, kind, cutoff, order], outputs)
