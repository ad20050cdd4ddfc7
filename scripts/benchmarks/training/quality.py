"""Retrieval after equal epochs and after equal minutes, ours beside each peer.

For each contender, mode by mode: the learning rate is searched over four values on validation, then
every seed is trained with the best for the same number of epochs, and again for the same minutes.
The modes compete too: a contender's numbers are those of its mode with the best validation recall.
"""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from asked import Job
from verdict import Verdict, markdown

TARGET = 1.15
RECALLS = ("t2i_r1", "t2i_r5", "t2i_r10", "i2t_r1", "i2t_r5", "i2t_r10")
# From what each documents up to what a text tower of random weights asks for.
LEARNING_RATES = {
    "ours": (3e-4, 1e-3, 2e-3, 4e-3),
    "open_clip": (1e-4, 5e-4, 1e-3, 3e-3),
    "transformers": (2e-4, 5e-4, 1e-3, 2e-3),
    "sentence_transformers": (1e-4, 5e-4, 1e-3, 2e-3),
}
LONGEST = 3  # equal minutes: at most so many times the epochs of the other part

Launch = Callable[[str, Job], dict[str, Any]]


@dataclass
class Trainings:
    """What one contender reached: the job that won, and its result for each seed."""

    job: Job
    results: list[dict[str, Any]]

    def mean(self, recall: str) -> float:
        """Return the mean over the seeds on test, 0 to 1."""
        return statistics.mean(self._values(recall))

    def spread(self, recall: str) -> float:
        """Return the standard deviation over the seeds on test; 0 for one seed."""
        values = self._values(recall)
        return statistics.stdev(values) if len(values) > 1 else 0.0

    def seconds(self) -> float:
        """Return the mean seconds of a training."""
        return statistics.mean(result["seconds"] for result in self.results)

    def _values(self, recall: str) -> list[float]:
        return [result["metrics"]["test"][recall] for result in self.results]


def searched(base: Job, contender: str, modes: Sequence[str], rates: int, launch: Launch) -> Job:
    """Return the job whose mode and rate, of the last `rates`, are best on validation."""

    def validation(job: Job) -> float:
        recalls = train(job, launch)["metrics"]["validation"]
        return statistics.mean(recalls[name] for name in RECALLS)

    candidates = [
        replace(base, contender=contender, mode=mode, learning_rate=rate)
        for mode in modes
        for rate in LEARNING_RATES[contender][-rates:]
    ]
    return max(candidates, key=validation)


def over_seeds(job: Job, initial: Sequence[str], launch: Launch) -> Trainings:
    """Return the job's trainings from each seed's first weights (`initial`)."""
    seeds = [replace(job, seed=seed, initial=folder) for seed, folder in enumerate(initial)]
    return Trainings(job, [train(seeded, launch) for seeded in seeds])


def for_minutes(trainings: Trainings, seconds: float) -> Job:
    """Return the same job with as many epochs as fit into `seconds`, by those it took before.

    At most `LONGEST` times as many: small data is learned by heart after that.
    """
    job = trainings.job
    features = statistics.mean(result["feature_seconds"] for result in trainings.results)
    epoch = (trainings.seconds() - features) / job.epochs
    fitting = max(1, math.floor((seconds - features) / epoch + 1e-6))
    return replace(job, epochs=min(fitting, LONGEST * job.epochs))


def train(job: Job, launch: Launch) -> dict[str, Any]:
    """Return a training's result under a name of its own; a search's winner is seed 0's too."""
    name = f"quality-{job.contender}-{job.mode}-{job.learning_rate:g}-{job.epochs}-{job.seed}"
    return launch(name, replace(job, output=f"{job.output}/{name}"))


def best_peer(reached: dict[str, Trainings], recall: str) -> str:
    """Return the peer with the highest mean of a recall."""
    peers = [name for name in reached if name != "ours"]
    return max(peers, key=lambda name: reached[name].mean(recall))


def verdicts(part: str, reached: dict[str, Trainings]) -> list[Verdict]:
    """Return ours against the best peer by R@10, for each way."""
    if "ours" not in reached or len(reached) == 1:
        return []
    found = []
    for recall, way in (("t2i_r10", "text to image"), ("i2t_r10", "image to text")):
        peer = best_peer(reached, recall)
        ratio = reached["ours"].mean(recall) / max(reached[peer].mean(recall), 1e-9)
        found.append(Verdict(f"{part}, R@10 {way}", ratio, TARGET, peer))
    return found


def render(part: str, reached: dict[str, Trainings]) -> str:
    """Return the table as Markdown: means over the seeds, with the standard deviation."""
    header = [part, "mode", "rate", "epochs", "minutes"]
    header += [name.replace("_r", " R@") for name in RECALLS]
    rows = []
    for name, trainings in reached.items():
        job = trainings.job
        row = [name, job.mode, f"{job.learning_rate:g}", str(job.epochs)]
        row.append(f"{trainings.seconds() / 60:.1f}")
        for recall in RECALLS:
            row.append(f"{100 * trainings.mean(recall):.1f} ± {100 * trainings.spread(recall):.1f}")
        rows.append(row)
    return markdown(header, rows)
