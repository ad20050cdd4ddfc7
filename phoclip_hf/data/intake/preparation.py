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
from .split_shares import publish_parts


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
    splits = publish_parts(output, parts_folder, parts, settings.shares, settings.seed)
    raw = [entry for part in parts for entry in part.set_aside]
    report = Report(
        source.name,
        state,
        splits,
        [{key: value for key, value in entry.items() if key != "raw"} for entry in raw],
        dict(sum((Counter(part.mended) for part in parts), Counter())),
        [entry for part in parts for entry in part.noticed],
    )
    if settings.images:
        report.noticed += _same_pictures(parts)
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


def _same_pictures(parts: list[Part]) -> Iterator[dict[str, Any]]:
    first: dict[str, tuple[str, str]] = {}
    for part in parts:
        for image_id, digest in zip(part.ids, part.digests, strict=True):
            split, other = first.setdefault(digest, (part.split, image_id))
            if (split, other) != (part.split, image_id):
                kind = "same_picture" + "_in_two_splits" * (split != part.split)
                detail = f"as {other} in {split}"
                yield {"kind": kind, "split": part.split, "image_id": image_id, "detail": detail}
