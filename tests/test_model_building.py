from pathlib import Path

import pytest
from timm.layers import DropPath
from tiny import tiny_config, tiny_model, tiny_tokenizer

pytest.importorskip("datasets")

from phoclip_hf import PhoCLIPModel
from phoclip_hf.training.model_building import build_model
from phoclip_hf.training.recipe import Recipe, Stage, TokenizerRecipe
from phoclip_hf.training.stages import Run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    tiny_tokenizer().save_pretrained(tmp_path / "words")
    text = tiny_config().to_dict()["text_config"]
    tokenizer = TokenizerRecipe(pretrained=str(tmp_path / "words"))
    recipe = Recipe({}, tokenizer, [], text_config=text, model={"projection_dim": 16})
    return Run(recipe, tmp_path, tmp_path)


def drop_rates(model: PhoCLIPModel) -> list[float]:
    return [m.drop_prob for m in model.vision_model.modules() if isinstance(m, DropPath)]


def test_random_towers(run: Run):
    model = build_model(run, Stage("a", "contrastive", vision="test_resnet", image_size=96))
    assert model.config.projection_dim == 16
    assert model.config.text_config.vocab_size == len(run.tokenizer)
    assert model.config.vision_config.pretrained_cfg["input_size"] == [3, 96, 96]
    assert not drop_rates(model)


def test_towers_by_folder_keep_their_weights(run: Run, tmp_path: Path):
    whole = tiny_model(seed=3)
    whole.text_model.save_pretrained(tmp_path / "words-tower")
    whole.vision_model.save_pretrained(tmp_path / "eyes")
    stage = Stage("a", "contrastive", vision="eyes", text="words-tower", image_size=64)
    model = build_model(run, stage)
    for name in ("text_model", "vision_model"):
        expected = getattr(whole, name).state_dict()
        for key, value in getattr(model, name).state_dict().items():
            assert value.equal(expected[key]), key


@pytest.mark.parametrize("start", [False, True])
def test_stochastic_depth_grows_towards_the_top(run: Run, tmp_path: Path, start: bool):
    tiny_model().save_pretrained(tmp_path / "before")
    origin = {"start_from": "before"} if start else {"vision": "test_resnet"}
    model = build_model(run, Stage("a", "contrastive", drop_path=0.2, image_size=64, **origin))
    rates = drop_rates(model)
    assert rates == sorted(rates) and rates[-1] == pytest.approx(0.2)


def test_a_stage_from_nothing_is_refused(run: Run):
    with pytest.raises(ValueError, match="name `start_from` or the image tower"):
        build_model(run, Stage("a", "contrastive"))
