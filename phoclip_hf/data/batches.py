"""The order of training: batches of one source each, look-alikes together, every draw by a seed."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from torch.utils.data import Dataset, Sampler

LOOK_ALIKES = 32


class Draw(NamedTuple):
    """One reading of one picture: which source, which row of it, and the seed of its chances."""

    source: int
    row: int
    seed: int


class Mixture(Dataset):
    """Several sources as one data set, read by `Draw`.

    Args:
        sources: `CaptionedPictures`, or whatever has `draw(row, seed)`.
    """

    def __init__(self, sources: Sequence[Any]):
        self.sources = sources

    def __len__(self) -> int:
        return sum(len(source) for source in self.sources)

    def __getitem__(self, draw: Draw) -> dict[str, Any]:
        return self.sources[draw.source].draw(draw.row, draw.seed)


class FixedDraws(Dataset):
    """One source, each picture with the same caption at each reading: what evaluations compare.

    Args:
        source: `CaptionedPictures`, or whatever has `draw(row, seed)`.
    """

    def __init__(self, source: Any):
        self.source = source

    def __len__(self) -> int:
        return len(self.source)

    def __getitem__(self, row: int) -> dict[str, Any]:
        return self.source.draw(row, row)


class OneSourcePerBatch(Sampler[Draw]):
    """Draws from a `Mixture`, every `batch_size` of them from one source, shuffled.

    A drawing is no hard negative for a photo: batches of one source teach more. Where the things in
    a source's pictures are known, `LOOK_ALIKES` pictures of one thing stand together in a batch,
    for what tells them apart is a colour, a count or a place; which of its things a picture stands
    for is drawn anew each pass. The draws of an epoch depend on the seed and the epoch alone, so
    that a resumed run sees what it would have seen.

    Args:
        lengths: pictures of each source; the last, incomplete batch is left out, other pictures
            each pass.
        batch_size: pictures a batch, those of all ranks together.
        repeats: passes over each source per epoch.
        seed: of the order and of the draws.
        things: for each source, the names of the things in each picture, at least one, or None.
    """

    def __init__(
        self,
        lengths: Sequence[int],
        batch_size: int,
        repeats: Sequence[int],
        seed: int,
        things: Sequence[Sequence[Sequence[str]] | None] | None = None,
    ):
        short = [length for length in lengths if length < batch_size]
        if short:
            raise ValueError(f"A source of {short[0]} pictures fills no batch of {batch_size}.")
        self.lengths, self.repeats = lengths, repeats
        self.things = things or [None] * len(lengths)
        self.batch_size, self.seed, self.epoch = batch_size, seed, 0

    def __len__(self) -> int:
        pairs = zip(self.lengths, self.repeats, strict=True)
        return sum(length // self.batch_size * times for length, times in pairs) * self.batch_size

    def set_epoch(self, epoch: int) -> None:
        """Make the next pass that of another epoch."""
        self.epoch = epoch

    def __iter__(self) -> Iterator[Draw]:
        generator = np.random.default_rng((self.seed, self.epoch))
        self.epoch += 1
        batches: list[tuple[int, np.ndarray]] = []
        sources = zip(self.lengths, self.repeats, self.things, strict=True)
        for source, (length, times, things) in enumerate(sources):
            for _ in range(times):
                order = generator.permutation(length)[: length // self.batch_size * self.batch_size]
                if things is not None:
                    order = _among_look_alikes(order, things, generator)
                batches += [(source, batch) for batch in order.reshape(-1, self.batch_size)]
        for index in generator.permutation(len(batches)):
            source, rows = batches[index]
            seeds = generator.integers(2**62, size=self.batch_size)
            yield from (Draw(source, int(r), int(s)) for r, s in zip(rows, seeds, strict=True))


def _among_look_alikes(
    order: np.ndarray, things: Sequence[Sequence[str]], generator: np.random.Generator
) -> np.ndarray:
    """Return `order` (pictures,) with pictures of one thing in runs, the runs shuffled."""
    shares = generator.random(len(order))
    drawn = [things[i][int(share * len(things[i]))] for i, share in zip(order, shares, strict=True)]
    order = order[np.argsort(drawn, kind="stable")]
    runs = [order[start : start + LOOK_ALIKES] for start in range(0, len(order), LOOK_ALIKES)]
    return np.concatenate([runs[index] for index in generator.permutation(len(runs))])
