"""Which splits a data set has, and what a person calls one of them: `name:split`."""

import json
from pathlib import Path

from datasets import get_dataset_split_names, load_dataset

from .sources import parquet_files


def named_splits(name: str) -> list[tuple[str, str]]:
    """Return (data set, split) of each split that `DATASET` or `DATASET:SPLIT` names.

    DATASET is what `open_pictures` opens. Raises FileNotFoundError where it is not.
    """
    dataset, _, split = name.rpartition(":")
    if dataset and "/" not in split and "\\" not in split and not Path(name).exists():
        return [(dataset, split)]
    return [(name, split) for split in dataset_splits(name)]


def dataset_splits(dataset: str) -> list[str]:
    """Return the splits of a folder or of a data set on the Hub."""
    folder = Path(dataset)
    if not folder.is_dir():
        try:
            return [str(split) for split in get_dataset_split_names(dataset)]
        except Exception as error:  # whatever the client raises where it finds nothing
            raise FileNotFoundError(
                f"{dataset} is no folder here, and cannot be opened on the Hub: {error}"
            ) from error
    if files := parquet_files(folder):
        return list(files)
    if (folder / "dataset_dict.json").is_file():
        return json.loads((folder / "dataset_dict.json").read_text(encoding="utf-8"))["splits"]
    if (folder / "state.json").is_file():
        state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
        return [str(state.get("_split") or "train")]
    return [str(split) for split in load_dataset("imagefolder", data_dir=str(folder))]


def split_name(dataset: str, split: str) -> str:
    """Return `flickr8k_vi:test` for a folder, whatever lies above it, or `org/name:test`."""
    folder = Path(dataset)
    return f"{folder.resolve().name if folder.is_dir() else dataset}:{split}"
