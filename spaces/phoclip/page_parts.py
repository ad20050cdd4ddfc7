"""What the three tabs have alike: the photo field, and errors in the reader's language."""

import inspect
import logging
from collections.abc import Callable
from functools import wraps

import gradio as gr
from gradio.data_classes import ImageData
from translations import i18n, language, page_error, say

from phoclip_hf.serving.errors import ServingError

logger = logging.getLogger("phoclip.space")


def photo_input(**options: object) -> gr.Image:
    """A field for one photo by upload, paste or webcam; the file arrives as it is, undecoded."""
    settings = {
        "label": i18n("photo"),
        "type": "filepath",
        "image_mode": None,
        "sources": ["upload", "clipboard", "webcam"],
        "height": 320,
        "placeholder": i18n("photo_hint"),
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


def for_people(event: Callable) -> Callable:
    """The event, with every error as a sentence in the language of its `request`.

    What nobody foresaw is logged whole and named on the page.
    """

    def translated(error: Exception, arguments: tuple) -> gr.Error:
        spoken = language(next((a for a in arguments if isinstance(a, gr.Request)), None))
        if isinstance(error, ServingError):
            return page_error(error, spoken)
        logger.exception("unexpected error in %s", event.__name__)
        return gr.Error(
            say("unexpected", spoken, kind=type(error).__name__),
            title=say("title_error", spoken),
            print_exception=False,
        )

    if inspect.isgeneratorfunction(event):

        @wraps(event)
        def steps(*arguments):
            try:
                yield from event(*arguments)
            except gr.Error:
                raise
            except Exception as error:
                raise translated(error, arguments) from error

        return steps

    @wraps(event)
    def call(*arguments):
        try:
            return event(*arguments)
        except gr.Error:
            raise
        except Exception as error:
            raise translated(error, arguments) from error

    return call
