"""What a Space loads once for all its visitors, such as a checkpoint."""

import threading
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Loaded = TypeVar("Loaded")


def once(load: Callable[[], Loaded]) -> Callable[[], Loaded]:
    """A function that calls `load` once, however many threads ask; after an error, again."""
    lock = threading.Lock()
    loaded = []

    @wraps(load)
    def get() -> Loaded:
        with lock:
            if not loaded:
                loaded.append(load())
            return loaded[0]

    return get
