import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image
from transformers import (
    AutoImageProcessor,
    AutoModelForImageClassification,
    ViTImageProcessor,
    pipeline,
)

from phoclip_hf import ButterflyCNNConfig, ButterflyCNNForImageClassification

NAMES = ["monarch", "viceroy", "io moth"]


def tiny_cnn(seed: int = 0, **options) -> ButterflyCNNForImageClassification:
    torch.manual_seed(seed)
    labels = {"id2label": dict(enumerate(NAMES)), "label2id": {n: i for i, n in enumerate(NAMES)}}
    settings = {"image_size": 32, "hidden_channels": 4} | labels | options
    return ButterflyCNNForImageClassification(ButterflyCNNConfig(**settings)).eval()


def save(folder: Path) -> ButterflyCNNForImageClassification:
    model = tiny_cnn()
    model.save_pretrained(folder)
    ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)
    return model


def test_it_is_the_seeds_network():
    model = ButterflyCNNForImageClassification(ButterflyCNNConfig(num_labels=50))
    shapes = [tuple(layer.weight.shape) for layer in model.convolutions]
    assert shapes == [(16, 3, 5, 5), (32, 16, 5, 5), (64, 32, 3, 3), (128, 64, 5, 5)]
    assert tuple(model.classifier.weight.shape) == (50, 128 * 14 * 14)
    assert sum(p.numel() for p in model.parameters()) * 4 < 10e6  # bytes


def test_each_step_is_convolution_relu_and_max_pool():
    model, pixels = tiny_cnn(), torch.randn(2, 3, 32, 32)
    output = model(pixels, output_hidden_states=True)
    states = pixels
    for convolution, reported in zip(model.convolutions, output.hidden_states, strict=True):
        maps = convolution(states).clamp(min=0)  # (2, channels, side, side)
        side = maps.shape[-1] // 2
        states = maps.unfold(2, 2, 2).unfold(3, 2, 2).amax(dim=(-1, -2))
        assert states.shape[-1] == side
        torch.testing.assert_close(states, reported)
    torch.testing.assert_close(model.classifier(states.flatten(1)), output.logits)
    assert model(pixels).hidden_states is None


def test_the_loss_at_chance_is_log_of_the_classes():
    model, labels = tiny_cnn(), torch.tensor([0, 2])
    model.classifier.weight.data.zero_()
    model.classifier.bias.data.zero_()
    loss, logits = model(torch.randn(2, 3, 32, 32), labels=labels, return_dict=False)
    assert loss.item() == pytest.approx(math.log(3)) and logits.shape == (2, 3)


def test_a_fresh_network_passes_its_signal_on():
    logits = tiny_cnn(image_size=64, hidden_channels=16)(torch.randn(8, 3, 64, 64)).logits
    assert 0.2 < logits.std() < 5  # N(0, 0.02) weights would leave thousandths


def test_errors_say_what_was_given():
    with pytest.raises(ValueError, match=r"\(1, 3, 40, 32\), expected \(images, 3, 32, 32\)"):
        tiny_cnn()(torch.zeros(1, 3, 40, 32))
    with pytest.raises(Exception, match="image_size=8: 4 max-pools leave nothing"):
        ButterflyCNNConfig(image_size=8)
    with pytest.raises(Exception, match=r"kernel_sizes=\[5, 4\]"):
        ButterflyCNNConfig(kernel_sizes=(5, 4))


def test_save_load_and_pipeline(tmp_path: Path):
    model, pixels = save(tmp_path), torch.randn(2, 3, 32, 32)
    auto_map = json.loads((tmp_path / "config.json").read_text())["auto_map"]
    assert auto_map == {
        "AutoConfig": "configuration_butterfly.ButterflyCNNConfig",
        "AutoModelForImageClassification": "modeling_butterfly.ButterflyCNNForImageClassification",
    }
    loaded = AutoModelForImageClassification.from_pretrained(tmp_path)
    torch.testing.assert_close(loaded(pixels).logits, model(pixels).logits)
    image = Image.effect_noise((50, 40), 90).convert("RGB")
    answers = pipeline("image-classification", model=str(tmp_path))(image)
    inputs = AutoImageProcessor.from_pretrained(tmp_path)(image, return_tensors="pt")
    shares = model(**inputs).logits.softmax(dim=-1)[0].tolist()
    assert {a["label"]: pytest.approx(a["score"], abs=1e-5) for a in answers} == dict(
        zip(NAMES, shares, strict=True)
    )


REMOTE = """
import sys, torch
sys.modules["phoclip_hf"] = None
from transformers import AutoImageProcessor, AutoModelForImageClassification
folder = sys.argv[1]
model = AutoModelForImageClassification.from_pretrained(folder, trust_remote_code=True)
assert type(model).__module__.startswith("transformers_modules."), type(model)
assert AutoImageProcessor.from_pretrained(folder).size["height"] == 32
print(model(torch.ones(1, 3, 32, 32)).logits.tolist())
"""


@pytest.mark.slow
def test_the_other_door_gives_the_same(tmp_path: Path):
    model = save(tmp_path / "model")
    environment = os.environ | {"HF_HOME": str(tmp_path), "HF_MODULES_CACHE": str(tmp_path / "m")}
    done = subprocess.run(
        [sys.executable, "-c", REMOTE, str(tmp_path / "model")],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    logits = model(torch.ones(1, 3, 32, 32)).logits
    torch.testing.assert_close(torch.tensor(json.loads(done.stdout)), logits.detach())
