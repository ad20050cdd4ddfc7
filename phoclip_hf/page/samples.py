"""Examples under a form: a click fills its fields in."""

from collections.abc import Sequence
from pathlib import Path

import gradio as gr
from gradio.components import Component
from gradio.media import get_image

from phoclip_hf.page.translations import Translations


def drawn_photos(space: Path) -> list[str]:
    """The pictures in the folder `examples` of a Space, in the order of their names."""
    return sorted(str(path) for path in (space / "examples").glob("*.jpg"))


def gradio_photos(*names: str) -> list[str]:
    """Photos that Gradio brings along: cheetah, lion, tower."""
    return [get_image(f"{name}.jpg") for name in names]


def examples(
    texts: Translations, rows: Sequence[Sequence], inputs: Sequence[Component], **options: object
) -> gr.Examples:
    """`rows` of values for `inputs`; `load_input_event` of what is returned follows a click."""
    settings = {
        "label": texts.label("examples"),
        "cache_examples": False,
        "api_visibility": "private",
    }
    return gr.Examples([list(row) for row in rows], list(inputs), **{**settings, **options})
