"""What a model made of the data, kept on disk: an interrupted run goes on where it stopped."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm


def cached_embeds(
    path: Path,
    count: int,
    dimension: int,
    encode: Callable[[int, int], np.ndarray],
    chunk: int = 100,
    description: str = "embeds",
) -> np.ndarray:
    """Return (count, dimension) float32, mapped from `path`, what is missing there encoded first.

    The file holds whole rows from the first on, appended chunk by chunk. `path` must name what the
    rows depend on, model and data (`digest`); a file that holds more rows than `count` is an error.
    """
    width = 4 * dimension  # bytes
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        done = file.tell() // width
        file.truncate(done * width)  # half a row of an interrupted run
        if done > count:
            raise ValueError(
                f"{path} holds {done} rows and {count} were expected: delete it, or name it by "
                "what its rows depend on"
            )
        with tqdm(total=count, initial=done, desc=description) as bar:
            for start in range(done, count, chunk):
                rows = encode(start, min(start + chunk, count))
                file.write(np.ascontiguousarray(rows, dtype="<f4").tobytes())
                file.flush()
                bar.update(len(rows))
    return np.memmap(path, dtype="<f4", mode="r", shape=(count, dimension))


def cached_texts(
    path: Path, keys: Sequence[str], write: Callable[[int], str], description: str = "texts"
) -> list[str]:
    """Return one text a key: what `path` holds is read, the others are what `write(row)` returns.

    The file holds a JSON list [key, text] a line; a line that an interruption cut short counts as
    missing. A key says which data the text is about, and `path` which model wrote it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    known: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            key, text = json.loads(line)
            known[key] = text
        except ValueError:
            continue
    with path.open("a", encoding="utf-8") as file:
        for row, key in enumerate(tqdm(keys, desc=description)):
            if key not in known:
                known[key] = write(row)
                # A line break first: it ends the line that an interruption cut short.
                file.write("\n" + json.dumps([key, known[key]], ensure_ascii=False))
                file.flush()
    return [known[key] for key in keys]


def digest(parts: Iterable[str | bytes]) -> str:
    """Return 16 hexadecimal digits that change with any of `parts`, their number or order."""
    total = hashlib.blake2b(digest_size=8)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "little"))
        total.update(data)
    return total.hexdigest()
