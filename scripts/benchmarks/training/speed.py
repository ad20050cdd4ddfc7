"""Pictures a second and peak memory, ours beside each peer, from the results of short trainings."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from asked import Job
from verdict import Verdict, markdown

LOCKED_EPOCHS = 30
UNFROZEN_TARGET, LOCKED_TARGET = 1.0, 10.0
MODES = ("unfrozen", "locked")


@dataclass(frozen=True)
class Cell:
    """One line of the table: medians over the repeats.

    Attributes:
        samples_per_second: pictures, in the steps.
        feature_seconds: of the pass before them.
        peak_bytes: of the training process.
    """

    samples_per_second: float
    feature_seconds: float
    peak_bytes: float

    def seconds(self, pictures: int, epochs: int = LOCKED_EPOCHS) -> float:
        """Return what so many epochs take, the pass counted: from the measured steps onwards."""
        return self.feature_seconds + epochs * pictures / self.samples_per_second


Key = tuple[str, str, str]  # mode, precision, contender


def jobs(
    base: Job, contenders: Sequence[str], precisions: Sequence[str], repeats: int
) -> Iterator[tuple[str, Key, Job]]:
    """Yield (name, key, job), the contenders taking turns, so that a busy hour hits them alike."""
    for repeat in range(repeats):
        for precision in precisions:
            for mode in MODES:
                for contender in contenders:
                    key = (mode, precision, contender)
                    name = "-".join(["speed", *key, str(repeat)])
                    job = replace(base, contender=contender, mode=mode, precision=precision)
                    yield name, key, replace(job, output=f"{base.output}/{name}")


def cells(results: dict[Key, list[dict[str, Any]]]) -> dict[Key, Cell]:
    """Return the medians over the repeats of each line."""
    names = ("samples_per_second", "feature_seconds", "peak_bytes")
    return {
        key: Cell(*(statistics.median(run[name] for run in runs) for name in names))
        for key, runs in results.items()
    }


def verdicts(table: dict[Key, Cell], pictures: int) -> list[Verdict]:
    """Return ours against the best peer, for each mode and precision that has both."""
    found = []
    for mode, precision in dict.fromkeys(key[:2] for key in table):
        group = {key[2]: cell for key, cell in table.items() if key[:2] == (mode, precision)}
        ours = group.pop("ours", None)
        if ours is None or not group:
            continue
        if mode == "unfrozen":
            peer = max(group, key=lambda name: group[name].samples_per_second)
            ratio = ours.samples_per_second / group[peer].samples_per_second
            what, target = f"unfrozen, {precision}, samples per second", UNFROZEN_TARGET
        else:
            peer = min(group, key=lambda name: group[name].seconds(pictures))
            ratio = group[peer].seconds(pictures) / ours.seconds(pictures)
            what = f"locked, {precision}, {LOCKED_EPOCHS} epochs with the feature pass"
            target = LOCKED_TARGET
        found.append(Verdict(what, ratio, target, peer))
    return found


def render(table: dict[Key, Cell], pictures: int) -> str:
    """Return the table as Markdown.

    The last column is extrapolated: the feature pass as measured, then so many epochs at the
    measured pace.
    """
    header = ["mode", "precision", "", "samples/s", "peak memory, GB", "feature pass, s"]
    header.append(f"{LOCKED_EPOCHS} epochs of {pictures:,}, min (extrapolated)")
    rows = [
        [
            *key,
            f"{cell.samples_per_second:.1f}",
            f"{cell.peak_bytes / 1e9:.2f}",
            f"{cell.feature_seconds:.0f}" if cell.feature_seconds else "",
            f"{cell.seconds(pictures) / 60:.1f}",
        ]
        for key, cell in table.items()
    ]
    return markdown(header, rows)
