"""Bulk embedding: broken, rotated and repeated photos; interrupted runs; several processes."""

import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from datasets import Dataset, Features, List, Value, load_dataset
from datasets import Image as ImageFeature
from interrupted import interrupted
from PIL import Image
from tiny import tiny_model, tiny_processor

from phoclip_hf.serving.bulk_embedding import embed
from phoclip_hf.serving.bulk_items import FolderPhotos, TablePhotos, Texts
from phoclip_hf.serving.embedding_shards import open_embeddings, read_set_aside, shards
from phoclip_hf.serving.encoder import PhoCLIPEncoder
from phoclip_hf.serving.photos import open_photo

ROOT = Path(__file__).resolve().parent.parent


class Corners:
    """An encoder that sees the top left pixel of a picture and the length of a text."""

    fingerprint = "corners"
    dimension = 3

    def encode_images(self, images):
        corners = [image.getpixel((0, 0)) for image in images]
        return np.array(corners, np.float32).reshape(-1, 3) / 255

    def encode_texts(self, texts):
        return np.array([[len(text), 0, 1] for text in texts], np.float32)


class Others(Corners):
    fingerprint = "others"


@pytest.fixture
def photos(tmp_path) -> Path:
    """Red with a black top left corner: as it is, rotated by EXIF, twice, broken, and no photos."""
    folder = tmp_path / "ảnh"
    (folder / "hè" / "biển").mkdir(parents=True)
    picture = Image.new("RGB", (40, 20), "red")
    picture.paste("black", (0, 0, 8, 8))
    picture.save(folder / "a.png")
    (folder / "hè" / "lặp lại.png").write_bytes((folder / "a.png").read_bytes())
    exif = Image.Exif()
    exif[0x0112] = 6  # stored lying on its side: the top left corner belongs to the top right
    picture.save(folder / "hè" / "biển" / "nghiêng.PNG", exif=exif)
    whole = (folder / "a.png").read_bytes()
    (folder / "b-cut.png").write_bytes(whole[: len(whole) // 2])
    (folder / "c-lie.jpg").write_text("không phải ảnh", encoding="utf-8")
    (folder / "captions.csv").write_text("a.png,đỏ", encoding="utf-8")
    (folder / ".hidden.jpg").write_text("", encoding="utf-8")
    (folder / "z.webp").write_bytes(b"")
    return folder


def test_photos_are_embedded_upright_and_broken_ones_set_aside(photos, tmp_path):
    items = FolderPhotos(photos)
    assert items.others == ["captions.csv"] and len(items) == 6
    *_, progress = embed(items, tmp_path / "out", Corners, batch_size=2, shard_size=4)
    assert (progress.total, progress.done, progress.fresh) == (6, 6, 6)
    ids, vectors = open_embeddings(tmp_path / "out")
    assert ids == ["a.png", "hè/biển/nghiêng.PNG", "hè/lặp lại.png"]
    np.testing.assert_array_equal(vectors, [[0, 0, 0], [1, 0, 0], [0, 0, 0]])
    set_aside = read_set_aside(tmp_path / "out", "images")
    assert [(row["id"], row["key"]) for row in set_aside] == [
        ("b-cut.png", "photo_damaged"),
        ("c-lie.jpg", "photo_unknown"),
        ("z.webp", "photo_unknown"),
    ]
    names = [path.name for path in shards(tmp_path / "out", "images")]
    assert names == ["images-00000-of-00002.parquet", "images-00001-of-00002.parquet"]


@pytest.mark.slow
def test_datasets_and_lancedb_read_the_shards(photos, tmp_path):
    import lancedb
    import pyarrow.dataset

    list(embed(FolderPhotos(photos), tmp_path / "out", Corners, dtype="float16", shard_size=2))
    files = [str(path) for path in shards(tmp_path / "out", "images")]
    assert open_embeddings(tmp_path / "out")[1].dtype == np.float16
    table = load_dataset("parquet", data_files=files, split="train", cache_dir=str(tmp_path / "c"))
    assert table["id"][0] == "a.png" and table["embedding"][1] == [1, 0, 0]
    opened = lancedb.connect(tmp_path / "base").create_table("p", pyarrow.dataset.dataset(files))
    hit = opened.search(np.float32([0.9, 0, 0]), vector_column_name="embedding").limit(1).to_list()
    assert hit[0]["id"] == "hè/biển/nghiêng.PNG"


def test_a_stopped_run_goes_on_and_ends_as_one_that_was_not(photos, tmp_path):
    for number in range(20):
        Image.new("RGB", (9, 9), (number, 0, 0)).save(photos / f"n{number:02}.png")
    settings = {"batch_size": 2, "shard_size": 6}
    items = FolderPhotos(photos)
    list(embed(items, tmp_path / "whole", Corners, **settings))
    steps = embed(items, tmp_path / "stopped", Corners, **settings)
    while next(steps).done < 15:  # two shards of six, and a part of the third
        pass
    steps.close()
    assert len(shards(tmp_path / "stopped", "images")) == 2
    shards(tmp_path / "stopped", "images")[1].write_bytes(b"PAR1")  # a disk was full
    *_, progress = embed(FolderPhotos(photos), tmp_path / "stopped", Corners, **settings)
    assert (progress.done, progress.fresh) == (26, 20)
    for ours, expected in zip(
        shards(tmp_path / "stopped", "images"), shards(tmp_path / "whole", "images"), strict=True
    ):
        assert ours.read_bytes() == expected.read_bytes()
    *_, progress = embed(FolderPhotos(photos), tmp_path / "stopped", Corners, **settings)
    assert progress.fresh == 0


@pytest.mark.parametrize("change", ["photo", "model", "dtype", "shards"])
def test_embeddings_of_something_else_are_never_mixed_in(photos, tmp_path, change):
    settings = {"load_encoder": Corners, "dtype": "float32", "shard_size": 4}
    list(embed(FolderPhotos(photos), tmp_path / "out", **settings))
    if change == "photo":
        Image.new("RGB", (9, 9)).save(photos / "a.png")
    settings |= {
        "model": {"load_encoder": Others},
        "dtype": {"dtype": "float16"},
        "shards": {"shard_size": 3},
    }.get(change, {})
    with pytest.raises(ValueError, match="Choose another --output"):
        list(embed(FolderPhotos(photos), tmp_path / "out", **settings))


def test_a_data_set_gives_pictures_and_texts(tmp_path):
    features = Features(
        {"image": ImageFeature(), "image_id": Value("string"), "captions": List(Value("string"))}
    )
    good, lie = {"bytes": b"", "path": None}, {"bytes": b"no photo", "path": None}
    Image.new("RGB", (8, 8), "blue").save(tmp_path / "blue.png")
    good["bytes"] = (tmp_path / "blue.png").read_bytes()
    table = Dataset.from_dict(
        {
            "image": [good, lie, None],
            "image_id": ["x", "y", "z"],
            "captions": [["một", "hai ba"], [], ["", "bốn"]],
        },
        features=features,
    )
    list(embed(TablePhotos(table), tmp_path / "out", Corners))
    list(embed(Texts.of_column(table, "captions"), tmp_path / "out", Corners))
    ids, vectors = open_embeddings(tmp_path / "out")
    assert ids == ["x"] and vectors.tolist() == [[0, 0, 1]]
    keys = [row["key"] for row in read_set_aside(tmp_path / "out", "images")]
    assert keys == ["photo_unknown", "photo_missing"]
    ids, vectors = open_embeddings(tmp_path / "out", "texts")
    assert ids == ["x#0", "x#1", "z#1"] and vectors[:, 0].tolist() == [3, 6, 3]
    assert [row["id"] for row in read_set_aside(tmp_path / "out", "texts")] == ["z#0"]
    with pytest.raises(ValueError, match="no column 'caption'; it has image, image_id, captions"):
        Texts.of_column(table, "caption")


def test_lines_of_a_file_are_numbered_from_one(tmp_path):
    path = tmp_path / "câu.txt"
    path.write_text("\ufeffmột con chó\n\nhai người\u2028ngồi\n", encoding="utf-8")
    items = Texts.of_file(path)
    assert list(zip(items.ids, items.texts, strict=True)) == [
        ("1", "một con chó"),
        ("2", ""),
        ("3", "hai người\u2028ngồi"),
    ]


def test_a_folder_without_photos_says_so(tmp_path):
    (tmp_path / "thư.txt").write_text("x")
    with pytest.raises(FileNotFoundError, match="No photo lies in .* .1 other files"):
        FolderPhotos(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="names that are no text exist on POSIX only")
def test_a_name_that_is_no_text_gets_an_id_that_is(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    name = os.fsdecode(b"b\xff.png")
    try:
        (folder / name).write_bytes(b"no photo")
    except OSError:
        pytest.skip("this file system takes no such name")
    Image.new("RGB", (8, 8)).save(folder / "a.png")
    list(embed(FolderPhotos(folder), tmp_path / "out", Corners))
    assert open_embeddings(tmp_path / "out")[0] == ["a.png"]
    assert read_set_aside(tmp_path / "out", "images")[0]["id"] == "b\\xff.png"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    tiny_model().save_pretrained(folder)
    tiny_processor().save_pretrained(folder)
    return folder


@pytest.mark.slow
def test_two_processes_equal_one_and_both_equal_the_encoder(photos, tmp_path, checkpoint):
    load = partial(PhoCLIPEncoder, str(checkpoint))
    for processes in (1, 2):
        output = tmp_path / str(processes)
        settings = {"batch_size": 2, "shard_size": 3, "processes": processes}
        list(embed(FolderPhotos(photos), output, load, **settings))
    one, two = (open_embeddings(tmp_path / name) for name in ("1", "2"))
    assert one[0] == two[0] and read_set_aside(tmp_path / "2", "images")
    np.testing.assert_allclose(one[1], two[1], atol=1e-6)
    expected = load().encode_images([open_photo(photos / name) for name in one[0]])
    np.testing.assert_allclose(one[1], expected, atol=1e-6)
    load = partial(PhoCLIPEncoder, str(tmp_path / "không có"))
    with pytest.raises(ValueError, match="there is no such folder"):
        list(embed(FolderPhotos(photos), tmp_path / "3", load, processes=2))


@pytest.mark.slow
def test_the_script_is_interrupted_goes_on_and_says_what_was_set_aside(tmp_path, checkpoint):
    """Ctrl-C in the middle, then the same command: exit 130, then 3; no shard is made twice."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(400):
        Image.new("RGB", (300, 300), (number % 256, number // 2, 0)).save(folder / f"{number}.png")
    (folder / "lie.png").write_text("x")
    command = [sys.executable, "scripts/embed.py", str(folder), "--output", str(tmp_path / "out")]
    command += ["--model", str(checkpoint), "--batch-size", "4", "--shard-size", "40"]
    status, said = interrupted(
        command, lambda: len(shards(tmp_path / "out", "images")) >= 2, signal.SIGINT
    )
    assert status == 130, said
    assert "the same command goes on" in said and "Traceback" not in said
    before = {path: path.stat().st_mtime_ns for path in shards(tmp_path / "out", "images")}
    assert 2 <= len(before) < 11
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 3, done.stderr
    assert "400 embedded, 1 set aside" in done.stdout and "a second" in done.stdout
    assert len(shards(tmp_path / "out", "images")) == 11
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert report["images"]["embedded"] == 400
    assert report["images"]["set_aside"][0]["id"] == "lie.png"
