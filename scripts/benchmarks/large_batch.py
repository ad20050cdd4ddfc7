"""Time a training step of PhoBERT-large and ResNet-50 at a large batch, by cached gradients.

    python scripts/benchmarks/large_batch.py --batch 4096 --mini-batch 256 --precision bf16

Random weights in the published shapes, random pictures of 224 pixels and texts of 32 tokens. Prints
samples per second, peak memory, and which share of the device's measured matrix-product rate the
step reaches: operations as torch's FlopCounterMode counts them, forward, again, and backward.
Without a GPU the defaults are 16 and 8: the operations a sample are the same, so that a card's time
is the printed operations divided by what it reaches.
"""

import argparse
import resource
import statistics
import time
from contextlib import nullcontext

import torch
from torch.utils.flop_counter import FlopCounterMode

from phoclip_hf import PhoCLIPConfig, PhoCLIPModel
from phoclip_hf.training.embedding import embed
from phoclip_hf.training.objectives import Embedded, batch_loss

PHOBERT_LARGE = {
    "model_type": "roberta",
    "vocab_size": 64001,
    "hidden_size": 1024,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "intermediate_size": 4096,
    "max_position_embeddings": 258,
    "type_vocab_size": 1,
}
RESNET_50 = {"model_type": "timm_wrapper", "architecture": "resnet50"}
MATRIX = {"cuda": 8192, "cpu": 2048}  # rows and columns whose product is timed


def main() -> None:
    """Measure the device, then the step, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    sizes = (4096, 256) if torch.cuda.is_available() else (16, 8)
    parser.add_argument("--batch", type=int, default=sizes[0])
    parser.add_argument("--mini-batch", type=int, default=sizes[1])
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="bf16")
    arguments = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    dtype = torch.bfloat16 if arguments.precision == "bf16" else torch.float32

    rate = matrix_rate(device, dtype)
    print(f"{device}: {rate / 1e12:.2f} TFLOP/s in {arguments.precision} products", flush=True)
    model = PhoCLIPModel(PhoCLIPConfig(vision_config=RESNET_50, text_config=PHOBERT_LARGE))
    model = model.to(device).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5)
    counted = 2 * arguments.mini_batch  # two chunks tell what every chunk costs
    with FlopCounterMode(display=False) as counter:
        step(model, optimizer, random_batch(counted, device), arguments.mini_batch, dtype)
    operations = counter.get_total_flops() / counted
    inputs = random_batch(arguments.batch, device)
    seconds = [
        timed(model, optimizer, inputs, arguments.mini_batch, dtype) for _ in range(arguments.steps)
    ]
    speed = arguments.batch / statistics.median(seconds)
    print(f"batch {arguments.batch:,} in chunks of {arguments.mini_batch}: {speed:.2f} samples/s")
    print(f"{operations / 1e9:.1f} GFLOP a sample, {speed * operations / rate:.0%} of that rate")
    print(f"peak memory {peak_memory(device) / 1e9:.2f} GB")


def random_batch(batch: int, device: torch.device) -> dict:
    """Return random pictures and texts of the usual sizes, each pair by itself."""
    ids = torch.randint(5, PHOBERT_LARGE["vocab_size"], (batch, 32), device=device)
    numbers = torch.arange(batch, device=device)
    return {
        "pixel_values": torch.randn(batch, 3, 224, 224, device=device),
        "input_ids": ids,
        "attention_mask": torch.ones_like(ids),
        "pair_keys": {"pictures": numbers, "captions": numbers},
    }


def step(
    model: PhoCLIPModel,
    optimizer: torch.optim.Optimizer,
    inputs: dict,
    mini_batch: int,
    dtype: torch.dtype,
) -> None:
    """Train on one batch."""
    low = torch.autocast(model.device.type, dtype) if dtype != torch.float32 else nullcontext()
    with low:
        embeds = embed(model, inputs, mini_batch)
        here = Embedded(*embeds, inputs["pair_keys"])
        loss = batch_loss("softmax", here, here, model.logit_scale.exp())
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()


def timed(model: PhoCLIPModel, *arguments) -> float:
    """Return the seconds of one step."""
    start = time.perf_counter()
    step(model, *arguments)
    if model.device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def matrix_rate(device: torch.device, dtype: torch.dtype) -> float:
    """Return the operations a second of square matrix products, the median of nine."""
    side = MATRIX[device.type]
    a, b = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    seconds = []
    for _ in range(9):
        start = time.perf_counter()
        a @ b
        if device.type == "cuda":
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    return 2 * side**3 / statistics.median(seconds)


def peak_memory(device: torch.device) -> int:
    """Return the most bytes on the card, or resident in the process."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
