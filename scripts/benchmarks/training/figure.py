"""The picture beside the tables: a bar for each contender."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt

matplotlib.use("Agg")


def draw(path: Path, panels: Sequence[tuple[str, dict[str, float], dict[str, float]]]) -> None:
    """Write a PNG of panels side by side.

    Args:
        path: where.
        panels: (title, contender → height, contender → half the length of its whisker).
    """
    figure, axes = plt.subplots(
        1, len(panels), figsize=(3.2 * len(panels), 3.4), squeeze=False, layout="constrained"
    )
    for axis, (title, heights, whiskers) in zip(axes[0], panels, strict=True):
        names = list(heights)
        colours = ["tab:orange" if name == "ours" else "tab:blue" for name in names]
        errors = [whiskers.get(name, 0.0) for name in names]
        bars = axis.bar(range(len(names)), list(heights.values()), yerr=errors, color=colours)
        axis.bar_label(bars, fmt="{:.3g}", fontsize=8)
        labels = [name.replace("_", "\n") for name in names]
        axis.set_xticks(range(len(names)), labels, fontsize=7)
        axis.set_title(title, fontsize=9)
        axis.margins(y=0.12)
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=130)
    plt.close(figure)
