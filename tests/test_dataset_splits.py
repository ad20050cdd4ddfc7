"""Splits of each form that a data set has on disk."""

import pytest
from datasets import Dataset, DatasetDict

from phoclip_hf.data.dataset_splits import dataset_splits, named_splits, split_name
from phoclip_hf.data.scenes import draw_scene


def test_parquet_files(tmp_path):
    Dataset.from_dict({"x": [1]}).to_parquet(tmp_path / "test.parquet")
    Dataset.from_dict({"x": [1]}).to_parquet(tmp_path / "train-00000-of-00001.parquet")
    assert dataset_splits(str(tmp_path)) == ["test", "train"]
    assert named_splits(f"{tmp_path}:test") == [(str(tmp_path), "test")]
    assert named_splits(str(tmp_path)) == [(str(tmp_path), "test"), (str(tmp_path), "train")]
    assert split_name(str(tmp_path), "test") == f"{tmp_path.name}:test"


def test_saved_to_disk(tmp_path):
    table = Dataset.from_dict({"x": [1]})
    DatasetDict({"dev": table, "test": table}).save_to_disk(tmp_path / "several")
    table.save_to_disk(tmp_path / "one")
    assert dataset_splits(str(tmp_path / "several")) == ["dev", "test"]
    assert dataset_splits(str(tmp_path / "one")) == ["train"]


def test_image_folder(tmp_path):
    for split in ("train", "test"):
        (tmp_path / split).mkdir()
        draw_scene(1, size=32).image.save(tmp_path / split / "a.png")
    assert sorted(dataset_splits(str(tmp_path))) == ["test", "train"]


def test_ids_on_the_hub_are_left_alone():
    assert named_splits("org/name:test") == [("org/name", "test")]
    assert split_name("org/name", "test") == "org/name:test"


def test_nothing_there():
    with pytest.raises(FileNotFoundError, match="no-such-folder is no folder here"):
        named_splits("no-such-folder")
