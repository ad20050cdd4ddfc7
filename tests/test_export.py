import json
from pathlib import Path

import numpy as np
import pytest
import torch
from test_butterfly import NAMES, save
from tiny import VOCABULARY, tiny_model, tiny_processor

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxscript")
pytest.importorskip("onnxruntime")

from phoclip_hf.export import onnx_file  # noqa: E402
from phoclip_hf.export.checkpoints import (  # noqa: E402
    export_classifier,
    export_towers,
    token_trials,
)
from phoclip_hf.export.half_weights import store_in_half  # noqa: E402
from phoclip_hf.export.onnx_file import ExportError, open_session  # noqa: E402
from phoclip_hf.export.quantisation import quantise  # noqa: E402
from phoclip_hf.serving.onnx_classifier import OnnxClassifier  # noqa: E402


@pytest.mark.slow
def test_a_classifier_answers_as_torch_and_carries_its_labels(tmp_path: Path, monkeypatch):
    model = save(tmp_path / "model")
    path = tmp_path / "out" / "model.onnx"
    metadata, difference = export_classifier(str(tmp_path / "model"), path)
    assert 0 < difference <= 1e-4
    classifier = OnnxClassifier(path)
    assert classifier.labels == NAMES and classifier.preprocessing.size == (32, 32)
    for rows in (1, 2, 5):
        pixels = torch.randn(rows, 3, 32, 32)
        [logits] = classifier.session.run(None, {"pixel_values": pixels.numpy()})
        torch.testing.assert_close(
            torch.from_numpy(logits), model(pixels).logits.detach(), atol=1e-4, rtol=0
        )

    small = tmp_path / "out" / "int8.onnx"
    pixels = np.random.default_rng(1).normal(size=(1, 3, 32, 32)).astype(np.float32)
    quantise(path, small, metadata, [{"pixel_values": pixels}] * 4)
    assert OnnxClassifier(small).labels == NAMES
    assert {i.data_type for i in onnx.load(small).graph.initializer} >= {onnx.TensorProto.INT8}

    # Where the answers differ nothing is kept, nor is what was there before overwritten.
    before = path.read_bytes()
    monkeypatch.setattr(onnx_file, "TOLERANCE", difference / 2)
    with pytest.raises(ExportError, match="model.onnx differs from torch by"):
        export_classifier(str(tmp_path / "model"), path)
    assert path.read_bytes() == before
    assert sorted(p.name for p in path.parent.iterdir()) == ["int8.onnx", "model.onnx"]


@pytest.mark.slow
def test_two_towers_give_unit_vectors(tmp_path: Path):
    model = tiny_model()
    model.save_pretrained(tmp_path / "model")
    tiny_processor().save_pretrained(tmp_path / "model")
    exported = export_towers(str(tmp_path / "model"), tmp_path / "out")
    assert max(difference for _, difference in exported.values()) <= 1e-4
    session = open_session(tmp_path / "out" / "text.onnx")
    for trial in token_trials(VOCABULARY, 1, 70):
        [embeds] = session.run(["text_embeds"], trial)
        assert embeds.shape == (len(trial["input_ids"]), 16)
        assert np.linalg.norm(embeds, axis=1) == pytest.approx(1, abs=1e-5)
    # Padding changes nothing: the first three tokens alone, and with two more that do not count.
    ids = np.array([[0, 7, 2, 1, 1]])
    mask = np.array([[1, 1, 1, 0, 0]])
    [padded] = session.run(None, {"input_ids": ids, "attention_mask": mask})
    [bare] = session.run(None, {"input_ids": ids[:, :3], "attention_mask": mask[:, :3]})
    assert padded == pytest.approx(bare, abs=1e-5)
    properties = {e.key: e.value for e in onnx.load(tmp_path / "out" / "text.onnx").metadata_props}
    assert json.loads(properties["pad_token_id"]) == 1


def test_only_weights_that_half_precision_holds_are_halved():
    rng = np.random.default_rng(0)
    exact = rng.normal(size=400).astype(np.float16).astype(np.float32)
    inexact = rng.normal(size=400).astype(np.float32)
    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    nodes = [helper.make_node("Add", ["x", "exact"], ["y"])]
    nodes.append(helper.make_node("Add", ["y", "inexact"], ["z"]))
    values = [helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [400]) for n in "xz"]
    weights = [numpy_helper.from_array(exact, "exact"), numpy_helper.from_array(inexact, "inexact")]
    graph = helper.make_graph(nodes, "sum", values[:1], values[1:], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    rounded = onnx.ModelProto()
    rounded.CopyFrom(model)
    assert store_in_half(model) == 1
    onnx.checker.check_model(model)
    types = {i.name: i.data_type for i in model.graph.initializer}
    assert types == {"exact.half": onnx.TensorProto.FLOAT16, "inexact": onnx.TensorProto.FLOAT}
    # Asked to round, it stores all that is not too large.
    assert store_in_half(rounded, rounding=True) == 2
    assert {tensor.data_type for tensor in rounded.graph.initializer} == {onnx.TensorProto.FLOAT16}
    import onnxruntime

    session = onnxruntime.InferenceSession(model.SerializeToString())
    [total] = session.run(None, {"x": np.zeros(400, np.float32)})
    assert np.array_equal(total, exact + inexact)
