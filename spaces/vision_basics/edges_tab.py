"""The lesson on edges: Sobel, Laplacian, Canny."""

import edges
import gradio as gr
import numpy as np
from lesson import Lesson, live, pictures, slider, theory
from pictures import clipped, grey, signed, stretched, uploaded
from translations import texts

from phoclip_hf.page.events import for_people


@for_people(texts)
def edges_event(
    photo: str | None, smoothing: float, low: float, high: float, request: gr.Request
) -> tuple[np.ndarray, ...]:
    """Edges of a photo: Sobel in x and y, its magnitude and direction, Laplacian, Canny."""
    picture = edges.smooth(grey(uploaded(photo)), smoothing)
    x, y = edges.sobel(picture)
    return (
        signed(x),
        signed(y),
        stretched(edges.magnitude(x, y)),
        edges.direction_colours(x, y),
        signed(edges.laplacian(picture), 0.999),
        clipped(edges.canny(picture, low, high)),
    )


def build(photo: gr.Image) -> Lesson:
    """Lay out the tab."""
    with gr.Row():
        low = slider("low", 0, 1000, 100, 5)
        high = slider("high", 0, 1000, 200, 5)
        smoothing = slider("smoothing", 0, 6, 1, 0.1)
    outputs = pictures("sobel_x", "sobel_y", "sobel_size", "sobel_direction", "laplacian", "canny")
    theory("theory_edges")
    return live("edges", edges_event, photo, [smoothing, low, high], outputs)
