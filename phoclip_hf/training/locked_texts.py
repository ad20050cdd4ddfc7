"""What a locked text tower reads in each caption: computed once, memory-mapped after."""

import hashlib
import os
from pathlib import Path

import numpy as np
import torch
from torch import nn
from tqdm.auto import tqdm
from transformers import PreTrainedTokenizerBase

from ..modeling_phoclip import PhoCLIPModel
from ..towers_phoclip import encode_texts
from .fingerprints import fingerprint

BATCH = 256  # captions


def locked_texts(
    directory: str | Path,
    captions: list[list[list[int]]],
    model: PhoCLIPModel,
    tokenizer: PreTrainedTokenizerBase,
) -> list[np.ndarray]:
    """Return for each picture the pooled states of its captions, (captions, dim) float16.

    Kept in one file below `directory`, named after the tower's weights, the pooling and the ids.

    Args:
        directory: where the file is kept.
        captions: the ids of each caption of each picture.
        model: its text tower reads, without the head.
        tokenizer: pads.
    """
    flat = [ids for picture in captions for ids in picture]
    digest = hashlib.sha256(
        repr((fingerprint(model.text_model), model.config.text_pooling)).encode()
    )
    for ids in flat:
        digest.update(np.array([len(ids), *ids]).tobytes())
    path = Path(directory) / f"texts-{digest.hexdigest()[:20]}.npy"
    if not path.exists():
        _write(path, flat, model, tokenizer)
    features = np.load(path, mmap_mode="r")
    ends = np.cumsum([len(picture) for picture in captions])
    return np.split(features, ends[:-1])


@torch.inference_mode()
def _write(
    path: Path, flat: list[list[int]], model: PhoCLIPModel, tokenizer: PreTrainedTokenizerBase
) -> None:
    """Write the file whole or not at all; captions of like length go together."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    shape = (len(flat), model.config.text_config.hidden_size)
    features = np.lib.format.open_memmap(part, "w+", np.float16, shape)
    was_training = model.training
    model.eval()
    order = np.argsort([len(ids) for ids in flat], kind="stable")
    for start in tqdm(range(0, len(order), BATCH), desc="locked texts", disable=len(order) < 2000):
        rows = order[start : start + BATCH]
        inputs = tokenizer.pad([{"input_ids": flat[row]} for row in rows], return_tensors="pt")
        output = encode_texts(
            model.text_model, nn.Identity(), model.config.text_pooling, **inputs.to(model.device)
        )
        features[rows] = output.pooler_output.float().cpu().numpy()
    model.train(was_training)
    features.flush()
    os.replace(part, path)
