"""The command: data sets in, a table of pairs and a picture out."""

import csv
import io
import runpy
import sys
from pathlib import Path

import pytest
from datasets import Dataset, Features, Image, Value
from PIL import Image as Pillow

from phoclip_hf.data.scenes import draw_scene

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "find_duplicates.py"
FEATURES = Features({"image": Image(), "image_id": Value("string")})


def run(monkeypatch, *arguments: object) -> int:
    """Return the exit status of the script, run in this process, without a model."""
    words = [str(SCRIPT), *map(str, arguments), "--model", "none"]
    monkeypatch.setattr(sys, "argv", words)
    try:
        runpy.run_path(str(SCRIPT), run_name="__main__")
    except SystemExit as stop:
        return stop.code
    return 0


def png(image: Pillow.Image) -> dict:
    file = io.BytesIO()
    image.save(file, "PNG")
    return {"bytes": file.getvalue(), "path": None}


def write(folder: Path, split: str, rows: dict[str, dict], ids: bool = True) -> None:
    folder.mkdir(exist_ok=True)
    table = Dataset.from_list(
        [{"image": image, "image_id": name} for name, image in rows.items()], features=FEATURES
    )
    (table if ids else table.remove_columns("image_id")).to_parquet(folder / f"{split}.parquet")


@pytest.fixture
def photos(tmp_path) -> Path:
    """Two splits: a repeat within one, a flipped copy across, and a file that is no photo."""
    scenes = [draw_scene(seed, size=96).image for seed in range(4)]
    train = {f"t{n}": png(scene) for n, scene in enumerate(scenes)} | {"again": png(scenes[1])}
    flipped = scenes[2].transpose(Pillow.Transpose.FLIP_LEFT_RIGHT)
    write(tmp_path / "photos", "train", train)
    test = {"v0": png(flipped), "bad": {"bytes": b"no photo", "path": None}}
    write(tmp_path / "photos", "test", test)
    return tmp_path / "photos"


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_pairs_within_and_across_and_what_was_set_aside(photos, tmp_path, monkeypatch, capsys):
    output, picture, cache = (tmp_path / name for name in ("pairs.csv", "pairs.png", "cache"))
    options = ["--output", output, "--picture", picture, "--cache", cache]
    assert run(monkeypatch, photos, *options) == 3
    header, *rows = read(output)
    assert header == ["a", "b", "kind", "score", "a_source", "b_source"]
    assert [row[:3] + row[4:] for row in rows] == [
        ["v0", "t2", "flipped", "photos:test", "photos:train"],
        ["t1", "again", "exact", "photos:train", "photos:train"],
    ]
    assert 0.9 < float(rows[0][3]) <= 1 and float(rows[1][3]) == 1
    set_aside = read(tmp_path / "pairs.set_aside.csv")
    assert [row[:2] for row in set_aside] == [["image_id", "source"], ["bad", "photos:test"]]
    assert "not a photo" in set_aside[1][2]
    with Pillow.open(picture) as sheet:
        assert sheet.size == (2 * (2 * 112 + 8), 112 + 14 + 8)
    assert "2  pairs among 7 pictures" in capsys.readouterr().out

    before = output.read_bytes()  # a second run reads the cache, and says the same
    assert run(monkeypatch, photos, *options) == 3
    assert output.read_bytes() == before


def test_one_split_without_ids_and_without_pairs(tmp_path, monkeypatch):
    scenes = {str(seed): png(draw_scene(seed, size=64).image) for seed in range(2)}
    write(tmp_path / "plain", "train", scenes, ids=False)
    write(tmp_path / "plain", "test", {"x": scenes["1"], "y": scenes["1"]}, ids=False)
    output = tmp_path / "new" / "pairs.csv"
    options = ["--output", output, "--cache", tmp_path / "cache"]
    assert run(monkeypatch, f"{tmp_path / 'plain'}:train", *options) == 0
    assert len(read(output)) == 1
    # Given twice, a split is not a copy of itself; without image_id rows are counted.
    both = [tmp_path / "plain", f"{tmp_path / 'plain'}:train"]
    assert run(monkeypatch, *both, *options) == 0
    assert [row[:3] for row in read(output)[1:]] == [
        ["0", "1", "exact"],
        ["0", "1", "exact"],
        ["1", "1", "exact"],
    ]


def test_what_cannot_be_carried_out(tmp_path, monkeypatch):
    options = ["--output", tmp_path / "pairs.csv", "--cache", tmp_path / "cache"]
    assert "no-such-folder" in run(monkeypatch, "no-such-folder", *options)
    Dataset.from_dict({"captions": [["a"]]}).to_parquet(tmp_path / "train.parquet")
    assert "has no pictures" in run(monkeypatch, tmp_path, *options)
    assert run(monkeypatch, tmp_path, *options, "--threshold", "7") == 2
    assert not (tmp_path / "pairs.csv").exists()
