"""The stand-in Hub's answers about files: listed, described, downloaded."""

from typing import Any
from urllib.parse import parse_qs, urlencode

from hub_protocol import REPOSITORY, WEB, Answer, Request, as_json, readable, route
from hub_store import Commit, Refusal, Repository

PAGE, EXPANDED_PAGE = 1000, 50  # entries a page of a tree, as on the Hub


@route("GET", rf"{REPOSITORY}/tree/(?P<revision>[^/]+)(?:/(?P<path>.+))?")
def tree(request: Request, kind: str, id: str, revision: str, path: str | None = None) -> Answer:
    """List a folder, a page at a time."""
    repository = readable(request, kind, id)
    commit = repository.resolve(revision)
    root = f"{path.strip('/')}/" if path else ""
    below = {p: f for p, f in commit.files.items() if p.startswith(root)}
    if path and not below:
        raise Refusal(404, f"{path} does not exist on {revision}", "EntryNotFound")
    recursive, expand = request.flag("recursive"), request.flag("expand")
    folders = {p[:i] for p in below for i in range(len(root), len(p)) if p[i] == "/"}
    entries = [entry(repository, commit, p, expand) for p in sorted({*below, *folders})]
    entries = [e for e in entries if recursive or "/" not in e["path"].removeprefix(root)]
    size = request.page_size or int(request.query.get("limit", ["0"])[0])
    size = size or (EXPANDED_PAGE if expand else PAGE)
    start = int(request.query.get("cursor", ["0"])[0])
    headers = {}
    if start + size < len(entries):
        query = urlencode({"recursive": recursive, "expand": expand, "cursor": start + size})
        headers["Link"] = f'<{request.url}{request.path}?{query}>; rel="next"'
    return as_json(entries[start : start + size], **headers)


def entry(repository: Repository, commit: Commit, path: str, expand: bool) -> dict[str, Any]:
    """Return one file or folder as `tree` and `paths-info` give it."""
    if file := commit.files.get(path):
        shown: dict[str, Any] = {"type": "file", "oid": file.oid, "size": file.size, "path": path}
        if file.lfs:
            shown["lfs"] = {"oid": file.sha256, "size": file.size, "pointerSize": 135}
    else:
        shown = {"type": "directory", "oid": commit.id, "size": 0, "path": path}
    if expand:
        last = last_change(repository, commit, path)
        shown["lastCommit"] = {"id": last.id, "title": last.title, "date": last.date}
    return shown


def last_change(repository: Repository, commit: Commit, path: str) -> Commit:
    """Return the youngest commit that changed a file or anything in a folder."""

    def state(at: Commit | None) -> dict[str, str]:
        below = at.files.items() if at else ()
        return {p: f.etag for p, f in below if p == path or p.startswith(f"{path}/")}

    history = list(repository.history(commit))
    for young, old in zip(history, [*history[1:], None], strict=True):
        if state(young) != state(old):
            return young
    return commit


@route("POST", rf"{REPOSITORY}/paths-info/(?P<revision>[^/]+)")
def paths_info(request: Request, kind: str, id: str, revision: str) -> Answer:
    """Describe the named paths that exist."""
    repository = readable(request, kind, id)
    commit = repository.resolve(revision)
    wanted = form(request)
    expand = str(wanted.get("expand", ["false"])[0]).lower() == "true"
    paths = [path.rstrip("/") for path in wanted.get("paths", [])]
    known = [
        path
        for path in paths
        if path in commit.files or any(p.startswith(f"{path}/") for p in commit.files)
    ]
    return as_json([entry(repository, commit, path, expand) for path in known])


def form(request: Request) -> dict[str, list[Any]]:
    """Return the fields of a form, or of JSON in its place."""
    if "json" in (request.headers.get("Content-Type") or ""):
        return {k: v if isinstance(v, list) else [v] for k, v in request.json().items()}
    return parse_qs(request.body.decode())


@route("GET", rf"{WEB}/(?:resolve|raw)/(?P<revision>[^/]+)/(?P<path>.+)")
def resolve(request: Request, kind: str | None, id: str, revision: str, path: str) -> Answer:
    """Hand out a file; HEAD tells its commit, its etag and its size. LFS is served directly."""
    commit = readable(request, kind, id).resolve(revision)
    headers = {"X-Repo-Commit": commit.id}
    file = commit.files.get(path)
    if file is None:
        message = "Entry not found"
        return Answer(
            b"", 404, {"X-Error-Code": "EntryNotFound", "X-Error-Message": message, **headers}
        )
    headers |= {"ETag": f'"{file.etag}"', "Content-Type": "application/octet-stream"}
    if file.lfs:
        headers |= {"X-Linked-Etag": f'"{file.sha256}"', "X-Linked-Size": str(file.size)}
    return Answer(request.store.object_path(file.sha256), 200, headers)
