"""The field that takes a photo as it is, so that `open_photo` can say what is wrong with it."""

import gradio as gr
from gradio.data_classes import ImageData

from phoclip_hf.page.translations import Translations


def photo_input(texts: Translations, **options: object) -> gr.Image:
    """A field for one photo by upload, paste or webcam; an event gets its path, undecoded."""
    settings = {
        "label": texts.label("photo"),
        "type": "filepath",
        "image_mode": None,
        "sources": ["upload", "clipboard", "webcam"],
        "height": 320,
        "placeholder": texts.label("photo_hint"),
        "elem_classes": "photo",
    }
    field = gr.Image(**{**settings, **options})
    # Gradio opens a file only to hand its path on, and fails before `open_photo` can say why. Set
    # on the field: a subclass would make Gradio write a .pyi file beside this one.
    field.preprocess = path_of
    return field


def path_of(payload: ImageData | None) -> str | None:
    """Where an uploaded photo lies; Gradio has checked that it is an upload."""
    return payload.path if payload else None
