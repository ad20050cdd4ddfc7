"""A release becomes Parquet in the schema; bad rows are set aside; a killed run goes on."""

import json
from pathlib import Path

import pytest
from datasets import Features, Image, List, Value, load_dataset
from releases import BAD_CAPTIONS, MENDED_CAPTIONS, MOJIBAKE, coco, draw, good_and_bad_pictures

from phoclip_hf.data.intake.annotation_formats import coco_rows
from phoclip_hf.data.intake.caption_rows import PictureRow
from phoclip_hf.data.intake.caption_sources import listed_source
from phoclip_hf.data.intake.caption_tables import Columns, open_tables
from phoclip_hf.data.intake.preparation import prepare
from phoclip_hf.data.intake.preparation_parts import Settings
from phoclip_hf.data.sources import open_pictures
from phoclip_hf.serving.photos import open_photo

SCHEMA = {
    "image": Image(),
    "captions": List(Value("string")),
    "image_id": Value("string"),
    "source": Value("string"),
}


def drawn_source(folder: Path, count: int, per_picture: int = 2, split: str = "train"):
    for number in range(count):
        draw(folder / f"{number}.jpg", number)
    files = {
        f"{n}.jpg": [f"bức ảnh số {n}, câu {k}" for k in range(per_picture)] for n in range(count)
    }
    rows = list(coco_rows(coco(files), split))
    return listed_source("drawn", {split: rows}, [], folder)


def parquet_of(folder: Path) -> dict[str, list]:
    return {
        path.name: load_dataset("parquet", data_files=str(path), split="train")
        .cast_column("image", Image(decode=False))
        .to_list()
        for path in sorted(folder.glob("*.parquet"))
    }


def test_every_kind_of_bad_row_is_set_aside_and_the_rest_is_kept(tmp_path):
    bad = good_and_bad_pictures(tmp_path / "images")
    files = {name: ["một câu"] for name in bad}
    files |= {"1.jpg": ["hai con mèo", *BAD_CAPTIONS, *MENDED_CAPTIONS, MOJIBAKE, "hai con mèo"]}
    files |= {"2.jpg": ["một", 5, None], "3.jpg": [], "4.jpg": [" ", None]}
    draw(tmp_path / "images" / "unused.jpg", 8)
    draw(tmp_path / "images" / "2 again.jpg", 2)
    files["2 again.jpg"] = ["một bức nữa"]
    data = coco(files)
    data["images"] += [{"id": 0, "file_name": "1.jpg"}, {"id": 70}]
    data["annotations"] += [{"image_id": 99, "caption": "của ai?"}]
    data["annotations"] += [{"image_id": 70, "caption": "không tên"}]
    rows = list(coco_rows(data, "train"))
    rows.append(PictureRow("train", rows[-1].image_id, "2.jpg", ["id này có rồi"], raw="dòng"))
    rows.append(PictureRow("train", "8", "1.jpg", ["id của 1.jpg"], raw="dòng"))
    rows.append(PictureRow("train", "\udce9", "2.jpg", ["id hỏng"], raw="dòng"))
    source = listed_source("tiny", {"train": rows}, [], tmp_path / "images")
    report = prepare(source, tmp_path / "out", open_photo)

    kept = {row["image_id"]: row["captions"] for row in open_pictures(tmp_path / "out", "train")}
    mended = [text for text, _ in MENDED_CAPTIONS.values()]
    assert list(kept.values()) == [
        ["hai con mèo", *mended, MOJIBAKE, "hai con mèo"],
        ["một"],
        ["một bức nữa"],
        ["id này có rồi"],  # its namesake has no file, and so is not there
    ]
    pictures = {e["file"]: e["reason"] for e in report.set_aside if e["what"] == "picture"}
    assert pictures == bad | {
        "3.jpg": "no_caption",
        "4.jpg": "empty_caption",
        None: "no_picture_name",
        "1.jpg": "duplicate_id",
        "2.jpg": "broken_row",
    }
    captions = [e["reason"] for e in report.set_aside if e["what"] == "caption"]
    expected = ["annotation_without_image", *BAD_CAPTIONS.values(), "not_text", "empty_caption"]
    assert sorted(captions) == sorted(expected)
    assert report.mended == {"nfc": 1, "invisible": 1, "control": 1, "whitespace": 1}
    remarks = sorted(entry["kind"] for entry in report.noticed)
    # The four mended ones are the same words, and 2.jpg is there three times.
    assert remarks == (
        ["mojibake"] + ["repeated_caption"] * 4 + ["same_picture"] * 2 + ["unused_file"]
    )

    written = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert (
        written["set_aside"]
        == len(report.set_aside)
        == sum(written["set_aside_by_reason"].values())
    )
    raw = [json.loads(line) for line in open(tmp_path / "out" / "set_aside.jsonl", "rb")]
    assert len(raw) == len(report.set_aside)
    assert {"image_id": 99, "caption": "của ai?"} in [entry["raw"] for entry in raw]
    text = (tmp_path / "out" / "report.md").read_text("utf-8")
    assert f"4 rows (pictures) with 10 captions; {len(raw)} set aside" in text
    assert "`../outside.jpg`" in text and "`unused.jpg`" in text
    assert not (tmp_path / "out" / ".parts").exists()


def test_the_result_opens_by_load_dataset_and_keeps_the_files_bytes(tmp_path):
    prepare(drawn_source(tmp_path / "images", 5), tmp_path / "out", open_photo)
    opened = load_dataset(str(tmp_path / "out"))
    assert {name: len(split) for name, split in opened.items()} == {"train": 5}
    assert opened["train"].features == Features(SCHEMA)
    row = opened["train"].cast_column("image", Image(decode=False))[3]
    assert row["image"]["bytes"] == (tmp_path / "images" / "3.jpg").read_bytes()
    assert row["image"]["path"] == "3.jpg"
    assert row["source"] == "drawn"


def test_labels_are_kept_and_stand_for_captions(tmp_path):
    source = drawn_source(tmp_path / "images", 3)
    rows = [PictureRow("train", str(n), f"{n}.jpg", (), label="mèo") for n in range(3)]
    source = listed_source("labels", {"train": rows}, [], tmp_path / "images")
    prepare(source, tmp_path / "out", open_photo)
    table = open_pictures(tmp_path / "out", "train")
    assert table["label"][:] == ["mèo"] * 3
    assert table["captions"][:] == [[]] * 3


class Killed(Exception):
    pass


@pytest.mark.parametrize(
    "kill_at, shares", [(0, {}), (8, {}), (18, {}), (8, {"test": 0.2, "validation": 0.2})]
)
def test_a_killed_run_goes_on_and_gives_the_same(tmp_path, kill_at, shares):
    source = drawn_source(tmp_path / "images", 20)
    (tmp_path / "images" / "2.jpg").write_bytes(b"no picture")
    (tmp_path / "images" / "13.jpg").unlink()
    draw(tmp_path / "images" / "unused.jpg", 99)
    settings = Settings(part_rows=4, shares=shares)
    opened = []

    def open_and_count(data: bytes, side: int):
        opened.append(data)
        if len(opened) == kill_at + 1:
            raise Killed
        return open_photo(data, side)

    def again():
        return listed_source(source.name, {"train": rows}, [], tmp_path / "images")

    rows = [row for _, row in source.splits["train"](0)]
    whole = prepare(again(), tmp_path / "whole", open_photo, settings)
    with pytest.raises(Killed):
        prepare(again(), tmp_path / "out", open_and_count, settings)
    finished = len(list((tmp_path / "out" / ".parts").glob("*.json"))) - 1
    opened.clear()
    kill_at = 1000
    resumed = prepare(again(), tmp_path / "out", open_and_count, settings)
    # What finished parts hold is not opened again: 19 files, one of them no picture.
    assert len(opened) == sum(row.file != "13.jpg" for row in rows[finished * 4 :])
    assert resumed == whole
    assert parquet_of(tmp_path / "out") == parquet_of(tmp_path / "whole")
    for name in ("set_aside.jsonl", "report.md", "report.json", "README.md"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {path.name for path in (tmp_path / "whole").iterdir()} == names
    assert not any("unfinished" in name for name in names)
    opened.clear()
    assert prepare(again(), tmp_path / "out", open_and_count, settings) == whole
    assert opened == []


@pytest.mark.parametrize("shares", [{}, {"test": 0.2}])
def test_a_run_killed_while_files_are_put_in_place_goes_on(tmp_path, shares, monkeypatch):
    source = drawn_source(tmp_path / "images", 9)
    settings = Settings(part_rows=4, shares=shares)
    whole = prepare(source, tmp_path / "whole", open_photo, settings)

    def kill(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("phoclip_hf.data.intake.preparation.write_report", kill)
        with pytest.raises(Killed):
            prepare(source, tmp_path / "out", open_photo, settings)
    assert list((tmp_path / "out").glob("train-*.parquet"))  # in place before the report is
    assert prepare(source, tmp_path / "out", open_photo, settings) == whole
    assert parquet_of(tmp_path / "out") == parquet_of(tmp_path / "whole")


def test_shares_never_part_equal_pictures(tmp_path):
    images = tmp_path / "images"
    for number in range(20):
        draw(images / f"{number}.png", number)
        draw(images / f"copy of {number}.bmp", number)
    lines = ["image,caption"]
    lines += [f"{path.name},ảnh {path.stem}" for path in sorted(images.iterdir())]
    (tmp_path / "captions.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    source = open_tables(tmp_path / "captions.csv", images, Columns())
    settings = Settings(shares={"test": 0.2, "validation": 0.1}, part_rows=7)
    prepare(source, tmp_path / "out", open_photo, settings)
    where = {}
    for split, count in {"train": 28, "validation": 4, "test": 8}.items():
        table = open_pictures(tmp_path / "out", split)
        assert len(table) == count
        for name in table["image_id"]:
            where.setdefault(Path(name).stem.split()[-1], set()).add(split)
    assert len(where) == 20
    assert all(len(splits) == 1 for splits in where.values())


def test_the_report_names_the_splits_that_come_out(tmp_path):
    images = tmp_path / "images"
    for number in range(12):
        draw(images / f"{number}.png", number % 10)  # 10 and 11 are 0 and 1 again
    lines = ["image,caption"]
    for number in range(12):
        lines += [f"{number}.png,ảnh {number}", f"{number}.png,", f"{number}.png,ảnh {number}"]
    (tmp_path / "all.csv").write_text("\n".join([*lines, "gone.png,một"]), encoding="utf-8")
    source = open_tables(tmp_path / "all.csv", images, Columns())
    settings = Settings(shares={"test": 0.25, "validation": 0.25}, part_rows=5)
    report = prepare(source, tmp_path / "out", open_photo, settings)
    assert list(report.splits) == ["train", "validation", "test"]
    where = {
        image_id: split
        for split, counts in report.splits.items()
        for image_id in open_pictures(tmp_path / "out", split)["image_id"]
    }
    assert len(where) == 12
    kept = [entry for entry in report.set_aside if entry["what"] == "caption"]
    assert {entry["image_id"]: entry["split"] for entry in kept} == where
    # What is in no split names none, not that of the table either.
    assert [entry["split"] for entry in report.set_aside if entry["what"] != "caption"] == [""]
    repeated = [entry for entry in report.noticed if entry["kind"] == "repeated_caption"]
    assert {entry["image_id"]: entry["split"] for entry in repeated} == where
    same = [entry for entry in report.noticed if entry["kind"].startswith("same_picture")]
    assert sorted((e["image_id"], e["kind"], e["split"], e["detail"]) for e in same) == [
        (new, "same_picture", where[old], f"as {old} in {where[old]}")
        for old, new in (("0.png", "10.png"), ("1.png", "11.png"))
    ]
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert f"- {where['3.png']} `3.png`" in text and "- `gone.png`" in text
    raw = (tmp_path / "out" / "set_aside.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["split"] for line in raw} == {*report.splits, ""}


def test_equal_pictures_in_two_splits_of_a_release_are_noticed(tmp_path):
    source = drawn_source(tmp_path / "images", 3)
    rows = [row for _, row in source.splits["train"](0)]
    test = [PictureRow("test", "7", "1.jpg", ["một"])]
    source = listed_source("leaky", {"train": rows, "test": test}, [], tmp_path / "images")
    report = prepare(source, tmp_path / "out", open_photo)
    assert [(e["kind"], e["image_id"], e["detail"]) for e in report.noticed] == [
        ("same_picture_in_two_splits", "7", "as 1 in train")
    ]
    with pytest.raises(ValueError, match=r"split already \(train, test\)"):
        prepare(source, tmp_path / "other", open_photo, Settings(shares={"test": 0.5}))


def test_limit_counts_rows_of_each_split(tmp_path):
    source = drawn_source(tmp_path / "images", 9)
    report = prepare(source, tmp_path / "out", open_photo, Settings(limit=5, part_rows=2))
    assert report.splits == {"train": {"pictures": 5, "captions": 10}}
    names = sorted(path.name for path in (tmp_path / "out").glob("*.parquet"))
    assert names == [f"train-0000{n}-of-00003.parquet" for n in range(3)]


def test_another_run_is_not_overwritten(tmp_path):
    source = drawn_source(tmp_path / "images", 2)
    prepare(source, tmp_path / "out", open_photo)
    with pytest.raises(FileExistsError, match="holds another run, of drawn"):
        prepare(source, tmp_path / "out", open_photo, Settings(max_side=100))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").touch()
    with pytest.raises(FileExistsError, match="is not empty"):
        prepare(source, tmp_path / "mine", open_photo)
    (tmp_path / "half" / ".parts").mkdir(parents=True)
    (tmp_path / "half" / ".parts" / "settings.json").write_text("{}")
    with pytest.raises(FileExistsError, match="unfinished run with other settings"):
        prepare(source, tmp_path / "half", open_photo)
