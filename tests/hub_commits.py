"""The stand-in Hub's answers to an upload: which files go as LFS, their contents, the commit."""

import base64
import json
from typing import Any

from hub_protocol import (
    REPOSITORY,
    WEB,
    Answer,
    Request,
    as_json,
    route,
    signed_in,
    web_url,
    writable,
)
from hub_store import File, Refusal, Store

LFS_BYTES = (
    10_000_000  # the Hub takes larger files as LFS only, and binary ones whatever their size
)


@route("POST", rf"{REPOSITORY}/preupload/(?P<revision>[^/]+)")
def preupload(request: Request, kind: str, id: str, revision: str) -> Answer:
    """Say of each file whether it goes as LFS, and what lies under its name already."""
    commit = writable(request, kind, id).resolve(revision)
    rows = []
    for file in request.json()["files"]:
        present = commit.files.get(file["path"])
        sample = base64.b64decode(file.get("sample") or "")
        lfs = file["size"] > LFS_BYTES or is_binary(sample)
        rows.append(
            {
                "path": file["path"],
                "uploadMode": "lfs" if lfs else "regular",
                "shouldIgnore": False,
                "oid": present.etag if present else None,
            }
        )
    return as_json({"files": rows})


def is_binary(sample: bytes) -> bool:
    """Return whether a file's first bytes are no text; a letter cut at the end does not count."""
    try:
        sample.decode()
    except UnicodeDecodeError as error:
        return error.end < len(sample) or len(sample) < 4
    return b"\0" in sample


@route("POST", rf"{WEB}\.git/info/lfs/objects/batch")
def lfs_batch(request: Request, kind: str | None, id: str) -> Answer:
    """Say where each content goes; one that is here already goes nowhere."""
    writable(request, kind, id)
    rows = []
    for wanted in request.json()["objects"]:
        row: dict[str, Any] = {"oid": wanted["oid"], "size": wanted["size"]}
        if not request.store.object_path(wanted["oid"]).is_file():
            link = f"{request.url}/lfs/{wanted['oid']}"
            row["actions"] = {"upload": {"href": link}, "verify": {"href": f"{link}/verify"}}
        rows.append(row)
    return as_json({"transfer": "basic", "objects": rows})


@route("PUT", r"/lfs/(?P<sha256>[0-9a-f]{64})")
def lfs_put(request: Request, sha256: str) -> Answer:
    """Take a content. As on the Hub's storage, the address alone lets one write, and no token."""
    request.store.put(request.chunks, expected=sha256)
    return Answer()


@route("POST", r"/lfs/(?P<sha256>[0-9a-f]{64})/verify")
def lfs_verify(request: Request, sha256: str) -> Answer:
    """Answer whether a content has arrived whole."""
    path = request.store.object_path(sha256)
    if not path.is_file() or path.stat().st_size != request.json()["size"]:
        raise Refusal(404, f"LFS object {sha256} is not here")
    return Answer()


@route("POST", rf"{REPOSITORY}/commit/(?P<revision>[^/]+)")
def commit(request: Request, kind: str, id: str, revision: str) -> Answer:
    """Apply operations, one JSON object a line, as one commit: all of them or none."""
    repository = writable(request, kind, id)
    if request.flag("create_pr"):
        raise Refusal(400, "The stand-in Hub has no pull requests: commit to a branch")
    lines = [json.loads(line) for line in request.body.splitlines() if line.strip()]
    header = next((line["value"] for line in lines if line["key"] == "header"), {})
    with request.store.lock:
        if revision not in repository.branches:
            raise Refusal(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        head = repository.resolve(revision)
        if header.get("parentCommit") not in (None, head.id):
            raise Refusal(412, f"{revision} is at {head.id}, not at {header['parentCommit']}")
        files = dict(head.files)
        for line in lines:
            apply(request.store, files, line["key"], line["value"])
        title, description = header.get("summary", ""), header.get("description", "")
        author = signed_in(request).name
        made = request.store.commit(repository, revision, files, title, description, author)
    url = f"{web_url(request, kind, id)}/commit/{made.id}"
    return as_json({"success": True, "commitOid": made.id, "commitUrl": url, "hookOutput": ""})


def apply(store: Store, files: dict[str, File], key: str, value: dict[str, Any]) -> None:
    """Change `files` by one operation of a commit."""
    path = value.get("path", "")
    if key == "header":
        return
    if not path or path.startswith("/") or {"..", ".", ".git"} & set(path.split("/")):
        raise Refusal(400, f"Invalid path in a commit: {path!r}")
    if key == "file":
        files[path] = store.regular_file(base64.b64decode(value["content"]))
    elif key == "lfsFile":
        files[path] = store.lfs_file(value["oid"])
    elif key == "deletedFile":
        if files.pop(path, None) is None:
            raise Refusal(404, "A file with this name doesn't exist", "EntryNotFound")
    elif key == "deletedFolder":
        below = [name for name in files if name.startswith(f"{path.rstrip('/')}/")]
        if not below:
            raise Refusal(404, "A file with this name doesn't exist", "EntryNotFound")
        for name in below:
            del files[name]
    else:
        raise Refusal(400, f"Unknown operation in a commit: {key!r}")
