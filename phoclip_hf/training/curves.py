"""Training curves as one picture, from what Trainer logged."""

from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from transformers import TrainerCallback


class Curves(TrainerCallback):
    """Draws the curves anew after each evaluation, so that a run can be watched without an account.

    Args:
        path: of the picture.
    """

    def __init__(self, path: str | Path):
        self.path = path

    def on_evaluate(self, args, state, control, **kwargs):
        """Write the picture, on one rank."""
        if state.is_world_process_zero:
            draw_curves(state.log_history, self.path)


def draw_curves(log_history: list[dict[str, Any]], path: str | Path) -> None:
    """Write a picture with a panel for the loss and one for every family of measured numbers.

    `log_history` is `trainer.state.log_history`; recalls are grouped by data set.
    """
    series = panels(log_history)
    if not series:
        return
    figure = Figure(figsize=(5 * len(series), 3.6), layout="constrained")
    axes = figure.subplots(1, len(series), squeeze=False)[0]
    for axis, (title, lines) in zip(axes, series.items(), strict=True):
        for name, points in lines.items():
            axis.plot(
                *zip(*points, strict=True), label=name, marker="." if len(points) < 40 else ""
            )
        axis.set(title=title, xlabel="step")
        axis.grid(alpha=0.3)
        axis.legend(fontsize=7)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def panels(
    log_history: list[dict[str, Any]],
) -> dict[str, dict[str, list[tuple[float, float]]]]:
    """Return panel → name of a line → its points (step, value)."""
    series: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for entry in log_history:
        if "train_runtime" in entry:  # Trainer's last word: means over the whole training
            continue
        for name, value in entry.items():
            if isinstance(value, int | float) and _panel(name) is not None:
                panel = series.setdefault(_panel(name), {})
                panel.setdefault(name.removeprefix("eval_"), []).append((entry["step"], value))
    return series


def _panel(name: str) -> str | None:
    """Return the panel that a logged number belongs to, or None for the clockwork."""
    known = {
        "loss": "loss",
        "eval_loss": "loss",
        "eval_mean_recall": "mean recall",
        "grad_norm": "gradient norm",
        "samples_per_second": "samples per second",
    }
    if name in known:
        return known[name]
    for way, title in (("t2i_r", "text to image"), ("i2t_r", "image to text")):
        if way in name:
            return f"{name.removeprefix('eval_').partition(way)[0].rstrip('_')} {title}".strip()
    if name.removeprefix("eval_") in ("features", "hint_16", "hint_32"):
        return "variance unexplained"
    if name.removeprefix("eval_") == "captions":
        return "divergence (nats)"
    if name.endswith("_loss"):
        return "loss"
    if name.endswith(("top1", "top5")):
        return "accuracy"
    return None
