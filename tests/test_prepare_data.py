"""The command line of prepare_data.py: what it writes, says, returns and uploads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from datasets import load_dataset
from releases import draw
from stand_in_hub import StandInHub

from phoclip_hf.data.sources import open_pictures

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess:
    command = [sys.executable, ROOT / "scripts" / "prepare_data.py", *arguments]
    environment = os.environ | environment
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, env=environment)


def test_the_command_line_says_how_it_went_by_its_exit_status(tmp_path):
    for number in range(10):
        draw(tmp_path / "ảnh" / f"{number}.jpg", number)
    lines = ["Tên ảnh;Mô tả", *(f"{n}.JPG;ảnh số {n}" for n in range(10))]
    table = tmp_path / "captions.csv"
    table.write_text("\r\n".join(lines), encoding="utf-16")
    words = ["table", "--annotations", table, "--images", tmp_path / "ảnh"]
    words += ["--image-column", "Tên ảnh", "--caption-column", "Mô tả", "--test", "0.2"]
    done = run(*words, "--output", tmp_path / "good")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "10 rows (pictures) with 10 captions; 0 set aside"
    assert len(open_pictures(tmp_path / "good", "test")) == 2
    (tmp_path / "ảnh" / "3.jpg").unlink()
    done = run(*words, "--output", tmp_path / "bad")
    assert done.returncode == 3
    assert done.stdout.splitlines()[-1].endswith("1 set aside (1 pictures)")
    done = run("ktvic", "--annotations", tmp_path, "--images", tmp_path, "--output", tmp_path / "x")
    assert done.returncode == 1
    assert "train_data.json" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.shared_data
def test_real_uit_viic_without_its_pictures(tmp_path, shared_data):
    release = shared_data / "releases" / "uit_viic"
    done = run("uit_viic", "--annotations", release, "--without-images", "--output", tmp_path / "a")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "3850 rows (pictures) with 19256 captions; 0 set aside"
    data = json.loads((release / "uitviic_captions_test2017.json").read_text("utf-8"))
    for number, image in enumerate(data["images"][:3]):
        draw(tmp_path / "train2017" / image["file_name"], number)
    words = ["--annotations", release, "--images", tmp_path / "train2017"]
    done = run("uit_viic", *words, "--output", tmp_path / "b")
    assert done.returncode == 3, done.stderr
    assert done.stdout.splitlines()[-1].startswith("3 rows (pictures) with 15 captions; 3847 set")
    assert len(open_pictures(tmp_path / "b", "test")) == 3
    report = json.loads((tmp_path / "b" / "report.json").read_text("utf-8"))
    assert report["set_aside_by_reason"] == {"missing_picture": 3847}


READ_BACK = """
from phoclip_hf.data.sources import open_pictures
table = open_pictures("org/photos", "test")
print(len(table), table[0]["image"].size, table[0]["captions"])
"""


def test_up_to_the_hub_and_down_again(tmp_path, stand_in_hub: StandInHub):
    lines = ["image,caption", *(f"{draw(tmp_path / f'{n}.jpg', n).name},ảnh {n}" for n in range(6))]
    (tmp_path / "captions.csv").write_text("\n".join(lines), "utf-8")
    words = ["table", "--annotations", tmp_path / "captions.csv", "--images", tmp_path]
    words += ["--test", "0.5", "--output", tmp_path / "out", "--push", "org/photos"]
    online = stand_in_hub.environment | {"HF_HUB_OFFLINE": "0", "HF_HOME": str(tmp_path / "home")}
    done = run(*words, **online)
    assert done.returncode == 0, done.stderr
    assert "pushed to org/photos" in done.stdout
    command = [sys.executable, "-c", READ_BACK]
    read = subprocess.run(command, capture_output=True, text=True, env=os.environ | online)
    assert read.stdout.startswith("3 (40, 30) ['ảnh "), read.stderr
    done = run("hub", "org/photos", "--split", "test=train", "--streaming", "--limit", "2",
               "--output", tmp_path / "down", **online)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "2 rows (pictures) with 2 captions; 0 set aside"
    assert len(load_dataset(str(tmp_path / "down"))["train"]) == 2
