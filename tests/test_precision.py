"""bfloat16 is chosen where the machine has it, and one who asks for it elsewhere is told."""

from pathlib import Path

import pytest
import torch
from test_locked_features import photos
from tiny import IMAGE_SIZE, tiny_model
from torch import nn
from transformers import TrainingArguments

from phoclip_hf.training.locked_features import locked_features
from phoclip_hf.training.precision import multiplies_bfloat16
from phoclip_hf.training.recipe_reading import read_recipe
from phoclip_hf.training.stages import Run

CPU = torch.device("cpu")


def have(monkeypatch: pytest.MonkeyPatch, *instructions: str) -> None:
    capabilities = dict.fromkeys(instructions, True)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities, raising=False)


@pytest.fixture
def on_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available: None)


@pytest.mark.parametrize(
    ("instructions", "expected"),
    [(["avx2"], False), (["avx2", "avx512_bf16"], True), (["amx_bf16"], True), (["bf16"], True)],
)
def test_a_cpu_is_asked_for_its_instructions(instructions, expected, monkeypatch):
    have(monkeypatch, *instructions)
    assert multiplies_bfloat16(CPU) is expected


def test_an_older_torch_knows_no_instructions(monkeypatch):
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert not multiplies_bfloat16(CPU)


@pytest.mark.parametrize("native", [False, True])
def test_a_locked_tower_is_asked_in_the_faster_precision(
    native, tmp_path: Path, on_cpu, monkeypatch
):
    have(monkeypatch, *["amx_bf16"] * native)
    model, seen = tiny_model(), set()
    first = next(part for part in model.vision_model.modules() if isinstance(part, nn.Conv2d))
    first.register_forward_pre_hook(lambda *_: seen.add(torch.is_autocast_enabled("cpu")))
    locked_features(tmp_path, photos(2), model.vision_model, image_size=IMAGE_SIZE)
    assert seen == {native}


def arguments(bf16: bool | str, folder: Path) -> TrainingArguments:
    stage = {"name": "phoclip", "task": "contrastive", "vision": "resnet18"}
    recipe = read_recipe(
        {
            "sources": {"scenes": {"drawn": {"train": 2}}},
            "tokenizer": {"pretrained": "nowhere"},
            "text_config": {"model_type": "roberta"},
            "stages": [stage | {"sources": {"scenes": 1}, "arguments": {"bf16": bf16}}],
        },
        "a test",
    )
    return Run(recipe, folder, folder).arguments(recipe.stages[0])


@pytest.mark.parametrize("native", [False, True])
def test_bf16_auto_is_the_machine_s(native, tmp_path: Path, on_cpu, monkeypatch, caplog):
    have(monkeypatch, *["amx_bf16"] * native)
    assert arguments("auto", tmp_path).bf16 is native
    assert not caplog.text


@pytest.mark.parametrize("native", [False, True])
def test_bf16_that_is_emulated_is_said_to_be_slower(
    native, tmp_path: Path, on_cpu, monkeypatch, caplog
):
    have(monkeypatch, *["amx_bf16"] * native)
    assert arguments(True, tmp_path).bf16 is True
    assert ("Stage 'phoclip': this cpu only emulates bfloat16" in caplog.text) is not native
