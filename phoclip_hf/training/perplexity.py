"""Perplexity: how many words a language model wavers between."""

import math


def with_perplexity(metrics: dict[str, float]) -> dict[str, float]:
    """Return the metrics with the perplexity, exp(loss), of every loss among them."""
    return metrics | {
        name.replace("_loss", "_perplexity"): math.exp(value)
        for name, value in metrics.items()
        if name.endswith("_loss")
    }
