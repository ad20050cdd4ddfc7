"""The frame that all lessons stand in: theory, sliders, pictures, and when they are made anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps

import gradio as gr
from gradio.components import Component
from translations import texts

from phoclip_hf.page.answer_picture import answer_picture

# KaTeX, which Gradio brings along.
DELIMITERS = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "$", "right": "$", "display": False},
]
# A slider that is being dragged: answers come one after another, and the last one counts.
LIVE = {"trigger_mode": "always_last", "show_progress": "hidden"}


@dataclass
class Lesson:
    """What shows a lesson, from which fields, into which; without a photo it empties them."""

    show: Callable
    inputs: list[Component]
    outputs: list[Component]


def live(
    name: str, event: Callable, photo: gr.Image, controls: list[Component], outputs: list[Component]
) -> Lesson:
    """The lesson as an API endpoint `name` that runs again whenever a control changes."""

    @wraps(event)
    def show(chosen: str | None, *others):
        return event(chosen, *others) if chosen else [None] * len(outputs)

    inputs = [photo, *controls]
    changes = [control.change for control in controls]
    gr.on(changes, event, inputs, outputs, api_name=name, **LIVE)
    return Lesson(show, inputs, outputs)


def theory(key: str) -> None:
    """A lesson's text with its formulas."""
    gr.Markdown(texts.label(key), latex_delimiters=DELIMITERS, elem_classes="theory")


def slider(key: str, low: float, high: float, value: float, step: float) -> gr.Slider:
    """A slider under a translated name."""
    return gr.Slider(low, high, value, step=step, label=texts.label(key), min_width=200)


def choice(key: str, values: Sequence[str]) -> gr.Radio:
    """One of several `values`, the first at the start; `{key}_{value}` names each."""
    named = [(texts.label(f"{key}_{value}"), value) for value in values]
    return gr.Radio(named, value=values[0], label=texts.label(key), min_width=200)


def pictures(*keys: str) -> list[gr.Image]:
    """Fields for pictures side by side, as many in a row as fit."""
    with gr.Row(elem_classes="pictures"):
        return [answer_picture(texts.label(key), elem_classes=f"picture-{key}") for key in keys]


def report() -> gr.Markdown:
    """A field for figures."""
    return gr.Markdown(label=texts.label("report"), elem_classes="report", min_height=24)
