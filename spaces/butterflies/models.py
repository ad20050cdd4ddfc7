"""The classifier of this Space: loaded once, on first use, for all visitors."""

import os
from pathlib import Path

from phoclip_hf.page.loading import once
from phoclip_hf.serving.onnx_classifier import OnnxClassifier

HERE = Path(__file__).parent
SHIPPED = HERE / "checkpoints" / "butterflies-mini"


def onnx_file(chosen: str | Path) -> Path:
    """The ONNX file that a file or a folder, as scripts/export.py leaves it, names."""
    chosen = Path(chosen)
    return chosen / "model.onnx" if chosen.is_dir() else chosen


@once
def classifier() -> OnnxClassifier:
    """The classifier, chosen by BUTTERFLIES_MODEL."""
    return OnnxClassifier(onnx_file(os.environ.get("BUTTERFLIES_MODEL") or SHIPPED))
