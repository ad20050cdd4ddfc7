"""Rows of the tables that people keep, by column name: CSV from any spreadsheet, JSON lines."""

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .caption_rows import SetAside

# In this order: a comma is likelier within a caption than between columns.
DELIMITERS = ("\t", ";", ",", "|")
# Lines that one quoted cell may run over.
LINES_A_CELL = 50


def read_text(path: Path) -> str:
    """Return a file's text, lines ending in a newline: UTF-8, or UTF-16 with a byte order mark.

    Bytes that are not UTF-8 become lone surrogates, so that only their row is lost.
    """
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "surrogatepass")
    elif b"\0" in data[:1000]:
        raise ValueError(f"{path} is no text, or UTF-16 without its mark: save it as UTF-8.")
    else:
        text = data.decode("utf-8-sig", "surrogateescape")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def csv_records(
    text: str,
    split: str,
    wanted: Sequence[str],
    has_header: bool = True,
    delimiter: str | None = None,
) -> Iterator[dict[str, str] | SetAside]:
    """Yield the rows of a table by column name (without header: "1", "2" …).

    The delimiter is the first of DELIMITERS under which the header has all that are wanted
    (without header: under which every one of the first rows has as many). A quote that is never
    closed costs its own line and no more.
    """
    lines = text.split("\n")
    # Excel writes "sep=;" first where a person asked for it.
    if lines[0].strip().lower().startswith("sep=") and len(lines[0].strip()) == 5:
        delimiter = delimiter or lines.pop(0).strip()[-1]
    delimiter, names = _layout(lines, wanted, has_header, delimiter)
    number = 1 if has_header else 0
    while number < len(lines):
        start, line = number, lines[number]
        number += 1
        if not line.strip():
            continue
        cells, used = _record(lines, start, delimiter)
        if cells is None:
            detail = f"line {start + 1}: quotes do not match"
            yield SetAside(split, "row", "broken_row", detail, raw=line)
            continue
        number = start + used
        if has_header and len(cells) != len(names):
            detail = f"line {start + 1} has {len(cells)} cells, the header {len(names)}"
            yield SetAside(split, "row", "broken_row", detail, raw=cells)
            continue
        if not has_header:
            names = [str(index + 1) for index in range(len(cells))]
        yield dict(zip(names, cells, strict=True))


def jsonl_records(
    text: str, split: str, wanted: Sequence[str]
) -> Iterator[dict[str, Any] | SetAside]:
    """Yield the objects of JSON lines; a line that is none is set aside."""
    seen: set[str] = set()
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            yield SetAside(split, "row", "broken_row", f"line {number}: {error}", raw=line)
            continue
        if not isinstance(record, dict):
            yield SetAside(split, "row", "broken_row", f"line {number}: no object", raw=line)
            continue
        seen |= record.keys()
        yield record
    if seen and not set(wanted) <= seen:
        raise ValueError(_no_columns(wanted, sorted(seen)))


def _layout(
    lines: Sequence[str], wanted: Sequence[str], has_header: bool, delimiter: str | None
) -> tuple[str, list[str]]:
    candidates = (delimiter,) if delimiter else DELIMITERS
    if not has_header:
        if not all(name.isdigit() and int(name) for name in wanted):
            raise ValueError(
                f"A table without header has numbered columns, 1 the first; got {wanted}."
            )
        widest = max(map(int, wanted))
        sample = [line for line in lines[:20] if line.strip()]
        for candidate in candidates:
            rows = list(csv.reader(sample, delimiter=candidate))
            if rows and all(len(row) >= widest for row in rows):
                return candidate, []
        raise ValueError(
            f"No delimiter gives the first lines {widest} columns: give one with --delimiter."
        )
    header = ""
    for candidate in candidates:
        names = next(csv.reader(lines[:1], delimiter=candidate, skipinitialspace=True), [])
        names = [name.strip() for name in names]
        if set(wanted) <= set(names):
            if len(set(names)) < len(names):
                raise ValueError(f"The header names a column twice: {', '.join(names)}.")
            return candidate, names
        header = header or (", ".join(names) if len(names) > 1 else "")
    raise ValueError(_no_columns(wanted, [header or lines[0][:200]]))


def _no_columns(wanted: Sequence[str], there: Sequence[str]) -> str:
    return (
        f"Expected the columns {', '.join(wanted)}; the table has: {', '.join(there)}. "
        "Name them with --image-column and --caption-column, or say --no-header."
    )


def _record(lines: Sequence[str], start: int, delimiter: str) -> tuple[list[str] | None, int]:
    """Return the cells of the record that begins in a line, and how many lines it takes."""
    for used in range(1, min(LINES_A_CELL, len(lines) - start) + 1):
        record = "\n".join(lines[start : start + used])
        if used > 1 and '"' not in lines[start + used - 1]:
            continue  # the quote is still open
        try:
            rows = list(
                csv.reader([record], delimiter=delimiter, strict=True, skipinitialspace=True)
            )
        except csv.Error:
            continue
        return rows[0], used
    return None, 1
