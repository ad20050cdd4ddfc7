"""Tiny trained checkpoints in folders, and what can go wrong with a weights file."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny import tiny_captioner, tiny_model, tiny_processor


@pytest.fixture(name="saved", scope="module")
def saved_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    for name, model in (("phoclip", tiny_model()), ("phocap", tiny_captioner())):
        model.save_pretrained(folder / name)
        tiny_processor().save_pretrained(folder / name)
    return folder


@pytest.fixture(name="trained")
def trained_fixture(saved: Path, tmp_path: Path) -> Path:
    """A tiny PhoCLIP as train.py leaves it, free to be damaged."""
    folder = tmp_path / "trained"
    shutil.copytree(saved / "phoclip", folder)
    (folder / "metrics.json").write_text('{"eval_scenes_t2i_r10": 0.5}')
    (folder / "checkpoints").mkdir()
    save_file({"a": torch.ones(1)}, folder / "distiller.safetensors")
    return folder


def change_weights(folder: Path, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def one_nan(weights: dict[str, torch.Tensor]) -> None:
    weights["visual_projection.input_linear.weight"][3, 3] = float("nan")


def shift_bytes(path: Path) -> None:
    """A shifted file: what a broken download or disk leaves, of the right length."""
    content = bytearray(path.read_bytes())
    start = len(content) // 2
    content[start : start + 4000] = content[start + 1 : start + 4001]
    path.write_bytes(content)
