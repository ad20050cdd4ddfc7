"""Time the search for repeated pictures at scale, on synthetic pictures and embeddings.

    python scripts/benchmarks/leakage.py --pictures 200000

Pictures are smooth noise, one in a hundred a mirrored, brighter, noisy or cropped copy of another.
Prints seconds of each step (by the clock, and of CPU, which other work on the machine stretches
less), peak memory, and how many of the copies were found. Then how many pictures a second are
decoded and recorded.
"""

import argparse
import io
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from phoclip_hf.data.duplicates.nearest_neighbours import nearest_neighbours
from phoclip_hf.data.duplicates.thumbnails import READ, RECORD, SIDE, picture_record
from phoclip_hf.data.leakage import COSINE, NEIGHBOURS, THRESHOLD, confirm, propose
from phoclip_hf.data.scenes import scenes

DIMENSION = 256
WAVES = 16  # lowest frequencies per axis that the noise has
LIGHT = 25  # grey levels by which their means vary
SHARE = 100  # one picture in so many is a copy
ALIKE = 10  # pictures whose embeddings are near each other's, though they show different things


def main() -> None:
    """Make the pictures, search, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=200_000)
    parser.add_argument(
        "--real", type=int, default=100, help="scenes that are decoded and recorded"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with timed("make"):
            records, embeds, copies = synthetic(Path(folder), arguments.pictures)
        rows = np.arange(len(records))
        with timed("propose by hashes"):
            by_hash = propose(records, rows)
        with timed("propose by embeddings"):
            by_embedding = nearest_neighbours(embeds, NEIGHBOURS, COSINE)
        codes = [a * len(rows) + b for a, b in (by_hash, by_embedding)]
        a, b = np.divmod(np.unique(np.concatenate(codes)), len(rows))
        print(f"{len(by_hash[0]):,} pairs by hashes, {len(by_embedding[0]):,} by embeddings")
        with timed(f"confirm {len(a):,} pairs"):
            found = {(x, y) for x, y, _, _ in confirm(records, a, b, THRESHOLD)}
        others = len(found - copies)
        print(f"{len(found & copies):,} of {len(copies):,} copies found, {others:,} other pairs")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"peak memory {peak / (1e9 if sys.platform == 'darwin' else 1e6):.2f} GB")
    throughput(arguments.real)


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Print the seconds that the block takes."""
    clock, cpu = time.perf_counter(), time.process_time()
    yield
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    print(f"{name}: {clock:.1f} s, {cpu:.1f} s of CPU", flush=True)


def synthetic(folder: Path, count: int) -> tuple[np.ndarray, np.ndarray, set[tuple[int, int]]]:
    """Return records (memory-mapped), embeds (likewise) and the true pairs."""
    records = np.lib.format.open_memmap(folder / "records.npy", "w+", RECORD, (count,))
    embeds = np.lib.format.open_memmap(folder / "e.npy", "w+", np.float16, (count, DIMENSION))
    generator = np.random.default_rng(0)
    frequency = np.arange(WAVES)
    waves = np.cos(np.pi * np.outer(frequency, (np.arange(SIDE) + 0.5) / SIDE))
    centres = unit(generator.standard_normal((max(count // ALIKE, 1), DIMENSION)))
    strength = 60 / (1 + np.hypot(frequency[:, None], frequency))  # as photos: inverse to it
    strength[0, 0] = LIGHT
    for start in range(0, count, 4096):
        rows = slice(start, min(start + 4096, count))
        size = rows.stop - rows.start
        spectra = generator.standard_normal((size, WAVES, WAVES)) * strength
        records["grey"][rows] = np.clip(waves.T @ spectra @ waves + 128, 0, 255)
        near = centres[generator.integers(0, len(centres), size)]
        embeds[rows] = unit(near + 0.4 * unit(generator.standard_normal((size, DIMENSION))))
    records["state"] = READ
    records["digest"][:, 0] = np.arange(count)
    originals = generator.permutation(count)[: 2 * (count // SHARE)].reshape(2, -1).T
    for turn, (original, copy) in enumerate(originals):
        records["grey"][copy] = altered(records["grey"][original], turn, generator)
        noise = 0.2 * unit(generator.standard_normal(DIMENSION))
        embeds[copy] = unit(np.float32(embeds[original]) + noise)
    return records, embeds, {(int(min(pair)), int(max(pair))) for pair in originals}


def unit(vectors: np.ndarray) -> np.ndarray:
    """Return the vectors with length 1."""
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def altered(grey: np.ndarray, turn: int, generator: np.random.Generator) -> np.ndarray:
    """Return a thumbnail mirrored, brighter, noisy or cropped, by turns."""
    if turn % 4 == 0:
        return grey[:, ::-1]
    if turn % 4 == 1:
        return np.clip(grey * 1.2 + 5, 0, 255)
    if turn % 4 == 2:
        return np.clip(grey + generator.normal(0, 6, grey.shape), 0, 255)
    left, top = generator.integers(0, 13, 2)
    box = (int(left), int(top), int(left) + 52, int(top) + 52)
    return np.asarray(Image.fromarray(grey).resize((SIDE, SIDE), box=box))


def throughput(count: int) -> None:
    """Print how many JPEG photos of 640 x 640 pixels a second are decoded and recorded."""
    files = []
    for scene in scenes(count, size=640):
        file = io.BytesIO()
        scene.image.save(file, "JPEG", quality=90)
        files.append(file)
    clock, cpu = time.perf_counter(), time.process_time()
    for file in files:
        picture_record(Image.open(file))
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    print(f"record: {count / clock:.0f} pictures/s, {count / cpu:.0f} per second of CPU")


if __name__ == "__main__":
    main()
