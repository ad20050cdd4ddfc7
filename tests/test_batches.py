import numpy as np
import pytest

pytest.importorskip("torch")

from phoclip_hf.data.batches import Draw, FixedDraws, Mixture, OneSourcePerBatch


def test_batches_hold_one_source_each_and_epochs_differ():
    sampler = OneSourcePerBatch([10, 7], batch_size=3, repeats=[1, 2], seed=0)
    first, second = list(sampler), list(sampler)
    assert len(first) == len(sampler) == 9 + 12
    sources = np.array([draw.source for draw in first]).reshape(-1, 3)
    assert (sources == sources[:, :1]).all()
    assert first != second
    again = OneSourcePerBatch([10, 7], batch_size=3, repeats=[1, 2], seed=0)
    again.set_epoch(1)
    assert list(again) == second


def test_a_pass_holds_no_picture_twice_and_every_draw_has_a_seed_of_its_own():
    draws = list(OneSourcePerBatch([12], batch_size=4, repeats=[1], seed=0))
    assert sorted(draw.row for draw in draws) == list(range(12))
    assert len({draw.seed for draw in draws}) == 12


def test_a_source_smaller_than_a_batch_is_refused():
    with pytest.raises(ValueError, match="2 pictures fills no batch of 3"):
        OneSourcePerBatch([2], batch_size=3, repeats=[1], seed=0)


def test_pictures_of_one_thing_stand_together():
    things = [[name] for name in ("is=cat", "is=dog", "is=boat", "is=car") for _ in range(64)]
    sampler = OneSourcePerBatch([256], batch_size=64, repeats=[2], seed=0, things=[things])
    order = np.array([draw.row for draw in sampler])
    assert sorted(order) == sorted([*range(256)] * 2)
    for run in order.reshape(-1, 32):
        assert len({int(index) // 64 for index in run}) == 1


class Source(list):
    """What can be drawn from."""

    def draw(self, row: int, seed: int) -> dict:
        return {"value": self[row], "seed": seed}


def test_a_mixture_reads_the_row_of_the_source_with_the_seed():
    mixture = Mixture([Source("ab"), Source("cde")])
    assert len(mixture) == 5
    assert mixture[Draw(1, 2, 9)] == {"value": "e", "seed": 9}


def test_an_evaluation_draws_each_row_by_the_same_seed_every_time():
    rows = FixedDraws(Source("ab"))
    assert [rows[row] for row in range(len(rows))] == [rows[row] for row in range(len(rows))]
    assert rows[1] == {"value": "b", "seed": 1}
