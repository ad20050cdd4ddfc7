import logging
import math
from types import SimpleNamespace

import pytest

from phoclip_hf.training.loss_at_chance import LossAtChance

ARGUMENTS = SimpleNamespace(get_warmup_steps=lambda steps: 10, learning_rate=0.5)


def warnings(losses: list[float], caplog: pytest.LogCaptureFixture, first: int = 11) -> list[str]:
    callback = LossAtChance(batch=64)
    with caplog.at_level(logging.WARNING):
        for step, loss in enumerate(losses, start=first):
            state = SimpleNamespace(global_step=step, max_steps=100)
            callback.on_log(ARGUMENTS, state, None, logs={"loss": loss})
    return [record.getMessage() for record in caplog.records]


def test_five_losses_at_chance_are_said_once(caplog: pytest.LogCaptureFixture):
    (message,) = warnings([math.log(64)] * 8, caplog)
    assert "ln(batch) = 4.16" in message and "a tenth of 0.5" in message


def test_a_loss_that_moves_is_not_spoken_of(caplog: pytest.LogCaptureFixture):
    chance = math.log(64)
    assert not warnings([chance, chance, chance, chance, chance * 0.9] * 3, caplog)


def test_the_warm_up_is_not_judged(caplog: pytest.LogCaptureFixture):
    assert not warnings([math.log(64)] * 9, caplog, first=2)
