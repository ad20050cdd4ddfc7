"""A Space's modules as `python app.py` imports them, and gone again: each Space has an app.py."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace


@contextmanager
def space_modules(folder: Path) -> Iterator[SimpleNamespace]:
    names = [path.stem for path in folder.glob("*.py")]
    assert not (taken := sys.modules.keys() & set(names)), f"imported already: {taken}"
    sys.path.insert(0, str(folder))
    try:
        yield SimpleNamespace(**{name: importlib.import_module(name) for name in names})
    finally:
        sys.path.remove(str(folder))
        for name in names:
            sys.modules.pop(name, None)
