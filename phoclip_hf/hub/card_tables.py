"""A run's own numbers, read from its files and laid out as Markdown tables for a card."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .refusal import Refused

Results = dict[str, dict[str, float]]  # data set → metric → value
RETRIEVAL = ("t2i_r1", "t2i_r5", "t2i_r10", "i2t_r1", "i2t_r5", "i2t_r10", "mean_recall")
ZERO_SHOT = ("top1", "top5", "mean_per_class")
CAPTIONING = ("bleu_1", "bleu_2", "bleu_3", "bleu_4", "bleu_mean", "rouge_l", "cider_d")


def read_results(named: Iterable[str], checkpoint: str | None = None) -> Results:
    """Return what `scripts/evaluate.py` measured, by data set.

    Figures without duplicates come as a data set of their own, "<name> (deduplicated)".

    Args:
        named: folders that hold metrics.json, each `NAME=FOLDER` or a folder that is named so.
        checkpoint: what tells this checkpoint from others, as metrics.json's `checkpoint` does.

    Raises:
        Refused: a folder holds no numbers, or another checkpoint's.
    """
    results: Results = {}
    for entry in named:
        name, _, folder = entry.rpartition("=")
        path = Path(folder) / "metrics.json"
        if not path.is_file():
            raise Refused(
                f"{folder} holds no metrics.json: measure with scripts/evaluate.py first."
            )
        metrics = json.loads(path.read_text(encoding="utf-8"))
        measured = metrics.get("checkpoint")
        if checkpoint is not None and measured != checkpoint:
            raise Refused(
                f"{path} measured another checkpoint ({measured or 'it does not say which'}, this "
                f"is {checkpoint}), or the weights are damaged: measure this one with "
                "scripts/evaluate.py."
            )
        name = name or Path(folder).resolve().name
        if name in results:
            raise Refused(f"Two results are named {name!r}: write NAME=FOLDER.")
        results[name] = numbers(metrics)
        if isinstance(metrics.get("deduplicated"), dict):
            results[f"{name} (deduplicated)"] = numbers(metrics["deduplicated"])
    return results


def numbers(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Return the entries that are numbers."""
    return {
        key: value
        for key, value in metrics.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def read_stages(folder: Path, order: Sequence[str] = ()) -> Results:
    """Return what training measured: of the stages in `order`, or of the folder's own stage.

    A stage's numbers are metrics.json in a folder beside the published one.
    """
    folder = folder.resolve()
    found = {}
    for name in order or (folder.name,):
        path = folder.parent / name / "metrics.json"
        if path.is_file():
            found[name] = numbers(json.loads(path.read_text(encoding="utf-8")))
    return found


def results_table(results: Results, head: str = "test set") -> str:
    """Return tables of retrieval, zero-shot and captioning figures in per cent, those there are.

    CIDEr-D is no share: it is given as it is.
    """
    tables = []
    for keys in (RETRIEVAL, ZERO_SHOT, CAPTIONING):
        rows = {name: m for name, m in results.items() if any(key in m for key in keys)}
        if rows:
            shown = [key for key in keys if any(key in m for m in rows.values())]
            lines = [[name, *(_figure(m, key) for key in shown)] for name, m in rows.items()]
            tables.append(table([head, *map(title, shown)], lines))
    return "\n\n".join(tables)


def stages_table(stages: Results, head: str = "stage") -> str:
    """Return what each stage of training measured on its validation data, in per cent."""
    kept = [k for m in stages.values() for k in m if k.endswith(("t2i_r10", "loss"))]
    keys = sorted(dict.fromkeys(kept), key=lambda key: key.endswith("loss"))
    rows = [
        [name, *(_figure(metrics, key) for key in keys)]
        for name, metrics in stages.items()
        if any(key in metrics for key in keys)
    ]
    titles = [key.removeprefix("eval_").replace("_t2i_r10", " T2I R@10") for key in keys]
    return table([head, *(t.replace("_loss", " loss") for t in titles)], rows) if rows else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; a bar in a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    cells = ([str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in lines)
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def title(key: str) -> str:
    """Return a metric's name as people write it: t2i_r10 is T2I R@10."""
    names = {"top1": "top-1", "top5": "top-5", "mean_per_class": "mean per class"}
    names |= {"rouge_l": "ROUGE-L", "cider_d": "CIDEr-D", "bleu_mean": "mean BLEU"}
    if key in names:
        return names[key]
    words = key.replace("bleu_", "BLEU-").split("_")
    shown = [w.upper() if w in ("t2i", "i2t") else w for w in words]
    return " ".join(f"R@{w[1:]}" if w[:1] == "r" and w[1:].isdigit() else w for w in shown)


def _figure(metrics: Mapping[str, float], key: str) -> str:
    if key not in metrics:
        return ""
    is_share = not key.startswith("cider") and not key.endswith("loss")
    return f"{100 * metrics[key]:.1f}" if is_share else f"{metrics[key]:.3f}"
