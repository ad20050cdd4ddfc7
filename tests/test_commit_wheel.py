"""The wheel of a commit: nothing uncommitted goes unsaid, and one commit gives one file."""

import subprocess
import zipfile
from pathlib import Path

import pytest

from phoclip_hf.hub.commit_wheel import Commit, DirtyTreeError, build_wheel, commit_of


def write(folder: Path, texts: dict[str, str]) -> Path:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def clone(tmp_path) -> Path:
    """A git clone with a small phoclip_hf and a Space."""
    folder = write(
        tmp_path / "clone",
        {
            "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\n'
            'build-backend = "setuptools.build_meta"\n\n[project]\nname = "phoclip_hf"\n'
            'version = "0.1.0"\n\n[tool.setuptools]\npackages = ["phoclip_hf"]\n',
            "phoclip_hf/__init__.py": "",
            "spaces/a/app.py": "",
            "notes.txt": "",
        },
    )
    identity = ("-c", "user.name=Ai", "-c", "user.email=ai@localhost")
    for words in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "một"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


def test_only_what_is_deployed_must_be_committed(clone):
    commit = commit_of(clone, clone / "spaces" / "a")
    assert len(commit.sha) == 40 and not commit.is_dirty and commit.label == f"g{commit.sha[:12]}"
    write(clone, {"notes.txt": "khác", "spaces/b/app.py": ""})
    assert commit_of(clone, clone / "spaces" / "a") == commit
    write(clone, {"spaces/a/mới.py": ""})
    assert commit_of(clone) == commit
    with pytest.raises(DirtyTreeError, match="1 files differ .* --allow-dirty"):
        commit_of(clone, clone / "spaces" / "a")
    write(clone, {"phoclip_hf/__init__.py": "x = 1\n"})
    assert commit_of(clone, allow_dirty=True).label == f"g{commit.sha[:12]}.dirty"


def test_outside_of_git_there_is_no_commit(tmp_path):
    with pytest.raises(RuntimeError, match="Run this from a git clone"):
        commit_of(tmp_path)


@pytest.mark.slow
def test_one_commit_gives_one_wheel(clone, tmp_path):
    commit = commit_of(clone)
    first, second = (build_wheel(clone, commit, tmp_path / name) for name in ("a", "b"))
    assert first.name == f"phoclip_hf-0.1.0+{commit.label}-py3-none-any.whl"
    assert first.read_bytes() == second.read_bytes()
    assert zipfile.ZipFile(first).namelist()[0] == "phoclip_hf/__init__.py"
    assert commit_of(clone) == commit, "building leaves the clone as it was"


def test_a_wheel_that_cannot_be_built_says_why(tmp_path, clone):
    (clone / "pyproject.toml").write_text("")
    with pytest.raises(RuntimeError, match="expected one line `version"):
        build_wheel(clone, Commit("a" * 40, 0, True), tmp_path)
