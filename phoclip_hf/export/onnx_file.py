"""One torch module as one ONNX file: exported, described, compared with torch, then kept."""

import contextlib
import io
import json
import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from .half_weights import store_in_half

TOLERANCE = 1e-4  # largest absolute difference from torch
# How many classes, tokens or pixels a file takes is fixed; these two are the caller's choice.
BATCH, LENGTH = "batch", "length"


class ExportError(ValueError):
    """What was exported does not answer as torch does; nothing was kept."""


@dataclass(frozen=True)
class OnnxInput:
    """A named input: an example, and which of its axes may have any length.

    `axes` maps an axis to its name, BATCH or LENGTH.
    """

    name: str
    example: Tensor
    axes: dict[int, str]


def export_onnx(
    module: nn.Module,
    inputs: Sequence[OnnxInput],
    output: str,
    path: Path,
    metadata: dict[str, Any],
    trials: Sequence[dict[str, np.ndarray]],
) -> float:
    """Write `path` and return the largest difference from torch over all trials.

    Written under another name first, and renamed only after the comparison: a file that is there
    has passed it. Weights that half precision holds exactly are stored in it.

    Args:
        module: takes the inputs in order and returns one tensor.
        inputs: with examples of two rows or more, for a batch of one would be taken for a constant.
        output: name of what comes out.
        path: of the file.
        metadata: name → what JSON can hold; strings as they are.
        trials: inputs by name, of several batch sizes.

    Raises:
        ExportError: a difference is above TOLERANCE.
    """
    module = module.eval()
    partial = path.with_name(f"{path.stem}.partial.onnx")
    path.parent.mkdir(parents=True, exist_ok=True)
    names = {name for value in inputs for name in value.axes.values()}
    dims = {name: torch.export.Dim(name, max=512 if name == LENGTH else None) for name in names}
    with quiet():
        program = torch.onnx.export(
            module,
            tuple(value.example for value in inputs),
            input_names=[value.name for value in inputs],
            output_names=[output],
            dynamic_shapes=tuple({a: dims[n] for a, n in value.axes.items()} for value in inputs),
            dynamo=True,
            verbose=False,
        )
    model = program.model_proto
    store_in_half(model)
    describe(model, metadata)
    onnx.save(model, partial)
    difference = largest_difference(partial, module, trials)
    if not difference <= TOLERANCE:
        partial.unlink()
        raise ExportError(
            f"{path.name} differs from torch by {difference:.2g}, expected at most {TOLERANCE:g}: "
            "it was not kept."
        )
    partial.replace(path)
    return difference


def describe(model: onnx.ModelProto, metadata: dict[str, Any]) -> None:
    """Put `metadata` into a model, in place of entries of the same names."""
    kept = [(entry.key, entry.value) for entry in model.metadata_props if entry.key not in metadata]
    del model.metadata_props[:]
    for name, value in [*kept, *metadata.items()]:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        model.metadata_props.add(key=name, value=text)


def largest_difference(
    path: Path, module: nn.Module, trials: Sequence[dict[str, np.ndarray]]
) -> float:
    """Return the largest absolute difference of a file's answers from a module's."""
    session = open_session(path)
    found = 0.0
    for trial in trials:
        with torch.inference_mode():
            expected = module(*(torch.from_numpy(values) for values in trial.values())).numpy()
        answer = session.run(None, trial)[0]
        if answer.shape != expected.shape:
            raise ExportError(
                f"{path.name} answers {answer.shape} where torch has {expected.shape}."
            )
        found = max(found, float(np.nan_to_num(np.abs(answer - expected), nan=np.inf).max()))
    return found


def open_session(path: Path, threads: int = 0) -> onnxruntime.InferenceSession:
    """Return a session on the CPU that prints errors only."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 3, threads
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def picture_trials(name: str, size: tuple[int, int]) -> list[dict[str, np.ndarray]]:
    """Return inputs of one and of three pictures, noise and smooth colours, (rows, 3, *size)."""
    rng = np.random.default_rng(0)
    trials = []
    for rows in (1, 3):
        noise = rng.standard_normal((rows, 3, *size), dtype=np.float32)
        coarse = rng.uniform(-2, 2, (rows, 3, 5, 5)).astype(np.float32)
        smooth = nn.functional.interpolate(torch.from_numpy(coarse), size, mode="bicubic")
        trials += [{name: noise}, {name: smooth.numpy()}]
    return trials


@contextlib.contextmanager
def quiet() -> Any:
    """Keep the exporter's progress and advice, which is not for users, from the terminal."""
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)
