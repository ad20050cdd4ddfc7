import pytest
import torch
from tiny import tiny_model

from phoclip_hf.training.learning_rates import apart, learning_rates


def test_parts_have_rates_of_their_own():
    parts = {"vision_model": 1e-4, "text_model": 1e-5}
    rates = learning_rates(tiny_model(), 1e-3, parts)
    assert rates["logit_scale"] == rates["visual_projection.input_linear.weight"] == 1e-3
    assert {rate for name, rate in rates.items() if name.startswith("vision_model")} == {1e-4}
    assert {rate for name, rate in rates.items() if name.startswith("text_model")} == {1e-5}


def test_lower_layers_learn_slower():
    rates = learning_rates(tiny_model(), 1.0, {"text_model": 0.5}, layer_decay=0.1)
    layer = "text_model.encoder.layer.{}.output.dense.weight".format
    # Two layers: the top one a step below the head, the embeddings below both.
    assert rates["text_projection.output_linear.weight"] == 1.0
    assert rates[layer(1)] == pytest.approx(0.5 * 0.1)
    assert rates[layer(0)] == pytest.approx(0.5 * 0.01)
    assert rates["text_model.embeddings.word_embeddings.weight"] == pytest.approx(0.5 * 0.001)
    tower = {name: rate for name, rate in rates.items() if name.startswith("vision_model")}
    assert max(tower.values()) == pytest.approx(0.1) and min(tower.values()) < 0.01
    stages = [tower[f"vision_model.timm_model.layer{i}.0.conv1.weight"] for i in (1, 2, 3, 4)]
    assert stages == sorted(stages) and len(set(stages)) == 4


def test_groups_are_split_by_rate_and_keep_their_decay():
    model = torch.nn.ModuleDict({"a": torch.nn.Linear(2, 2), "b": torch.nn.Linear(2, 2)})
    names = dict(model.named_parameters())
    groups = [
        {"params": [names["a.weight"], names["b.weight"]], "weight_decay": 0.1, "lr": 1.0},
        {"params": [names["a.bias"], names["b.bias"]], "weight_decay": 0.0, "lr": 1.0},
    ]
    rates = {name: 0.1 if name.startswith("a") else 0.2 for name in names}
    split = [(g["lr"], g["weight_decay"], len(g["params"])) for g in apart(groups, model, rates)]
    assert split == [(0.1, 0.1, 1), (0.2, 0.1, 1), (0.1, 0.0, 1), (0.2, 0.0, 1)]
