"""Data sets on the Hub, a folder standing for one: any columns, one caption a row or several."""

import json

import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Image, load_dataset
from releases import draw

from phoclip_hf.data.intake.hub_datasets import HUB_DATASETS, HubColumns, open_hub_dataset
from phoclip_hf.data.intake.preparation import prepare
from phoclip_hf.data.intake.preparation_parts import Settings
from phoclip_hf.data.sources import open_pictures
from phoclip_hf.serving.photos import open_photo


@pytest.fixture
def pictures(tmp_path) -> list[dict]:
    paths = [draw(tmp_path / "drawn" / f"{number}.jpg", number) for number in range(4)]
    return [{"bytes": path.read_bytes(), "path": path.name} for path in paths]


def stored(folder, **splits: dict):
    """Write columns as Parquet files that `load_dataset` takes for splits."""
    folder.mkdir()
    for split, columns in splits.items():
        table = Dataset.from_dict(columns)
        if isinstance(columns["image"][0]["path"], str):
            table = table.cast_column("image", Image())
        table.to_parquet(folder / f"{split}-00000-of-00001.parquet")
    return folder


def prepared(source, tmp_path, **settings) -> dict:
    report = prepare(source, tmp_path / "out", open_photo, Settings(**settings))
    return {
        split: [
            (row["image_id"], row["captions"]) for row in open_pictures(tmp_path / "out", split)
        ]
        for split in report.splits
    }


@pytest.mark.parametrize("streaming", [False, True])
def test_rows_of_one_caption_are_joined_by_their_id(tmp_path, pictures, streaming):
    """As coco-2017-vietnamese has them."""
    columns = {
        "image_id": ["a", "a", "b", "c", "c", "c"],
        "image": [pictures[n] for n in (0, 0, 1, 2, 2, 2)],
        "caption_en": ["one"] * 6,
        "caption_vi": ["một", "hai", "ba", "bốn", "năm", "sáu"],
    }
    folder = stored(tmp_path / "hub", train=columns, val=columns)
    preset = HUB_DATASETS["ai-enthusiasm-community/coco-2017-vietnamese"]
    preset = HubColumns(preset.image, preset.captions, preset.image_id)
    source = open_hub_dataset(str(folder), preset, streaming)
    expected = [("a", ["một", "hai"]), ("b", ["ba"]), ("c", ["bốn", "năm", "sáu"])]
    assert prepared(source, tmp_path, part_rows=2) == {"train": expected, "validation": expected}


@pytest.mark.parametrize("streaming", [False, True])
def test_without_an_id_rows_of_one_picture_are_joined_by_its_bytes(tmp_path, pictures, streaming):
    columns = {
        "image": [pictures[n] for n in (0, 0, 1, 0)],
        "caption": ["một", "hai", "ba", "trở lại"],
    }
    source = open_hub_dataset(str(stored(tmp_path / "hub", test=columns)), streaming=streaming)
    read = prepared(source, tmp_path)["test"]
    if streaming:  # what came back later has not been seen
        assert read == [("test-0", ["một", "hai"]), ("test-2", ["ba"]), ("test-3", ["trở lại"])]
    else:
        assert read == [("test-0", ["một", "hai", "trở lại"]), ("test-2", ["ba"])]


def test_lists_of_captions_and_pictures_that_are_not_declared(tmp_path, pictures):
    """As xm3600 has them: a split a language, structs of bytes."""
    columns = {
        "image_id": ["x", "y"],
        "captions": [["một", "hai"], []],
        "image": [{"bytes": picture["bytes"], "path": None} for picture in pictures[:2]],
    }
    folder = stored(tmp_path / "hub", vi=columns, en=columns)
    (folder / "README.md").write_text(
        "---\nconfigs:\n- config_name: default\n  data_files:\n"
        "  - {split: vi, path: vi-*}\n  - {split: en, path: en-*}\n---\n"
    )
    source = open_hub_dataset(str(folder), HUB_DATASETS["floschne/xm3600"])
    assert prepared(source, tmp_path) == {"test": [("x", ["một", "hai"])]}
    assert json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))["set_aside"] == 1


def test_labels_become_words(tmp_path, pictures):
    table = Dataset.from_dict({"image": pictures, "label": [0, 1, 1, 0]})
    table = table.cast_column("image", Image())
    table = table.cast_column("label", ClassLabel(names=["chó", "mèo"]))
    (tmp_path / "hub").mkdir()
    table.to_parquet(tmp_path / "hub" / "train.parquet")
    prepare(open_hub_dataset(str(tmp_path / "hub")), tmp_path / "out", open_photo)
    assert open_pictures(tmp_path / "out", "train")["label"][:] == ["chó", "mèo", "mèo", "chó"]


def test_a_bad_picture_is_one_bad_row(tmp_path, pictures):
    pictures[1] = {"bytes": b"no picture", "path": "1.jpg"}
    # A name without bytes could be that of any file here, and is not opened.
    pictures[2] = {"bytes": None, "path": str(tmp_path / "drawn" / "2.jpg")}
    columns = {"image": pictures, "captions": [["một"], ["hai"], ["ba"], ["bốn"]]}
    (tmp_path / "hub").mkdir()
    Dataset.from_dict(columns).to_parquet(tmp_path / "hub" / "train.parquet")
    report = prepare(open_hub_dataset(str(tmp_path / "hub")), tmp_path / "out", open_photo)
    assert [e["reason"] for e in report.set_aside] == ["unreadable_picture", "missing_picture"]
    assert report.pictures == 2


def test_an_image_folder_on_the_hub(tmp_path):
    for number in range(2):
        draw(tmp_path / "hub" / f"{number}.jpg", number)
    lines = '{"file_name": "0.jpg", "text": "một"}\n{"file_name": "1.jpg", "text": "hai"}'
    (tmp_path / "hub" / "metadata.jsonl").write_text(lines, "utf-8")
    source = open_hub_dataset(str(tmp_path / "hub"))
    assert prepared(source, tmp_path) == {"train": [("train-0", ["một"]), ("train-1", ["hai"])]}


def test_a_killed_stream_goes_on_where_it_was(tmp_path, pictures):
    columns = {
        "image_id": [str(n // 2) for n in range(8)],
        "image": [pictures[n // 2] for n in range(8)],
        "caption": [f"câu {n}" for n in range(8)],
    }
    folder = str(stored(tmp_path / "hub", train=columns))
    opened = []

    def open_and_count(data, side):
        opened.append(data)
        if len(opened) == 4:
            raise KeyboardInterrupt
        return open_photo(data, side)

    settings = Settings(part_rows=3)
    with pytest.raises(KeyboardInterrupt):
        prepare(
            open_hub_dataset(folder, streaming=True), tmp_path / "out", open_and_count, settings
        )
    prepare(open_hub_dataset(folder, streaming=True), tmp_path / "out", open_and_count, settings)
    assert len(opened) == 5
    captions = open_pictures(tmp_path / "out", "train")["captions"][:]
    assert captions == [[f"câu {2 * n}", f"câu {2 * n + 1}"] for n in range(4)]


def test_what_is_not_there_is_named(tmp_path, pictures):
    columns = {"image": pictures, "mô tả": ["một"] * 4}
    folder = str(stored(tmp_path / "hub", train=columns))
    with pytest.raises(ValueError, match="no column of captions; its columns: image, mô tả"):
        open_hub_dataset(folder)
    with pytest.raises(ValueError, match="no column of caption; its columns"):
        open_hub_dataset(folder, HubColumns(captions="caption"))
    with pytest.raises(ValueError, match="column mô tả .* no pictures"):
        open_hub_dataset(folder, HubColumns(image="mô tả", captions="mô tả"))
    with pytest.raises(ValueError, match="no split vi; it has train"):
        open_hub_dataset(folder, HubColumns(captions="mô tả", splits={"vi": "test"}))


def test_what_was_prepared_is_read_again_and_splits_keep_their_names(tmp_path, pictures):
    table = Dataset.from_dict({"image": pictures, "captions": [["một"]] * 4, "id": list("abcd")})
    table = table.cast_column("image", Image())
    (tmp_path / "hub").mkdir()
    for split, part in DatasetDict(train=table.select([0, 1]), dev=table.select([2, 3])).items():
        part.to_parquet(tmp_path / "hub" / f"{split}.parquet")
    prepare(open_hub_dataset(str(tmp_path / "hub")), tmp_path / "out", open_photo)
    assert set(load_dataset(str(tmp_path / "out"))) == {"train", "validation"}
    again = open_hub_dataset(str(tmp_path / "out"))
    prepare(again, tmp_path / "again", open_photo)
    assert open_pictures(tmp_path / "again", "validation")["image_id"][:] == ["c", "d"]
