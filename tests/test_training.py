"""The smoke recipe, whole: every kind of stage on drawn scenes, and what it leaves behind."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("datasets")

from PIL import Image
from tiny import tiny_model
from transformers import AutoModel, AutoModelForImageTextToText, AutoProcessor

from phoclip_hf import PhoCLIPModel
from phoclip_hf.training.distillation import (
    CaptionView,
    Distiller,
    ProgressiveResize,
    new_student,
    silence_dead_channels,
)
from phoclip_hf.training.distillation_stage import graduate
from phoclip_hf.training.recipe_reading import load_recipe
from phoclip_hf.training.stages import Run, run_recipe
from phoclip_hf.training.view_bank import ViewBank, ViewBankSpec, build_view_bank

SMOKE = Path(__file__).parent.parent / "scripts" / "recipes" / "smoke.yaml"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    torch.manual_seed(0)
    run = Run(load_recipe(SMOKE), Path("."), tmp_path_factory.mktemp("smoke"))
    run_recipe(run)
    return run


@pytest.mark.slow
def test_every_stage_leaves_numbers_and_curves(run: Run):
    for stage in ("phoclip", "student", "phocap"):
        assert (run.folder(stage) / "curves.png").stat().st_size > 1000
        metrics = json.loads((run.folder(stage) / "metrics.json").read_text())
        assert all(np.isfinite(list(metrics.values())))
    assert "eval_scenes_t2i_r10" in json.loads((run.folder("student") / "metrics.json").read_text())


@pytest.mark.slow
def test_what_comes_out_is_a_complete_repository(run: Run):
    picture = Image.new("RGB", (80, 60), "red")
    model = AutoModel.from_pretrained(run.folder("student")).eval()
    processor = AutoProcessor.from_pretrained(run.folder("student"))
    assert processor.image_processor.crop_size["height"] == 64
    inputs = processor(images=picture, text=["con mèo"], return_tensors="pt", padding=True)
    assert model(**inputs).logits_per_image.shape == (1, 1)
    assert (run.folder("student") / "modeling_phoclip.py").is_file()
    captioner = AutoModelForImageTextToText.from_pretrained(run.folder("phocap"))
    ids = captioner.generate(pixel_values=inputs["pixel_values"], max_new_tokens=5)
    assert isinstance(processor.batch_decode(ids)[0], str)


@pytest.mark.slow
def test_a_finished_stage_is_not_run_again_and_a_lost_one_is(run: Run):
    kept = (run.folder("phoclip") / "model.safetensors").stat().st_mtime_ns
    shutil.rmtree(run.folder("phocap"))
    run_recipe(run)
    assert (run.folder("phoclip") / "model.safetensors").stat().st_mtime_ns == kept
    assert (run.folder("phocap") / "model.safetensors").is_file()


@pytest.mark.slow
def test_a_graduate_sees_what_the_distiller_said(run: Run):
    teacher = PhoCLIPModel.from_pretrained(run.folder("phoclip")).eval()
    bank = ViewBank(run.output / "views")
    distiller = Distiller(new_student("test_efficientnet", 64), bank, 64).eval()
    model = graduate(teacher, distiller)
    pixels = bank.__getitems__([0, 1])["pixels"]
    pixel_values = (pixels.float() - distiller.mean) / distiller.std
    with torch.no_grad():
        said = distiller.translators["features"](distiller.student(pixel_values))
        features = said * distiller.features_std + distiller.features_mean
        expected = teacher.visual_projection(features)
        embeds = model.get_image_features(pixel_values).pooler_output
    torch.testing.assert_close(embeds, expected, rtol=1e-4, atol=1e-4)


class Photos(list):
    """A source of photos: rows with an image."""

    def __init__(self, count: int):
        shades = np.linspace(0, 255, count).astype(np.uint8)
        super().__init__({"image": Image.new("RGB", (40, 30), (int(s), 0, 9))} for s in shades)


def test_a_bank_is_resumed_reused_and_refused(tmp_path: Path):
    teacher = tiny_model().vision_model
    spec = ViewBankSpec({"photos": 2}, image_size=16, teacher_size=32, hints={16: 2})
    photos = {"photos": Photos(5)}
    bank = build_view_bank(tmp_path, spec, photos, teacher, batch_size=4, workers=0)
    batch = bank.__getitems__([9, 0])
    assert len(bank) == 10
    assert batch["pixels"].shape == (2, 3, 16, 16) and batch["pixels"].dtype == torch.uint8
    assert batch["hint_16"].shape[-2:] == (2, 2)

    features = np.load(tmp_path / "features.npy")
    meta = json.loads((tmp_path / "bank.json").read_text())
    (tmp_path / "bank.json").write_text(json.dumps(meta | {"done": 4}))
    with pytest.raises(ValueError, match="holds 4 of 10 rows"):
        ViewBank(tmp_path)
    build_view_bank(tmp_path, spec, photos, teacher, batch_size=4, workers=0)
    np.testing.assert_allclose(np.load(tmp_path / "features.npy"), features, atol=1e-3)

    other = ViewBankSpec({"photos": 2}, image_size=24, teacher_size=32, hints={16: 2})
    with pytest.raises(ValueError, match="another bank"):
        build_view_bank(tmp_path, other, photos, teacher, workers=0)


def test_limit_keeps_a_prefix_of_the_shuffled_views():
    photos = {"a": Photos(3), "b": Photos(2)}
    whole = ViewBankSpec({"a": 2, "b": 1}).rows(photos)
    assert sorted(whole) == [("a", p, v) for p in range(3) for v in range(2)] + [
        ("b", 0, 0),
        ("b", 1, 0),
    ]
    assert ViewBankSpec({"a": 2, "b": 1}, limit=3).rows(photos) == whole[:3]


def test_a_student_that_agrees_costs_nothing_and_another_does():
    torch.manual_seed(0)
    head = torch.nn.Linear(4, 3, bias=False)
    captions = torch.nn.functional.normalize(torch.randn(50, 3), dim=-1)
    view = CaptionView(head, captions, logit_scale=20.0, sample=30)
    teacher = torch.randn(6, 4)
    assert view(teacher, teacher).item() == pytest.approx(0, abs=1e-6)
    assert view(-teacher, teacher).item() > 0.1
    assert not any(parameter.requires_grad for parameter in view.parameters())


def test_a_nearly_dead_channel_answers_with_its_bias():
    norm = torch.nn.BatchNorm2d(4).eval()
    norm.running_var.copy_(torch.tensor([1.0, 2.0, 1e-9, 1.5]))
    norm.bias.data.fill_(0.5)
    assert silence_dead_channels(torch.nn.Sequential(norm)) == 1
    with torch.no_grad():
        out = norm(torch.full((1, 4, 1, 1), 3.0)).flatten()
    assert out[2] == 0.5  # not 0.5 + 3 / sqrt(1e-9 + eps)
    assert out[0] == pytest.approx(3.5, abs=1e-3)


def test_pictures_grow_with_the_steps():
    class Model:
        image_size = 0

    class State:
        max_steps = 10

    model, state, seen = Model(), State(), []
    callback = ProgressiveResize({32: 0.5, 64: 0.5})
    for state.global_step in range(10):
        callback.on_step_begin(None, state, None, model=model)
        seen.append(model.image_size)
    assert seen == [32] * 5 + [64] * 5
    with pytest.raises(ValueError, match="add up to 0.7"):
        ProgressiveResize({32: 0.7})
