"""Sources of pictures in one schema: a folder, a dataset on the Hub, or scenes that we draw."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from datasets import (
    ClassLabel,
    Dataset,
    DatasetDict,
    Features,
    Image,
    List,
    Value,
    get_dataset_split_names,
    load_dataset,
    load_from_disk,
)

from .intake.caption_sources import CAPTION_COLUMNS, is_image
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


def open_pictures(dataset: str | Path, split: str) -> Dataset:
    """Return one split of a data set in the schema, its pictures decoded on access.

    A single caption a row, under a usual name, becomes the list `captions`, and a class number
    becomes its name. Underscored captions stay as they are. No code of a data set runs.

    Args:
        dataset: a folder, of Parquet files (`<split>.parquet`, or `<split>-*.parquet` in it or in
            its `data`), written by `save_to_disk`, or an image folder; or an id on the Hub.
        split: its name.

    Raises FileNotFoundError where nothing is, ValueError where the split is not, with the splits
    that are, and where there is neither `image` nor `captions`.
    """
    folder = Path(dataset)
    if not folder.is_dir():
        return in_schema(_open_on_hub(str(dataset), split), str(dataset))
    if (folder / ".parts").is_dir():
        raise ValueError(f"{dataset} is prepared in part: repeat the command that prepares it.")
    if files := parquet_files(folder):
        chosen = files.get(split) or _no_split(dataset, split, files)
        return in_schema(
            load_dataset("parquet", data_files={split: chosen}, split=split), str(dataset)
        )
    if (folder / "dataset_dict.json").is_file() or (folder / "state.json").is_file():
        saved = load_from_disk(folder)
        # `datasets` calls what has no split `train`.
        saved = saved if isinstance(saved, dict) else {str(saved.split or "train"): saved}
    else:
        saved = _open_image_folder(folder)
    return in_schema(saved[split] if split in saved else _no_split(dataset, split, saved), folder)


def picture_ids(table: Dataset, start: int = 0, stop: int | None = None) -> list[str]:
    """Return the `image_id` of each picture, or its row where the data set has none."""
    rows = range(len(table))[start:stop]
    if "image_id" not in table.column_names:
        return [str(row) for row in rows]
    ids = table.select_columns("image_id")[rows.start : rows.stop]["image_id"]
    return [str(image_id) for image_id in ids]


def parquet_files(folder: Path) -> dict[str, list[str]]:
    """Return the Parquet files of each split, in order: `<split>.parquet`, `<split>-*.parquet`."""
    files: dict[str, list[str]] = {}
    for path in sorted([*folder.glob("*.parquet"), *folder.glob("data/*.parquet")]):
        files.setdefault(path.stem.partition("-")[0], []).append(str(path))
    return files


def in_schema(table: Dataset, name: str | Path) -> Dataset:
    """Return the table with `image`, `captions` and a `label` in words, where it has them."""
    images = [column for column, kind in table.features.items() if is_image(kind)]
    if "image" not in images and len(images) == 1:
        table = table.rename_column(images[0], "image")
    if images and not isinstance(table.features.get("image", Image()), Image):
        table = table.cast_column("image", Image())
    caption = next((column for column in CAPTION_COLUMNS if column in table.column_names), None)
    if caption and "captions" not in table.column_names:
        captions = [[text] if isinstance(text, str) else text or [] for text in table[caption]]
        table = table.remove_columns(caption).add_column(
            "captions", captions, feature=List(Value("string"))
        )
    if not {"image", "captions"} & set(table.column_names):
        raise ValueError(
            f"{name} has neither pictures nor captions, but {', '.join(table.column_names)}: "
            "name its columns to scripts/prepare_data.py, and open what that writes."
        )
    label = table.features.get("label")
    if isinstance(label, ClassLabel):
        names = [None if number is None else label.int2str(number) for number in table["label"]]
        table = table.remove_columns("label").add_column("label", names, feature=Value("string"))
    return table


def _open_on_hub(dataset: str, split: str) -> Dataset:
    if not re.fullmatch(r"[\w-][\w.-]*/[\w-][\w.-]*", dataset):
        raise FileNotFoundError(f"{dataset} is no folder here, nor is it a Hub id (org/name).")
    try:
        splits = get_dataset_split_names(dataset)
        return load_dataset(
            dataset, split=split if split in splits else _no_split(dataset, split, splits)
        )
    except (FileNotFoundError, ConnectionError) as error:
        raise FileNotFoundError(
            f"{dataset} is no folder here, and cannot be opened as a data set on the Hub: {error}"
        ) from error


def _open_image_folder(folder: Path) -> DatasetDict:
    try:
        return load_dataset("imagefolder", data_dir=str(folder))
    except ValueError as error:
        raise FileNotFoundError(
            f"{folder} cannot be opened: it holds no Parquet files, as scripts/prepare_data.py "
            f"writes them, nor pictures that load_dataset('imagefolder') reads: {error}"
        ) from error


def _no_split(dataset: str | Path, split: str, splits: Iterable[str]) -> NoReturn:
    raise ValueError(f"{dataset} has no split {split!r}; it has {', '.join(map(str, splits))}.")


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
