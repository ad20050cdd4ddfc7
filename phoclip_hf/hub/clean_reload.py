"""Does a staged checkpoint say the same to a stranger, whose machine lacks this package?"""

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from PIL import Image
from safetensors.torch import load_file
from transformers import PreTrainedModel, ProcessorMixin

from ..data.scenes import draw_scene
from . import probe
from .checks import TEXTS
from .refusal import Refused

TOLERANCE = 1e-5  # absolute, of embeddings and of logits
START = (
    "import runpy, sys; sys.modules['phoclip_hf'] = None; runpy.run_path({!r}, None, '__main__')"
)
SECONDS = 1800


def questions() -> tuple[list[Image.Image], list[str]]:
    """Return pictures that the project draws and texts as people type them."""
    scenes = [draw_scene(seed) for seed in (7, 8, 9)]
    images = [
        scenes[0].image,
        scenes[1].image.resize((320, 200)),
        scenes[2].image.resize((90, 160)),
    ]
    texts = [scene.captions[0] for scene in scenes]
    awkward = [
        unicodedata.normalize("NFD", TEXTS[1]),
        TEXTS[2].upper(),
        "con cho chay tren bai co",
        "",
        " ".join([TEXTS[3]] * 30),  # longer than the tokenizer's limit
    ]
    return images, [*texts, TEXTS[0], *awkward]


def check_clean_reload(
    staging: Path, models: list[PreTrainedModel], processor: ProcessorMixin
) -> bool:
    """Compare a staged folder, loaded in a clean process, with its models in this one.

    There, `phoclip_hf` cannot be imported and nothing is downloaded.

    Args:
        staging: what would be uploaded.
        models: the same checkpoint, loaded by this package's classes.
        processor: likewise.

    Returns:
        Whether sentence-transformers is installed and was compared as well.

    Raises:
        Refused: it does not load there, or answers otherwise.
    """
    images, texts = questions()
    with TemporaryDirectory(prefix="phoclip_reload_") as name:
        work = Path(name)
        for index, image in enumerate(images):
            image.save(work / f"{index}.png")
        (work / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
        environment = os.environ | {
            "HF_HUB_OFFLINE": "1",
            "HF_MODULES_CACHE": str(work / "modules"),
            "PYTHONWARNINGS": "ignore",
            "TOKENIZERS_PARALLELISM": "false",
        }
        command = [sys.executable, "-c", START.format(probe.__file__)]
        try:
            done = subprocess.run(
                [*command, str(staging.resolve()), str(work)],
                cwd=work,
                env=environment,
                capture_output=True,
                text=True,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise Refused(f"A clean process did not answer within {SECONDS} seconds.") from error
        if done.returncode:
            last = "\n".join(done.stderr.strip().splitlines()[-4:])
            raise Refused(
                f"In a clean process without phoclip_hf the folder does not load:\n{last}"
            )
        there = load_file(work / "answers.safetensors")
    here: dict[str, torch.Tensor] = {}
    for model in models:
        here |= probe.answer(model, processor, images, texts)
    compare(here, there)
    if "image_embeds" in here:
        check_embeds(here["image_embeds"], "pictures")
        check_embeds(here["text_embeds"][:4], "texts")
    return "sentence_transformers_texts" in there


def compare(here: dict[str, torch.Tensor], there: dict[str, torch.Tensor]) -> None:
    """Refuse when two answers differ by more than TOLERANCE, in shape, or in any id."""
    names = {f"sentence_transformers_{kind}s": f"{kind}_embeds" for kind in ("image", "text")}
    for name, value in there.items():
        mine = here[names.get(name, name)]
        if mine.shape != value.shape:
            raise Refused(
                f"In a clean process {name} is {tuple(value.shape)}, here {tuple(mine.shape)}: "
                "code and weights in the folder do not belong; save it again."
            )
        difference = (mine.double() - value.double()).abs().max().item() if mine.numel() else 0.0
        if not difference <= (TOLERANCE if value.is_floating_point() else 0):
            raise Refused(
                f"In a clean process {name} differs by {difference:.3g}, more than {TOLERANCE:g}: "
                "the code in the folder is not this package's; save it again."
            )


def check_embeds(embeds: torch.Tensor, what: str) -> None:
    """Refuse embeddings that are not of unit length, or the same for different inputs."""
    lengths = embeds.norm(dim=-1)
    if not torch.allclose(lengths, torch.ones_like(lengths), atol=1e-4):
        raise Refused(f"Embeddings of {what} have lengths {lengths.tolist()}, expected 1.")
    if (embeds[1:] - embeds[:1]).abs().max() < 1e-6:
        raise Refused(f"Different {what} get one and the same embedding: the model has collapsed.")
