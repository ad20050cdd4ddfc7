"""Time the running Space as a visitor meets it: warm latency of each tab, and resident memory.

    python scripts/benchmarks/space.py

Starts spaces/phoclip/app.py with a collection of 10,000 rows, calls its API with gradio_client, and
prints medians. Latencies include HTTP, upload and queue.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from gradio_client import Client, handle_file
from PIL import Image

from phoclip_hf.data.scenes import draw_scene
from phoclip_hf.serving.encoder import PhoCLIPEncoder
from phoclip_hf.serving.gallery import Gallery, Photo

ROOT = Path(__file__).resolve().parents[2]
SPACE = ROOT / "spaces" / "phoclip"
ROWS, CALLS = 10_000, 15
LABELS = [
    "chơi bóng chày",
    "có người đang chơi tennis",
    "có một con thuyền ở dưới nước",
    "có xe máy ở trên đường",
    "con chó",
    "con mèo",
    "ngôi nhà",
    "bãi biển",
    "cánh đồng lúa",
    "một bát phở",
]
QUERIES = ["con chó chạy trên bãi cỏ", "thuyền trên sông", "hai người", "xe máy", "biển xanh"]


class RandomEncoder:
    """Random unit vectors under a checkpoint's name: the search does not care what they mean."""

    def __init__(self, like: PhoCLIPEncoder):
        self.fingerprint, self.dimension = like.fingerprint, like.dimension
        self.generator = np.random.default_rng(0)

    def encode_images(self, images: list[Image.Image]) -> np.ndarray:
        """Return (images, dimension)."""
        vectors = self.generator.standard_normal((len(images), self.dimension), np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def main() -> None:
    """Fill the gallery, start the Space, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        fill(folder)
        port = free_port()
        environment = os.environ | {"PHOCLIP_GALLERY": folder, "GRADIO_SERVER_PORT": str(port)}
        started = time.perf_counter()
        process = subprocess.Popen([sys.executable, "app.py"], cwd=SPACE, env=environment)
        try:
            client = connect(port)
            print(f"serves after {time.perf_counter() - started:.1f} s")
            measure(client, Path(folder) / "photo.jpg")
            status = Path(f"/proc/{process.pid}/status").read_text()
            resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
            print(f"resident memory {int(resident.split()[1]) / 1e6:.2f} GB")
        finally:
            process.terminate()
            process.wait()


def fill(folder: str) -> None:
    """Put ROWS distinct small pictures with random vectors into a collection named bench."""
    generator = np.random.default_rng(1)
    pictures = (
        Photo(Image.fromarray(generator.integers(0, 256, (8, 8, 3), np.uint8)), f"ảnh {row}")
        for row in range(ROWS)
    )
    gallery = Gallery(folder, RandomEncoder(PhoCLIPEncoder(SPACE / "checkpoints" / "phoclip-mini")))
    for _ in gallery.add("bench", pictures, batch_size=1000):
        pass
    draw_scene(7, size=640).image.save(Path(folder) / "photo.jpg")


def measure(client: Client, photo: Path) -> None:
    """Call each endpoint once to warm it, then CALLS times, and print the medians."""
    image = handle_file(str(photo))
    templates = "{}\nảnh chụp {}\nmột bức ảnh: {}"
    calls: dict[str, Callable[[int], object]] = {
        "classify, 10 labels, 3 templates": lambda _: client.predict(
            image, LABELS, templates, api_name="/classify"
        ),
        f"search by words, {ROWS:,} rows, top 12": lambda turn: client.predict(
            words=f"{QUERIES[turn % 5]} {turn}", collection="bench", api_name="/search"
        ),
        "describe, 1 caption, 5 beams": lambda _: client.predict(
            image, 1, "beam", 0.8, api_name="/describe"
        ),
    }
    for name, call in calls.items():
        call(-1)
        seconds = []
        for turn in range(CALLS):
            start = time.perf_counter()
            call(turn)
            seconds.append(time.perf_counter() - start)
        print(f"{name}: median {median(seconds):.3f} s of {CALLS}, slowest {max(seconds):.3f} s")


def connect(port: int) -> Client:
    """Return a client as soon as the Space answers; at most five minutes."""
    for _ in range(600):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                # The answer is what counts, not the client's saving of each thumbnail it names.
                url = f"http://127.0.0.1:{port}"
                return Client(url, verbose=False, download_files=False)
        except OSError:
            time.sleep(0.5)
    raise TimeoutError("The Space did not answer within five minutes.")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


if __name__ == "__main__":
    main()
