"""The user's own road, copied from the README: photos and a CSV in, a searching Space out."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from stand_in_hub import StandInHub

from phoclip_hf.data.scenes import scenes

ROOT = Path(__file__).resolve().parent.parent
PHOTOS = 50


def road() -> list[str]:
    """The commands of the README's section, in order."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## From a folder")[1]
    return re.search(r"```bash\n(.*?)```", section, flags=re.DOTALL)[1].strip().splitlines()


def test_the_notebook_walks_the_same_road():
    notebook = json.loads((ROOT / "docs" / "train_your_own.ipynb").read_text(encoding="utf-8"))
    cells = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    commands = [cell.removeprefix("!") for cell in cells if cell.startswith(("!pip", "!python"))]
    assert commands == [line for line in road() if not line.startswith("hf ")]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_commands_of_the_readme_lead_from_photos_to_a_space(
    tmp_path: Path, mini_checkpoint: Path, stand_in_hub: StandInHub
):
    (tmp_path / "photos").mkdir()
    with open(tmp_path / "captions.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["image", "caption"])
        for number, scene in enumerate(scenes(PHOTOS, seed=4_000_000, size=160)):
            scene.image.save(tmp_path / "photos" / f"{number:02d}.jpg")
            table.writerows([f"{number:02d}.jpg", caption] for caption in scene.captions)
    for name in ("scripts", "spaces"):
        (tmp_path / name).symlink_to(ROOT / name)
    for line in road():
        if line.startswith(("pip ", "hf ")):
            continue
        program, *words = line.split()
        assert program == "python"
        if words[0].endswith("deploy_space.py"):
            words.append("--allow-dirty")
        done = subprocess.run(
            [sys.executable, *words],
            cwd=tmp_path,
            env=os.environ | stand_in_hub.environment | {"HF_HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    api = stand_in_hub.api()
    model = set(api.list_repo_files("org/phoclip-mine"))
    assert {"model.safetensors", "README.md", "modules.json"} <= model
    space = set(api.list_repo_files("org/phoclip-mine-demo", repo_type="space"))
    assert {"app.py", "requirements.txt"} < space and any(f.endswith(".whl") for f in space)
    variables = api.get_space_variables("org/phoclip-mine-demo")
    assert variables["PHOCLIP_MODEL"].value == "org/phoclip-mine"
    metrics = json.loads((tmp_path / "runs/mine/evaluation/metrics.json").read_text())
    assert metrics["t2i_r5"] > 0.5  # five pictures
