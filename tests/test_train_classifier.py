import json
import math
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from tiny import IMAGE_SIZE, tiny_model
from transformers import AutoConfig

pytest.importorskip("datasets")
pytest.importorskip("matplotlib")

from phoclip_hf.training.classification.augmentation import (
    AUGMENTATIONS,
    Mixing,
    photo_transform,
)
from phoclip_hf.training.classification.classifier_training import Classification
from phoclip_hf.training.classification.data import LabelledPhotos, open_labelled
from phoclip_hf.training.classification.model import build_classifier
from phoclip_hf.training.classification.options import ClassificationOptions
from phoclip_hf.training.classification.results import mistakes_picture
from phoclip_hf.training.classification.trainer import distillation_loss
from phoclip_hf.training.classification.views import view_answers

COLOURS = {"BLUE MORPHO": (30, 30, 220), "LUNA": (40, 200, 60), "RED ADMIRAL": (220, 30, 30)}
SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "train_classifier.py"


@pytest.fixture(name="photos", scope="module")
def photos_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image folder as the Kaggle release is, three species told apart by their colour."""
    folder, rng = tmp_path_factory.mktemp("kaggle"), random.Random(0)
    for split, count in (("train", 8), ("valid", 2), ("test", 2)):
        for species, colour in COLOURS.items():
            (folder / split / species).mkdir(parents=True)
            for number in range(count):
                grey = rng.randrange(256)
                image = Image.new("RGB", (40, 30), (grey, grey, grey))
                left = rng.randrange(10)
                ImageDraw.Draw(image).ellipse((left, 3, left + 26, 27), fill=colour)
                image.save(folder / split / species / f"{number}.png")
    return folder


def options(data: Path, output: Path, epochs: int = 1, **values) -> ClassificationOptions:
    arguments = {"num_train_epochs": epochs, "per_device_train_batch_size": 8, "seed": 1}
    settings = {"image_size": 32, "augmentation": "none"} | values
    return ClassificationOptions(
        str(data), output, arguments=arguments | {"learning_rate": 3e-3}, **settings
    )


def test_an_image_folder_is_read_and_what_is_broken_set_aside(photos: Path, tmp_path: Path):
    found = open_labelled(photos)
    assert found.names == list(COLOURS)
    assert {split: len(table) for split, table in found.tables.items()} == {
        "train": 24,
        "valid": 6,
        "test": 6,
    }
    assert found.numbers("test").tolist() == [0, 0, 1, 1, 2, 2] and not found.set_aside

    for split in ("train", "test"):
        for species in ("A", "B"):
            (tmp_path / split / species).mkdir(parents=True)
            Image.new("RGB", (9, 9)).save(tmp_path / split / species / "good.png")
    (tmp_path / "train" / "A" / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    found = open_labelled(tmp_path)
    assert len(found.tables["train"]) == 2 and "valid" not in found.tables
    assert len(found.set_aside) == 1 and "train, broken.jpg: cannot" in found.set_aside[0]

    (tmp_path / "test" / "C").mkdir()
    Image.new("RGB", (9, 9)).save(tmp_path / "test" / "C" / "good.png")
    with pytest.raises(ValueError, match="test has classes that train has no photo of: C"):
        open_labelled(tmp_path)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_augmentations_draw_from_the_seed(name: str):
    image = Image.effect_noise((50, 40), 90).convert("RGB")
    table = [{"image": image}]
    photos = LabelledPhotos.__new__(LabelledPhotos)
    photos.images, photos.transform = table, photo_transform(name, 24, [0.5] * 3, [0.5] * 3)
    first, again, other = photos.view(0, 1), photos.view(0, 1), photos.view(0, 2)
    assert first.shape == (3, 24, 24) and first.dtype == torch.float32
    assert torch.equal(first, again) and torch.equal(first, other) == (name == "none")


def test_mixing_keeps_every_label_worth_one():
    torch.manual_seed(0)
    pixels = torch.stack([torch.full((3, 8, 8), float(n)) for n in range(4)])
    batch = {"pixel_values": pixels, "labels": torch.arange(4), "teacher_logits": torch.eye(4)}
    for _ in range(20):
        mixed = Mixing(4, share=1.0)(batch)
        assert torch.allclose(mixed["labels"].sum(dim=1), torch.ones(4))
        # The mean of a photo of constant colour n tells how much of it is left.
        expected = mixed["labels"] @ torch.arange(4.0)
        torch.testing.assert_close(mixed["pixel_values"].mean(dim=(1, 2, 3)), expected)
        torch.testing.assert_close(mixed["teacher_logits"], mixed["labels"])
    untouched = Mixing(4, share=0.0)(batch)
    assert torch.equal(untouched["pixel_values"], pixels)
    assert torch.equal(untouched["labels"], torch.eye(4))


def test_distillation_loss_by_hand():
    logits = torch.tensor([[2 * math.log(3), 0.0]])  # at temperature 2: 3/4 and 1/4
    even = torch.zeros(1, 2)
    expected = 4 * (0.5 * math.log(0.5 / 0.75) + 0.5 * math.log(0.5 / 0.25))
    assert distillation_loss(logits, even, 2.0).item() == pytest.approx(expected, rel=1e-5)
    assert distillation_loss(logits, logits, 2.0).item() == pytest.approx(0, abs=1e-7)


def test_answers_to_views_go_on_where_they_stopped(photos: Path, tmp_path: Path):
    found = open_labelled(photos)
    transform = photo_transform("seed", 16, [0.0] * 3, [1.0] * 3)
    test = LabelledPhotos(found.tables["test"], found.numbers("test"), transform, views=10)
    network, asked = torch.nn.Linear(1, 1), []

    def means(pixels: torch.Tensor) -> torch.Tensor:
        asked.append(len(pixels))
        if len(asked) == 25:
            raise KeyboardInterrupt
        return pixels.mean(dim=(2, 3))

    with pytest.raises(KeyboardInterrupt):
        view_answers(tmp_path, test, network, means, batch_size=2)
    answers = view_answers(tmp_path, test, network, means, batch_size=2)
    assert answers.shape == (6, 10, 3)
    assert len(asked) == 25 + 10  # what was kept after 20 batches is not asked again
    for photo, view in ((0, 0), (4, 2), (5, 9)):
        expected = test.view(photo, view).mean(dim=(1, 2)).numpy()
        assert answers[photo, view] == pytest.approx(expected, abs=1e-3)
    view_answers(tmp_path, test, network, means)
    assert len(asked) == 35
    test.answers["means"], test.keep_pixels = answers, False
    row = test[5]
    assert set(row) == {"labels", "means"} and row["labels"] == 2


def test_models_and_wrong_options(tmp_path: Path):
    model, processor = build_classifier("test_resnet", ["a", "b"], 64)
    assert model.config.label2id == {"a": 0, "b": 1}
    assert processor.data_config["input_size"][1:] in ((64, 64), [64, 64])
    features = model.timm_model.forward_features(torch.randn(2, 3, 64, 64))
    assert features.std() > 1e-3  # timm's own initialisation, not N(0, 0.02)
    with pytest.raises(OSError):
        build_classifier(str(tmp_path / "absent"), ["a", "b"])
    with pytest.raises(ValueError, match="nothing is worth freezing"):
        options(tmp_path, tmp_path, freeze_backbone=True)
    with pytest.raises(ValueError, match="no pixels to"):
        options(tmp_path, tmp_path, model="x", freeze_backbone=True, mixing=0.5)
    with pytest.raises(ValueError, match="augmentation='much'"):
        photo_transform("much", 8, [0], [1])


def test_the_image_tower_of_a_phoclip_gets_a_last_layer(tmp_path: Path):
    phoclip = tiny_model()
    phoclip.save_pretrained(tmp_path)
    model, processor = build_classifier(str(tmp_path), ["a", "b"])
    pixels = torch.randn(2, 3, IMAGE_SIZE, IMAGE_SIZE)
    with torch.no_grad():
        seen = phoclip.vision_model(pixels).pooler_output
        logits = model.eval()(pixel_values=pixels).logits
        torch.testing.assert_close(logits, model.timm_model.get_classifier()(seen))
    model.save_pretrained(tmp_path / "classifier")
    config = AutoConfig.from_pretrained(tmp_path / "classifier")
    assert (config.num_labels, config.id2label) == (2, {0: "a", 1: "b"})
    assert processor.data_config["input_size"][1] == IMAGE_SIZE


def test_the_worst_mistakes_come_first():
    logits = np.log(np.array([[0.9, 0.1], [0.3, 0.7], [0.98, 0.02], [0.6, 0.4]]))
    shown = []

    def read(row: int) -> Image.Image:
        shown.append(row)
        return Image.new("RGB", (8, 8))

    figure = mistakes_picture(logits, np.array([0, 0, 1, 1]), ["a", "b"], read)
    assert shown == [2, 1, 3]  # true class given 0.02, 0.3, 0.4
    assert figure.get_suptitle() == "3 of 4 photos are taken for another class"


@pytest.mark.slow
def test_training_learns_goes_on_and_is_taught(photos: Path, tmp_path: Path):
    first = Classification(options(photos, tmp_path / "cnn", epochs=6)).run()
    assert first["train"]["top1"] > 0.8 and first["test"]["photos"] == 6
    assert first["overfitting_gap"] == first["train"]["top1"] - first["test"]["top1"]
    names = {path.name for path in (tmp_path / "cnn").iterdir()}
    assert {"model.safetensors", "curves.png", "confusion.png", "mistakes.png"} <= names
    assert not [path for path in (tmp_path / "cnn").glob("*.bin")]

    Classification(options(photos, tmp_path / "cnn", epochs=7)).run()
    state = json.loads((tmp_path / "cnn" / "trainer_state.json").read_text())
    steps = [entry["step"] for entry in state["log_history"] if "loss" in entry]
    assert steps == [3, 6, 9, 12, 15, 18, 21]  # six epochs of before and one more
    with pytest.raises(ValueError, match="another training, with other image_size"):
        Classification(options(photos, tmp_path / "cnn", image_size=48)).run()

    taught = options(
        photos,
        tmp_path / "student",
        model="test_resnet",
        teacher=str(tmp_path / "cnn"),
        views=2,
        half=True,
        mixing=0.5,
    )
    student = Classification(taught)
    metrics = student.run()
    assert set(metrics) == {"train", "valid", "test", "overfitting_gap"}
    from safetensors.torch import load_file

    weights = load_file(tmp_path / "student" / "model.safetensors")
    assert {w.dtype for w in weights.values() if w.is_floating_point()} == {torch.float16}

    probe = options(
        photos, tmp_path / "probe", model=str(tmp_path / "student"), freeze_backbone=True, views=1
    )
    probed = Classification(probe)
    assert next(probed.model.parameters()).dtype == torch.float32  # stored in half, loads in full
    before = [p.clone() for p in probed.model.timm_model.parameters()]
    probed.run()
    after = list(probed.model.timm_model.parameters())
    changed = [not torch.equal(b, a) for b, a in zip(before, after, strict=True)]
    assert sum(changed) == 2  # weight and bias of the last layer


@pytest.mark.slow
def test_the_command_says_what_is_wrong(tmp_path: Path):
    words = ["--data", str(tmp_path / "absent"), "--output", str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *words],
        capture_output=True,
        text=True,
        env=os.environ | {"HF_HUB_OFFLINE": "1"},
    )
    assert done.returncode == 1 and "Nothing was trained" in done.stderr
    assert "absent is no folder here" in done.stderr and "Traceback" not in done.stderr
