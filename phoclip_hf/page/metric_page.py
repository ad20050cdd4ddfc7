"""The page of a metric's Space: files or lines in, numbers out."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import gradio as gr
import numpy as np
from gradio.components import Component


def metric_page(
    description: str, compute: Callable[..., dict[str, Any]], inputs: Sequence[Component], **options
) -> gr.Interface:
    """A form whose answer is what `compute` returns; what it refuses is said on the page."""

    @wraps(compute)
    def answer(*given: Any) -> dict[str, Any]:
        try:
            return compute(*given)
        except (ValueError, TypeError, OSError, EOFError) as error:
            raise gr.Error(str(error)) from error

    return gr.Interface(
        answer,
        list(inputs),
        gr.JSON(label="Metrics"),
        description=description,
        api_name="compute",
        flagging_mode="never",
        **options,
    )


def given_arrays(**files: str | None) -> list[np.ndarray]:
    """The arrays of .npy files, never unpickled; ValueError names those that were not given."""
    lacking = [f"{name}.npy" for name, path in files.items() if not path]
    if lacking:
        raise ValueError(f"Give {' and '.join(lacking)} too.")
    return [np.load(path, allow_pickle=False) for path in files.values()]
