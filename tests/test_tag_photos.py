"""scripts/tag_photos.py: broken photos, changes, other options, kills at any moment, formats."""

import csv
import importlib.util
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from interrupted import interrupted
from PIL import Image
from tiny import tiny_captioner, tiny_model, tiny_processor

from phoclip_hf.serving.bulk_items import FolderPhotos
from phoclip_hf.serving.bulk_tagging import tag_photos
from phoclip_hf.serving.captioner import Caption
from phoclip_hf.serving.photo_journal import PhotoJournal
from phoclip_hf.serving.tagging import Tag

ROOT = Path(__file__).resolve().parent.parent


class Width:
    """A captioner that says how wide a picture is, and counts what it describes."""

    batch_size = 2
    fingerprint = "width"

    def __init__(self) -> None:
        self.seen = 0

    def describe_each(self, images, count, beams):
        self.seen += len(images)
        return [
            [Caption(f"rộng {image.width}", 0.5), Caption("ảnh", 0.25)][:count] for image in images
        ]


class Wide:
    """A tagger that repeats the first caption."""

    fingerprint = "wide"

    def tag_each(self, images, captions):
        return [[Tag(own[0], 0.123456)] for own in captions]


@pytest.fixture
def folder(tmp_path) -> Path:
    """Three photos, one in a folder below, one file that lies and one that is cut short."""
    folder = tmp_path / "ảnh"
    (folder / "hè").mkdir(parents=True)
    for number, name in enumerate(("a.png", "b.png", "hè/c d.png"), start=1):
        Image.new("RGB", (10 * number, 8)).save(folder / name)
    (folder / "lie.jpg").write_text("không phải ảnh")
    (folder / "z.png").write_bytes((folder / "b.png").read_bytes()[:-30])
    return folder


def run(folder: Path, journal: Path, captioner: Width | None = None, **options):
    captioner = captioner or Width()
    *_, found = tag_photos(FolderPhotos(folder), journal, captioner, Wide(), **options)
    return found, captioner.seen


def test_every_photo_gets_captions_and_tags_and_bad_ones_are_named(folder, tmp_path):
    found, _ = run(folder, tmp_path / "journal", count=2)
    assert [row["path"] for row in found.rows] == ["a.png", "b.png", "hè/c d.png"]
    assert found.rows[2] == {
        "path": "hè/c d.png",
        "captions": [{"text": "rộng 30", "score": 0.5}, {"text": "ảnh", "score": 0.25}],
        "tags": [{"text": "rộng 30", "score": 0.1235, "hashtag": "#rộng30"}],
    }
    assert [(row["path"], row["key"]) for row in found.set_aside] == [
        ("lie.jpg", "photo_unknown"),
        ("z.png", "photo_damaged"),
    ]
    assert (found.total, found.done, found.fresh, found.changed) == (5, 5, 3, 0)


def test_only_new_changed_and_repaired_photos_are_described_again(folder, tmp_path):
    journal = tmp_path / "journal"
    before, seen = run(folder, journal)
    assert seen == 3
    again, seen = run(folder, journal)
    assert seen == 0 and again.rows == before.rows and again.fresh == 0
    Image.new("RGB", (99, 8)).save(folder / "b.png")
    Image.new("RGB", (50, 8)).save(folder / "z.png")
    (folder / "a.png").unlink()
    found, seen = run(folder, journal)
    assert seen == 2 and (found.fresh, found.changed) == (2, 1)
    assert {row["path"]: row["captions"][0]["text"] for row in found.rows} == {
        "b.png": "rộng 99",
        "hè/c d.png": "rộng 30",
        "z.png": "rộng 50",
    }


def test_a_stopped_run_goes_on_after_its_last_photo(folder, tmp_path):
    captioner = Width()
    steps = tag_photos(FolderPhotos(folder), tmp_path / "journal", captioner, Wide())
    next(steps)
    assert next(steps).done == 2
    steps.close()
    with (tmp_path / "journal").open("a") as file:
        file.write('\n{"photo": "hè/c d.png", "stamp": "1')  # cut short in the middle of a line
    found, seen = run(folder, tmp_path / "journal")
    assert seen == 1 and len(found.rows) == 3
    assert run(folder, tmp_path / "journal")[1] == 0


@pytest.mark.parametrize("options", [{"count": 2}, {"beams": 1}, {"captioner": "other"}])
def test_entries_of_other_options_are_refused(folder, tmp_path, options):
    run(folder, tmp_path / "journal")
    captioner = Width()
    captioner.fingerprint = options.pop("captioner", captioner.fingerprint)
    with pytest.raises(ValueError, match="another (count|beams|captioner)\\. .*another --output"):
        run(folder, tmp_path / "journal", captioner, **options)


def test_a_journal_keeps_what_lines_would_tear(tmp_path):
    settings = {"count": 1}
    name = "a\u2028b\u0085\x1c.png"
    PhotoJournal(tmp_path / "j", settings).add(name, "1 2", {"text": "phở"})
    journal = PhotoJournal(tmp_path / "j", settings)
    assert name in journal and journal.get(name, "1 2") == {"text": "phở"}
    assert journal.get(name, "1 3") is None and journal.get("b", "1 2") is None
    journal.add(name, "1 3", {"text": "bún"})
    assert PhotoJournal(tmp_path / "j", settings).get(name, "1 3") == {"text": "bún"}


@pytest.fixture(scope="module")
def command(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("checkpoints")
    for name, model in (("clip", tiny_model()), ("cap", tiny_captioner())):
        model.save_pretrained(folder / name)
        tiny_processor().save_pretrained(folder / name)
    (folder / "tags.txt").write_text("bãi biển | 40\ncon chó\nphở\n", encoding="utf-8")
    words = ["--model", folder / "clip", "--captioner", folder / "cap"]
    words += ["--tags", folder / "tags.txt", "--beams", "1"]
    return [sys.executable, "scripts/tag_photos.py", *map(str, words)]


@pytest.fixture
def script(command, monkeypatch, capsys):
    """Run the script in this process: its exit status and what it said."""
    spec = importlib.util.spec_from_file_location("tag_photos_script", ROOT / command[1])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", [*command[1:], *map(str, words)])
        status = 0
        try:
            module.main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
            if not isinstance(end.code, int):
                print(end.code, file=sys.stderr)
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


@pytest.mark.slow
def test_a_table_for_spreadsheets(folder, tmp_path, script):
    output = tmp_path / "out" / "photos.csv"
    status, out, err = script(folder, "--output", output, "--count", 2)
    assert status == 3, err
    assert "set aside: lie.jpg. The file is not a photo" in err
    assert "3 described in this run" in out and "2 set aside" in out
    with output.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["path"] for row in rows] == ["a.png", "b.png", "hè/c d.png"]
    assert 0 < float(rows[0]["score_1"]) <= 1
    tags = rows[0]["tags"].split("; ")
    assert set(tags) <= {"bãi biển", "con chó", "phở"} and "bãi biển" in tags
    assert len(rows[0]["tag_scores"].split("; ")) == len(rows[0]["hashtags"].split()) == len(tags)
    status, out, _ = script(folder, "--output", output, "--count", 2)
    assert status == 3 and "0 described in this run" in out and "3 known before" in out
    status, _, err = script(folder, "--output", output)
    assert status == 1 and "begun with another count" in err


@pytest.mark.slow
def test_json_lines(folder, tmp_path, script):
    (folder / "lie.jpg").unlink()
    (folder / "z.png").unlink()
    status, _, err = script(folder, "--output", tmp_path / "photos.jsonl")
    assert status == 0, err
    lines = (tmp_path / "photos.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["path"] for row in rows] == ["a.png", "b.png", "hè/c d.png"]
    assert {*rows[0]} == {"path", "captions", "tags"}
    assert {*rows[0]["captions"][0]} == {"text", "score"}
    assert {*rows[0]["tags"][0]} == {"text", "score", "hashtag"}


def test_what_cannot_be_carried_out_is_refused(folder, tmp_path, script):
    status, _, err = script(folder, "--output", folder / "lie.jpg")
    assert status == 2 and "expected a name in .jsonl or .csv" in err
    foreign = tmp_path / "mine.jsonl"
    foreign.write_text("của tôi", encoding="utf-8")
    status, _, err = script(folder, "--output", foreign)
    assert status == 1 and "this command did not write it" in err
    assert foreign.read_text(encoding="utf-8") == "của tôi"
    status, _, err = script(folder, "--output", tmp_path / "a.csv", "--count", 6)
    assert status == 2 and "at most 5" in err
    bad = tmp_path / "tags.txt"
    bad.write_text("phở\nphở\n", encoding="utf-8")
    status, _, err = script(folder, "--output", tmp_path / "a.csv", "--tags", bad)
    assert status == 1 and "repeats line 1" in err and str(bad) in err
    status, _, err = script(tmp_path / "nowhere", "--output", tmp_path / "a.csv")
    assert status == 1 and "No photo lies in" in err


@pytest.mark.slow
@pytest.mark.parametrize("end, status", [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_a_killed_run_goes_on_and_describes_no_photo_twice(tmp_path, command, end, status):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(120):
        Image.new("RGB", (64, 64), (number, 0, 0)).save(folder / f"{number:03}.png")
    output, journal = tmp_path / "photos.jsonl", tmp_path / ".photos.jsonl.journal"
    words = [*command, str(folder), "--output", str(output), "--batch-size", "2"]

    def described() -> list[str]:
        lines = journal.read_text("utf-8").split("\n") if journal.exists() else []
        return [json.loads(line)["photo"] for line in lines if line.endswith("]}}")]

    ended, said = interrupted(words, lambda: len(described()) >= 5, end)
    assert ended == status and "Traceback" not in said
    before = len(described())
    assert 5 <= before < 120 and not output.exists()
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert f"{120 - before} described in this run" in done.stdout
    paths = [json.loads(line)["path"] for line in output.read_text("utf-8").splitlines()]
    assert paths == [f"{number:03}.png" for number in range(120)]
    assert sorted(described()) == paths
