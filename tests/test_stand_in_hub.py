"""The stand-in Hub, spoken to by the real client: huggingface_hub, datasets."""

import hashlib
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import (
    CommitOperationAdd,
    CommitOperationCopy,
    CommitOperationDelete,
    HfFileSystem,
    hf_hub_download,
    hf_hub_url,
)
from huggingface_hub.errors import (
    EntryNotFoundError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import build_hf_headers, get_session
from stand_in_hub import StandInHub

BINARY = bytes(range(256)) * 2000  # 512,000 bytes that no text editor would open
TEXT = "một con chó chạy trên bãi cỏ\n".encode()


@pytest.fixture
def hub(stand_in_hub: StandInHub) -> Iterator[StandInHub]:
    yield stand_in_hub


def add(files: dict[str, bytes]) -> list[CommitOperationAdd]:
    return [CommitOperationAdd(path, content) for path, content in files.items()]


def commit(hub: StandInHub, files: dict[str, bytes], repo_id: str = "org/model", **options):
    hub.api().create_repo(repo_id, exist_ok=True, repo_type=options.get("repo_type"))
    return hub.api().create_commit(repo_id, add(files), commit_message="files", **options)


def fetch(hub: StandInHub, path: str, cache: Path, repo_id: str = "org/model", **options) -> bytes:
    options = {"token": hub.token, "endpoint": hub.url, "cache_dir": cache} | options
    return Path(hf_hub_download(repo_id, path, **options)).read_bytes()


def test_who_am_i_and_rights(hub: StandInHub, tmp_path: Path):
    assert hub.api().whoami()["name"] == "student"
    assert [org["name"] for org in hub.api().whoami()["orgs"]] == ["org"]
    with pytest.raises(HfHubHTTPError, match="Invalid user token"):
        hub.api("hf_wrong").whoami()
    with pytest.raises(HfHubHTTPError, match="401"):
        hub.api(False).create_repo("org/model")
    with pytest.raises(HfHubHTTPError, match="403"):
        hub.api().create_repo("google/model")
    with pytest.raises(HfHubHTTPError, match="403"):
        hub.api(hub.read_token).create_repo("org/model")

    hub.api().create_repo("org/model", private=True)
    hub.api().create_commit("org/model", add({"a.txt": TEXT}), commit_message="a")
    assert fetch(hub, "a.txt", tmp_path / "reader", token=hub.read_token) == TEXT
    for token in (hub.stranger_token, False):
        with pytest.raises(RepositoryNotFoundError):
            fetch(hub, "a.txt", tmp_path / "stranger", token=token)
    with pytest.raises(HfHubHTTPError, match="403"):
        hub.api(hub.read_token).create_commit("org/model", add({"b.txt": TEXT}), commit_message="b")
    hub.api().update_repo_settings("org/model", visibility="public")
    assert fetch(hub, "a.txt", tmp_path / "stranger", token=False) == TEXT


def test_a_repository_comes_and_goes(hub: StandInHub):
    url = hub.api().create_repo("org/model")
    assert (url.repo_id, url.repo_type, url.endpoint) == ("org/model", "model", hub.url)
    with pytest.raises(HfHubHTTPError, match="409"):
        hub.api().create_repo("org/model")
    assert hub.api().create_repo("org/model", exist_ok=True).repo_id == "org/model"
    assert hub.api().create_repo("mine").repo_id == "student/mine"
    hub.api().create_repo("org/model", repo_type="dataset")  # a name for each kind
    assert [info.id for info in hub.api().list_models(author="org")] == ["org/model"]
    with pytest.raises(RepositoryNotFoundError):
        hub.api().model_info("org/missing")
    hub.api().delete_repo("org/model")
    assert not hub.api().repo_exists("org/model")
    assert hub.api().repo_exists("org/model", repo_type="dataset")
    answer = get_session().post(  # past the client, which checks names itself
        f"{hub.url}/api/repos/create",
        json={"name": "a..b", "organization": "org"},
        headers=build_hf_headers(token=hub.token),
    )
    assert answer.status_code == 400 and "a..b" in answer.headers["X-Error-Message"]


def test_a_commit_and_what_it_holds(hub: StandInHub, tmp_path: Path):
    files = {"README.md": b"---\nlanguage: vi\ntags: [phoclip]\n---\n# A\n", "code/a.py": TEXT}
    made = commit(hub, files | {"model.safetensors": BINARY, "empty.txt": b""})
    info = hub.api().model_info("org/model", files_metadata=True)
    assert info.sha == made.oid and info.tags == ["phoclip"] and info.card_data.language == "vi"
    by_name = {sibling.rfilename: sibling for sibling in info.siblings}
    assert set(by_name) == {".gitattributes", "empty.txt", "model.safetensors", *files}
    assert by_name["model.safetensors"].lfs.sha256 == hashlib.sha256(BINARY).hexdigest()
    assert by_name["model.safetensors"].size == len(BINARY)
    git = hashlib.sha1(b"blob %d\0" % len(TEXT) + TEXT).hexdigest()
    assert by_name["code/a.py"].blob_id == git and by_name["code/a.py"].lfs is None

    for path, content in (files | {"model.safetensors": BINARY, "empty.txt": b""}).items():
        assert fetch(hub, path, tmp_path) == content
    data = hub.api().get_hf_file_metadata(
        url=hf_hub_url("org/model", "model.safetensors", endpoint=hub.url)
    )
    assert (data.commit_hash, data.size) == (made.oid, len(BINARY))
    assert data.etag == hashlib.sha256(BINARY).hexdigest()
    with pytest.raises(EntryNotFoundError):
        fetch(hub, "absent.txt", tmp_path)
    with pytest.raises(RevisionNotFoundError):
        fetch(hub, "README.md", tmp_path, revision="absent")
    folder = hub.api().snapshot_download("org/model", cache_dir=tmp_path / "whole")
    assert (Path(folder) / "model.safetensors").read_bytes() == BINARY


def test_deleting_copying_and_going_on_from_a_parent(hub: StandInHub, tmp_path: Path):
    first = commit(hub, {"a.txt": TEXT, "d/b.txt": TEXT, "d/c.txt": TEXT, "w.bin": BINARY})
    operations = [
        CommitOperationDelete("a.txt"),
        CommitOperationDelete("d/", is_folder=True),
        CommitOperationCopy("w.bin", "w2.bin"),
    ]
    second = hub.api().create_commit("org/model", operations, commit_message="second")
    assert set(hub.api().list_repo_files("org/model")) == {".gitattributes", "w.bin", "w2.bin"}
    assert fetch(hub, "w2.bin", tmp_path) == BINARY
    assert fetch(hub, "a.txt", tmp_path, revision=first.oid) == TEXT  # the old tree stays
    titles = [commit.title for commit in hub.api().list_repo_commits("org/model")]
    assert titles == ["second", "files", "initial commit"]
    with pytest.raises(HfHubHTTPError, match="412"):
        commit(hub, {"a.txt": TEXT}, parent_commit=first.oid)
    commit(hub, {"a.txt": TEXT}, parent_commit=second.oid)
    with pytest.raises(EntryNotFoundError):
        hub.api().delete_file("absent.txt", "org/model")
    with pytest.raises(HfHubHTTPError, match="no pull requests"):
        commit(hub, {"b.txt": TEXT}, create_pr=True)


def test_branches_and_tags(hub: StandInHub, tmp_path: Path):
    first = commit(hub, {"a.txt": b"one\n"})
    hub.api().create_branch("org/model", branch="trial/fp16")
    with pytest.raises(HfHubHTTPError, match="409"):
        hub.api().create_branch("org/model", branch="trial/fp16")
    second = commit(hub, {"a.txt": b"two\n"}, revision="trial/fp16")
    hub.api().create_tag("org/model", tag="v1", revision=first.oid[:8])
    refs = hub.api().list_repo_refs("org/model")
    assert {r.name: r.target_commit for r in refs.branches} == {
        "main": first.oid,
        "trial/fp16": second.oid,
    }
    assert [(r.name, r.target_commit) for r in refs.tags] == [("v1", first.oid)]
    for revision, content in (("main", b"one\n"), ("trial/fp16", b"two\n"), ("v1", b"one\n")):
        assert fetch(hub, "a.txt", tmp_path, revision=revision) == content
    hub.api().delete_branch("org/model", branch="trial/fp16")
    hub.api().delete_tag("org/model", tag="v1")
    with pytest.raises(RevisionNotFoundError):
        commit(hub, {"a.txt": b"three\n"}, revision="trial/fp16")
    with pytest.raises(HfHubHTTPError, match="403"):
        hub.api().delete_branch("org/model", branch="main")


def test_a_tree_in_pages(hub: StandInHub):
    first = commit(hub, {f"data/{i}/x.txt": TEXT for i in range(6)} | {"data/y.txt": TEXT})
    second = commit(hub, {"data/y.txt": b"new\n"})
    hub.page_size = 3
    api = hub.api()
    top = [(type(e).__name__, e.path) for e in api.list_repo_tree("org/model")]
    assert top == [("RepoFile", ".gitattributes"), ("RepoFolder", "data")]
    below = api.list_repo_tree("org/model", "data", recursive=True, expand=True)
    entries = {entry.path: entry for entry in below}
    assert len(entries) == 13 and entries["data/3"].last_commit.oid == first.oid
    assert entries["data/y.txt"].last_commit.oid == second.oid
    found = api.get_paths_info("org/model", ["data/y.txt", "data/3", "absent"])
    assert [entry.path for entry in found] == ["data/y.txt", "data/3"]
    with pytest.raises(EntryNotFoundError):
        list(api.list_repo_tree("org/model", "absent"))
    files = HfFileSystem(endpoint=hub.url, token=hub.token, skip_instance_cache=True)
    assert len(files.glob("org/model/data/*/x.txt")) == 6
    with files.open("org/model/data/y.txt", "rb") as file:
        assert file.read() == b"new\n"


def test_a_bad_card_is_refused_before_anything_is_sent(hub: StandInHub):
    hub.api().create_repo("org/model")
    for card in (b"---\na: [\n---\n", b"---\nmodel-index:\n- name: a\n  results: [{}]\n---\n"):
        with pytest.raises(ValueError, match="Invalid metadata in README.md"):
            commit(hub, {"README.md": card, "model.safetensors": BINARY})
    assert hub.count("PUT", "/lfs/") == 0
    with pytest.warns(UserWarning, match="empty or missing yaml metadata"):
        commit(hub, {"README.md": b"# No metadata\n"})


def test_a_cut_upload_goes_on_without_what_arrived(hub: StandInHub, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # the client waits between its tries
    hub.api().create_repo("org/model")
    contents = {f"{i}.bin": bytes([i, 255]) * 100_000 for i in range(3)}
    hub.faults.upload_bytes = 450_000  # two contents of three fit
    with pytest.raises(Exception, match=r"[012]\.bin"):
        hub.api().create_commit("org/model", add(contents), commit_message="all", num_threads=1)
    assert hub.api().list_repo_files("org/model") == [".gitattributes"]
    assert not list((hub.store.root / "incoming").iterdir())
    arrived = hub.count("PUT", "/lfs/")
    assert arrived == 2
    hub.faults.upload_bytes = None
    hub.api().create_commit("org/model", add(contents), commit_message="all", num_threads=1)
    assert hub.count("PUT", "/lfs/") == 3
    assert set(hub.api().list_repo_files("org/model")) == {".gitattributes", *contents}


def test_an_altered_upload_is_refused(hub: StandInHub):
    answer = get_session().put(f"{hub.url}/lfs/{'0' * 64}", content=BINARY)
    assert answer.status_code == 400 and "expected 000" in answer.headers["X-Error-Message"]
    assert not list((hub.store.root / "objects").iterdir())


def test_a_cut_download_goes_on_where_it_stopped(hub: StandInHub, tmp_path: Path, monkeypatch):
    # The client keeps what it has in such pieces, of 10 MB by default.
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 1_000_000)
    content = os.urandom(3_000_000)
    commit(hub, {"model.safetensors": content})
    hub.faults.download_bytes = 2_000_000
    assert fetch(hub, "model.safetensors", tmp_path) == content
    statuses = [e.status for e in hub.log if e.method == "GET" and "resolve" in e.path]
    assert statuses == [0, 206]


def test_ranges(hub: StandInHub):
    commit(hub, {"a.txt": b"0123456789"})
    url = hf_hub_url("org/model", "a.txt", endpoint=hub.url)
    for wanted, status, body in (
        ("bytes=2-4", 206, b"234"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=0-99", 206, b"0123456789"),
        ("bytes=10-", 416, b""),
    ):
        answer = get_session().get(url, headers={"Range": wanted})
        assert (answer.status_code, answer.content) == (status, body), wanted


def test_requests_end_and_answers_wait_when_asked(hub: StandInHub):
    hub.faults.delay = 0.2
    start = time.perf_counter()
    hub.api().whoami()
    assert time.perf_counter() - start >= 0.2
    hub.faults.delay, hub.faults.requests = 0.0, 1
    hub.api().whoami()
    with pytest.raises(Exception, match=r"(?i)disconnect"):
        hub.api().whoami()


def test_what_it_holds_outlives_it(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    with StandInHub(tmp_path / "root") as hub:
        made = commit(hub, {"model.safetensors": BINARY})
        port = hub.server.server_port
    with StandInHub(tmp_path / "root", port) as hub:
        assert hub.api().model_info("org/model").sha == made.oid
        assert fetch(hub, "model.safetensors", tmp_path / "cache") == BINARY


def test_a_space_and_its_settings(hub: StandInHub):
    api = hub.api()
    api.create_repo(
        "org/demo",
        repo_type="space",
        space_sdk="gradio",
        space_variables=[{"key": "PHOCLIP_MODEL", "value": "org/model"}],
    )
    api.add_space_variable("org/demo", "LANGUAGE", "vi")
    api.add_space_secret("org/demo", "HF_TOKEN", "hf_secret", description="reads")
    variables = api.get_space_variables("org/demo")
    assert {k: v.value for k, v in variables.items()} == {
        "PHOCLIP_MODEL": "org/model",
        "LANGUAGE": "vi",
    }
    api.delete_space_variable("org/demo", "LANGUAGE")
    assert set(api.get_space_variables("org/demo")) == {"PHOCLIP_MODEL"}
    secrets = api.get_space_secrets("org/demo")
    assert secrets["HF_TOKEN"].description == "reads" and "hf_secret" not in repr(secrets)
    assert api.request_space_hardware("org/demo", "t4-small").requested_hardware == "t4-small"
    assert api.pause_space("org/demo").stage == "PAUSED"
    assert api.restart_space("org/demo").stage == "RUNNING"
    assert api.space_info("org/demo").sdk == "gradio"
    assert api.get_space_runtime("org/demo").hardware == "t4-small"


DATASETS = """
    from datasets import Dataset, DatasetDict, Features, Image, List, Value, load_dataset
    from PIL import Image as Pictures

    features = Features({"image": Image(), "captions": List(Value("string"))})
    rows = [
        {"image": Pictures.new("RGB", (8, 8), (40 * i, 0, 0)), "captions": ["một bức ảnh"]}
        for i in range(4)
    ]
    whole = DatasetDict(
        train=Dataset.from_list(rows, features=features),
        test=Dataset.from_list(rows[:2], features=features),
    )
    whole.push_to_hub("org/photos", private=True)
    whole.push_to_hub("org/photos", config_name="other", revision="trial")
    again = load_dataset("org/photos")
    assert {name: len(split) for name, split in again.items()} == {"train": 4, "test": 2}
    assert again["train"].features == features
    assert again["train"][3]["image"].getpixel((0, 0)) == (120, 0, 0)
    assert again["train"][0]["captions"] == ["một bức ảnh"]
    other = load_dataset("org/photos", "other", revision="trial", split="test")
    assert len(other) == 2
    streamed = load_dataset("org/photos", split="train", streaming=True)
    assert next(iter(streamed))["captions"] == ["một bức ảnh"]
    print("read back")
"""


@pytest.mark.slow
def test_datasets_push_and_load(hub: StandInHub, tmp_path: Path):
    pytest.importorskip("datasets")
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(DATASETS)],
        env=os.environ | hub.environment | {"HF_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert done.stdout.endswith("read back\n")
