"""An ONNX file in 8-bit integers: by calibration photos for convolutions, without for the rest."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from .onnx_file import describe, quiet


class _Batches(CalibrationDataReader):
    """Hands the calibrator one input after the other."""

    def __init__(self, batches: Iterable[dict[str, np.ndarray]]):
        self.batches: Iterator[dict[str, np.ndarray]] = iter(batches)

    def get_next(self) -> dict[str, np.ndarray] | None:
        """Return the next input, or None at the end."""
        return next(self.batches, None)


def quantise(
    source: Path,
    target: Path,
    metadata: dict[str, Any],
    calibration: Iterable[dict[str, np.ndarray]] | None = None,
) -> None:
    """Write `target`, the network of `source` in 8-bit integers, with its `metadata`.

    With `calibration` inputs the ranges of activations are fixed (static, QDQ; weights a range per
    channel), which convolutions need to gain speed. Without, only matrix products are quantised and
    ranges are taken anew at each run (dynamic), which suits text towers. Written under another name
    first, and renamed when it is whole.
    """
    partial = target.with_name(f"{target.stem}.partial.onnx")
    with tempfile.TemporaryDirectory() as folder, quiet():
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        if calibration is None:
            quantize_dynamic(prepared, partial, weight_type=QuantType.QInt8, per_channel=True)
        else:
            quantize_static(
                prepared,
                partial,
                _Batches(calibration),
                quant_format=QuantFormat.QDQ,
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                calibrate_method=CalibrationMethod.MinMax,
                extra_options={"CalibMovingAverage": True},
            )
    model = onnx.load(partial)
    describe(model, metadata)
    onnx.save(model, partial)
    partial.replace(target)
