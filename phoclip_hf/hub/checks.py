"""What a checkpoint must pass before anyone sees it: its weights, its code, its tokenizer."""

import sys
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from tqdm.auto import tqdm
from transformers import AutoConfig, AutoProcessor, PreTrainedModel, ProcessorMixin
from transformers.dynamic_module_utils import get_imports

from .checkpoint_files import WEIGHTS, read_json
from .probe import SERVED
from .refusal import Refused

# What a machine that loads a checkpoint from the Hub has: torch, Transformers and what that needs.
EVERYWHERE = sys.stdlib_module_names | {
    "torch",
    "transformers",
    "huggingface_hub",
    "numpy",
    "safetensors",
    "tokenizers",
}
# No weight of a trained network comes near; a flipped exponent or a shifted byte goes far beyond.
# Half precision ends at 65,504: there half of that.
LARGEST = 1e6
LOADING_ERRORS = (OSError, ValueError, TypeError, KeyError, AttributeError)
TEXTS = (
    "Một con chó chạy trên bãi cỏ",
    "hai người đàn bà đội nón lá ngồi bán hoa quả ở chợ nổi",
    "trẻ em thả diều trên đê vào buổi chiều",
    "xe máy và ô tô đỗ kín vỉa hè",
    "những quả bưởi, quýt và sầu riêng được bày trên kệ",
)


def check_weights(folder: Path) -> int:
    """Return how many parameters the weights hold, all of them finite and plausible.

    Raises:
        Refused: a file is cut short or no safetensors, or a weight is NaN, infinite or far beyond
            what training leaves behind.
    """
    count = 0
    for path in sorted(p for p in folder.iterdir() if WEIGHTS.fullmatch(p.name)):
        try:
            with safe_open(path, framework="pt") as weights:
                for name in tqdm(weights.keys(), desc=path.name, leave=False):
                    tensor = weights.get_tensor(name)
                    count += tensor.numel()
                    _check_tensor(path.name, name, tensor)
        except (SafetensorError, OSError) as error:
            raise Refused(
                f"{path.name} cannot be read ({error}): it is cut short or no safetensors file; "
                "save it again."
            ) from error
    return count


def _check_tensor(file: str, name: str, tensor: torch.Tensor) -> None:
    if not tensor.is_floating_point() or not tensor.numel():
        return
    low, high = (value.item() for value in tensor.float().aminmax())
    if not torch.isfinite(torch.tensor([low, high])).all():
        bad = int((~torch.isfinite(tensor)).sum())
        raise Refused(
            f"{file}: {name} holds {bad} values that are NaN or infinite, of {tensor.numel()}: "
            "the file is corrupt or training diverged; publish an earlier checkpoint."
        )
    limit = min(LARGEST, torch.finfo(tensor.dtype).max / 2)
    if max(-low, high) > limit:
        raise Refused(
            f"{file}: {name} reaches {max(-low, high):.3g}, beyond {limit:g}: the file is "
            "corrupt or training diverged; publish an earlier checkpoint."
        )


def check_code(folder: Path, names: list[str]) -> None:
    """Refuse code that imports what a stranger's machine need not have, outside `try`."""
    for name in names:
        if not name.endswith(".py"):
            continue
        try:
            strange = sorted(set(get_imports(folder / name)) - EVERYWHERE)
        except SyntaxError as error:
            raise Refused(f"{name} is no Python: {error}") from error
        if strange:
            raise Refused(
                f"{name} imports {', '.join(strange)}: published code may import torch, "
                "Transformers and what comes with them; put the rest in `try`."
            )


def load_checked(folder: Path) -> tuple[list[PreTrainedModel], ProcessorMixin]:
    """Return the models that the checkpoint promises, by this package's classes, and the processor.

    Raises:
        Refused: the settings do not load, the weights leave a parameter of a model unset or have
            some that it does not know, or shapes differ.
    """
    maps = read_json(folder / "config.json").get("auto_map", {})
    models = [load_model(folder, auto) for name, auto in SERVED.items() if name in maps]
    if not models:
        raise Refused(f"config.json promises none of {', '.join(SERVED)}: {', '.join(maps)}.")
    try:
        processor = AutoProcessor.from_pretrained(folder)
    except LOADING_ERRORS as error:
        raise Refused(f"{folder} does not load: {error}") from error
    return models, processor


def load_model(folder: Path, auto: type) -> PreTrainedModel:
    """Return what an Auto class makes of a folder, in eval mode; refuse weights that do not fit."""
    try:
        AutoConfig.from_pretrained(folder)
        model, found = auto.from_pretrained(
            folder, use_safetensors=True, output_loading_info=True, ignore_mismatched_sizes=True
        )
    except LOADING_ERRORS as error:
        raise Refused(f"{folder} does not load: {error}") from error
    for kind, said in (
        ("missing_keys", "lack"),
        ("unexpected_keys", "hold, unknown to the model,"),
        ("mismatched_keys", "hold in another shape"),
    ):
        if keys := sorted(str(key) for key in found[kind]):
            shown = ", ".join(keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
            raise Refused(f"The weights {said} {shown}: weights and config.json do not belong.")
    return model.eval()


def check_tokenizer(processor: ProcessorMixin) -> None:
    """Refuse a tokenizer that cannot give Vietnamese back: ids → text → the same ids, no <unk>."""
    tokenizer = processor.tokenizer
    for text in TEXTS:
        ids = tokenizer(text).input_ids
        if tokenizer.unk_token_id in ids:
            raise Refused(
                f"The tokenizer has no id for a piece of {text!r}: its files are cut short or not "
                "a Vietnamese vocabulary."
            )
        again = tokenizer.decode(ids, skip_special_tokens=True)
        if tokenizer(again).input_ids != ids:
            raise Refused(f"The tokenizer makes {again!r} of {text!r}: its files do not belong.")
