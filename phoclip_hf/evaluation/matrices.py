"""Matrices as the metrics want them: NumPy, float32, checked, rows of unit length.

Arrays, tensors (any device, any float type) and nested lists come in; the metrics need no torch.
"""

from typing import Any

import numpy as np


def unit_rows(values: Any, name: str) -> np.ndarray:
    """Return `values` (rows, dim) as float32 with every row of length 1; a zero row stays zero."""
    matrix = as_matrix(values, name)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)  # (rows, 1)
    return matrix / np.maximum(lengths, np.finfo(np.float32).tiny)


def as_matrix(values: Any, name: str) -> np.ndarray:
    """Return `values` as a float32 matrix; ValueError if not two-dimensional, empty or not finite.

    NaN is refused because it compares false with everything: a metric that counts the better
    candidates would call a broken model perfect.
    """
    matrix = np.asarray(_on_cpu(values), dtype=np.float32)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise ValueError(f"{name} has shape {matrix.shape}; expected (rows, columns)")
    bad = ~np.isfinite(matrix).all(axis=1)
    if bad.any():
        raise ValueError(
            f"{name} has {bad.sum()} rows with NaN or infinity (the first is row {bad.argmax()}); "
            "find out where the model overflows before you measure it"
        )
    return matrix


def as_indices(values: Any, name: str, below: int) -> np.ndarray:
    """Return `values` (n,) as int64; ValueError unless they are whole numbers in 0 .. below - 1."""
    indices = np.asarray(_on_cpu(values))
    if indices.ndim != 1 or indices.dtype.kind not in "iu":
        raise ValueError(
            f"{name} has shape {indices.shape} and type {indices.dtype}; "
            "expected one whole number a row"
        )
    wrong = (indices < 0) | (indices >= below)
    if wrong.any():
        raise ValueError(
            f"{name}[{wrong.argmax()}] is {indices[wrong.argmax()]}; expected 0 to {below - 1}"
        )
    return indices.astype(np.int64)


def _on_cpu(values: Any) -> Any:
    """Return a tensor as its NumPy array (bfloat16 has none: by way of float32), the rest as is."""
    if not hasattr(values, "detach"):
        return values
    values = values.detach().cpu()
    return (values.float() if values.is_floating_point() else values).numpy()
