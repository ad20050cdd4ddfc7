"""Two processes with half of a batch each against one with all of it, with and without chunks."""

from pathlib import Path

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing
from tiny import IMAGE_SIZE, VOCABULARY, tiny_model
from torch.nn.parallel import DistributedDataParallel

from phoclip_hf import PhoCLIPModel
from phoclip_hf.training.embedding import embed
from phoclip_hf.training.objectives import Embedded, batch_loss
from phoclip_hf.training.ranks import as_forward, from_every_rank

ROWS = 8


def inputs() -> dict:
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(5, VOCABULARY, (ROWS, 6), generator=generator)
    pictures = torch.tensor([0, 1, 2, 3, 4, 1, 6, 7])  # picture 1 twice, once on each rank
    return {
        "pixel_values": torch.randn(ROWS, 3, IMAGE_SIZE, IMAGE_SIZE, generator=generator),
        "input_ids": ids,
        "attention_mask": torch.ones_like(ids),
        "pair_keys": {"pictures": pictures, "captions": torch.arange(ROWS)},
    }


def model() -> PhoCLIPModel:
    # Dropout off: the two ranks would draw other numbers than one process.
    return tiny_model(logit_bias_init_value=-10.0).eval()


def gradients(
    wrapped: torch.nn.Module, phoclip: PhoCLIPModel, batch: dict, loss: str, chunk: int | None
) -> dict[str, torch.Tensor]:
    here = Embedded(*as_forward(wrapped, lambda: embed(phoclip, batch, chunk)), batch["pair_keys"])
    scale, bias = phoclip.logit_scale.exp(), phoclip.logit_bias
    batch_loss(loss, here, from_every_rank(here), scale, bias).backward()
    grads = {n: p.grad.clone() for n, p in phoclip.named_parameters() if p.grad is not None}
    phoclip.zero_grad()
    return grads


def one_rank(rank: int, folder: str, loss: str) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=2)
    phoclip = model()
    # The bias takes part in the sigmoid loss alone.
    phoclip.logit_bias.requires_grad_(loss == "sigmoid")
    wrapped = DistributedDataParallel(phoclip)
    half = slice(rank * ROWS // 2, (rank + 1) * ROWS // 2)
    batch = {
        name: {key: part[half] for key, part in value.items()}
        if isinstance(value, dict)
        else value[half]
        for name, value in inputs().items()
    }
    results = {chunk: gradients(wrapped, phoclip, batch, loss, chunk) for chunk in (None, 2, 3)}
    if rank == 0:
        torch.save(results, f"{folder}/gradients.pt")
    dist.destroy_process_group()


@pytest.mark.slow
@pytest.mark.parametrize("loss", ["softmax", "sigmoid", "soft_target"])
def test_two_ranks_equal_one_with_and_without_caching(tmp_path: Path, loss: str):
    multiprocessing.spawn(one_rank, (str(tmp_path), loss), nprocs=2)
    phoclip = model()
    expected = gradients(phoclip, phoclip, inputs(), loss, None)
    for grads in torch.load(tmp_path / "gradients.pt", weights_only=True).values():
        for name, grad in grads.items():
            torch.testing.assert_close(grad, expected[name], rtol=1e-4, atol=1e-6, msg=name)
    largest = max(grad.abs().max() for grad in expected.values())
    assert largest > 1e-2  # there was something to agree on


@pytest.mark.parametrize("loss", ["softmax", "sigmoid", "soft_target"])
@pytest.mark.parametrize("chunk", [1, 3, 8])
def test_cached_gradients_equal_plain_ones(loss: str, chunk: int):
    phoclip = model()
    plain = gradients(phoclip, phoclip, inputs(), loss, None)
    cached = gradients(phoclip, phoclip, inputs(), loss, chunk)
    assert cached.keys() == plain.keys()
    for name, grad in cached.items():
        torch.testing.assert_close(grad, plain[name], rtol=1e-5, atol=1e-5, msg=name)


def test_chunks_draw_the_same_dropout_forward_and_again():
    phoclip = tiny_model(projection_dropout=0.5)
    phoclip.text_projection.train()
    torch.manual_seed(0)
    first = gradients(phoclip, phoclip, inputs(), "softmax", 4)
    torch.manual_seed(0)
    with torch.no_grad():
        halves = [
            embed(phoclip, {k: v[rows] for k, v in inputs().items() if k != "pair_keys"})
            for rows in (slice(0, 4), slice(4, 8))
        ]
    torch.manual_seed(0)
    images, texts = embed(phoclip, inputs(), 4)
    torch.testing.assert_close(texts, torch.cat([half[1] for half in halves]))
    torch.manual_seed(0)
    again = gradients(phoclip, phoclip, inputs(), "softmax", 4)
    assert all(torch.equal(first[name], again[name]) for name in first)
