"""The wheel of one commit: same sources, same bytes, and a version that names the commit."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

# What a wheel is made of, from the root of the repository.
SOURCES = ("phoclip_hf", "pyproject.toml", "README.md", "LICENSE")


class DirtyTreeError(RuntimeError):
    """Files differ from the commit that a deployment would name."""


@dataclass(frozen=True)
class Commit:
    """A commit and whether the files on disk are its own."""

    sha: str
    seconds: int  # since 1970
    is_dirty: bool

    @property
    def label(self) -> str:
        """The local part of a version (PEP 440): `g150d4a0c1f2e`, or `g150d4a0c1f2e.dirty`."""
        return f"g{self.sha[:12]}" + (".dirty" if self.is_dirty else "")


def commit_of(root: Path, extra: Path | None = None, allow_dirty: bool = False) -> Commit:
    """The commit checked out at `root`.

    Only the wheel's sources and the folder `extra` count: a changed file elsewhere goes nowhere.

    Raises:
        DirtyTreeError: one of them was changed or is not committed, and `allow_dirty` is False.
        RuntimeError: `root` is no git checkout.
    """
    sha, seconds = _git(root, "log", "-1", "--format=%H %ct").split()
    paths = [*SOURCES, *([str(extra.resolve())] if extra and _is_inside(extra, root) else [])]
    changed = _git(root, "status", "--porcelain", "--", *paths).splitlines()
    if changed and not allow_dirty:
        raise DirtyTreeError(
            f"{len(changed)} files differ from commit {sha[:12]}, such as {changed[0][3:]}: "
            "expected what is deployed to be committed. Commit them, or pass --allow-dirty, and "
            "the version will say so."
        )
    return Commit(sha, int(seconds), bool(changed))


def build_wheel(root: Path, commit: Commit, output: Path) -> Path:
    """Build the wheel of `root` into the folder `output`; its path.

    The version gets `commit.label` behind a plus sign. Times inside are the commit's, so that one
    commit gives one file, byte for byte. Raises RuntimeError with pip's words where it fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        listed = _git(
            root, "ls-files", "--cached", "--others", "--exclude-standard", "-z", *SOURCES
        )
        for name in filter(None, listed.split("\0")):
            if (root / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(root / name, copy / name)
        project = copy / "pyproject.toml"
        text, count = re.subn(
            r'(?m)^version = "([^"+]+)"$',
            rf'version = "\1+{commit.label}"',
            project.read_text(encoding="utf-8"),
        )
        if count != 1:
            raise RuntimeError(f'{root}/pyproject.toml: expected one line `version = "x.y.z"`.')
        project.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(output)]
        if importlib.util.find_spec("setuptools"):
            command.append("--no-build-isolation")  # what builds is here: nothing to download
        # 1980 is the first year that a zip file knows.
        epoch = {"SOURCE_DATE_EPOCH": str(max(commit.seconds, 315532800))}
        done = subprocess.run(
            [*command, str(copy)], capture_output=True, text=True, env=os.environ | epoch
        )
        if done.returncode:
            raise RuntimeError(f"The wheel could not be built; pip says:\n{done.stderr.strip()}")
    return next(output.glob(f"*+{commit.label}-*.whl"))


def _git(root: Path, *words: str) -> str:
    try:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True)
    except OSError as error:
        raise RuntimeError(f"git cannot be run in {root}: {error}") from error
    if done.returncode:
        raise RuntimeError(
            f"{root} gives no commit to deploy: {done.stderr.strip()}. Run this from a git clone."
        )
    return done.stdout.strip("\n")


def _is_inside(path: Path, root: Path) -> bool:
    return path.resolve().is_relative_to(root.resolve())
