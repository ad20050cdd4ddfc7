"""What a checkpoint answers to fixed pictures and texts, here or in a process without this package.

`clean_reload` runs this file by its path, where `phoclip_hf` cannot be imported: so it imports
nothing of it.
"""

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor
from transformers import AutoModel, AutoModelForImageTextToText, AutoProcessor

# What a checkpoint's auto_map may promise and is asked for; a PhoBLIP promises both.
SERVED = {
    "AutoModel": AutoModel,
    "AutoModelForImageTextToText": AutoModelForImageTextToText,
}


@torch.no_grad()
def answer(model: Any, processor: Any, images: list[Image.Image], texts: list[str]) -> dict:
    """Return name → tensor of all that a user would see: inputs, embeddings, logits, captions.

    Args:
        model: a dual encoder or a captioner, in eval mode.
        processor: its processor.
        images: pictures of any size.
        texts: at least as many as pictures, raw Vietnamese.
    """
    inputs = processor(images=images, text=texts, padding=True, return_tensors="pt")
    # Padded to the longest of all, they might not fit behind a language model's prefix.
    rows = processor(images=images, text=texts[: len(images)], padding=True, return_tensors="pt")
    found: dict[str, Tensor] = dict(inputs)
    if hasattr(model, "get_text_features"):
        output = model(**inputs)
        for name in ("image_embeds", "text_embeds", "logits_per_image"):
            found[name] = output[name]
        if hasattr(model, "match"):
            found["matching_logits"] = model(**rows).matching_logits
    else:
        found["caption_logits"] = model(**rows).logits
        options = {"num_beams": 2, "max_new_tokens": 12, "do_sample": False}
        found["captions"] = model.generate(pixel_values=rows["pixel_values"], **options)
    return {name: value.contiguous() for name, value in found.items()}


def main(folder: str, work: str) -> None:
    """Load `folder` by the code that travelled; leave answers to `work`'s questions beside them."""
    images = [Image.open(path) for path in sorted(Path(work).glob("*.png"))]
    texts = json.loads((Path(work) / "texts.json").read_text(encoding="utf-8"))
    maps = json.loads((Path(folder) / "config.json").read_text(encoding="utf-8"))["auto_map"]
    processor = AutoProcessor.from_pretrained(folder, trust_remote_code=True)
    found: dict[str, Tensor] = {}
    for name in [name for name in SERVED if name in maps]:
        auto = SERVED[name]
        model = auto.from_pretrained(folder, trust_remote_code=True, use_safetensors=True).eval()
        if not type(model).__module__.startswith("transformers_modules."):
            raise RuntimeError(f"{type(model)} is not the code that lies beside the weights")
        found |= answer(model, processor, images, texts)
    is_encoder = (Path(folder) / "modules.json").is_file()
    if is_encoder and find_spec("sentence_transformers"):
        from sentence_transformers import SentenceTransformer

        encoder = SentenceTransformer(folder, trust_remote_code=True, device="cpu")
        options = {"convert_to_tensor": True, "show_progress_bar": False}
        found["sentence_transformers_images"] = encoder.encode(images, **options)
        found["sentence_transformers_texts"] = encoder.encode(texts, **options)
    save_file({k: v.contiguous() for k, v in found.items()}, Path(work) / "answers.safetensors")


if __name__ == "__main__":
    main(*sys.argv[1:])
