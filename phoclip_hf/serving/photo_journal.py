"""What was made of each photo of a folder, a line at a time: killed at any moment, it goes on."""

import json
from pathlib import Path
from typing import Any


class PhotoJournal:
    """JSON lines: the settings first, then one entry for each photo that is done.

    A line that was cut short counts as missing; of two about one photo the later one holds.

    Args:
        path: of the file; made where it is missing.
        settings: what the entries depend on beside the photos.

    Raises:
        ValueError: the entries were made with other settings.
    """

    def __init__(self, path: Path, settings: dict[str, Any]):
        self.path = path
        self._entries: dict[str, tuple[str, Any]] = {}  # photo → stamp, entry
        before: dict[str, Any] | None = None
        # Not splitlines(), which also cuts at characters that may stand in a path.
        for line in path.read_text(encoding="utf-8").split("\n") if path.is_file() else ():
            try:
                values = json.loads(line)
            except ValueError:
                continue
            if "settings" in values:
                before = values["settings"]
            else:
                self._entries[values["photo"]] = values["stamp"], values["entry"]
        if before is None:
            self._append({"settings": settings})
        elif before != settings:
            names = sorted(before.keys() | settings.keys())
            other = [name for name in names if before.get(name) != settings.get(name)]
            raise ValueError(
                f"{path} was begun with another {' and another '.join(other)}. Expected the "
                "options of then: choose another --output, or delete this file to begin anew."
            )

    def __contains__(self, photo: str) -> bool:
        return photo in self._entries

    def get(self, photo: str, stamp: str) -> Any | None:
        """The entry of a photo; None where there is none, or the photo has changed since."""
        known = self._entries.get(photo)
        return known[1] if known and known[0] == stamp else None

    def add(self, photo: str, stamp: str, entry: Any) -> None:
        """Keep an entry that JSON can hold; `stamp` changes when the photo does."""
        self._append({"photo": photo, "stamp": stamp, "entry": entry})
        self._entries[photo] = stamp, entry

    def _append(self, values: dict[str, Any]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            # A line break first: it ends the line that an interruption cut short.
            file.write("\n" + json.dumps(values, ensure_ascii=False))
