"""Which way the arrows run (STYLE: the folder tree is the dependency graph), read from the code."""

import ast
import re
import subprocess
import sys
import unicodedata
from importlib.metadata import requires
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "phoclip_hf"
TRAVELLING = sorted(path for path in PACKAGE.glob("*.py") if path.name != "__init__.py")
HOME = sorted(path for path in PACKAGE.glob("*/**/*.py"))

# What a machine that loads a checkpoint from the Hub has: torch, Transformers and what that needs.
WITH_TRANSFORMERS = {"huggingface_hub", "numpy", "safetensors", "tokenizers"}
EVERYWHERE = sys.stdlib_module_names | {"torch", "transformers"} | WITH_TRANSFORMERS
# A folder may lean on the travelling files ("files") and on these folders.
LEANS_ON = {
    "evaluation": set(),
    "data": {"files"},
    "export": {"files", "data"},
    "hub": {"files", "data", "evaluation"},
    "serving": {"files", "data"},
    "page": {"serving"},
    "training": {"files", "data", "evaluation", "hub"},
}
# Text of the repository is read as it lies there: what git tracks or would track.
TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".json", ".txt", ".css", ".js", ".html", ".jinja"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> list[tuple[str, ast.ImportFrom | ast.Import]]:
    """Return (module, node) of every import; a relative one as absolute, from the file's place."""
    package = list(path.relative_to(ROOT).parent.parts)
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            found.append((".".join([*base, *filter(None, [node.module])]), node))
    return found


def repository_files() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip(f"not a git checkout: {listed.stderr.strip()}")
    return [path for line in listed.stdout.splitlines() if (path := ROOT / line).is_file()]


def repository_text() -> list[tuple[str, str]]:
    return [
        (name_of(path), path.read_text(encoding="utf-8"))
        for path in repository_files()
        if path.suffix in TEXT or path.name in ("Makefile", "run")
    ]


def test_what_travels_relies_on_little():
    promised = {re.split(r"[<>=!~; \[]", line)[0] for line in requires("transformers")}
    assert {name.replace("_", "-") for name in WITH_TRANSFORMERS} <= promised


@pytest.mark.parametrize("path", TRAVELLING, ids=name_of)
def test_travelling_files(path):
    dynamic = pytest.importorskip("transformers.dynamic_module_utils")
    # As the Hub's loader reads them; it leaves out what stands inside `try`.
    needed = set(dynamic.get_imports(path))
    assert needed <= EVERYWHERE, f"put these in `try`: {sorted(needed - EVERYWHERE)}"
    if path.name.startswith("losses_"):
        assert needed <= sys.stdlib_module_names | {"torch"}, "losses know no model"

    siblings = set()
    for module, node in imports(path):
        if isinstance(node, ast.ImportFrom) and node.level:
            where = f"{path.name}:{node.lineno}"
            names = [alias.name for alias in node.names]
            assert node.level == 1 and node.module, f"{where}: write `from .sibling import Name`"
            assert "*" not in names, f"{where}: name what you import"
            assert (PACKAGE / f"{node.module}.py").is_file(), f"{where}: no flat {node.module}.py"
            siblings.add(node.module)
        else:
            assert module.split(".")[0] != "phoclip_hf", f"{path.name}: siblings come by `from .`"
    # The loader finds siblings by a regular expression, in docstrings too.
    assert set(dynamic.get_relative_imports(path)) == siblings


@pytest.mark.parametrize("path", HOME, ids=name_of)
def test_home_folders(path):
    folder = path.relative_to(PACKAGE).parts[0]
    assert folder in LEANS_ON, f"say in LEANS_ON what {folder} may lean on"
    for module, node in imports(path):
        top, *rest = module.split(".")
        if top != "phoclip_hf":
            assert top not in ("scripts", "spaces", "tests"), f"{path.name} looks back at {module}"
            continue
        # `from phoclip_hf import PhoCLIPModel` names a travelling file's class.
        target = rest[0] if rest and (PACKAGE / rest[0]).is_dir() else "files"
        if not rest and any((PACKAGE / alias.name).is_dir() for alias in node.names):
            target = node.names[0].name
        allowed = LEANS_ON[folder] | {folder}
        assert target in allowed, f"{name_of(path)}:{node.lineno}: {folder} leans on {target}"


@pytest.mark.parametrize(
    "path", [p for p in HOME if p.is_relative_to(PACKAGE / "evaluation")], ids=name_of
)
def test_evaluation_knows_no_model(path):
    tops = {module.split(".")[0] for module, _ in imports(path)}
    assert tops.isdisjoint({"transformers", "timm", "gradio", "lancedb", "datasets"})


@pytest.mark.parametrize("folder", ["scripts", "spaces"])
def test_outer_folders_lean_inwards(folder):
    outer = {"scripts", "spaces", "tests"}
    for path in sorted((ROOT / folder).rglob("*.py")):
        for module, node in imports(path):
            if isinstance(node, ast.ImportFrom) and node.level:
                continue
            assert module.split(".")[0] not in outer, f"{name_of(path)}:{node.lineno}: {module}"


def test_leaning_has_no_circle():
    done: set[str] = {"files"}
    while left := LEANS_ON.keys() - done:
        ready = {folder for folder in left if LEANS_ON[folder] <= done}
        assert ready, f"these lean on each other: {sorted(left)}"
        done |= ready


def test_no_drawer_for_odds_and_ends():
    assert not [n for p in repository_files() if (n := p.stem) in ("utils", "common", "helpers")]


IMPORT_ALL = """
import importlib, pkgutil, random, socket, sys
import gradio, numpy, torch  # gradio draws a random number when it is imported
def refuse(*_): raise RuntimeError("importing reaches for the network")
socket.socket.connect = socket.getaddrinfo = refuse
random.seed(1), numpy.random.seed(1), torch.manual_seed(1)
def state(): return random.getstate(), numpy.random.get_state()[1].tolist(), torch.get_rng_state()
before, dtype = state(), torch.get_default_dtype()
import phoclip_hf
for module in pkgutil.walk_packages(phoclip_hf.__path__, "phoclip_hf."):
    importlib.import_module(module.name)
after = state()
assert before[:2] == after[:2] and torch.equal(before[2], after[2]), "importing draws or seeds"
assert torch.get_default_dtype() == dtype, "importing picks a dtype"
"""


@pytest.mark.slow
def test_importing_prints_and_picks_nothing():
    for package in ("torch", "datasets", "lancedb", "matplotlib", "gradio"):
        pytest.importorskip(package)
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (done.stdout, done.stderr) == ("", "")


def test_text_is_composed_and_visible():
    """Vietnamese lies here in NFC; letters apart and invisible ones are written as escapes."""
    hidden = re.compile("[\u00a0\u00ad\u200b-\u200f\u2060\ufeff]")
    for name, text in repository_text():
        lines = enumerate(text.splitlines(), start=1)
        wrong = [n for n, s in lines if not unicodedata.is_normalized("NFC", s) or hidden.search(s)]
        if name.endswith("vocab.json") or "/checkpoints/" in name:
            continue  # a vocabulary holds what its corpus held
        assert not wrong, f"{name}: lines {wrong} hold NFD or invisible characters"


def test_no_trace_of_the_machine():
    traces = re.compile(r"(?<![\w.~])/(?:work|root|home)/\w|pypi\.org|pythonhosted|/opt/")
    for name, text in repository_text():
        found = None if name == name_of(Path(__file__)) else traces.search(text)
        assert not found, f"{name} mentions {found.group()!r}"
