"""Every release format on a tiny file of its kind, with bad rows; the real ones whole."""

import json

import pytest
from releases import coco, write_json

from phoclip_hf.data.intake.annotation_formats import (
    coco_rows,
    flickr_rows,
    openviic_rows,
    viecap4h_rows,
)
from phoclip_hf.data.intake.caption_rows import PictureRow, SetAside
from phoclip_hf.data.intake.releases import RELEASES, open_release


def rows_of(source, split: str) -> list:
    return [row for _, row in source.splits[split](0)]


def pictures(rows) -> dict:
    return {row.image: list(row.captions) for row in rows if isinstance(row, PictureRow)}


def reasons(rows) -> list[str]:
    return [row.reason for row in rows if isinstance(row, SetAside)]


@pytest.mark.parametrize("file_key", ["file_name", "filename"])
def test_coco_gathers_captions_in_the_order_of_the_pictures(file_key):
    data = coco({"b.jpg": ["một", "hai"], "a.jpg": ["ba"]}, file_key)
    data["annotations"].reverse()
    rows = list(coco_rows(data, "train"))
    assert pictures(rows) == {"b.jpg": ["hai", "một"], "a.jpg": ["ba"]}
    assert list(pictures(rows)) == ["b.jpg", "a.jpg"]
    assert [row.image_id for row in rows] == ["0", "1"]


def test_coco_sets_aside_what_does_not_fit_together():
    data = coco({"a.jpg": ["một"], "b.jpg": []})
    data["images"] += [{"id": 0, "file_name": "again.jpg"}, "no object", {"file_name": "no id"}]
    data["images"].append({"id": 7})
    data["annotations"] += [{"image_id": 99, "caption": "của ai?"}, {"caption": "không có id"}]
    data["annotations"] += [{"image_id": "0", "caption": "id là chữ"}, None]
    rows = list(coco_rows(data, "train"))
    assert reasons(rows) == [
        "duplicate_id",
        "broken_row",
        "broken_row",
        "annotation_without_image",
        "broken_row",
        "broken_row",
    ]
    # What has no caption or no file is a picture yet: preparation says what it lacks.
    assert pictures(rows) == {"a.jpg": ["một", "id là chữ"], "b.jpg": [], None: []}
    aside = next(row for row in rows if row.raw == {"image_id": 99, "caption": "của ai?"})
    assert (aside.what, aside.image_id) == ("caption", "99")


def test_ktvic_has_segmented_captions_by_choice(tmp_path):
    data = coco({"1.jpg": ["một căn nhà cao tầng"]}, "filename")
    data["annotations"][0]["segment_caption"] = "một căn nhà cao_tầng"
    write_json(tmp_path / "test_data.json", data)
    plain = open_release("ktvic", tmp_path, None)
    segmented = open_release("ktvic", tmp_path, None, segmented=True)
    assert pictures(rows_of(plain, "test")) == {"1.jpg": ["một căn nhà cao tầng"]}
    assert pictures(rows_of(segmented, "test")) == {"1.jpg": ["một căn nhà cao_tầng"]}
    write_json(tmp_path / "uitviic_captions_val2017.json", data)
    with pytest.raises(ValueError, match="no word-segmented captions"):
        open_release("uit_viic", tmp_path, None, segmented=True)


def test_openviic():
    data = {"x.jpg": {"captions": ["một", "hai"]}, "y.jpg": {"caption": "ba"}, "z.jpg": ["bốn"]}
    rows = list(openviic_rows(data, "test"))
    assert pictures(rows) == {"x.jpg": ["một", "hai"]}
    assert reasons(rows) == ["broken_row", "broken_row"]
    assert rows[1].raw == {"y.jpg": {"caption": "ba"}}


def test_viecap4h_has_one_caption_a_line():
    data = [{"id": "1.jpg", "captions": "một bác sĩ\nhai y tá\n"}, {"captions": "?"}, "chữ"]
    rows = list(viecap4h_rows([*data, {"id": "2.jpg", "captions": None}], "train"))
    assert pictures(rows) == {"1.jpg": ["một bác sĩ", "hai y tá"], "2.jpg": [None]}
    assert reasons(rows) == ["broken_row", "broken_row"]


def test_flickr_lines():
    lines = ["1.jpg\tmột con chó", "2.jpg#0\tmột, hai", "1.jpg\tvàng\tvà to", "", "không có tab"]
    rows = list(flickr_rows([*lines, "2.jpg#1\tba"], "train"))
    assert pictures(rows) == {
        "1.jpg": ["một con chó", "vàng\tvà to"],
        "2.jpg": ["một, hai", "ba"],
    }
    assert reasons(rows) == ["broken_row"]
    assert "line 5" in rows[0].detail


@pytest.mark.parametrize(
    "reader, data",
    [(coco_rows, []), (coco_rows, {"images": []}), (openviic_rows, []), (viecap4h_rows, {"a": 1})],
)
def test_another_format_is_an_error_that_says_what_was_found(reader, data):
    with pytest.raises(ValueError, match=f"got {type(data).__name__}"):
        list(reader(data, "train"))


FORMATS = {
    "ktvic": coco({"1.jpg": ["một"]}, "filename"),
    "uit_viic": coco({"1.jpg": ["một"]}),
    "coco_vi": coco({"1.jpg": ["một"]}),
    "uit_openviic": {"1.jpg": {"captions": ["một"]}},
    "viecap4h": [{"id": "1.jpg", "captions": "một"}],
    "flickr_vi": None,
}


@pytest.mark.parametrize("name", RELEASES)
def test_every_release_finds_its_files(name, tmp_path):
    files = RELEASES[name].files
    for patterns in files.values():
        path = tmp_path / "below" / patterns[0].replace("*", "_trans")
        if FORMATS[name] is None:
            path.parent.mkdir()
            path.write_bytes("\ufeff1.jpg\tmột\r\n".encode())
        else:
            write_json(path, FORMATS[name])
    source = open_release(name, tmp_path, None)
    assert list(source.splits) == list(files)
    for split in files:
        assert pictures(rows_of(source, split)) == {"1.jpg": ["một"]}
    assert list(open_release(name, path, None).splits) == list(files)[-1:]  # one file alone


def test_what_is_not_there_or_not_json_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="uitviic_captions_train2017.json"):
        open_release("uit_viic", tmp_path, None)
    (tmp_path / "train_captions.json").write_text('[{"id": "1.jpg", ')
    with pytest.raises(ValueError, match="train_captions.json: Expecting"):
        open_release("viecap4h", tmp_path, None)
    write_json(tmp_path / "a" / "train_data.json", FORMATS["ktvic"])
    write_json(tmp_path / "b" / "train_data.json", FORMATS["ktvic"])
    with pytest.raises(ValueError, match="2 files for the split train"):
        open_release("ktvic", tmp_path, None)


def test_half_letters_in_json_reach_the_row(tmp_path):
    path = tmp_path / "captions_train2017.json"
    path.write_text(json.dumps(coco({"1.jpg": ["n\ud83d", "một \ud83d\ude00"]})))
    assert pictures(rows_of(open_release("coco_vi", path, None), "train")) == {
        "1.jpg": ["n\ud83d", "một 😀"]
    }


@pytest.mark.shared_data
@pytest.mark.parametrize(
    "name, counts",
    [
        ("uit_viic", {"train": (2695, 13481), "validation": (924, 4620), "test": (231, 1155)}),
        ("ktvic", {"test": (558, 2790)}),
    ],
)
def test_real_annotations_are_read_whole(name, counts, shared_data):
    source = open_release(name, shared_data / "releases" / name, None)
    read = {split: pictures(rows_of(source, split)) for split in source.splits}
    assert {k: (len(v), sum(map(len, v.values()))) for k, v in read.items()} == counts
    assert not any(reasons(rows_of(source, split)) for split in source.splits)
