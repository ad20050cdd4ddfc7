"""A classifier as one ONNX file: a photo in, names and probabilities out, without torch.

The file carries its labels, how pictures are prepared, and from which score on it counts a photo as
one of its own kind; `scripts/export.py` writes all three into its metadata.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

from phoclip_hf.data.preprocessing import Preprocessing
from phoclip_hf.serving.errors import EncoderError
from phoclip_hf.serving.familiarity import Familiarity


@dataclass(frozen=True)
class Classified:
    """What a classifier says of a photo.

    Attributes:
        top: (label, probability), the most probable first.
        score: how familiar the photo looks; its scale is the classifier's own.
        is_familiar: whether it looks like what the classifier was trained on at all; None where
            the file holds no threshold.
    """

    top: list[tuple[str, float]]
    score: float | None
    is_familiar: bool | None


class OnnxClassifier:
    """Classifies photos with ONNX Runtime on the CPU.

    Args:
        path: of the ONNX file.
        threads: that one photo may use; None leaves it to ONNX Runtime, which takes every core.

    Raises:
        EncoderError: there is no such file, or it is no classifier that scripts/export.py wrote.
    """

    def __init__(self, path: str | Path, threads: int | None = None):
        self.path = Path(path)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or 0
        options.log_severity_level = 3  # errors only
        try:
            self.session = onnxruntime.InferenceSession(
                self.path.read_bytes(), options, providers=["CPUExecutionProvider"]
            )
            metadata = self.session.get_modelmeta().custom_metadata_map
            self.labels: list[str] = json.loads(metadata["labels"])
            self.preprocessing = Preprocessing.from_dict(json.loads(metadata["preprocessing"]))
        except Exception as error:  # ONNX Runtime has exceptions of its own for a broken file
            reason = _reason(error)
            raise EncoderError(
                "classifier_missing",
                f"{self.path.name} cannot be used as a classifier: {reason}. "
                "Expected an ONNX file that scripts/export.py wrote.",
                file=self.path.name,
                reason=reason,
            ) from error
        self.familiarity = None
        if "familiarity" in metadata:
            self.familiarity = Familiarity.from_dict(json.loads(metadata["familiarity"]))

    def classify(self, photo: Image.Image, top_k: int = 5) -> Classified:
        """Return the `top_k` most probable labels of an upright RGB picture.

        `phoclip_hf.serving.photos.open_photo` makes such a picture of any file.
        """
        logits = self.logits([photo])
        shares = softmax(logits)[0]  # (classes,)
        best = np.argsort(-shares, kind="stable")[: max(1, top_k)]
        top = [(self.labels[number], float(shares[number])) for number in best]
        if self.familiarity is None:
            return Classified(top, None, None)
        score = float(self.familiarity.scores(logits)[0])
        return Classified(top, score, score >= self.familiarity.threshold)

    def logits(self, photos: Sequence[Image.Image], batch_size: int = 16) -> np.ndarray:
        """Return float32 (photos, classes)."""
        rows = [np.empty((0, len(self.labels)), np.float32)]
        for start in range(0, len(photos), batch_size):
            chosen = photos[start : start + batch_size]
            pixel_values = np.stack([self.preprocessing(photo) for photo in chosen])
            rows += self.session.run(["logits"], {"pixel_values": pixel_values})
        return np.concatenate(rows)


def _reason(error: Exception) -> str:
    """Return in one line why a file cannot be used; no folder of the machine is in it."""
    if isinstance(error, OSError):
        return (error.strerror or "it cannot be read").lower()
    if isinstance(error, KeyError):
        return f"its metadata holds no {error}"
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities (photos, classes)."""
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)
