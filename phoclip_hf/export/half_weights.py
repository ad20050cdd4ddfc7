"""Weights in half precision: half the file; the same answers where they were in it before."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SMALLEST = 256  # values; below it nothing is gained


def store_in_half(model: onnx.ModelProto, rounding: bool = False) -> int:
    """Store weights of `model` as float16 with a cast to float32; return how many.

    Those that half precision holds exactly: a checkpoint stored in it consists of them, but for
    convolutions that took up their batch norms. `rounding` stores the others too, rounded, unless
    one is too large. ONNX Runtime folds the casts when it opens the file, so that it computes in
    float32 as before.
    """
    graph, casts = model.graph, []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(tensor)
        with np.errstate(over="ignore"):
            halves = values.astype(np.float16)
        exact = np.array_equal(halves.astype(np.float32), values)
        if values.size < SMALLEST or not (exact or rounding and np.isfinite(halves).all()):
            continue
        name, stored = tensor.name, f"{tensor.name}.half"
        tensor.CopyFrom(numpy_helper.from_array(halves, stored))
        casts.append(
            helper.make_node("Cast", [stored], [name], f"{name}.cast", to=TensorProto.FLOAT)
        )
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return len(casts)
