"""What became of every row: report.json and report.md, the rows set aside, and the data's card."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from huggingface_hub import DatasetCardData

from .caption_rows import REASONS
from .caption_text import MENDS

# What was done to pictures and captions that are kept.
ALL_MENDS = MENDS | {
    "made_smaller": "pictures made smaller and saved as JPEG",
    "laid_on_white": "pictures with transparency or 16 bits saved as plain RGB",
    "other_format": "pictures in a format that not every reader knows saved as JPEG",
}
# What is kept as it is, and yet worth knowing.
REMARKS = {
    "mojibake": "captions that look like UTF-8 read as Windows-1252",
    "no_words": "captions without a letter or digit",
    "repeated_caption": "captions that their picture has twice",
    "same_picture": "pictures with the same pixels as another",
    "same_picture_in_two_splits": "pictures with the same pixels as one in another split",
    "place": "pictures that say where they were taken (GPS), which whoever gets the data can read",
    "unused_file": "files in the folder of images that no row names",
}
SHOWN = 20  # of each kind, in report.md


@dataclass
class Report:
    """Numbers of a preparation, and every row, caption and picture that it speaks of."""

    source: str
    settings: dict[str, Any]
    splits: dict[str, dict[str, int]]
    set_aside: list[dict[str, Any]] = field(default_factory=list)
    mended: dict[str, int] = field(default_factory=dict)
    noticed: list[dict[str, Any]] = field(default_factory=list)

    @property
    def pictures(self) -> int:
        """How many pictures were written."""
        return sum(counts["pictures"] for counts in self.splits.values())

    @property
    def captions(self) -> int:
        """How many captions were written."""
        return sum(counts["captions"] for counts in self.splits.values())

    def last_line(self) -> str:
        """Say how many rows there are and how many were set aside."""
        aside = Counter(entry["what"] for entry in self.set_aside)
        parts = ", ".join(f"{count} {what}s" for what, count in sorted(aside.items()))
        return (
            f"{self.pictures} rows (pictures) with {self.captions} captions; "
            f"{len(self.set_aside)} set aside{f' ({parts})' if parts else ''}"
        )

    def as_json(self) -> dict[str, Any]:
        """Return everything but the raw rows."""
        reasons = Counter(entry["reason"] for entry in self.set_aside)
        remarks = Counter(entry["kind"] for entry in self.noticed)
        return {
            "source": self.source,
            "settings": self.settings,
            "pictures": self.pictures,
            "captions": self.captions,
            "splits": self.splits,
            "set_aside": len(self.set_aside),
            "set_aside_by_reason": dict(reasons.most_common()),
            "mended": self.mended,
            "noticed": dict(remarks.most_common()),
            "set_aside_rows": self.set_aside,
            "noticed_rows": self.noticed,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Report":
        """Return the report that `as_json` gave."""
        return cls(
            data["source"],
            data["settings"],
            data["splits"],
            data["set_aside_rows"],
            data["mended"],
            data["noticed_rows"],
        )

    def as_markdown(self) -> str:
        """Return the report for reading."""
        lines = [f"# {self.source}", "", self.last_line() + ".", ""]
        lines += ["| split | pictures | captions |", "|---|---|---|"]
        lines += [
            f"| {name} | {counts['pictures']} | {counts['captions']} |"
            for name, counts in self.splits.items()
        ]
        if self.mended:
            lines += ["", "## Mended", ""]
            lines += [f"- {count} × {ALL_MENDS[key]}" for key, count in self.mended.items()]
        lines += _listed("Set aside", self.set_aside, "reason", REASONS)
        lines += _listed("Kept, and worth a look", self.noticed, "kind", REMARKS)
        return "\n".join(lines) + "\n"


def write_report(report: Report, raw_rows: Iterable[dict[str, Any]], output: Path) -> None:
    """Write set_aside.jsonl (with the raw rows), README.md, report.md and, last, report.json."""
    with open(output / "set_aside.jsonl", "wb") as file:
        file.writelines(json_bytes(row) + b"\n" for row in raw_rows)
    (output / "README.md").write_bytes(_encoded(dataset_card(report)))
    (output / "report.md").write_bytes(_encoded(report.as_markdown()))
    write_json(output / "report.json", report.as_json(), indent=1)


def write_json(path: Path, data: Any, indent: int | None = None) -> None:
    """Write JSON, so that the file is there whole or not at all."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(json_bytes(data, indent))
    unfinished.replace(path)


def json_bytes(data: Any, indent: int | None = None) -> bytes:
    """Return JSON in UTF-8; half characters are escaped, what JSON has no form for is its text."""
    return _encoded(json.dumps(data, ensure_ascii=False, indent=indent, default=str))


def dataset_card(report: Report) -> str:
    """Return the README.md by which `load_dataset` knows the splits."""
    data = DatasetCardData(
        language="vi",
        configs=[
            {
                "config_name": "default",
                "data_files": [
                    {"split": name, "path": [f"{name}.parquet", f"{name}-*.parquet"]}
                    for name, counts in report.splits.items()
                    if counts["pictures"]
                ],
            }
        ],
    )
    rows = "\n".join(
        f"| {name} | {counts['pictures']} | {counts['captions']} |"
        for name, counts in report.splits.items()
    )
    return (
        f"---\n{data.to_yaml()}\n---\n\n# {report.source}\n\nPictures with Vietnamese captions, "
        "made by PhoCLIP's `scripts/prepare_data.py`; what was mended and what was set aside is in "
        f"report.md.\n\n| split | pictures | captions |\n|---|---|---|\n{rows}\n"
    )


def _listed(
    title: str, entries: list[dict[str, Any]], key: str, names: dict[str, str]
) -> Iterator[str]:
    if not entries:
        return
    yield from ("", f"## {title}")
    for kind, count in Counter(entry[key] for entry in entries).most_common():
        yield from ("", f"### {count} × {names[kind]} (`{kind}`)", "")
        shown = [entry for entry in entries if entry[key] == kind]
        for entry in shown[:SHOWN]:
            where = dict.fromkeys(str(entry[k]) for k in ("file", "image_id") if entry.get(k))
            split = entry.get("split") or ""
            detail = f": {entry['detail']}" if entry.get("detail") else ""
            yield f"- {split} {' '.join(f'`{w}`' for w in where)}{detail}".replace("-  ", "- ")
        if count > SHOWN:
            yield f"- and {count - SHOWN} more, in report.json"


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
