"""What a locked tower sees in each picture: computed once, kept, and read as if it ran."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from transformers import PreTrainedModel

from .fingerprints import tower_identity
from .view_bank import ViewBankSpec, build_view_bank


def locked_features(
    directory: str | Path,
    table: Sequence,
    tower: PreTrainedModel,
    views: int = 1,
    min_scale: float = 0.35,
    image_size: int = 224,
) -> np.ndarray:
    """Return what a locked tower sees in each picture, (pictures, views, dim) float16.

    View 0 is the picture as it is served, the others are random crops. Computed once, kept in a
    folder below `directory` that is named after the tower, the pictures and the crops.
    """
    spec = ViewBankSpec({"table": views}, None, 0, image_size, min_scale, hints={})
    digest = hashlib.sha256(json.dumps(tower_identity(tower)).encode()).hexdigest()[:12]
    name = f"{digest}-{table._fingerprint}-{views}x{image_size}-{min_scale}"
    bank = build_view_bank(Path(directory) / name, spec, {"table": table}, tower)
    features = bank.arrays["features"]
    rows = [photo * views + view for _, photo, view in spec.rows({"table": table})]
    ordered = np.empty_like(features)
    ordered[rows] = features
    return ordered.reshape(len(table), views, -1)
