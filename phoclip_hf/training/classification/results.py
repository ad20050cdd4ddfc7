"""What a trained classifier gets right and wrong: numbers, confusion matrix, worst errors."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from PIL import Image
from torch import nn
from tqdm.auto import tqdm

from ...evaluation.pictures import FONT, INK, PALE, confusion_picture
from ...evaluation.zero_shot import confusion_matrix, zero_shot_metrics
from .data import LabelledPhotos


@torch.inference_mode()
def predict(model: nn.Module, photos: LabelledPhotos, batch_size: int = 32) -> np.ndarray:
    """Return logits (photos, classes) of photos as served; the model's mode is restored."""
    was_training, device = model.training, next(model.parameters()).device
    model.eval()
    logits = []
    for start in tqdm(range(0, len(photos), batch_size), desc="measuring", leave=False):
        rows = range(start, min(start + batch_size, len(photos)))
        pixels = torch.stack([photos.view(row, 0) for row in rows]).to(device)
        logits.append(model(pixel_values=pixels).logits.float().cpu())
    model.train(was_training)
    return torch.cat(logits).numpy()


def write_results(
    folder: Path, logits: dict[str, np.ndarray], photos: dict[str, LabelledPhotos], names: list[str]
) -> dict[str, object]:
    """Write metrics.json, confusion.png and mistakes.png, and return the metrics.

    `overfitting_gap` is the accuracy on training photos, without augmentation, less that on the
    test photos (or on the validation photos where there is no test split). The pictures are of the
    same split.

    Args:
        folder: where they go.
        logits: (photos, classes) by `train`, `valid`, `test`; some may be absent.
        photos: the same splits.
        names: of the classes.
    """
    metrics: dict[str, object] = {
        split: zero_shot_metrics(scores, photos[split].numbers) | {"photos": len(scores)}
        for split, scores in logits.items()
    }
    split = next((name for name in ("test", "valid") if name in logits), "train")
    if split != "train":
        metrics["overfitting_gap"] = metrics["train"]["top1"] - metrics[split]["top1"]
    text = json.dumps(metrics, indent=2, ensure_ascii=False)
    (folder / "metrics.json").write_text(text + "\n", encoding="utf-8")
    counts = confusion_matrix(logits[split], photos[split].numbers)
    confusion_picture(counts, names, title=split).savefig(folder / "confusion.png", dpi=80)
    tables = photos[split].images
    figure = mistakes_picture(
        logits[split], photos[split].numbers, names, lambda row: tables[row]["image"]
    )
    figure.savefig(folder / "mistakes.png", dpi=110)
    return metrics


def mistakes_picture(
    logits: np.ndarray,
    numbers: np.ndarray,
    names: list[str],
    read: Callable[[int], Image.Image],
    count: int = 24,
    columns: int = 6,
) -> Figure:
    """Return a grid of the photos whose true class was given the least probability, worst first.

    Above a photo stands what it was taken for, below it what it is, each with its probability.

    Args:
        logits: (photos, classes).
        numbers: (photos,) true classes.
        names: of the classes.
        read: a photo's row in, the photo out; called for what is shown only.
        count: of photos, at most; fewer where fewer are wrong.
        columns: of the grid.
    """
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    guesses, truth = shares.argmax(axis=1), shares[np.arange(len(shares)), numbers]
    wrong = np.flatnonzero(guesses != numbers)
    worst = wrong[np.argsort(truth[wrong], kind="stable")][:count]
    rows = max(1, -(-len(worst) // columns))
    figure = Figure(figsize=(1.9 * columns, 2.3 * rows), layout="constrained")
    cells = figure.subplots(rows, columns, squeeze=False).ravel()
    for cell in cells:
        cell.set_axis_off()
    for cell, row in zip(cells, worst, strict=False):
        cell.imshow(read(int(row)).convert("RGB"))
        guess = f"{names[guesses[row]]} {shares[row].max():.0%}"
        cell.set_title(guess, color=INK, fontfamily=FONT, fontsize=8, pad=3)
        note = f"is {names[numbers[row]]} {truth[row]:.0%}"
        cell.text(
            0.5, -0.04, note, transform=cell.transAxes, ha="center", va="top", color=PALE,
            fontfamily=FONT, fontsize=8,
        )  # fmt: skip
    title = f"{len(wrong)} of {len(numbers)} photos are taken for another class"
    figure.suptitle(title, color=INK, fontfamily=FONT, fontsize=10, x=0.01, ha="left")
    return figure
