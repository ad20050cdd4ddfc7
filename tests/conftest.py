"""What every test shares: an offline process, and fixtures that skip with a reason."""

import os
import shutil
import socket
from collections import Counter
from pathlib import Path

os.environ.update(
    HF_HUB_OFFLINE="1",
    HF_HUB_DISABLE_XET="1",
    HF_HUB_DISABLE_TELEMETRY="1",
    HF_HUB_DISABLE_PROGRESS_BARS="1",
    GRADIO_ANALYTICS_ENABLED="False",
    TOKENIZERS_PARALLELISM="false",
)
os.environ.setdefault("OMP_NUM_THREADS", "1")  # tiny models: more threads only get in the way

import pytest
from stand_in_hub import stand_in_hub  # noqa: F401  (a fixture for all)

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = Path(os.environ.get("PHOCLIP_SHARED_DATA", ROOT.parent / "shared" / "data"))
MINI_CHECKPOINT = ROOT / "spaces" / "phoclip" / "checkpoints" / "phoclip-mini"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files with the most slow tests first, lest one process is left alone with one."""
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    items.sort(key=lambda item: -slow[item.path])


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what is marked `shared_data` where the folder is absent."""
    if item.get_closest_marker("shared_data") and not SHARED_DATA.is_dir():
        pytest.skip(f"{SHARED_DATA} is absent (PHOCLIP_SHARED_DATA names another place)")


@pytest.fixture(scope="session", autouse=True)
def offline() -> None:
    """Refuse connections to other machines, so that a test which needs the network fails here."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "localhost"
        if host not in ("127.0.0.1", "::1", "localhost", "0.0.0.0"):
            raise ConnectionError(f"tests are offline; something wants to reach {address}")
        connect(self, address)

    socket.socket.connect = connect_here
    yield
    socket.socket.connect = connect


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data; mark the test `shared_data` as well."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"{SHARED_DATA} is absent (PHOCLIP_SHARED_DATA names another place)")
    return SHARED_DATA


@pytest.fixture(scope="session")
def mini_checkpoint() -> Path:
    """Return the folder of the checkpoint that the Space ships."""
    if not (MINI_CHECKPOINT / "model.safetensors").is_file():
        pytest.skip(f"{MINI_CHECKPOINT.relative_to(ROOT)} holds no weights; train them first")
    return MINI_CHECKPOINT


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a Chromium, for tests that drive a browser."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("no chromium, chromium-browser or google-chrome on the PATH")
