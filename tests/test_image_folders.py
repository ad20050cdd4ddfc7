"""Image folders: metadata beside the pictures, or folder names as labels; split by names."""

import pytest
from releases import draw

from phoclip_hf.data.intake.caption_rows import PictureRow
from phoclip_hf.data.intake.caption_tables import Columns
from phoclip_hf.data.intake.image_folders import open_image_folder
from phoclip_hf.data.intake.preparation import prepare
from phoclip_hf.data.sources import open_pictures
from phoclip_hf.serving.photos import open_photo


def rows_of(source, split):
    return [row for _, row in source.splits[split](0) if isinstance(row, PictureRow)]


def test_metadata_for_each_split(tmp_path):
    for split in ("train", "validation"):
        for number in range(3):
            draw(tmp_path / split / f"{number}.jpg", number + 10 * (split == "train"))
        lines = ["file_name,text", "0.jpg,ảnh số 0", "1.jpg,", "gone.jpg,mất", "../up.jpg,ngoài"]
        (tmp_path / split / "metadata.csv").write_text("\n".join(lines), "utf-8-sig")
    report = prepare(open_image_folder(tmp_path), tmp_path.with_name("out"), open_photo)
    assert report.splits == {
        "train": {"pictures": 1, "captions": 1},
        "validation": {"pictures": 1, "captions": 1},
    }
    reasons = ["empty_caption", "missing_picture", "outside_folder"]
    assert [entry["reason"] for entry in report.set_aside] == reasons * 2
    unused = [e["file"] for e in report.noticed if e["kind"] == "unused_file"]
    assert unused == ["train/2.jpg", "validation/2.jpg"]
    row = open_pictures(tmp_path.with_name("out"), "train")[0]
    assert (row["captions"], row["image_id"]) == (["ảnh số 0"], "0.jpg")
    assert row["image"].getpixel((39, 29)) != open_pictures(
        tmp_path.with_name("out"), "validation"
    )[0]["image"].getpixel((39, 29))


def test_json_lines_at_the_root_with_lists_of_captions_and_labels(tmp_path):
    draw(tmp_path / "sâu" / "1.jpg", 1)
    line = '{"file_name": "sâu/1.jpg", "captions": ["một", "hai"], "label": "cá"}'
    (tmp_path / "metadata.jsonl").write_text(line, "utf-8")
    (row,) = rows_of(open_image_folder(tmp_path), "train")
    assert (row.image, row.captions, row.label) == ("sâu/1.jpg", ["một", "hai"], "cá")


def test_folder_names_are_labels(tmp_path):
    for number, label in enumerate(["mèo", "chó", "mèo"]):
        draw(tmp_path / "test" / label / f"{number}.jpg", number)
    source = open_image_folder(tmp_path)
    assert source.has_labels
    assert [(r.image, r.label) for r in rows_of(source, "test")] == [
        ("test/chó/1.jpg", "chó"),
        ("test/mèo/0.jpg", "mèo"),
        ("test/mèo/2.jpg", "mèo"),
    ]


def test_columns_are_named_or_asked_for(tmp_path):
    draw(tmp_path / "1.jpg", 1)
    (tmp_path / "metadata.csv").write_text("file_name,mô tả\n1.jpg,một\n", "utf-8")
    with pytest.raises(ValueError, match="neither captions nor labels, but file_name, mô tả"):
        open_image_folder(tmp_path)
    (row,) = rows_of(open_image_folder(tmp_path, Columns("file_name", ("mô tả",))), "train")
    assert row.captions == ["một"]
    with pytest.raises(FileNotFoundError, match="give the folder of images"):
        open_image_folder(tmp_path / "nowhere")
