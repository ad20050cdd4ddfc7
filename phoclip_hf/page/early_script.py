"""Puts page.js, and a Space's own scripts, into the page before Gradio's own script.

`launch(head=…)` would run them too late: by then Gradio has settled on a language.
"""

from collections.abc import Iterable
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SCRIPT = Path(__file__).parent / "page.js"


class EarlyScript:
    """ASGI middleware: page.js, then `more`, come first in the `<head>` of the page at `/`."""

    def __init__(self, app: ASGIApp, more: Iterable[Path] = ()):
        self.app = app
        scripts = (path.read_text("utf-8") for path in (SCRIPT, *more))
        self.tags = "".join(f"<script>{script}</script>" for script in scripts).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; the page itself is held back until it is whole."""
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        start: Message = {}
        body = b""

        async def held_back(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            page = body.replace(b"<head>", b"<head>" + self.tags, 1)
            MutableHeaders(scope=start)["content-length"] = str(len(page))
            await send(start)
            await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, held_back)
