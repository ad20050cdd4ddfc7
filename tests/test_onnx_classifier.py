import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from phoclip_hf.data.preprocessing import Preprocessing  # noqa: E402
from phoclip_hf.serving.errors import EncoderError  # noqa: E402
from phoclip_hf.serving.familiarity import (  # noqa: E402
    Familiarity,
    area_under_roc,
    choose_familiarity,
    familiarity_scores,
)
from phoclip_hf.serving.onnx_classifier import OnnxClassifier, softmax  # noqa: E402

PLAIN = Preprocessing((8, 8), None, "bilinear", (0.5,) * 3, (0.5,) * 3)


def colour_file(path: Path, **metadata: object) -> Path:
    """A classifier of red, green and blue: ten times the mean of each normalised channel."""
    nodes = [
        helper.make_node("ReduceMean", ["pixel_values", "axes"], ["means"], keepdims=0),
        helper.make_node("Mul", ["means", "ten"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "colours",
        [helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, ["batch", 3, 8, 8])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 3])],
        [
            numpy_helper.from_array(np.array([2, 3]), "axes"),
            numpy_helper.from_array(np.array(10, np.float32), "ten"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    values = {"labels": ["red", "green", "blue"], "preprocessing": PLAIN.to_dict()} | metadata
    for name, value in values.items():
        if value is not None:
            model.metadata_props.add(key=name, value=json.dumps(value))
    onnx.save(model, path)
    return path


def test_a_photo_is_named_with_probabilities(tmp_path: Path):
    classifier = OnnxClassifier(colour_file(tmp_path / "c.onnx"))
    answer = classifier.classify(Image.new("RGB", (30, 20), (255, 0, 102)), top_k=2)
    # Normalised means are 1, -1, -0.2: logits 10, -10, -2.
    total = math.exp(10) + math.exp(-10) + math.exp(-2)
    assert [label for label, _ in answer.top] == ["red", "blue"]
    assert answer.top[1][1] == pytest.approx(math.exp(-2) / total, rel=1e-4)
    assert answer.is_familiar is None and answer.score is None
    photos = [Image.new("RGB", (9, 9), c) for c in ("#ff0000", "#00ff00", "#0000ff")] * 7
    logits = classifier.logits(photos, batch_size=4)
    assert logits.argmax(axis=1).tolist() == [0, 1, 2] * 7
    assert classifier.logits([]).shape == (0, 3)


def test_an_unfamiliar_photo_is_told(tmp_path: Path):
    familiarity = Familiarity("max_probability", 0.9).to_dict()
    classifier = OnnxClassifier(colour_file(tmp_path / "c.onnx", familiarity=familiarity))
    assert classifier.classify(Image.new("RGB", (8, 8), "red")).is_familiar is True
    grey = classifier.classify(Image.new("RGB", (8, 8), "gray"))
    assert grey.is_familiar is False and grey.score == pytest.approx(1 / 3)


def test_a_file_that_is_no_classifier_is_an_error(tmp_path: Path):
    (tmp_path / "text.onnx").write_text("no model")
    for path in (
        tmp_path / "text.onnx",
        tmp_path / "absent.onnx",
        colour_file(tmp_path / "bare.onnx", labels=None),
    ):
        with pytest.raises(EncoderError, match=f"{path.name} cannot be used.*export.py") as caught:
            OnnxClassifier(path)
        assert caught.value.key == "classifier_missing"
        assert str(tmp_path) not in str(caught.value.values)


def test_scores_by_hand():
    logits = np.log(np.array([[0.5, 0.25, 0.25], [8.0, 1.0, 1.0]]))
    assert familiarity_scores(logits, "max_probability") == pytest.approx([0.5, 0.8])
    assert familiarity_scores(logits, "max_logit") == pytest.approx([math.log(0.5), math.log(8)])
    assert familiarity_scores(logits, "energy") == pytest.approx([0, math.log(10)])
    with pytest.raises(ValueError, match="kind='mean'"):
        familiarity_scores(logits, "mean")
    assert familiarity_scores(np.array([[1000.0, 0.0]]), "energy") == pytest.approx([1000])
    assert softmax(np.array([[1000.0, 1000.0]])).tolist() == [[0.5, 0.5]]


def test_the_threshold_keeps_what_it_promises():
    assert area_under_roc(np.array([2.0, 3.0]), np.array([1.0, 2.0])) == pytest.approx(3.5 / 4)
    rng = np.random.default_rng(0)
    known, others = rng.normal(0, 1, (200, 5)), rng.normal(0, 1, (300, 5))
    known[:, 0] += 6
    chosen = choose_familiarity(known, others, kept=0.95)
    assert chosen.share_familiar(known) == pytest.approx(0.95)
    assert chosen.chosen["others_let_through"] == chosen.share_familiar(others) < 0.1
    assert Familiarity.from_dict(json.loads(json.dumps(chosen.to_dict()))) == chosen
    with pytest.raises(ValueError, match="0 known and 300 other"):
        choose_familiarity(known[:0], others)


def test_preprocessing_by_hand():
    square = Preprocessing(4, (2, 2), "nearest", (0.0,) * 3, (1.0,) * 3)
    image = Image.new("RGB", (8, 4))  # shorter side 4 already; the centre 2 × 2 is kept
    image.putpixel((3, 1), (255, 0, 51))
    pixels = square(image)
    assert pixels.shape == (3, 2, 2) and pixels.dtype == np.float32
    assert pixels[:, 0, 0].tolist() == pytest.approx([1, 0, 0.2]) and pixels[:, 1].sum() == 0
    assert Preprocessing.from_dict(json.loads(json.dumps(square.to_dict()))) == square
    with pytest.raises(ValueError, match="shorter side alone"):
        Preprocessing(4, None, "nearest", (0.0,) * 3, (1.0,) * 3)
    with pytest.raises(ValueError, match="interpolation='cubic'"):
        Preprocessing(4, (2, 2), "cubic", (0.0,) * 3, (1.0,) * 3)


def test_preprocessing_is_the_processors():
    transformers = pytest.importorskip("transformers")
    # smooth, so that Pillow and torch resample alike
    ramp = Image.linear_gradient("L").resize((90, 60))
    image = Image.merge("RGB", (ramp, ramp.rotate(180), ramp))
    squash = transformers.ViTImageProcessor(size={"height": 32, "width": 32})
    crop = transformers.CLIPImageProcessor(
        size={"shortest_edge": 36}, crop_size={"height": 32, "width": 32}
    )
    for processor in (squash, crop):
        expected = processor(image, return_tensors="np")["pixel_values"][0]
        found = Preprocessing.of_processor(processor)(image)
        assert found.shape == expected.shape == (3, 32, 32)
        assert np.abs(found - expected).max() < 4 / 255 / 0.26  # levels, by the smallest std


LIGHT = """
import sys
for name in ("torch", "transformers", "onnx", "datasets", "timm", "torchvision"):
    sys.modules[name] = None
from phoclip_hf.serving.onnx_classifier import OnnxClassifier
from phoclip_hf.serving.photos import open_photo
print(OnnxClassifier(sys.argv[1]).classify(open_photo(sys.argv[2])).top[0][0])
"""


def test_it_runs_without_torch(tmp_path: Path):
    Image.new("RGB", (20, 10), "#0000ff").save(tmp_path / "photo.png")
    path = colour_file(tmp_path / "c.onnx")
    command = [sys.executable, "-c", LIGHT, str(path), str(tmp_path / "photo.png")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("blue", 0), done.stderr[-2000:]
