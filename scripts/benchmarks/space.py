"""Time the running Space as a visitor meets it: warm latency of each tab, and resident memory.

    python scripts/benchmarks/space.py

Starts spaces/phoclip/app.py with a collection of 10,000 rows, calls its API, and prints medians of
two clients: plain HTTP over one open connection, as the page in a browser asks, and gradio_client,
which opens a new one for every request. Latencies include Gradio's queue.
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

import httpx
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
    """Call each endpoint once to warm it, then CALLS times with each client; print the medians."""
    templates = "{}\nảnh chụp {}\nmột bức ảnh: {}"
    with httpx.Client(base_url=client.src, timeout=60) as connection:
        for name, endpoint, rest in (
            ("classify, 10 labels, 3 templates", "classify", (LABELS, templates)),
            (f"search by words, {ROWS:,} rows, top 12", "search", (None, 0.5, 12, "bench")),
            ("describe, 1 caption, greedy", "describe", (1, "greedy", 0.8)),
            ("describe, 1 caption, 5 beams", "describe", (1, "beam", 0.8)),
        ):
            page = median_seconds(
                lambda first, endpoint=endpoint, rest=rest: ask(
                    connection, endpoint, [first, *rest]
                ),
                first_arguments(endpoint, upload(connection, photo)),
            )
            library = median_seconds(
                lambda first, endpoint=endpoint, rest=rest: client.predict(
                    first, *rest, api_name=f"/{endpoint}"
                ),
                first_arguments(endpoint, handle_file(str(photo))),
            )
            print(f"{name}: {page:.3f} s over HTTP, {library:.3f} s with gradio_client")


def first_arguments(endpoint: str, image: object) -> Callable[[int], object]:
    """Return what an endpoint's first argument is at each turn: the photo, or words never asked."""
    if endpoint == "search":
        return lambda turn: f"{QUERIES[turn % len(QUERIES)]} {time.perf_counter_ns()}"
    return lambda turn: image


def median_seconds(
    call: Callable[[object], object], first_argument: Callable[[int], object]
) -> float:
    """Return the median time of CALLS calls after one that warms."""
    seconds = []
    for turn in range(CALLS + 1):
        argument = first_argument(turn)
        start = time.perf_counter()
        call(argument)
        seconds.append(time.perf_counter() - start)
    return median(seconds[1:])


def ask(connection: httpx.Client, endpoint: str, data: list) -> str:
    """Return the last event of a call, as Gradio's own curl guide makes it: post, then listen."""
    posted = connection.post(f"gradio_api/call/{endpoint}", json={"data": data}).raise_for_status()
    stream = connection.get(f"gradio_api/call/{endpoint}/{posted.json()['event_id']}").text
    if "event: complete" not in stream:
        raise RuntimeError(f"/{endpoint} answered {stream[:200]!r}")
    return stream


def upload(connection: httpx.Client, photo: Path) -> dict:
    """Return the handle of an uploaded photo."""
    files = {"files": (photo.name, photo.read_bytes())}
    path = connection.post("gradio_api/upload", files=files).raise_for_status().json()[0]
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


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
