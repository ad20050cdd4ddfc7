"""A Space as it will lie on the Hub: its folder, the library of one commit, exact versions."""

import os
import platform
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Collection
from fnmatch import fnmatch
from importlib.metadata import Distribution, version
from pathlib import Path

import yaml
from huggingface_hub import SpaceCard

from phoclip_hf.hub.space_requirements import RequirementsError, named, pin, unmet_imports

# A Space's repository holds at most 1 GB; what is larger belongs into a model or data repository.
MAX_TOTAL = 1_000_000_000
README, REQUIREMENTS = "README.md", "requirements.txt"
# Builds `demo` as a Space does, and says where the library came from.
IMPORT_APP = """
import importlib, os, sys
sys.path.insert(0, os.getcwd())
from gradio import Blocks
app = importlib.import_module(sys.argv[1])
if not isinstance(getattr(app, "demo", None), Blocks):
    sys.exit(f"{sys.argv[1]}.py builds no `demo` of gradio.Blocks")
library = sys.modules.get("phoclip_hf")
if library and os.path.dirname(os.path.dirname(library.__file__)) != os.getcwd():
    sys.exit(f"it imported phoclip_hf from {library.__file__}")
"""


class SpaceError(ValueError):
    """A folder that would not run as a Space."""


def assemble(
    folder: Path,
    output: Path,
    wheel: Path,
    models: Collection[str] = (),
    leave_out: Collection[str] = (),
) -> None:
    """Fill the empty folder `output` with everything that the Space's repository will hold.

    Hidden files and caches stay behind. The wheel goes along, and its contents lie unpacked beside
    the app: a Space's builder shows pip nothing but requirements.txt, so that a wheel in the
    repository cannot be installed, and an address of it would be closed to pip in a private Space
    and gone in somebody's duplicate.

    Args:
        folder: of the Space: app, README.md with front matter, requirements.txt.
        output: where to write.
        wheel: of phoclip_hf.
        models: Hub ids for the front matter.
        leave_out: patterns of paths that stay behind, such as `checkpoints/phoclip-*`.

    Raises:
        SpaceError: README.md or requirements.txt is missing, or no Gradio Space; a link.
        RequirementsError: the versions installed here are not those that it asks for.
    """
    for name in (README, REQUIREMENTS):
        if not (folder / name).is_file():
            raise SpaceError(f"{folder} has no {name}: expected the folder of a Space.")
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if _stays_behind(name, leave_out):
            continue
        if path.is_symlink():
            raise SpaceError(f"{path} is a link: expected a file, for a link may lead anywhere.")
        if path.is_dir():
            continue
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, output / name)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(output)
    shutil.copyfile(wheel, output / wheel.name)
    _write(output / README, front_matter((folder / README).read_text("utf-8"), models))
    needs = Distribution.at(next(output.glob("*.dist-info"))).requires or []
    _write(output / REQUIREMENTS, requirements((folder / REQUIREMENTS).read_text("utf-8"), needs))


def front_matter(readme: str, models: Collection[str] = ()) -> str:
    """The README with what pins the Space: Gradio's and Python's versions here, app file, models.

    Raises SpaceError where it has no front matter, or that of another SDK.
    """
    if not readme.startswith("---"):
        raise SpaceError(f"{README} has no front matter: expected `---`, then `sdk: gradio` …")
    try:
        card = SpaceCard(readme)
    except (yaml.YAMLError, ValueError) as error:
        raise SpaceError(f"The front matter of {README} cannot be read: {error}") from error
    if card.data.sdk != "gradio":
        raise SpaceError(f"{README} says `sdk: {card.data.sdk}`: expected `sdk: gradio`.")
    card.data.sdk_version = version("gradio")
    card.data.python_version = ".".join(platform.python_version_tuple()[:2])
    card.data.app_file = card.data.app_file or "app.py"
    if models:
        card.data.models = list(dict.fromkeys([*(card.data.models or []), *models]))
    return card.content


def requirements(text: str, needs: Collection[str] = ()) -> str:
    """Pinned lines: those of the Space, then those of the library's own `needs` that are missing.

    A need of an extra is left out: the Space names what it uses.
    """
    lines = text.splitlines()
    base = [need for need in needs if "extra ==" not in need]
    missing = named(base) - named(lines)
    return "\n".join([*pin(lines), *pin(need for need in base if named([need]) & missing)]) + "\n"


def check(output: Path, seconds: float = 600) -> None:
    """Raise SpaceError unless the assembled folder would start.

    Its size is within the Hub's limit, every import is met by the folder or by requirements.txt,
    and the app, imported in a process of its own, builds `demo` with the library beside it, within
    so many seconds.
    """
    total = sum(path.stat().st_size for path in files(output).values())
    if total > MAX_TOTAL:
        largest = max(files(output).items(), key=lambda item: item[1].stat().st_size)
        raise SpaceError(
            f"The Space would take {total / 1e6:,.0f} MB, {largest[0]} most of all: expected at "
            f"most {MAX_TOTAL / 1e6:,.0f} MB. Publish checkpoints as models and name them with "
            "--model and --captioner."
        )
    app_file = str(SpaceCard.load(output / README).data.app_file)
    if not (output / app_file).is_file() or "/" in app_file:
        raise SpaceError(f"{README} says `app_file: {app_file}`, which is not in the folder.")
    lines = (output / REQUIREMENTS).read_text(encoding="utf-8").splitlines()
    if unmet := unmet_imports(output, app_file, lines):
        raise RequirementsError(
            f"{REQUIREMENTS} does not bring what is imported: {'; '.join(unmet)}. "
            "Add the packages to it."
        )
    command = [sys.executable, "-B", "-c", IMPORT_APP, app_file.removesuffix(".py")]
    environment = os.environ | {"GRADIO_ANALYTICS_ENABLED": "False"}
    try:
        subprocess.run(
            command,
            cwd=output,
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise SpaceError(f"{app_file} builds nothing within {seconds:.0f} seconds.") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip()[-2000:]
        raise SpaceError(f"{app_file} does not start: {said}") from error


def files(output: Path) -> dict[str, Path]:
    """Path in the repository → path on disk of every file of an assembled folder, sorted."""
    named = ((path.relative_to(output).as_posix(), path) for path in sorted(output.rglob("*")))
    return {name: path for name, path in named if path.is_file() and not _stays_behind(name)}


def _stays_behind(name: str, leave_out: Collection[str] = ()) -> bool:
    hidden = any(part.startswith(".") or part == "__pycache__" for part in name.split("/"))
    return hidden or any(fnmatch(name, pattern) for pattern in leave_out)  # * matches / too


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
