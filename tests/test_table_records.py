"""Tables as spreadsheets save them: any delimiter, mark, line ending; a broken row costs itself."""

import codecs

import pytest

from phoclip_hf.data.intake.caption_rows import PictureRow, SetAside
from phoclip_hf.data.intake.caption_tables import Columns, open_tables, table_rows
from phoclip_hf.data.intake.table_records import csv_records, jsonl_records, read_text

WANTED = ["image", "caption"]
TEXT = "image,caption\n1.jpg,một con chó\n2.jpg,con mèo\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.replace("\n", "\r\n").encode("utf-8-sig"),
        TEXT.replace("\n", "\r").encode(),
        codecs.BOM_UTF16_LE + TEXT.replace(",", "\t").encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.replace(",", ";").encode("utf-16-be"),
        ("sep=;\n" + TEXT.replace(",", ";")).encode("utf-8-sig"),
        TEXT.replace(",", "|").encode(),
        TEXT.replace("image", ' "image"').replace("1.jpg", '"1.jpg"').encode(),
    ],
    ids=["utf-8", "bom", "excel", "old mac", "utf-16 tab", "utf-16-be", "sep=", "bar", "quotes"],
)
def test_what_spreadsheets_save(data, tmp_path):
    (tmp_path / "t.csv").write_bytes(data)
    records = list(csv_records(read_text(tmp_path / "t.csv"), "train", WANTED))
    assert records == [
        {"image": "1.jpg", "caption": "một con chó"},
        {"image": "2.jpg", "caption": "con mèo"},
    ]


def test_a_delimiter_within_captions_does_not_count():
    text = "image;caption\n1.jpg;chó, mèo, gà\n2.jpg;một, hai\n"
    assert [r["caption"] for r in csv_records(text, "train", WANTED)] == [
        "chó, mèo, gà",
        "một, hai",
    ]


def test_a_broken_row_costs_itself_alone():
    text = (
        'image,caption\n1.jpg,"một, ""hai"""\n2.jpg,"chưa đóng\n3.jpg,ba\n4.jpg,"hai\ndòng"\n'
        '5.jpg,thừa,ô\n6.jpg\n7.jpg,"đóng" sớm\n8.jpg,cao 5" thôi\n9.jpg,"chưa\n10.jpg,hết'
    )
    records = list(csv_records(text, "train", WANTED))
    good = {r["image"]: r["caption"] for r in records if isinstance(r, dict)}
    assert good == {
        "1.jpg": 'một, "hai"',
        "3.jpg": "ba",
        "4.jpg": "hai\ndòng",
        "8.jpg": 'cao 5" thôi',
        "10.jpg": "hết",
    }
    bad = [r for r in records if isinstance(r, SetAside)]
    assert [(r.reason, r.detail.split(":")[0][:7]) for r in bad] == [
        ("broken_row", "line 3"),
        ("broken_row", "line 7 "),
        ("broken_row", "line 8 "),
        ("broken_row", "line 9"),
        ("broken_row", "line 11"),
    ]


def test_a_table_without_header_is_said_to_have_none():
    text = "1.jpg\tmột, hai\n2.jpg\tba\n"
    with pytest.raises(ValueError, match="the table has: 1.jpg, một, hai.*--no-header"):
        list(csv_records(text, "train", WANTED))
    records = list(csv_records(text, "train", ["1", "2"], has_header=False))
    assert records == [{"1": "1.jpg", "2": "một, hai"}, {"1": "2.jpg", "2": "ba"}]
    with pytest.raises(ValueError, match="numbered columns"):
        list(csv_records(text, "train", WANTED, has_header=False))
    with pytest.raises(ValueError, match="--delimiter"):
        list(csv_records("một dòng\nhai\n", "train", ["1", "2"], has_header=False))


def test_columns_that_are_not_there_are_named():
    with pytest.raises(ValueError, match="image, mô tả; the table has: image, caption"):
        list(csv_records(TEXT, "train", ["image", "mô tả"]))
    with pytest.raises(ValueError, match="twice"):
        list(csv_records("image,caption,caption\n", "train", WANTED))
    with pytest.raises(ValueError, match="the table has: ảnh"):
        list(jsonl_records('{"ảnh": "1.jpg"}\n', "train", WANTED))


def test_bytes_that_are_no_utf_8_lose_their_row_alone(tmp_path):
    (tmp_path / "t.csv").write_bytes(TEXT.encode() + b"3.jpg,m\xe9o\n")
    records = list(csv_records(read_text(tmp_path / "t.csv"), "train", WANTED))
    assert [r["caption"] for r in records] == ["một con chó", "con mèo", "m\udce9o"]
    (tmp_path / "t.csv").write_bytes(TEXT.encode("utf-16-le"))
    with pytest.raises(ValueError, match="UTF-16 without its mark"):
        read_text(tmp_path / "t.csv")


def test_json_lines(tmp_path):
    lines = ['{"image": "1.jpg", "caption": ["một", "hai"], "label": 3}', "[1]", "{", ""]
    lines += ['{"image": "1.jpg", "caption": "ba"}', '{"caption": "của ai"}', '{"image": 5}']
    (tmp_path / "t.jsonl").write_text("\n".join(lines))
    rows = list(table_rows(tmp_path / "t.jsonl", "train", Columns(label="label")))
    assert [r.reason for r in rows if isinstance(r, SetAside)] == [
        "broken_row",
        "broken_row",
        "no_picture_name",
        "no_picture_name",
    ]
    assert [(r.captions, r.label) for r in rows if isinstance(r, PictureRow)] == [
        (["một", "hai", "ba"], "3")
    ]


def test_several_captions_in_a_row_or_in_a_cell(tmp_path):
    (tmp_path / "t.csv").write_text("file,a,b,id\n1.jpg,một,,x\n2.jpg,hai | ba,bốn,y\n1.jpg,,,z\n")
    columns = Columns("file", ("a", "b"), image_id="id", separator="|")
    rows = list(table_rows(tmp_path / "t.csv", "train", columns))
    assert [(r.image_id, [c.strip() for c in r.captions]) for r in rows] == [
        ("x", ["một"]),
        ("y", ["hai", "ba", "bốn"]),
        ("z", []),
    ]


def test_one_id_for_two_pictures_is_set_aside(tmp_path):
    (tmp_path / "t.csv").write_text("image,caption,id\n1.jpg,một,7\n2.jpg,hai,7\n1.jpg,ba,7\n")
    aside, row = table_rows(tmp_path / "t.csv", "train", Columns(image_id="id"))
    assert (aside.reason, aside.file, aside.detail) == (
        "duplicate_id",
        "2.jpg",
        "it is that of 1.jpg",
    )
    assert (row.image_id, row.captions) == ("7", ["một", "ba"])


def test_a_folder_of_tables_is_split_by_their_names(tmp_path):
    for name in ("train", "dev", "test"):
        (tmp_path / f"{name}.csv").write_text(TEXT)
    source = open_tables(tmp_path, None, Columns())
    assert sorted(source.splits) == ["test", "train", "validation"]
    with pytest.raises(FileNotFoundError, match="no table"):
        open_tables(tmp_path / "nowhere", None, Columns())
