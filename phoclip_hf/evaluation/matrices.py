"""Matrices as the metrics want them: NumPy, float32, checked, rows of unit length.

Arrays, tensors (any device, any float type) and nested lists come in; the metrics need no torch.
"""

from typing import Any

import numpy as np

# Rows worked on at once: 2**22 float32 numbers are 16 MiB.
CHUNK_NUMBERS = 2**22


def unit_rows(values: Any, name: str) -> np.ndarray:
    """Return `values` (rows, dim) as float32 with every row of length 1; a zero row stays zero.

    One matrix is written, chunk by chunk, and no other of its size is made on the way: a memory map
    is never read whole. ValueError as in `as_matrix`.
    """
    matrix = _on_cpu(values)
    if not isinstance(matrix, np.ndarray):
        matrix = np.asarray(matrix, dtype=np.float32)
    _check_shape(matrix, name)
    units = np.empty(matrix.shape, dtype=np.float32)
    step = max(1, CHUNK_NUMBERS // matrix.shape[1])
    for start in range(0, len(matrix), step):
        chunk = matrix[start : start + step].astype(np.float32)
        _check_finite(chunk, name, start)
        lengths = np.linalg.norm(chunk, axis=1, keepdims=True)  # (chunk, 1)
        units[start : start + step] = chunk / np.maximum(lengths, np.finfo(np.float32).tiny)
    return units


def as_matrix(values: Any, name: str) -> np.ndarray:
    """Return `values` as a float32 matrix; ValueError if not two-dimensional, empty or not finite.

    NaN is refused because it compares false with everything: a metric that counts the better
    candidates would call a broken model perfect.
    """
    matrix = np.asarray(_on_cpu(values), dtype=np.float32)
    _check_shape(matrix, name)
    _check_finite(matrix, name)
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


def _check_shape(matrix: np.ndarray, name: str) -> None:
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise ValueError(f"{name} has shape {matrix.shape}; expected (rows, columns)")


def _check_finite(rows: np.ndarray, name: str, first: int = 0) -> None:
    """Raise ValueError if a row holds NaN or infinity; row 0 is row `first` of the whole."""
    bad = ~np.isfinite(rows).all(axis=1)
    if bad.any():
        raise ValueError(
            f"{name} has {bad.sum()} rows with NaN or infinity (the first is row "
            f"{first + bad.argmax()}); find out where the model overflows before you measure it"
        )
