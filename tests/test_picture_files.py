"""Names in annotations lead to files in the folder of images, and to nothing else."""

import unicodedata

import pytest
from releases import draw

from phoclip_hf.data.intake.picture_files import MAX_FILE, PictureFolder, PictureMissing


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate(
        ["1.jpg", "train/2.jpg", "val2017/3.JPG", "test-images/3.jpg", "sâu/cá.png", ".ẩn/4.jpg"]
    ):
        draw(tmp_path / "images" / name, number)
    (tmp_path / "images" / "notes.txt").write_text("không phải ảnh")
    draw(tmp_path / "outside.jpg", 7)
    return tmp_path / "images"


@pytest.mark.parametrize(
    "name, split, found",
    [
        ("1.jpg", "train", "1.jpg"),
        (" 1.jpg ", "train", "1.jpg"),
        ("1", "train", "1.jpg"),
        ("2.jpg", "train", "train/2.jpg"),
        ("train\\2.jpg", "test", "train/2.jpg"),
        ("./train/2.jpg", "test", "train/2.jpg"),
        ("3.jpg", "validation", "val2017/3.JPG"),
        ("3.jpg", "test", "test-images/3.jpg"),
        ("val2017/3.jpg", "test", "val2017/3.JPG"),
        ("SÂU/CÁ.PNG", "train", "sâu/cá.png"),
        (unicodedata.normalize("NFD", "sâu/cá.png"), "train", "sâu/cá.png"),
    ],
)
def test_a_name_in_any_form_is_found(folder, name, split, found):
    assert PictureFolder(folder).find(name, split) == found


@pytest.mark.parametrize(
    "name, reason",
    [
        ("5.jpg", "missing_picture"),
        ("other/1.jpg", "missing_picture"),
        ("11.jpg", "missing_picture"),
        ("notes.txt", "missing_picture"),
        ("4.jpg", "missing_picture"),
        ("3.jpg", "ambiguous_picture"),
        ("  ", "no_picture_name"),
        ("../outside.jpg", "outside_folder"),
        ("train/../../outside.jpg", "outside_folder"),
        ("..\\outside.jpg", "outside_folder"),
        ("/etc/passwd", "outside_folder"),
        ("\\\\server\\share.jpg", "outside_folder"),
        ("d:1.jpg", "outside_folder"),
    ],
)
def test_what_leads_to_no_picture_says_why(folder, name, reason):
    with pytest.raises(PictureMissing) as caught:
        PictureFolder(folder).find(name, "train")
    assert caught.value.reason == reason


def test_links_are_followed_and_circles_are_not(folder):
    draw(folder.parent / "store" / "6.jpg", 6)
    (folder / "linked").symlink_to(folder.parent / "store")
    (folder / "circle").symlink_to(folder)
    pictures = PictureFolder(folder)
    assert pictures.find("6.jpg", "train") == "linked/6.jpg"
    assert len(pictures.files) == 6


def test_files_that_no_row_named_are_left_over(folder):
    pictures = PictureFolder(folder)
    pictures.find("3.jpg", "test")
    pictures.find("1", "train")
    assert pictures.left_over() == ["sâu/cá.png", "train/2.jpg", "val2017/3.JPG"]


def test_a_file_that_is_no_photo_by_its_size_is_not_read(folder):
    with open(folder / "huge.jpg", "wb") as file:
        file.truncate(MAX_FILE + 1)
    with pytest.raises(PictureMissing, match="256 MiB; at most 256"):
        PictureFolder(folder).read("huge.jpg")
    with pytest.raises(PictureMissing) as caught:
        PictureFolder(folder).read("gone.jpg")
    assert caught.value.reason == "unreadable_picture"
    with pytest.raises(FileNotFoundError, match="give the folder of images"):
        PictureFolder(folder / "1.jpg")
