"""Requirements of a Space: ranges become versions, and imports are followed to what they bring."""

from importlib.metadata import version
from types import SimpleNamespace

import pytest

from phoclip_hf.hub import space_requirements
from phoclip_hf.hub.space_requirements import RequirementsError, pin, unmet_imports


def test_ranges_become_what_is_installed():
    lines = ["# ghi chú", "", "--extra-index-url https://index.test", "gradio>=6,<7  # trang"]
    assert pin([*lines, "numpy", 'nowhere>=1; python_version < "3"']) == [
        *lines[:3],
        f"gradio=={version('gradio')}",
        f"numpy=={version('numpy')}",
    ]


def test_a_build_for_the_cpu_is_pinned_as_every_index_names_it(monkeypatch):
    built = SimpleNamespace(version="2.9.0+cpu")
    monkeypatch.setattr(space_requirements, "distribution", lambda name: built)
    assert pin(["torch[x]>=2.6"]) == ["torch[x]==2.9.0"]


@pytest.mark.parametrize(
    "line, says",
    [
        ("no-such-package>=1", "no-such-package is not installed"),
        ("gradio<1", r"gradio .* is outside <1"),
        ("./phoclip.whl", "is no requirement"),
        ("phoclip @ https://index.test/phoclip.whl", "names an address"),
    ],
)
def test_what_cannot_be_pinned_is_an_error(line, says):
    with pytest.raises(RequirementsError, match=says):
        pin(["numpy", line])


def test_imports_are_followed_to_what_requirements_bring(tmp_path):
    (tmp_path / "lib").mkdir()
    files = {
        "app.py": "import os, tab, starlette.routing\nfrom lib.deep import thing\n",
        "tab.py": "import gradio, app\ntry:\n    import nowhere\nexcept ImportError: ...\n",
        "unused.py": "import nowhere\n",
        "lib/__init__.py": "from .door import opens\ndef register():\n    try:\n"
        "        import torch\n    except ImportError:\n        return\n    import nowhere.after\n",
        "lib/door.py": "import sklearn_of_nowhere\n",
        "lib/deep.py": "from . import other\nimport timm.layers\n",
        "lib/other.py": "import PIL.Image\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    # starlette and Pillow come with Gradio.
    assert unmet_imports(tmp_path, "app.py", ["gradio>=6"]) == [
        "lib/deep.py: timm.layers",
        "lib/door.py: sklearn_of_nowhere",
    ]
