"""One opener for every place where pictures lie; what is missing is named."""

import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, Image, List, Value
from releases import draw

from phoclip_hf.data.sources import open_pictures, picture_ids

FEATURES = Features(
    {"image": Image(), "captions": List(Value("string")), "image_id": Value("string")}
)


@pytest.fixture
def table(tmp_path) -> Dataset:
    files = [str(draw(tmp_path / "drawn" / f"{number}.jpg", number)) for number in range(4)]
    rows = {"image": files, "captions": [[f"ảnh {n}"] for n in range(4)], "image_id": list("0123")}
    return Dataset.from_dict(rows, features=FEATURES)


def is_the_table(opened: Dataset) -> bool:
    return (
        opened["captions"][:] == [["ảnh 0"], ["ảnh 1"], ["ảnh 2"], ["ảnh 3"]]
        and opened[3]["image"].size == (40, 30)
        and {"image", "captions", "image_id"} <= set(opened.column_names)
    )


@pytest.mark.parametrize(
    "names",
    [
        ["test.parquet"],
        ["test-00000-of-00002.parquet", "test-00001-of-00002.parquet"],
        ["data/test-00000-of-00002-0a1b.parquet", "data/test-00001-of-00002-2c3d.parquet"],
    ],
)
def test_parquet_files(table, tmp_path, names):
    (tmp_path / "out" / "data").mkdir(parents=True)
    for number, name in enumerate(names):
        table.shard(len(names), number, contiguous=True).to_parquet(tmp_path / "out" / name)
        table.to_parquet(tmp_path / "out" / name.replace("test", "train"))
    assert is_the_table(open_pictures(tmp_path / "out", "test"))
    with pytest.raises(ValueError, match="has no split 'dev'; it has test, train"):
        open_pictures(str(tmp_path / "out"), "dev")


def test_what_save_to_disk_wrote(table, tmp_path):
    DatasetDict(test=table, train=table).save_to_disk(tmp_path / "splits")
    assert is_the_table(open_pictures(tmp_path / "splits", "test"))
    with pytest.raises(ValueError, match="has no split 'validation'; it has test, train"):
        open_pictures(tmp_path / "splits", "validation")
    table.save_to_disk(tmp_path / "alone")
    assert is_the_table(open_pictures(tmp_path / "alone", "train"))
    with pytest.raises(ValueError, match="has no split 'test'; it has train"):
        open_pictures(tmp_path / "alone", "test")


def test_an_image_folder_with_captions_or_with_labels(tmp_path):
    for number in range(4):
        draw(tmp_path / "said" / "test" / f"{number}.jpg", number)
        draw(tmp_path / "named" / ("mèo" if number % 2 else "chó") / f"{number}.jpg", number)
    lines = ["file_name,image_id,text", *(f"{n}.jpg,id {n},ảnh {n}" for n in range(4))]
    (tmp_path / "said" / "test" / "metadata.csv").write_text("\n".join(lines), "utf-8")
    assert is_the_table(open_pictures(tmp_path / "said", "test"))
    opened = open_pictures(tmp_path / "named", "train")
    assert sorted(opened["label"]) == ["chó", "chó", "mèo", "mèo"]
    with pytest.raises(ValueError, match="has no split 'test'; it has train"):
        open_pictures(tmp_path / "named", "test")


def test_other_columns_are_brought_into_the_schema(table, tmp_path):
    other = table.rename_columns({"image": "ảnh"}).remove_columns("captions")
    other = other.add_column("caption_vi", [f"ảnh {n}" for n in range(4)])
    label = ClassLabel(names=["chó", "mèo"])
    other = other.add_column("label", [0, 1, 1, 0], feature=label)
    (tmp_path / "out").mkdir()
    other.to_parquet(tmp_path / "out" / "train.parquet")
    opened = open_pictures(tmp_path / "out", "train")
    assert is_the_table(opened)
    assert opened["label"][:] == ["chó", "mèo", "mèo", "chó"]


def test_pictures_that_are_stored_without_being_declared(table, tmp_path):
    """As floschne/xm3600 has them: a struct of bytes, and a path that is null."""
    raw = [(tmp_path / "drawn" / f"{n}.jpg").read_bytes() for n in range(4)]
    rows = {"image": [{"bytes": data, "path": None} for data in raw], "image_id": list("0123")}
    plain = Dataset.from_dict(rows | {"captions": table["captions"][:]})
    assert not isinstance(plain.features["image"], Image)
    (tmp_path / "out").mkdir()
    plain.to_parquet(tmp_path / "out" / "vi.parquet")
    assert is_the_table(open_pictures(tmp_path / "out", "vi"))


def test_what_cannot_be_opened_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="nor is it a Hub id"):
        open_pictures(tmp_path / "nowhere", "train")
    with pytest.raises(FileNotFoundError, match="org/nothing is no folder here, and cannot be"):
        open_pictures("org/nothing", "train")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "readme.txt").write_text("no pictures")
    with pytest.raises(FileNotFoundError, match="notes cannot be opened: it holds no Parquet"):
        open_pictures(tmp_path / "notes", "train")
    (tmp_path / "out").mkdir()
    Dataset.from_dict({"a": [1], "b": [2]}).to_parquet(tmp_path / "out" / "train.parquet")
    with pytest.raises(ValueError, match="neither pictures nor captions, but a, b"):
        open_pictures(tmp_path / "out", "train")
    (tmp_path / "out" / ".parts").mkdir()
    with pytest.raises(ValueError, match="prepared in part"):
        open_pictures(tmp_path / "out", "train")


@pytest.mark.shared_data
def test_real_data(shared_data):
    opened = open_pictures(shared_data / "capydata_vi", "test")
    assert (len(opened), opened[0]["image"].size) == (277, (304, 224))
    assert "bóng đá" in opened["label"][:]


def test_ids_are_the_data_sets_own_or_row_numbers():
    named = Dataset.from_dict({"image_id": [7, 8, 9], "captions": [["a"]] * 3})
    assert picture_ids(named) == ["7", "8", "9"]
    assert picture_ids(named, 1, 5) == ["8", "9"]
    assert picture_ids(named.remove_columns("image_id"), 1, 5) == ["1", "2"]
