"""A stand-in for the Hugging Face Hub: real HTTP on loopback, for the real client.

    python tests/stand_in_hub.py --port 8000 --root FOLDER

and, in another shell, what it prints: HF_ENDPOINT, HF_TOKEN and HF_HUB_DISABLE_XET=1. In tests:

    with StandInHub() as hub:
        subprocess.run(command, env=os.environ | hub.environment)

It keeps models, datasets and Spaces with branches, tags, LFS, private repositories and tokens. What
it holds lies in its folder: another one opened there goes on. Left out: pull requests, gated
repositories, .gitignore, Xet, discussions and the dataset viewer; a Space is stored, not run.
"""

import argparse
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from hub_http import Exchange, Faults, Handler
from hub_protocol import Account
from hub_store import Store
from huggingface_hub import HfApi

TOKEN, READ_TOKEN = "hf_student", "hf_student_reads"


class StandInHub:
    """A Hub at `url` while the `with` block lasts.

    Args:
        root: folder of what it holds; None makes one that goes with the block.
        port: 0 takes a free one.
        namespaces: organisations of the student whose tokens `token` and `read_token` are.
        verbose: print each request to standard error.

    Attributes:
        faults: what goes wrong on purpose.
        log: every exchange so far.
        page_size: entries a page of a tree; None pages as the Hub does.
    """

    def __init__(
        self,
        root: Path | str | None = None,
        port: int = 0,
        namespaces: tuple[str, ...] = ("org",),
        verbose: bool = False,
    ):
        self._temporary = tempfile.TemporaryDirectory() if root is None else None
        self.store = Store(Path(root or self._temporary.name))
        owned = ("student", *namespaces)
        self.accounts = {
            TOKEN: Account("student", owned),
            READ_TOKEN: Account("student", owned, role="read"),
            "hf_stranger": Account("stranger", ("stranger",)),
        }
        self.token, self.read_token, self.stranger_token = self.accounts
        self.faults, self.page_size, self.verbose = Faults(), None, verbose
        self.log: list[Exchange] = []
        self.connections: set[socket.socket] = set()
        self.closed = False
        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads, self.server.block_on_close = True, False
        self.server.hub = self
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    @property
    def environment(self) -> dict[str, str]:
        """Variables that send a process's Hub client here."""
        return {
            "HF_ENDPOINT": self.url,
            "HF_TOKEN": self.token,
            "HF_HUB_OFFLINE": "0",
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
        }

    def api(self, token: str | bool | None = None) -> HfApi:
        """Return a client for this process; the fixture lets it go online."""
        return HfApi(endpoint=self.url, token=self.token if token is None else token)

    def count(self, method: str, part: str) -> int:
        """Return how many answered requests of a method have `part` in their path."""
        return sum(e.method == method and part in e.path and e.status > 0 for e in self.log)

    def __enter__(self) -> "StandInHub":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True
        self.server.shutdown()
        self.server.server_close()
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        if self._temporary:
            self._temporary.cleanup()


@pytest.fixture
def stand_in_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandInHub]:
    """Yield a Hub of the test's own; this process's client may reach it."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    with StandInHub(tmp_path / "stand_in_hub") as hub:
        yield hub


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--root", type=Path, required=True, help="folder of what it holds")
    parser.add_argument("--namespace", action="append", help="an organisation; default: org")
    parser.add_argument("--verbose", action="store_true", help="print each request")
    arguments = parser.parse_args()
    namespaces = tuple(arguments.namespace or ["org"])
    with StandInHub(arguments.root, arguments.port, namespaces, arguments.verbose) as hub:
        for name, value in hub.environment.items():
            print(f"export {name}={value}")
        print(f"# writes in {', '.join(hub.accounts[hub.token].namespaces)}; Ctrl+C ends it")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
