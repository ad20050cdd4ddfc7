"""Uploading: one commit holds everything or nothing, killed or not."""

import json
import runpy
import sys
from pathlib import Path

import pytest
from huggingface_hub.errors import HfHubHTTPError
from saved_checkpoints import (  # noqa: F401
    change_weights,
    one_nan,
    saved_fixture,
    trained_fixture,
)
from stand_in_hub import StandInHub

from phoclip_hf.hub.publishing import upload
from phoclip_hf.hub.refusal import Refused
from phoclip_hf.serving.encoder import fingerprint

ROOT = Path(__file__).resolve().parent.parent
CARD = """---
model-index:
- name: phoclip
  results:
  - task: {type: zero-shot-image-classification}
    dataset: {type: scenes, name: scenes}
    metrics: [{type: t2i_r1, value: 0.5}]
---
# phoclip
"""


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    """A staged folder as `upload` takes it; what its two shards hold does not matter here."""
    folder = tmp_path / "staged"
    (folder / "1_Normalize").mkdir(parents=True)
    (folder / "README.md").write_text(CARD)
    (folder / "config.json").write_text("{}")
    (folder / "modeling_phoclip.py").write_text("print('code')\n")
    (folder / "1_Normalize" / "config.json").write_text("{}")
    for index in (1, 2):
        name = f"model-0000{index}-of-00002.safetensors"
        (folder / name).write_bytes(bytes([index, 255]) * 500_000)
    return folder


@pytest.fixture
def hub(stand_in_hub: StandInHub) -> StandInHub:
    return stand_in_hub


def put(hub: StandInHub, folder: Path, **options):
    return upload(folder, "org/phoclip", api=hub.api(), report=lambda line: None, **options)


def test_one_commit_holds_everything(hub: StandInHub, staged: Path):
    made = put(hub, staged)
    info = hub.api().model_info("org/phoclip")
    assert info.sha == made.oid and info.model_index[0]["name"] == "phoclip"
    expected = {p.relative_to(staged).as_posix() for p in staged.rglob("*") if p.is_file()}
    assert set(hub.api().list_repo_files("org/phoclip")) == expected | {".gitattributes"}
    titles = [commit.title for commit in hub.api().list_repo_commits("org/phoclip")]
    assert titles == ["Publish phoclip", "initial commit"]
    assert put(hub, staged).oid == made.oid  # nothing changed, so no commit
    assert hub.count("PUT", "/lfs/") == 2


def test_what_an_earlier_publishing_left_goes_and_the_rest_stays(hub: StandInHub, staged: Path):
    put(hub, staged)
    hub.api().upload_file(path_or_fileobj=b"x", path_in_repo="photo.txt", repo_id="org/phoclip")
    for path in staged.glob("*.safetensors"):
        path.unlink()
    (staged / "modeling_phoclip.py").rename(staged / "modeling_phocap.py")
    (staged / "model.safetensors").write_bytes(bytes([3, 255]) * 1000)
    put(hub, staged)
    names = set(hub.api().list_repo_files("org/phoclip"))
    assert {"photo.txt", "model.safetensors", "modeling_phocap.py"} <= names
    assert not [n for n in names if "-of-" in n or n == "modeling_phoclip.py"]


def test_a_branch_and_a_private_repository(hub: StandInHub, staged: Path):
    made = put(hub, staged, revision="trial", private=True)
    api = hub.api()
    assert api.model_info("org/phoclip").private
    assert api.model_info("org/phoclip", revision="trial").sha == made.oid
    assert api.list_repo_files("org/phoclip") == [".gitattributes"]
    api.update_repo_settings("org/phoclip", visibility="public")
    with pytest.raises(Refused, match="exists and is public"):
        put(hub, staged, private=True)


def test_what_the_hub_refuses(hub: StandInHub, staged: Path):
    for repo_id in ("phoclip", "a..b/c", "a/b/c", "../x/y"):
        with pytest.raises(Refused, match="id of a repository|names no owner"):
            upload(staged, repo_id, api=hub.api())
    with pytest.raises(HfHubHTTPError, match="403"):
        upload(staged, "google/phoclip", api=hub.api())
    with pytest.raises(HfHubHTTPError, match="401"):
        upload(staged, "org/phoclip", api=hub.api("hf_wrong"))
    (staged / "README.md").write_text("# No numbers\n")
    with pytest.raises(Refused, match="reports no result"):
        put(hub, staged)
    assert hub.count("PUT", "/lfs/") == 0 and not hub.api().repo_exists("org/phoclip")


def test_a_cut_upload_publishes_nothing_and_goes_on(hub: StandInHub, staged: Path, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # the client waits between its tries
    hub.faults.upload_bytes = 1_500_000  # the first shard and half of the second
    with pytest.raises(ConnectionError, match="the same command goes on"):
        put(hub, staged)
    assert hub.api().list_repo_files("org/phoclip") == [".gitattributes"]
    assert hub.count("PUT", "/lfs/") == 1
    hub.faults.upload_bytes = None
    put(hub, staged)
    assert hub.count("PUT", "/lfs/") == 2
    assert len(hub.api().list_repo_commits("org/phoclip")) == 2


def run_script(hub: StandInHub, monkeypatch, *words: str) -> None:
    """Run scripts/publish.py in this process; its client would find the stand-in Hub."""
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.url)
    monkeypatch.setenv("HF_TOKEN", hub.token)
    monkeypatch.setattr(sys, "argv", ["publish.py", *map(str, words)])
    runpy.run_path(str(ROOT / "scripts" / "publish.py"), run_name="__main__")


def test_the_script_uploads_nothing_when_a_check_fails(
    hub: StandInHub, trained: Path, tmp_path: Path, monkeypatch, capsys
):
    metrics = tmp_path / "scenes"
    metrics.mkdir()
    change_weights(trained, one_nan)
    measured = {"t2i_r1": 0.5, "checkpoint": fingerprint(str(trained))}
    (metrics / "metrics.json").write_text(json.dumps(measured))
    unmarked = tmp_path / "unmarked"
    unmarked.mkdir()
    (unmarked / "metrics.json").write_text('{"t2i_r1": 0.5}')
    words = [trained, "org/phoclip", "--metrics", metrics]
    for extra, reason in (
        ([], "NaN or infinite"),
        (["--metrics", tmp_path], "no metrics.json"),
        (["--metrics", unmarked], "does not say which"),
        (["--facts", metrics / "metrics.json"], "unknown keys"),
        (["--staging", trained], "is not empty"),
    ):
        with pytest.raises(SystemExit) as ended:
            run_script(hub, monkeypatch, *words, *extra)
        said = capsys.readouterr().err
        assert ended.value.code == 1 and reason in said, said
        assert "refused, nothing was published" in said
    assert hub.log == []
