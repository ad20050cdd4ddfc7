import pytest
import torch
from torch import nn

from phoclip_hf.queue_phoblip import UNKNOWN, MomentumEncoders, PairQueue


def pairs(*ids: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    values = torch.tensor(ids, dtype=torch.long)
    return values[:, None].float(), -values[:, None].float(), values


def test_first_in_first_out_and_round_again():
    queue = PairQueue(5, 1)
    assert queue.held()[2].tolist() == []
    queue.push(*pairs(0, 1))
    assert queue.held()[2].tolist() == [0, 1]
    queue.push(*pairs(2, 3))
    queue.push(*pairs(4, 5))  # 5 takes the place of 0
    images, texts, ids = queue.held()
    assert ids.tolist() == [5, 1, 2, 3, 4]
    assert images.flatten().tolist() == ids.tolist() and (texts == -images).all()

    resumed = PairQueue(5, 1)  # as from a checkpoint: it goes on at the same place
    resumed.load_state_dict(queue.state_dict())
    for one in (queue, resumed):
        one.push(*pairs(6, 7))
        assert one.held()[2].tolist() == [5, 6, 7, 3, 4]


@pytest.mark.parametrize("before", [0, 2])
def test_a_batch_larger_than_the_queue_leaves_its_last(before):
    queue = PairQueue(3, 1)
    queue.push(*pairs(*range(90, 90 + before)))
    queue.push(*pairs(1, 2, 3, 4, 5))
    assert sorted(queue.held()[2].tolist()) == [3, 4, 5]
    oldest = (before + 5) % 3
    assert queue.image_ids[oldest] == 3  # what the next one pushes out


def test_no_queue_holds_nothing():
    queue = PairQueue(0, 4)
    queue.push(torch.ones(2, 4), torch.ones(2, 4), torch.full((2,), UNKNOWN))
    assert [tuple(part.shape) for part in queue.held()] == [(0, 4), (0, 4), (0,)]


class Model(nn.Module):
    def __init__(self, value: float):
        super().__init__()
        self.tower = nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1), nn.Dropout(0.5))
        nn.init.constant_(self.tower[0].weight, value)


def test_momentum_starts_from_the_model_and_follows_slowly():
    model, slow = Model(1.0), MomentumEncoders({"tower": Model(7.0).tower})
    slow.start(model)
    assert slow.tower[0].weight.item() == 1 and slow.steps == 0
    model.tower[0].weight.data.fill_(2)
    slow.update(model, 0.9)  # the first: the same weights
    assert slow.tower[0].weight.item() == 2 and slow.steps == 1
    model.tower[0].weight.data.fill_(4)
    model.tower[1].running_mean.fill_(3)
    slow.update(model, 0.9)  # a second one keeps 2 / 11 at most
    moved = (2 * 2 + 9 * 4) / 11
    assert slow.tower[0].weight.item() == pytest.approx(moved)
    assert slow.tower[1].running_mean.item() == 3  # statistics are taken whole
    slow.start(model)  # only ever before the first step
    assert slow.tower[0].weight.item() == pytest.approx(moved)
    slow.steps.fill_(200)
    slow.update(model, 0.9)
    assert slow.tower[0].weight.item() == pytest.approx(0.9 * moved + 0.1 * 4)

    slow.train()
    assert not any(module.training for module in slow.modules())
    assert not any(parameter.requires_grad for parameter in slow.parameters())
