"""The stand-in Hub's answers about accounts and repositories: made, described, changed, deleted."""

import json
import re
from typing import Any

import yaml
from hub_protocol import (
    REPOSITORY,
    Answer,
    Request,
    as_json,
    check_namespace,
    readable,
    route,
    signed_in,
    web_url,
    writable,
)
from hub_store import Commit, File, Refusal, Repository, now
from huggingface_hub.errors import HFValidationError
from huggingface_hub.repocard_data import model_index_to_eval_results
from huggingface_hub.utils import validate_repo_id


@route("GET", r"/api/whoami-v2")
def whoami(request: Request) -> Answer:
    """Say whose token it is."""
    account = signed_in(request)
    orgs = [{"type": "org", "name": n} for n in account.namespaces if n != account.name]
    token = {"displayName": "stand-in", "role": account.role}
    return as_json(
        {
            "type": "user",
            "id": account.name,
            "name": account.name,
            "fullname": account.name,
            "orgs": orgs,
            "auth": {"type": "access_token", "accessToken": token},
        }
    )


@route("POST", r"/api/repos/create")
def create_repo(request: Request) -> Answer:
    """Make a repository with a first commit."""
    account, wanted = signed_in(request), request.json()
    kind = wanted.get("type") or "model"
    namespace = wanted.get("organization") or account.name
    id = f"{namespace}/{wanted['name']}"
    try:
        validate_repo_id(id)
    except HFValidationError as error:
        raise Refusal(400, str(error)) from error
    check_namespace(account, namespace)
    with request.store.lock:
        if request.store.find(kind, id):
            message = f"You already created this {kind} repo: {id}"
            return as_json({"url": web_url(request, kind, id), "error": message}, 409)
        given = {
            name: {v["key"]: {**v, "updatedAt": now()} for v in wanted.get(name) or []}
            for name in ("variables", "secrets")
        }
        private = wanted.get("visibility") == "private" or bool(wanted.get("private"))
        hardware = wanted.get("hardware") or "cpu-basic"
        repository = Repository(
            kind, id, private, sdk=wanted.get("sdk"), hardware=hardware, **given
        )
        request.store.create(repository, account.name)
    return as_json({"url": web_url(request, kind, id), "name": id, "id": id})


@route("DELETE", r"/api/repos/delete")
def delete_repo(request: Request) -> Answer:
    """Forget a repository."""
    wanted = request.json()
    namespace = wanted.get("organization") or signed_in(request).name
    id = f"{namespace}/{wanted['name']}"
    request.store.delete(writable(request, wanted.get("type"), id))
    return Answer()


@route("PUT", rf"{REPOSITORY}/settings")
def change_settings(request: Request, kind: str, id: str) -> Answer:
    """Make a repository private or public."""
    wanted = request.json()
    with request.store.changing(writable(request, kind, id)) as repository:
        if "visibility" in wanted or "private" in wanted:
            repository.private = wanted.get("visibility") == "private" or bool(
                wanted.get("private")
            )
    return as_json({"private": repository.private})


@route("POST", r"/api/validate-yaml")
def validate_yaml(request: Request) -> Answer:
    """Say what is wrong with a card's metadata."""
    wanted = request.json()
    errors, data = [], None
    try:
        data = front_matter(wanted["content"])
        if data and "model-index" in data:
            model_index_to_eval_results(data["model-index"])
        if data and wanted.get("repoType") == "space" and "sdk" not in data:
            errors.append({"message": '"sdk" is required'})
    except yaml.YAMLError as error:
        errors.append({"message": f"Invalid YAML: {error}"})
    except (KeyError, TypeError, AttributeError) as error:
        errors.append({"message": f'"model-index" is malformed: {error!r}'})
    warned = [] if data or errors else [{"message": "empty or missing yaml metadata in repo card"}]
    return as_json({"errors": errors, "warnings": warned}, 400 if errors else 200)


def front_matter(text: str) -> dict[str, Any] | None:
    """Return the YAML block on top of a card, or None."""
    found = re.match(r"\s*---\r?\n(.*?)\r?\n---\s*(?:\n|$)", text, re.DOTALL)
    value = yaml.safe_load(found[1]) if found else None
    return value if isinstance(value, dict) else None


@route("GET", r"/api/(?P<kind>model|dataset|space)s")
def list_repos(request: Request, kind: str) -> Answer:
    """List what the account may read, by author and by a part of the name."""
    author, part = (request.query.get(name, [""])[0] for name in ("author", "search"))
    rows = []
    for found_kind, id in sorted(request.store.repositories):
        if found_kind != kind or part.lower() not in id.lower():
            continue
        if author in ("", id.split("/")[0]):
            try:
                found = readable(request, kind, id)
            except Refusal:
                continue
            rows.append(information(request, found, found.resolve("main")))
    return as_json(rows)


@route("GET", REPOSITORY)
@route("GET", rf"{REPOSITORY}/revision/(?P<revision>[^/]+)")
def repo_info(request: Request, kind: str, id: str, revision: str = "main") -> Answer:
    """Describe a repository at a revision."""
    repository = readable(request, kind, id)
    return as_json(information(request, repository, repository.resolve(revision)))


def information(request: Request, repository: Repository, commit: Commit) -> dict[str, Any]:
    """Return what `model_info`, `dataset_info` and `space_info` read."""
    siblings = [
        {"rfilename": path} | (blob_details(file) if request.flag("blobs") else {})
        for path, file in sorted(commit.files.items())
    ]
    card: dict[str, Any] = {}
    if readme := commit.files.get("README.md"):
        text = request.store.object_path(readme.sha256).read_text(
            encoding="utf-8", errors="replace"
        )
        try:
            card = json.loads(json.dumps(front_matter(text) or {}, default=str))
        except yaml.YAMLError:
            pass
    shown = {
        "_id": commit.id[:24],
        "id": repository.id,
        "author": repository.id.split("/")[0],
        "sha": commit.id,
        "lastModified": commit.date,
        "createdAt": repository.created,
        "private": repository.private,
        "gated": False,
        "disabled": False,
        "downloads": 0,
        "likes": 0,
        "tags": card.get("tags") or [],
        "usedStorage": sum(file.size for file in commit.files.values()),
        "siblings": siblings,
        "cardData": card,
    }
    if repository.kind == "model":
        names = ("pipeline_tag", "library_name", "model-index")
        shown |= {"modelId": repository.id} | {n: card[n] for n in names if n in card}
    if repository.kind == "space":
        subdomain = repository.id.replace("/", "-").lower()
        shown |= {"sdk": repository.sdk, "subdomain": subdomain, "runtime": runtime(repository)}
    return shown


def runtime(repository: Repository) -> dict[str, Any]:
    """Return a Space's state; nothing runs here, so it is what was asked for."""
    hardware = {"current": repository.hardware, "requested": repository.hardware}
    return {"stage": repository.stage, "hardware": hardware, "sdk": repository.sdk}


def blob_details(file: File) -> dict[str, Any]:
    """Return a file's size and ids, as `siblings` give them."""
    shown: dict[str, Any] = {"size": file.size, "blobId": file.oid}
    if file.lfs:
        shown["lfs"] = {"sha256": file.sha256, "size": file.size, "pointerSize": 135}
    return shown


@route("GET", rf"{REPOSITORY}/auth-check")
def auth_check(request: Request, kind: str, id: str) -> Answer:
    """Answer whether the account may read."""
    readable(request, kind, id)
    return Answer()


@route("GET", rf"{REPOSITORY}/auth-check/write")
def auth_check_write(request: Request, kind: str, id: str) -> Answer:
    """Answer whether the account may write."""
    writable(request, kind, id)
    return Answer()
