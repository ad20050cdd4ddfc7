from pathlib import Path

import pytest
import torch
from tiny import tiny_model, tiny_processor

pytest.importorskip("yaml")

from phoclip_hf import PhoCLIPModel
from phoclip_hf.training.averaging_stage import run_averaging
from phoclip_hf.training.recipe import Recipe, Stage, TokenizerRecipe
from phoclip_hf.training.stages import Run


def test_the_weights_lie_between_the_two_stages(tmp_path: Path):
    for seed, name in enumerate(("before", "after")):
        tiny_model(seed).save_pretrained(tmp_path / name)
        tiny_processor().save_pretrained(tmp_path / name)
    stage = Stage("mean", "averaging", start_from="after", average_with="before", share=0.25)
    recipe = Recipe({}, TokenizerRecipe(pretrained=str(tmp_path / "before")), [stage])
    run_averaging(Run(recipe, tmp_path, tmp_path), stage)
    before, after = tiny_model(0).state_dict(), tiny_model(1).state_dict()
    for name, value in PhoCLIPModel.from_pretrained(tmp_path / "mean").state_dict().items():
        if value.is_floating_point():
            torch.testing.assert_close(value, 0.75 * before[name] + 0.25 * after[name])
    assert (tmp_path / "mean" / "metrics.json").is_file()
