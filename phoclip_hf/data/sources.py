"""Sources of pictures in one schema: Parquet files on disk, or scenes that the project draws."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datasets import Dataset, Features, Image, List, Value, load_dataset

from .scenes import scenes

# Every split draws from seeds of its own, so that no scene of one is in another.
SCENE_SEEDS = {"train": 0, "validation": 1_000_000, "test": 2_000_000}
SCENE_SCHEMA = Features(
    {
        "image": Image(),
        "captions": List(Value("string")),
        "image_id": Value("string"),
        "source": Value("string"),
        "facts": List(Value("string")),  # what holds in the scene
        "needs": List(List(Value("string"))),  # what each caption asserts
    }
)


def open_parquet(directory: str | Path, split: str) -> Dataset:
    """Return `<directory>/<split>.parquet`, decoded row by row on access.

    Raises FileNotFoundError with the missing path.
    """
    path = Path(directory) / f"{split}.parquet"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is not there: give the folder of data with --data.")
    return load_dataset("parquet", data_files={split: str(path)}, split=split)


def draw_scenes(count: int, split: str, size: int = 224) -> Dataset:
    """Return `count` drawn scenes in the schema; drawn once, then read from datasets' cache.

    Two columns more, `facts` and `needs`, tell which captions fit which scenes.
    """
    return Dataset.from_generator(
        _rows,
        features=SCENE_SCHEMA,
        gen_kwargs={
            "count": count,
            "seed": SCENE_SEEDS[split],
            "size": size,
            "version": _drawing_version(),
        },
    )


def _drawing_version() -> str:
    """Return a digest of the code that draws, so that no scene of older code is read from cache."""
    digest = hashlib.sha256()
    for path in sorted(
        [*Path(__file__).parent.rglob("drawing/*.py"), Path(__file__).with_name("scenes.py")]
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _rows(count: int, seed: int, size: int, version: str) -> Iterator[dict[str, Any]]:
    for index, scene in enumerate(scenes(count, seed=seed, size=size)):
        yield {
            "image": scene.image,
            "captions": list(scene.captions),
            "image_id": f"scene-{seed + index}",
            "source": "scenes",
            "facts": sorted(scene.facts),
            "needs": [sorted(needs) for needs in scene.needs],
        }
