"""A Space on the Hub: one commit, its variables, and it starts where it is downloaded."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError
from stand_in_hub import StandInHub

from phoclip_hf.hub.space import deploy
from phoclip_hf.hub.space_folder import SpaceError, files

ROOT = Path(__file__).resolve().parent.parent
# Without --model and --captioner the shipped checkpoints are used.
SHIPPED = {"PHOCLIP_MODEL": None, "PHOCLIP_CAPTIONER": None}


@pytest.fixture
def space(tmp_path) -> Path:
    """What `assemble` may leave: text, and weights that go by LFS."""
    folder = tmp_path / "space"
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "README.md").write_text("---\nsdk: gradio\n---\n# Ảnh\n", encoding="utf-8")
    (folder / "app.py").write_text("demo = None\n")
    (folder / "checkpoints" / "model.safetensors").write_bytes(bytes(range(256)) * 2000)
    return folder


@pytest.fixture
def api(stand_in_hub: StandInHub) -> HfApi:
    api = stand_in_hub.api()
    for name, private in (("org/phoclip", False), ("org/kín", True)):
        api.create_repo(name.replace("í", "i"), private=private)
    return api


def listed(api: HfApi) -> list[str]:
    return sorted(set(api.list_repo_files("org/demo", repo_type="space")) - {".gitattributes"})


def test_a_space_is_one_commit_and_what_vanished_goes(space, api):
    address = deploy(space, "org/demo", "một", SHIPPED, api=api)
    assert address == f"{api.endpoint}/spaces/org/demo"
    assert listed(api) == sorted(files(space))
    count = len(api.list_repo_commits("org/demo", repo_type="space"))
    (space / "checkpoints" / "model.safetensors").unlink()
    (space / "app.py").write_text("demo = 1\n")
    deploy(space, "org/demo", "hai", SHIPPED, api=api)
    commits = api.list_repo_commits("org/demo", repo_type="space")
    assert len(commits) == count + 1 and commits[0].title == "hai"
    assert listed(api) == sorted(files(space))
    assert ".gitattributes" in api.list_repo_files("org/demo", repo_type="space")
    deploy(space, "org/demo", "ba", SHIPPED, api=api)
    assert len(api.list_repo_commits("org/demo", repo_type="space")) == count + 1


def test_models_are_variables_and_go_when_they_are_not_named(space, api):
    deploy(space, "org/demo", "một", SHIPPED | {"PHOCLIP_MODEL": "org/phoclip"}, api=api)
    api.add_space_variable("org/demo", "KEPT", "1")
    found = {key: row.value for key, row in api.get_space_variables("org/demo").items()}
    assert found == {"PHOCLIP_MODEL": "org/phoclip", "KEPT": "1"}
    deploy(space, "org/demo", "hai", SHIPPED, api=api)
    assert list(api.get_space_variables("org/demo")) == ["KEPT"]


@pytest.mark.parametrize("model, says", [("org/none", "no model"), ("org/kin", "is private")])
def test_a_model_that_the_space_could_not_load_stops_everything(space, api, model, says):
    with pytest.raises(SpaceError, match=says):
        deploy(space, "org/demo", "một", {"PHOCLIP_MODEL": model}, api=api)
    assert not api.repo_exists("org/demo", repo_type="space")


def test_a_private_space_is_private_and_a_reader_may_not_deploy(
    space,
    api,
    stand_in_hub,
    monkeypatch,
):
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", stand_in_hub.url)
    deploy(space, "org/demo", "một", SHIPPED, private=True, api=api)
    assert api.space_info("org/demo").private
    reader = stand_in_hub.api(stand_in_hub.read_token)
    with pytest.raises(HfHubHTTPError):
        deploy(space, "org/demo", "hai", SHIPPED, api=reader)
    api.create_repo("org/open", repo_type="space", space_sdk="gradio")
    with pytest.raises(SpaceError, match="there already and public"):
        deploy(space, "org/open", "một", SHIPPED, private=True, api=api)


@pytest.mark.slow
def test_the_space_is_deployed_downloaded_started_and_asked(tmp_path, mini_checkpoint):
    """As the Hub would run it: a clean process, the library of the wheel, what pip has elsewhere.

    The environment is new and empty but for a path to the packages of this one.
    """
    from gradio_client import handle_file

    with StandInHub(tmp_path / "hub") as hub:
        environment = os.environ | hub.environment | {"HF_HOME": str(tmp_path / "home")}
        command = [sys.executable, "scripts/deploy_space.py", "spaces/phoclip", "org/phoclip-demo"]
        run(command + ["--allow-dirty"], environment, cwd=ROOT)
        download = (
            "from huggingface_hub import snapshot_download as s; import sys; s(*sys.argv[1:2]"
        )
        download += ", repo_type='space', local_dir=sys.argv[2])"
        space = tmp_path / "downloaded"
        command = [sys.executable, "-c", download, "org/phoclip-demo", str(space)]
        run(command, environment, cwd=tmp_path)
    python = empty_environment(tmp_path / "venv")
    origin = "from importlib.util import find_spec; print(find_spec('phoclip_hf').origin)"
    assert run([python, "-c", origin], os.environ, cwd=space).strip().startswith(str(space))
    port = free_port()
    environment = os.environ | {"GRADIO_SERVER_PORT": str(port), "HF_HOME": str(tmp_path / "new")}
    app = subprocess.Popen([python, "app.py"], cwd=space, env=environment)
    try:
        client = connect(port, app)
        photo = handle_file(str(space / "examples" / "1-xe-may.jpg"))
        labels = ["có xe máy ở trên đường", "chơi bóng chày"]
        result = client.predict(photo, labels, "{}", api_name="/classify")
        assert sum(c["confidence"] for c in result["confidences"]) == pytest.approx(1, abs=1e-3)
        pictures, scores = client.predict("con thuyền", top_k=3, api_name="/search")
        assert len(pictures) == len(scores) == 3
        captions, hashtags, tags = client.predict(photo, 1, "beam", 1, api_name="/describe")
        assert captions["label"].strip() and hashtags.count("#") == len(tags) > 0
    finally:
        app.terminate()
        app.wait(60)


def run(command: list, environment: dict, cwd: Path) -> str:
    done = subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def empty_environment(folder: Path) -> str:
    """Return the Python of a new environment that finds the packages of this one, by a path."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    here = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "here.pth").write_text("\n".join(here))
    return str(folder / "bin" / "python")


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def connect(port: int, app: subprocess.Popen):
    from gradio_client import Client

    end = time.monotonic() + 240
    while True:
        assert app.poll() is None and time.monotonic() < end, "the app does not answer"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return Client(f"http://127.0.0.1:{port}", verbose=False)
        except OSError:
            time.sleep(0.5)
