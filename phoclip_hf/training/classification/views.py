"""What a network answers to fixed alterations of photos: computed once, kept, memory-mapped after.

A frozen backbone's features and a teacher's logits are both such answers. The alterations are drawn
from seeds, so that a student sees the very view that its teacher saw (Beyer et al., "Knowledge
distillation: A good teacher is patient and consistent", CVPR 2022), and no pixels need be kept.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from ..fingerprints import fingerprint
from .data import LabelledPhotos
from .model import classifier_layer


@torch.inference_mode()
def view_answers(
    folder: Path,
    photos: LabelledPhotos,
    network: nn.Module,
    answer: Callable[[Tensor], Tensor],
    batch_size: int = 32,
) -> np.ndarray:
    """Return `answer` to every view of every photo, (photos, views, width) float16.

    Interrupted, the same call goes on. The file is named after the network's weights, the photos
    and how they are altered, so that none is read for another.

    Args:
        folder: where it is kept.
        photos: with `views` set.
        network: whose weights count.
        answer: from pixel_values (batch, 3, size, size) to (batch, width).
        batch_size: of views.
    """
    description = f"{photos.images._fingerprint} {photos.views} {photos.transform!r}"
    digest = hashlib.sha256(description.encode()).hexdigest()[:12]
    path = folder / f"{fingerprint(network)[:12]}-{digest}.npy"
    note = path.with_suffix(".json")
    rows = len(photos) * photos.views
    done = json.loads(note.read_text())["done"] if note.is_file() and path.is_file() else 0
    if done == rows:
        return np.load(path, mmap_mode="r")
    folder.mkdir(parents=True, exist_ok=True)
    network.eval()
    kept = np.load(path, mmap_mode="r+") if done else None
    with tqdm(total=rows, initial=done, desc="answers to views", unit="") as bar:
        for start in range(done, rows, batch_size):
            chosen = range(start, min(start + batch_size, rows))
            pixels = [photos.view(*divmod(row, photos.views)) for row in chosen]
            said = answer(torch.stack(pixels)).float().cpu().numpy().astype(np.float16)
            if kept is None:
                shape = (len(photos), photos.views, said.shape[1])
                kept = np.lib.format.open_memmap(path, "w+", np.float16, shape)
            kept.reshape(rows, -1)[chosen.start : chosen.stop] = said
            bar.update(len(said))
            if bar.n == rows or start // batch_size % 20 == 19:
                kept.flush()
                note.write_text(json.dumps({"done": bar.n, "of": description}))
    return np.load(path, mmap_mode="r")


def backbone_features(model: nn.Module, classes: int) -> Callable[[Tensor], Tensor]:
    """Return a function from pixel_values to what `model`'s last linear layer is given."""
    layer, seen = classifier_layer(model, classes), []

    def features(pixel_values: Tensor) -> Tensor:
        hook = layer.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
        try:
            model(pixel_values=pixel_values.to(next(model.parameters()).device))
        finally:
            hook.remove()
        return seen.pop().flatten(1)  # (batch, width)

    return features
