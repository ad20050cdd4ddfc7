"""Which files of a trained folder are published: weights, settings, and the code that they name."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from transformers.dynamic_module_utils import get_relative_imports

from .refusal import Refused

WEIGHTS = re.compile(r"model(-\d{5}-of-\d{5})?\.safetensors")
INDEX = "model.safetensors.index.json"
REQUIRED = ("config.json", "processor_config.json", "tokenizer.json", "tokenizer_config.json")
SETTINGS = (
    *REQUIRED,
    INDEX,
    "generation_config.json",
    "preprocessor_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
)
TERMS = ("LICENSE", "LICENSE.md")
CODE = re.compile(r"\w+_pho\w+\.py")  # the house's flat files: modeling_phoclip.py and its siblings
PICKLES = ("pytorch_model*.bin", "model*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")


def published_files(folder: Path) -> list[str]:
    """Return the names of what is published of a folder, sorted.

    What training keeps beside it (metrics, curves, checkpoints, a distiller) is not.

    Raises:
        Refused: a required file, a shard or a code file is not there.
    """
    if not folder.is_dir():
        raise Refused(f"{folder} is no folder; expected what save_pretrained or train.py wrote.")
    names = [path.name for path in folder.iterdir() if path.is_file()]
    if missing := [name for name in REQUIRED if name not in names]:
        raise Refused(
            f"{folder} lacks {', '.join(missing)}: save the model and its processor there, both "
            "with save_pretrained."
        )
    weights = [name for name in names if WEIGHTS.fullmatch(name)]
    if INDEX in names:
        needed = set(read_json(folder / INDEX).get("weight_map", {}).values())
        if absent := sorted(needed - set(weights)):
            raise Refused(f"{folder} lacks {', '.join(absent)}, which {INDEX} names.")
        weights = sorted(needed)
    elif weights and weights != ["model.safetensors"]:
        raise Refused(f"{folder} holds shards of weights and no {INDEX}, which says what is where.")
    if not weights:
        pickles = sorted({path.name for pattern in PICKLES for path in folder.glob(pattern)})
        raise Refused(
            f"{folder} holds no model.safetensors"
            + (f" (but {', '.join(pickles)}, which are pickles and run code)" if pickles else "")
            + ": only safetensors are published; save_pretrained writes them."
        )
    beside = [name for name in (*SETTINGS, *TERMS) if name in names]
    return sorted({*weights, *beside, *code_files(folder)})


def code_files(folder: Path) -> list[str]:
    """Return the code that the settings name and what it imports from beside it, sorted.

    Raises:
        Refused: no `auto_map` names any, or a file is not there.
    """
    wanted = {module for name in REQUIRED for module in mapped_modules(read_json(folder / name))}
    if not wanted:
        raise Refused(
            f"The settings in {folder} name no code (auto_map), so nobody could load it without "
            "this package: import phoclip_hf and save it again."
        )
    found: set[str] = set()
    while wanted:
        name = f"{wanted.pop()}.py"
        if not (folder / name).is_file():
            raise Refused(
                f"{folder} lacks {name}, which its settings or code name: import phoclip_hf and "
                "save it again."
            )
        found.add(name)
        siblings = get_relative_imports(folder / name)
        wanted |= {module for module in siblings if f"{module}.py" not in found}
    return sorted(found)


def mapped_modules(settings: dict) -> Iterator[str]:
    """Yield the modules that a settings file's `auto_map`s name, nested ones too."""
    for key, value in settings.items():
        if key == "auto_map" and isinstance(value, dict):
            for classes in value.values():
                for name in classes if isinstance(classes, list) else [classes]:
                    if name is not None and "--" in name:
                        raise Refused(
                            f"auto_map points to another repository's code ({name}): import "
                            "phoclip_hf and save it again, so that the code lies beside it."
                        )
                    if name is not None:
                        yield name.split(".")[0]
        elif isinstance(value, dict):
            yield from mapped_modules(value)


def read_json(path: Path) -> dict:
    """Return the object that a JSON file holds; a broken file is a refusal."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Refused(f"{path} is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise Refused(f"{path} holds {type(value).__name__}, expected an object.")
    return value


def stage(folder: Path, staging: Path) -> list[str]:
    """Copy what is published into an empty folder, byte for byte, and return the names."""
    names = published_files(folder)
    staging.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copyfile(folder / name, staging / name)
    return names
