"""Modules that stay in evaluation mode while the rest trains."""

import copy

import torch
from torch import nn

from phoclip_hf.training.still import batch_norms, keep_still


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Sequential(nn.Dropout(0.5)))


def test_training_passes_still_modules_by():
    model = network()
    keep_still([*batch_norms(model), model[2]])
    model.train()
    assert model.training and model[0].training
    assert not model[1].training and not model[2].training and not model[2][0].training
    assert model[1].eval() is model[1] is model[1].train()
    before = model[1].running_mean.clone()
    inputs = torch.randn(8, 4)
    assert torch.equal(model(inputs), model(inputs))  # nothing is dropped out
    assert torch.equal(model[1].running_mean, before)


def test_another_copy_of_the_weights_trains_as_ever():
    model = network()
    keep_still([model[1]])
    other = network()
    other.load_state_dict(copy.deepcopy(model.state_dict()))
    assert other.train()[1].training
