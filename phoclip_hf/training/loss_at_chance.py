"""A warning for the run that learns nothing: the loss of a softmax sits at ln(batch)."""

import logging
import math

from transformers import TrainerCallback

logger = logging.getLogger(__name__)

NEAR = 0.02  # of ln(batch)
PATIENCE = 5  # logged losses in a row, after the warm-up


class LossAtChance(TrainerCallback):
    """Warns once when the softmax loss stays at ln(batch), what equal logits cost.

    Args:
        batch: pictures that each row is told from, those of all ranks together.
    """

    def __init__(self, batch: int):
        self.chance, self.in_a_row = math.log(batch), 0

    def on_log(self, args, state, control, logs=None, **kwargs):
        """Count the losses near chance; at the fifth in a row say what usually causes it."""
        if "loss" not in (logs or {}) or state.global_step <= args.get_warmup_steps(
            state.max_steps
        ):
            return
        self.in_a_row = self.in_a_row + 1 if abs(logs["loss"] / self.chance - 1) < NEAR else 0
        if self.in_a_row == PATIENCE:
            logger.warning(
                "The loss has been %.2f for %d logs: ln(batch) = %.2f is what a model costs that "
                "tells no picture from another. Usually the learning rate is too high (try a tenth "
                "of %g), the towers are frozen and so are the heads, or captions and pictures "
                "belong to different rows.",
                logs["loss"],
                PATIENCE,
                self.chance,
                args.learning_rate,
            )
