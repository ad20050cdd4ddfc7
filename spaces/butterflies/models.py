"""The classifier of this Space: loaded once, on first use, for all visitors."""

import os
from pathlib import Path

from phoclip_hf.page.loading import once
from phoclip_hf.serving.onnx_classifier import OnnxClassifier

HERE = Path(__file__).parent
SHIPPED = HERE / "checkpoints" / "butterflies-mini"
# As the shipped folder names it, and as scripts/export.py does.
NAMES = ("model.onnx", "classifier.onnx")


def onnx_file(chosen: str | Path) -> Path:
    """The ONNX file that a file or folder names; in a folder that holds none, where one belongs."""
    chosen = Path(chosen)
    if not chosen.is_dir():
        return chosen
    files = [chosen / name for name in NAMES]
    return next((path for path in files if path.is_file()), files[0])


@once
def classifier() -> OnnxClassifier:
    """The classifier, chosen by BUTTERFLIES_MODEL."""
    return OnnxClassifier(onnx_file(os.environ.get("BUTTERFLIES_MODEL") or SHIPPED))
