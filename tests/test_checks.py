"""What is wrong with a checkpoint is refused by name, before anything is uploaded."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from saved_checkpoints import (  # noqa: F401
    change_weights,
    one_nan,
    saved_fixture,
    shift_bytes,
    trained_fixture,
)

from phoclip_hf.hub.checkpoint_files import published_files, stage
from phoclip_hf.hub.checks import check_code, check_tokenizer, check_weights, load_checked
from phoclip_hf.hub.refusal import Refused


def check_without_reload(folder: Path, staging: Path) -> None:
    names = stage(folder, staging)
    check_weights(staging)
    check_code(staging, names)
    check_tokenizer(load_checked(staging)[1])


def change_json(path: Path, change: Callable[[dict], None]) -> None:
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))


def test_only_the_checkpoint_is_published(trained: Path, saved: Path):
    names = published_files(trained)
    assert {"config.json", "model.safetensors", "tokenizer.json", "losses_phoclip.py"} <= set(names)
    assert not {"metrics.json", "distiller.safetensors", "README.md"} & set(names)
    code = {name for name in names if name.endswith(".py")}
    assert code == {path.name for path in trained.glob("*.py")}
    assert "modeling_phocap.py" in published_files(saved / "phocap")


def test_a_sound_checkpoint_passes(trained: Path, saved: Path, tmp_path: Path):
    check_without_reload(trained, tmp_path / "a")
    check_without_reload(saved / "phocap", tmp_path / "b")
    weights = load_file(trained / "model.safetensors")
    assert check_weights(tmp_path / "a") == sum(value.numel() for value in weights.values())


def cut(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def only_a_pickle(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def forbidden_import(folder: Path) -> None:
    path = folder / "losses_phoclip.py"
    path.write_text("import requests\n" + path.read_text())


def rename_weight(weights: dict[str, torch.Tensor]) -> None:
    weights["stranger"] = weights.pop("logit_scale")


def resize_weight(weights: dict[str, torch.Tensor]) -> None:
    name = next(n for n in weights if n.startswith("text_projection") and weights[n].ndim == 2)
    weights[name] = weights[name][:, :-1].contiguous()


def elsewhere(config: dict) -> None:
    config["auto_map"]["AutoModel"] = "other/repo--modeling_phoclip.PhoCLIPModel"


def fewer_letters(tokenizer: dict) -> None:
    tokenizer["model"]["merges"] = []
    tokenizer["model"]["vocab"] = {
        piece: index for piece, index in tokenizer["model"]["vocab"].items() if "ạ" not in piece
    }


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "nan": (lambda f: change_weights(f, one_nan), r"holds 1 values that are NaN or infinite"),
    "damaged": (
        lambda f: shift_bytes(f / "model.safetensors"),
        r"model\.safetensors: .*(NaN or infinite|beyond)",
    ),
    "cut": (cut, r"model\.safetensors cannot be read .*cut short"),
    "huge": (
        lambda f: change_weights(f, lambda w: w["logit_scale"].fill_(3e8)),
        r"logit_scale reaches 3e\+08, beyond 1e\+06",
    ),
    "huge half": (
        lambda f: change_weights(f, lambda w: w.update(logit_scale=torch.tensor(4e4).half())),
        r"logit_scale reaches 4e\+04, beyond 32752",
    ),
    "renamed": (lambda f: change_weights(f, rename_weight), r"weights lack logit_scale"),
    "unknown": (
        lambda f: change_weights(f, lambda w: w.update(more=torch.ones(1))),
        r"unknown to the model, more",
    ),
    "resized": (lambda f: change_weights(f, resize_weight), r"hold in another shape .*projection"),
    "pickle": (only_a_pickle, r"pytorch_model\.bin, which are pickles"),
    "no tokenizer": (lambda f: (f / "tokenizer.json").unlink(), r"lacks tokenizer\.json"),
    "no code": (lambda f: (f / "towers_phoclip.py").unlink(), r"lacks towers_phoclip\.py"),
    "no map": (
        lambda f: [
            change_json(f / name, lambda c: (c.pop("auto_map", 0), c.pop("image_processor", 0)))
            for name in ("config.json", "processor_config.json", "tokenizer_config.json")
        ],
        r"name no code \(auto_map\)",
    ),
    "elsewhere": (
        lambda f: change_json(f / "config.json", elsewhere),
        r"another repository's code",
    ),
    "import": (forbidden_import, r"losses_phoclip\.py imports requests"),
    "syntax": (lambda f: (f / "losses_phoclip.py").write_text("def ("), r"is no Python"),
    "broken settings": (lambda f: (f / "config.json").write_text("{"), r"config\.json is no JSON"),
    "vocabulary": (
        lambda f: change_json(f / "tokenizer.json", fewer_letters),
        r"tokenizer (has no id|makes)|does not load",
    ),
    "shard": (
        lambda f: (f / "model.safetensors.index.json").write_text(
            '{"weight_map": {"a": "model-00001-of-00002.safetensors"}}'
        ),
        r"lacks model-00001-of-00002\.safetensors",
    ),
    "no folder": (shutil.rmtree, r"is no folder"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_checkpoint_is_refused_by_name(kind: str, trained: Path, tmp_path: Path):
    damage, reason = DAMAGE[kind]
    damage(trained)
    with pytest.raises(Refused, match=reason):
        check_without_reload(trained, tmp_path / "staging")
