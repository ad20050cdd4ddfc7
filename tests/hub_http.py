"""Carries the stand-in Hub's requests and answers over HTTP/1.1, and what goes wrong on purpose."""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import hub_commits  # noqa: F401  (registers its routes, as do the others)
import hub_files  # noqa: F401
import hub_refs  # noqa: F401
import hub_repositories  # noqa: F401
import hub_spaces  # noqa: F401
from hub_protocol import ROUTES, Account, Answer, Request
from hub_store import CHUNK, Refusal


class Cut(Exception):
    """The connection ends here, without an answer."""


@dataclass
class Faults:
    """What goes wrong on purpose; change it while the Hub runs.

    Attributes:
        upload_bytes: of LFS contents still taken; then every upload's connection is cut.
        download_bytes: after so many of them one download is cut, once.
        requests: still answered; then every connection is cut.
        delay: seconds before each answer.
        upload_rate: bytes of LFS contents taken a second, each connection for itself.
    """

    upload_bytes: int | None = None
    download_bytes: int | None = None
    requests: int | None = None
    delay: float = 0.0
    upload_rate: float | None = None


@dataclass(frozen=True)
class Exchange:
    """One request and its status; 0 where the connection was cut."""

    method: str
    path: str
    status: int


class Handler(BaseHTTPRequestHandler):
    """Carries requests to the routes and their answers back, one thread a connection."""

    protocol_version = "HTTP/1.1"
    server: Any

    def setup(self) -> None:
        """Send small answers at once; let the Hub end the connection with itself."""
        super().setup()
        self.connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        self.server.hub.connections.add(self.connection)

    def finish(self) -> None:
        """Forget the connection."""
        self.server.hub.connections.discard(self.connection)
        super().finish()

    def handle_any(self) -> None:
        """Answer one request of any method."""
        hub, status = self.server.hub, 0
        try:
            self.check_faults(hub)
            status = self.send(self.answer(hub), hub.faults)
        except (Cut, ConnectionError):
            self.close_connection = True
        finally:
            hub.log.append(Exchange(self.command, self.path, status))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any

    def check_faults(self, hub: Any) -> None:
        """Wait or cut as the faults say."""
        time.sleep(hub.faults.delay)
        if hub.closed:
            raise Cut
        if hub.faults.requests is not None:
            if hub.faults.requests <= 0:
                raise Cut
            hub.faults.requests -= 1

    def answer(self, hub: Any) -> Answer:
        """Return the answer of the route that fits, or a refusal."""
        parts = urlsplit(self.path)
        is_content = self.command == "PUT" and parts.path.startswith("/lfs/")
        body = b"" if is_content else b"".join(self.chunks(None))
        chunks = self.chunks(hub.faults) if is_content else iter(())
        try:
            account = self.account(hub)
            method = "GET" if self.command == "HEAD" else self.command
            for wanted, pattern, handler in ROUTES:
                if wanted == method and (found := pattern.fullmatch(parts.path)):
                    groups = {k: v and unquote(v) for k, v in found.groupdict().items()}
                    request = Request(
                        method,
                        parts.path,
                        parse_qs(parts.query),
                        self.headers,
                        hub.url,
                        hub.store,
                        account,
                        body,
                        chunks,
                        hub.page_size,
                    )
                    return handler(request, **groups)
            raise Refusal(404, f"The stand-in Hub has no {method} {parts.path}")
        except Refusal as refusal:
            # What is left of the body would be taken for the next request.
            self.close_connection = is_content
            headers = {"X-Error-Message": refusal.message, "Content-Type": "application/json"}
            if refusal.code:
                headers["X-Error-Code"] = refusal.code
            text = json.dumps({"error": refusal.message})
            return Answer(text.encode(), refusal.status, headers)

    def account(self, hub: Any) -> Account | None:
        """Return whose token the request carries; None without one, a refusal for a wrong one."""
        given = self.headers.get("Authorization")
        if given is None or self.path.startswith("/lfs/"):
            return None
        if account := hub.accounts.get(given.removeprefix("Bearer ")):
            return account
        raise Refusal(401, "Invalid credentials in Authorization header")

    def chunks(self, faults: Faults | None) -> Iterator[bytes]:
        """Yield the request's body, of known length or in chunks, as fast as the faults allow."""
        for chunk in self.raw_chunks():
            if faults and faults.upload_rate:
                time.sleep(len(chunk) / faults.upload_rate)
            if faults and faults.upload_bytes is not None:
                if faults.upload_bytes < len(chunk):
                    raise Cut
                faults.upload_bytes -= len(chunk)
            yield chunk

    def raw_chunks(self) -> Iterator[bytes]:
        """Yield the request's body."""
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield from self.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            yield from self.read(int(self.headers.get("Content-Length", 0)))

    def read(self, size: int) -> Iterator[bytes]:
        """Yield `size` bytes; a client that goes away before is cut."""
        while size:
            chunk = self.rfile.read1(min(size, CHUNK))
            if not chunk:
                raise Cut
            size -= len(chunk)
            yield chunk

    def send(self, answer: Answer, faults: Faults) -> int:
        """Send an answer, of a file the range that was asked for; return the status."""
        body, status, headers = answer.body, answer.status, dict(answer.headers)
        size = body.stat().st_size if isinstance(body, Path) else len(body)
        start, end = 0, size
        if isinstance(body, Path):
            headers["Accept-Ranges"] = "bytes"
            if wanted := self.headers.get("Range"):
                start, end = parse_range(wanted, size)
                if start >= size:
                    status, start, end = 416, 0, 0
                    headers["Content-Range"] = f"bytes */{size}"
                else:
                    status = 206
                    headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        self.send_response(status)
        for name, value in headers.items():
            line = " ".join(value.split())  # a line break would begin another header
            self.send_header(name, line.encode("ascii", "replace").decode())
        self.send_header("Content-Length", str(end - start))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            if isinstance(body, bytes):
                self.wfile.write(body)
            else:
                self.send_file(body, start, end, faults)
        return status

    def send_file(self, path: Path, start: int, end: int, faults: Faults) -> None:
        """Send bytes [start, end) of a file, as far as the faults allow."""
        with path.open("rb") as file:
            file.seek(start)
            while start < end:
                chunk = file.read(min(end - start, CHUNK))
                if faults.download_bytes is not None:
                    if faults.download_bytes < len(chunk):
                        faults.download_bytes = None
                        raise Cut
                    faults.download_bytes -= len(chunk)
                self.wfile.write(chunk)
                start += len(chunk)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Print a line where the Hub is verbose."""
        if self.server.hub.verbose:
            print(f"{self.command} {self.path} {arguments[1]}", file=sys.stderr)


def parse_range(wanted: str, size: int) -> tuple[int, int]:
    """Return (start, end) of `bytes=a-b`, `bytes=a-` or `bytes=-n`, end excluded."""
    first, _, last = wanted.removeprefix("bytes=").partition("-")
    if not first:
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size
