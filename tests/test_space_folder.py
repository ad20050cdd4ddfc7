"""A Space before it is uploaded: what goes along, what is pinned, and what is refused."""

import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
from huggingface_hub import SpaceCard

from phoclip_hf.hub import space_folder
from phoclip_hf.hub.space_folder import SpaceError, assemble, check, files, front_matter
from phoclip_hf.hub.space_requirements import RequirementsError

README = "---\ntitle: Ảnh\nemoji: 🖼️\nsdk: gradio\ncolorTo: blue\n---\n\n# Ảnh\n"
APP = "import gradio as gr\n\nwith gr.Blocks() as demo:\n    gr.Markdown('chào')\n"


def write(folder: Path, texts: dict[str, str]) -> Path:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path) -> Path:
    return write(
        tmp_path / "ảnh",
        {
            "README.md": README,
            "app.py": APP,
            "requirements.txt": "# ghi chú\n--extra-index-url https://index.test\ngradio>=6\n",
            "checkpoints/phoclip-mini/model.safetensors": "x",
            "checkpoints/phocap-mini/model.safetensors": "y",
            ".gallery/secret": "z",
            "__pycache__/app.pyc": "z",
        },
    )


@pytest.fixture
def wheel(tmp_path) -> Path:
    path = tmp_path / "phoclip_hf-0.1.0+gabc-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("phoclip_hf/__init__.py", "")
        archive.writestr(
            "phoclip_hf-0.1.0+gabc.dist-info/METADATA",
            "Metadata-Version: 2.4\nName: phoclip_hf\nVersion: 0.1.0+gabc\n"
            'Requires-Dist: numpy\nRequires-Dist: torch; extra == "model"\n',
        )
    return path


@pytest.fixture
def space(folder, wheel, tmp_path) -> Path:
    """An assembled Space."""
    output = tmp_path / "space"
    output.mkdir()
    assemble(folder, output, wheel)
    return output


def test_front_matter_is_pinned_and_the_rest_kept():
    rendered = front_matter(README, ["org/phoclip", "org/phoclip"])
    data = SpaceCard(rendered).data
    assert data.sdk_version == version("gradio") and data.app_file == "app.py"
    assert data.python_version == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert data.models == ["org/phoclip"] and data.title == "Ảnh"
    assert rendered.startswith("---\ntitle: Ảnh\nemoji: 🖼️\n") and rendered.endswith("\n# Ảnh\n")


@pytest.mark.parametrize(
    "readme",
    ["# Ảnh\n", README.replace("sdk: gradio", "sdk: docker"), README.replace("title: ", "a: b: ")],
)
def test_another_sdk_is_refused(readme):
    with pytest.raises(SpaceError, match="expected|cannot be read"):
        front_matter(readme)


def test_an_assembled_space_holds_folder_wheel_and_pins(space, wheel):
    assert list(files(space)) == [
        "README.md",
        "app.py",
        "checkpoints/phocap-mini/model.safetensors",
        "checkpoints/phoclip-mini/model.safetensors",
        "phoclip_hf/__init__.py",
        "phoclip_hf-0.1.0+gabc-py3-none-any.whl",
        "phoclip_hf-0.1.0+gabc.dist-info/METADATA",
        "requirements.txt",
    ]
    assert (space / "requirements.txt").read_text().splitlines()[2:] == [
        f"gradio=={version('gradio')}",
        f"numpy=={version('numpy')}",
    ]


def test_a_checkpoint_that_a_model_replaces_stays_behind(folder, wheel, tmp_path):
    output = tmp_path / "out"
    output.mkdir()
    assemble(folder, output, wheel, ["org/phoclip"], ["checkpoints/phoclip-*"])
    kept = [name for name in files(output) if name.startswith("checkpoints")]
    assert kept == ["checkpoints/phocap-mini/model.safetensors"]


@pytest.mark.parametrize("missing", ["README.md", "requirements.txt"])
def test_a_folder_that_is_no_space_is_refused(folder, wheel, tmp_path, missing):
    (folder / missing).unlink()
    with pytest.raises(SpaceError, match=f"no {missing}"):
        assemble(folder, tmp_path / "out", wheel)


@pytest.mark.parametrize("target", ["app.py", "checkpoints"])
def test_a_link_is_not_followed(folder, wheel, tmp_path, target):
    (folder / "liên kết").symlink_to(folder / target)
    with pytest.raises(SpaceError, match="is a link"):
        assemble(folder, tmp_path / "out", wheel)


def test_too_much_for_a_space_is_refused(space, monkeypatch):
    monkeypatch.setattr(space_folder, "MAX_TOTAL", 100)
    with pytest.raises(SpaceError, match="at most 0 MB. Publish checkpoints as models"):
        check(space)


def test_a_missing_requirement_is_named(space):
    (space / "app.py").write_text(APP + "import timm\n")
    with pytest.raises(RequirementsError, match="app.py: timm"):
        check(space)


@pytest.mark.slow
def test_an_app_that_would_not_start_is_refused(space):
    before = sorted(space.rglob("*"))
    check(space)
    assert sorted(space.rglob("*")) == before
    (space / "app.py").write_text("import gradio\n")
    with pytest.raises(SpaceError, match="builds no `demo`"):
        check(space)
    (space / "app.py").write_text("raise RuntimeError('hỏng')\n")
    with pytest.raises(SpaceError, match="hỏng"):
        check(space)
