"""Metrics as a table that people read: a dictionary in, Markdown out."""

from typing import Any

# Keys that begin so hold shares, shown in per cent; of the others the number itself is shown.
SHARES = ("t2i_r", "i2t_r", "mean_recall", "top", "mean_per_class", "bleu", "rouge")


def metrics_table(metrics: dict[str, Any], title: str) -> str:
    """Return `metrics` as a Markdown table under `title`, shares in per cent.

    "deduplicated" in `metrics` (`scripts/evaluate.py --duplicates`) becomes a second column of the
    same figures, "dropped" a line below.
    """
    twice = metrics.get("deduplicated")
    lines = [f"# {title}", ""]
    lines += ["| | full | deduplicated |", "|---|---|---|"] if twice else ["| | |", "|---|---|"]
    for key, value in metrics.items():
        if key in ("deduplicated", "dropped"):
            continue
        cells = [_cell(key, value)]
        if twice:
            cells.append(_cell(key, twice[key]) if key in twice else "")
        lines.append(f"| {key} | " + " | ".join(cells) + " |")
    lines.append("")
    if twice:
        lines += [f"{metrics['dropped']} pictures were dropped as duplicates.", ""]
    return "\n".join(lines)


def _cell(key: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if key.startswith(SHARES):
        return f"{100 * value:.1f} %"
    return f"{int(value) if value == int(value) else round(value, 3):,}"
