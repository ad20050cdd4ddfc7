"""The README is executed: its Python runs in order, and what it names is there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
READMES = ["README.md", "README.vi.md"]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    return [code for tag, code in FENCE.findall(read(name)) if tag == language]


def test_languages_show_the_same_code():
    for language in ("python", "bash"):
        assert blocks("README.md", language)
        assert blocks("README.vi.md", language) == blocks("README.md", language)
    headings = [FENCE.sub("", read(name)).count("\n## ") for name in READMES]
    assert headings[0] == headings[1] > 0


@pytest.mark.parametrize("name", READMES)
def test_what_is_named_exists(name):
    text = read(name)
    targets = re.findall(r"^([a-z-]+):", read("Makefile"), flags=re.MULTILINE)
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", text, flags=re.MULTILINE))
    assert {"demo", "test"} <= named <= set(targets)

    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    places = re.findall(r"\b(?:phoclip_hf|scripts|spaces|tests|\.ci)/[\w./*-]*[\w*]", text)
    missing = [place for place in {*links, *places} if not list(ROOT.glob(place.rstrip("/")))]
    assert not missing, f"{name} names what is not there: {sorted(missing)}"

    extras = set(re.findall(r'"\.\[(\w+)\]"', text))
    declared = re.findall(r"^(\w+) = \[", read("pyproject.toml"), flags=re.MULTILINE)
    assert extras and extras <= set(declared)


@pytest.mark.slow
def test_python_runs(tmp_path, mini_checkpoint):
    """In a clean process, where the second door (remote code) has not been passed by the first."""
    (tmp_path / "spaces").symlink_to(ROOT / "spaces")
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks("README.md", "python"))],
        cwd=tmp_path,
        env={**os.environ, "HF_MODULES_CACHE": str(tmp_path / "modules"), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    loaded = list((tmp_path / "modules").rglob("modeling_phoclip.py"))
    assert loaded, "the first snippet did not use the code beside the weights"
    assert "con thuyền" in done.stdout
