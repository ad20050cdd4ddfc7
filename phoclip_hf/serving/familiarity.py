"""Does a photo look like what a classifier was trained on? Logits in, a score with a threshold out.

A classifier of butterflies names a butterfly for a dog too. What tells the two apart is how sure it
is: the largest probability (Hendrycks and Gimpel, ICLR 2017), the largest logit (Hendrycks et al.,
ICML 2022) or the energy, log Σ exp of the logits (Liu et al., NeurIPS 2020, equation 4, T = 1).
"""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

SCORES = ("max_probability", "max_logit", "energy")


def familiarity_scores(logits: np.ndarray, kind: str) -> np.ndarray:
    """Return (photos,): the higher, the more a photo looks like one of the classes.

    Args:
        logits: (photos, classes).
        kind: one of SCORES; ValueError for another.
    """
    if kind not in SCORES:
        raise ValueError(f"kind={kind!r}: expected one of {', '.join(SCORES)}.")
    logits = np.asarray(logits, dtype=np.float64)
    largest = logits.max(axis=1)
    if kind == "max_logit":
        return largest
    energy = largest + np.log(np.exp(logits - largest[:, None]).sum(axis=1))
    return energy if kind == "energy" else np.exp(largest - energy)


@dataclass(frozen=True)
class Familiarity:
    """A score, and from which value on a photo counts as familiar.

    Args:
        kind: one of SCORES.
        threshold: of that score.
        chosen: how it was chosen, in numbers and words, for whoever reads the file.
    """

    kind: str
    threshold: float
    chosen: dict[str, Any] = field(default_factory=dict)

    def scores(self, logits: np.ndarray) -> np.ndarray:
        """Return (photos,) scores of logits (photos, classes)."""
        return familiarity_scores(logits, self.kind)

    def share_familiar(self, logits: np.ndarray) -> float:
        """Return the share of photos at or above the threshold."""
        return float((self.scores(logits) >= self.threshold).mean())

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold; `from_dict` reads it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Familiarity":
        """Return what `to_dict` wrote."""
        return cls(**values)


def choose_familiarity(
    known: np.ndarray, others: np.ndarray, kept: float = 0.95, kind: str | None = None
) -> Familiarity:
    """Return the score that best tells `known` photos from `others`, with a threshold.

    The score is the one with the largest area under its ROC curve; the threshold lets the share
    `kept` of the known photos through.

    Args:
        known: logits (photos, classes) of photos of the classes that were not trained on.
        others: logits of photos of anything else.
        kept: share, 0 to 1.
        kind: one of SCORES instead of the best.
    """
    if not len(known) or not len(others):
        raise ValueError(
            f"{len(known)} known and {len(others)} other photos were given; a threshold needs both."
        )
    areas = {
        name: area_under_roc(familiarity_scores(known, name), familiarity_scores(others, name))
        for name in SCORES
    }
    kind = kind or max(areas, key=lambda name: areas[name])
    scores = np.sort(familiarity_scores(known, kind))
    threshold = float(scores[int((1 - kept) * len(scores))])
    chosen = Familiarity(kind, threshold)
    numbers = {
        "known_photos": len(known),
        "other_photos": len(others),
        "known_kept": chosen.share_familiar(known),
        "others_let_through": chosen.share_familiar(others),
        "area_under_roc": areas,
    }
    return Familiarity(kind, threshold, numbers)


def area_under_roc(known: np.ndarray, others: np.ndarray) -> float:
    """Return how often a known photo scores above another one, ties counted half (Mann-Whitney)."""
    ordered = np.sort(others)
    below = np.searchsorted(ordered, known, side="left")
    ties = np.searchsorted(ordered, known, side="right") - below
    return float((below + ties / 2).mean() / len(others))
