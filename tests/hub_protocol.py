"""Requests, answers and rights of the stand-in Hub, and the table of its routes."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub_store import Refusal, Repository, Store

ID = r"(?P<id>[\w.-]+/[\w.-]+)"
REPOSITORY = rf"/api/(?P<kind>model|dataset|space)s/{ID}"
WEB = rf"/(?:(?P<kind>dataset|space)s/)?{ID}"


@dataclass(frozen=True)
class Account:
    """Who holds a token: it writes in `namespaces`, its own name and its organisations'."""

    name: str
    namespaces: tuple[str, ...] = ()
    role: str = "write"  # or read


@dataclass
class Request:
    """A request as the answers need it: `body` is read already, `chunks` are not."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: Any
    url: str  # of the Hub
    store: Store
    account: Account | None
    body: bytes
    chunks: Iterator[bytes]
    page_size: int | None = None

    def json(self) -> dict[str, Any]:
        """Return the body as an object."""
        return json.loads(self.body or b"{}")

    def flag(self, name: str) -> bool:
        """Return whether a parameter is set and true."""
        return self.query.get(name, ["false"])[0].lower() in ("true", "1")


@dataclass
class Answer:
    """Status, headers, and a body of bytes or a file."""

    body: bytes | Path = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[..., Answer]
ROUTES: list[tuple[str, re.Pattern[str], Handler]] = []


def route(method: str, pattern: str) -> Callable[[Handler], Handler]:
    """Register a handler for a method and a path, percent-escapes still in it."""

    def register(handler: Handler) -> Handler:
        ROUTES.append((method, re.compile(pattern), handler))
        return handler

    return register


def as_json(value: Any, status: int = 200, **headers: str) -> Answer:
    """Return an answer of JSON."""
    text = json.dumps(value, ensure_ascii=False).encode()
    return Answer(text, status, {"Content-Type": "application/json; charset=utf-8", **headers})


def signed_in(request: Request) -> Account:
    """Return the account of the request's token; without one, refuse."""
    if request.account is None:
        raise Refusal(401, "Invalid username or password.")
    return request.account


def readable(request: Request, kind: str | None, id: str) -> Repository:
    """Return a repository that the account may read; to others it does not exist."""
    kind = (kind or "model").removesuffix("s")
    found, account = request.store.find(kind, id), request.account
    hidden = found and found.private and not (account and id.split("/")[0] in account.namespaces)
    if found is None or hidden:
        message = "Repository not found" if account else "Invalid username or password."
        raise Refusal(404 if account else 401, message, "RepoNotFound")
    return found


def writable(request: Request, kind: str | None, id: str) -> Repository:
    """Return a repository that the account may write."""
    found = readable(request, kind, id)
    check_namespace(signed_in(request), id.split("/")[0])
    return found


def check_namespace(account: Account, namespace: str) -> None:
    """Refuse a namespace that is another's, and a token that only reads."""
    if account.role != "write":
        raise Refusal(403, "You need a token with write access for this")
    if namespace not in account.namespaces:
        raise Refusal(403, f'You don\'t have the rights under the namespace "{namespace}"')


def web_url(request: Request, kind: str, id: str) -> str:
    """Return a repository's address for people."""
    return f"{request.url}/{'' if kind == 'model' else kind + 's/'}{id}"
