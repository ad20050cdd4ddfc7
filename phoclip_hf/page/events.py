"""Errors of an event in the language of whoever caused it."""

import inspect
import logging
from collections.abc import Callable
from functools import wraps

import gradio as gr

from phoclip_hf.page.translations import Translations, language
from phoclip_hf.serving.errors import ServingError

logger = logging.getLogger("phoclip.space")


def for_people(texts: Translations) -> Callable[[Callable], Callable]:
    """A decorator of events: every error becomes a sentence in the language of their `request`.

    What nobody foresaw is logged whole and named on the page.
    """

    def decorate(event: Callable) -> Callable:
        def translated(error: Exception, arguments: tuple) -> gr.Error:
            request = next((a for a in arguments if isinstance(a, gr.Request)), None)
            if not isinstance(error, ServingError):
                logger.exception("unexpected error in %s", event.__name__)
            return texts.page_error(error, language(request))

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

    return decorate
