"""The field for a picture that the page makes: equal ones share a file, which is always whole."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import gradio as gr
import numpy as np
from gradio.data_classes import ImageData


def answer_picture(label: object, **options: object) -> gr.Image:
    """A field that shows arrays (height, width[, 3]) of bytes, for people to enlarge and keep."""
    settings = {
        "interactive": False,
        "format": "jpeg",
        "buttons": ["fullscreen", "download"],
        "min_width": 150,
    }
    field = gr.Image(label=label, **{**settings, **options})
    show, cache, saved_as = field.postprocess, Path(field.GRADIO_CACHE), field.format

    def postprocess(value: np.ndarray | None) -> ImageData | None:
        # Gradio names a picture by its content and writes it anew each time, even while another
        # visitor reads it, whose picture then breaks. Set on the field: see `photo_input`.
        if value is None:
            return None
        cache.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=cache) as fresh:
            written = Path(gr.image_utils.save_image(value, cache_dir=fresh, format=saved_as))
            kept = cache / written.relative_to(Path(fresh).resolve())
            kept.parent.mkdir(exist_ok=True)
            os.replace(written, kept)
        return show(str(kept))

    field.postprocess = postprocess
    return field
