"""Measure the memory of a large contrastive batch in chunks beside that of one chunk alone.

    python scripts/benchmarks/cached_gradients.py --batch 2048 --mini-batch 64

One training step each, forward and backward, of a MobileNetV2 and a 4-layer text tower of 256.
Prints the peak of all storages that operations have made and that are alive at once, and the ratio.
Weights and inputs were there before and do not count; the gradients of the weights do.
"""

import argparse
import time
import weakref
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from phoclip_hf import PhoCLIPConfig, PhoCLIPModel
from phoclip_hf.training.embedding import embed
from phoclip_hf.training.objectives import Embedded, batch_loss

TOKENS, VOCABULARY = 24, 8000


def main() -> None:
    """Measure both steps and print their peaks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--batch", type=int, default=2048)
    parser.add_argument("--mini-batch", type=int, default=64)
    parser.add_argument("--image-size", type=int, default=224, help="pixels")
    arguments = parser.parse_args()
    peaks = []
    for batch in (arguments.mini_batch, arguments.batch):
        start = time.perf_counter()
        peaks.append(peak(batch, arguments.mini_batch, arguments.image_size))
        seconds = time.perf_counter() - start
        print(f"batch {batch:,}: peak {peaks[-1]:,} bytes, {seconds:.1f} s", flush=True)
    print(f"ratio {peaks[1] / peaks[0]:.3f}")


class LiveBytes(TorchDispatchMode):
    """Counts the bytes of every storage that an operation makes, for as long as it lives."""

    def __init__(self):
        super().__init__()
        self.sizes: dict[int, int] = {}  # of living storages, by address
        self.now = self.peak = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        given = {_address(value) for value in tree_leaves((args, kwargs))}
        result = func(*args, **(kwargs or {}))
        for value in tree_leaves(result):
            address = _address(value)
            if address is None or address in given or address in self.sizes:
                continue
            storage = value.untyped_storage()
            self.sizes[address] = storage.nbytes()
            self.now += storage.nbytes()
            weakref.finalize(storage, self._gone, address)
        self.peak = max(self.peak, self.now)
        return result

    def _gone(self, address: int) -> None:
        self.now -= self.sizes.pop(address)


def _address(value: Any) -> int | None:
    return value.untyped_storage()._cdata if isinstance(value, torch.Tensor) else None


def peak(batch: int, mini_batch: int, image_size: int) -> int:
    """Return the most bytes that the operations of a step keep alive at once."""
    torch.manual_seed(0)
    model = PhoCLIPModel(
        PhoCLIPConfig(
            vision_config={"model_type": "timm_wrapper", "architecture": "mobilenetv2_100"},
            text_config={
                "model_type": "roberta",
                "vocab_size": VOCABULARY,
                "hidden_size": 256,
                "num_hidden_layers": 4,
                "num_attention_heads": 4,
                "intermediate_size": 1024,
                "max_position_embeddings": 72,
                "type_vocab_size": 1,
            },
            projection_dim=256,
        )
    ).train()
    numbers = torch.arange(batch)
    inputs = {
        "pixel_values": torch.randn(batch, 3, image_size, image_size),
        "input_ids": torch.randint(5, VOCABULARY, (batch, TOKENS)),
        "attention_mask": torch.ones(batch, TOKENS, dtype=torch.long),
    }
    with LiveBytes() as live:
        images, texts = embed(model, inputs, mini_batch)
        here = Embedded(images, texts, {"pictures": numbers, "captions": numbers})
        batch_loss("softmax", here, here, model.logit_scale.exp()).backward()
    return live.peak


if __name__ == "__main__":
    main()
