"""The lesson on keypoints: Harris and ORB."""

import gradio as gr
import keypoints
import numpy as np
from lesson import Lesson, live, pictures, report, slider, theory
from pictures import grey, signed, uploaded
from translations import texts

from phoclip_hf.page.events import for_people
from phoclip_hf.page.translations import language


@for_people(texts)
def keypoints_event(
    photo: str | None, window: float, k: float, share: float, count: float, request: gr.Request
) -> tuple[np.ndarray | str, ...]:
    """Harris's response, its corners, ORB's keypoints with size and direction; and how many."""
    colours = uploaded(photo)
    picture = grey(colours)
    response = keypoints.harris(picture, int(window), k)
    corners = keypoints.corners(response, share)
    found, _ = keypoints.orb(picture, int(count))
    said = texts.say("found", language(request), corners=len(corners), keypoints=len(found))
    return (
        signed(response, 0.99),
        keypoints.mark_corners(colours, corners),
        keypoints.mark_keypoints(colours, found),
        said,
    )


def build(photo: gr.Image) -> Lesson:
    """Lay out the tab."""
    with gr.Row():
        window = slider("window", 2, 15, 3, 1)
        k = slider("k", 0.02, 0.2, 0.04, 0.01)
    with gr.Row():
        share = slider("share", 0.005, 0.5, 0.05, 0.005)
        count = slider("count", 10, 1000, 200, 10)
    outputs = [*pictures("response", "harris", "orb"), report()]
    theory("theory_keypoints")
    return live("keypoints", keypoints_event, photo, [window, k, share, count], outputs)
