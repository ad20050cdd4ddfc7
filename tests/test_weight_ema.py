from pathlib import Path

import pytest
import torch
from torch import nn

from phoclip_hf.training.weight_ema import WeightEMA


def model(value: float) -> nn.Module:
    layer = nn.Linear(1, 1)
    nn.init.constant_(layer.weight, value)
    layer.bias.requires_grad_(False)
    return layer


def step(ema: WeightEMA) -> None:
    ema.on_step_end(None, None, None)


def test_the_average_by_hand():
    layer = model(0.0)
    ema = WeightEMA(layer, decay=0.5)
    layer.weight.data.fill_(11.0)
    step(ema)  # decay (1 + 1) / (10 + 1) = 2 / 11
    assert ema.average["weight"].item() == pytest.approx(9.0)
    layer.weight.data.fill_(0.0)
    step(ema)  # 3 / 12
    assert ema.average["weight"].item() == pytest.approx(2.25)
    for _ in range(40):  # by then min(0.5, …) is 0.5
        step(ema)
    before = ema.average["weight"].item()
    layer.weight.data.fill_(1.0)
    step(ema)
    assert ema.average["weight"].item() == pytest.approx((1 + before) / 2)


def test_it_is_in_the_model_for_a_while_and_for_good_at_the_end():
    layer = model(0.0)
    ema = WeightEMA(layer, decay=0.9)
    layer.weight.data.fill_(11.0)
    step(ema)
    with ema.in_model():
        assert layer.weight.item() == pytest.approx(9.0)
    assert layer.weight.item() == 11.0
    ema.on_train_end(None, None, None)
    assert layer.weight.item() == pytest.approx(9.0)


def test_frozen_weights_are_not_copied_and_statistics_are():
    norm = nn.BatchNorm1d(2)
    norm.bias.requires_grad_(False)
    assert set(WeightEMA(norm, 0.9).average) == {"weight", "running_mean", "running_var"}


def test_a_saved_average_goes_on(tmp_path: Path):
    layer = model(3.0)
    ema = WeightEMA(layer, decay=0.9)
    layer.weight.data.fill_(5.0)
    step(ema)
    ema.save(tmp_path)
    resumed = WeightEMA(model(5.0), decay=0.9)
    resumed.load(tmp_path, ema.steps)
    for average in (ema, resumed):
        step(average)
    assert torch.equal(resumed.average["weight"], ema.average["weight"])


def test_a_decay_of_one_is_refused():
    with pytest.raises(ValueError, match=r"\(0, 1\), got 1"):
        WeightEMA(model(0.0), 1.0)
