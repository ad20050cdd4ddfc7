"""From a source of captions to Parquet files in the schema, with a report of every row."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .caption_sources import CaptionSource
from .picture_bytes import OpenPhoto
from .preparation_parts import Part, PartsWriter, Settings
from .preparation_report import Report, write_json, write_report
from .split_shares import publish_parts, splits_of


def prepare(
    source: CaptionSource,
    output: str | Path,
    open_photo: OpenPhoto,
    settings: Settings | None = None,
) -> Report:
    """Write `<split>.parquet` (or `<split>-*.parquet`) and the report; return the report.

    Columns: image, captions, image_id, source, and label where the source has any. Rows that
    cannot be used are set aside and named in report.json, report.md and, raw, in set_aside.jsonl.
    Interrupted, the same call goes on after the last finished part and writes the same files.

    Args:
        source: splits of rows.
        output: a folder that is not there yet, is empty, or holds this very run.
        open_photo: returns an upright RGB picture of bytes, or raises ValueError with the reason.
        settings: how.

    Raises FileExistsError where the folder holds something else, ValueError where shares cannot be
    taken.
    """
    settings = settings or Settings()
    output = Path(output)
    state = {"source": source.name, "origin": source.origin} | asdict(settings)
    if settings.shares and len(source.splits) != 1:
        raise ValueError(
            f"{source.name} is split already ({', '.join(source.splits)}): leave out the shares."
        )
    if done := _finished(output, state):
        return done
    parts_folder = _begin(output, state)
    writer = PartsWriter(source, settings, open_photo, parts_folder)
    parts = [part for split in source.splits for part in writer.parts_of(split)]
    splits = splits_of(parts, settings.shares, settings.seed)
    # Shares are dealt to the smaller splits first, and named last.
    names = ["train", *reversed(settings.shares)] if settings.shares else source.splits
    counts = publish_parts(output, parts_folder, parts, splits, names)
    raw = [entry for part in parts for entry in part.set_aside]
    noticed = [entry for part in parts for entry in part.noticed]
    if settings.shares:
        _name_the_shares(parts, splits, raw, noticed)
    report = Report(
        source.name,
        state,
        counts,
        [{key: value for key, value in entry.items() if key != "raw"} for entry in raw],
        dict(sum((Counter(part.mended) for part in parts), Counter())),
        noticed,
    )
    if settings.images:
        report.noticed += _same_pictures(parts, splits)
    if source.pictures is not None and settings.limit is None:
        report.noticed += [
            {"kind": "unused_file", "file": file} for file in source.pictures.left_over()
        ]
    write_report(report, raw, output)
    shutil.rmtree(parts_folder)
    return report


def _finished(output: Path, state: dict[str, Any]) -> Report | None:
    path = output / "report.json"
    if not path.is_file():
        return None
    report = Report.from_json(json.loads(path.read_text(encoding="utf-8")))
    if report.settings != state:
        raise FileExistsError(
            f"{output} holds another run, of {report.source} with other settings or files: "
            "give another folder, or delete it."
        )
    shutil.rmtree(output / ".parts", ignore_errors=True)
    return report


def _begin(output: Path, state: dict[str, Any]) -> Path:
    folder = output / ".parts"
    kept = folder / "settings.json"
    if kept.is_file():
        if json.loads(kept.read_text(encoding="utf-8")) != state:
            raise FileExistsError(
                f"{output} holds an unfinished run with other settings or files: repeat its "
                "command, give another folder, or delete it."
            )
        return folder
    if output.is_dir() and any(path.name != ".parts" for path in output.iterdir()):
        raise FileExistsError(f"{output} is not empty: give a folder for the data set alone.")
    folder.mkdir(parents=True, exist_ok=True)
    write_json(kept, state)
    return folder


def _name_the_shares(
    parts: list[Part], splits: list[list[str]], raw: list[dict[str, Any]], noticed: list
) -> None:
    """Let entries name the split that their picture lies in; what was not kept is in none."""
    ids = (image_id for part in parts for image_id in part.ids)
    found = dict(zip(ids, (name for own in splits for name in own), strict=True))
    for entry in raw:
        # A picture set aside may have the id of one that was kept.
        kept = entry["what"] == "caption"
        entry["split"] = found.get(entry["image_id"], "") if kept else ""
    for entry in noticed:
        entry["split"] = found[entry["image_id"]]


def _same_pictures(parts: list[Part], splits: list[list[str]]) -> Iterator[dict[str, Any]]:
    first: dict[str, tuple[str, str]] = {}
    for part, own in zip(parts, splits, strict=True):
        for image_id, digest, split in zip(part.ids, part.digests, own, strict=True):
            before, other = first.setdefault(digest, (split, image_id))
            if (before, other) != (split, image_id):
                kind = "same_picture" + "_in_two_splits" * (before != split)
                detail = f"as {other} in {before}"
                yield {"kind": kind, "split": split, "image_id": image_id, "detail": detail}
