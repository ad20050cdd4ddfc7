"""The stand-in Hub's answers about branches, tags and history."""

from hub_protocol import REPOSITORY, Answer, Request, as_json, readable, route, writable
from hub_store import Refusal


@route("GET", rf"{REPOSITORY}/refs")
def refs(request: Request, kind: str, id: str) -> Answer:
    """List branches and tags."""
    repository = readable(request, kind, id)

    def rows(names: dict[str, str], prefix: str) -> list[dict[str, str]]:
        return [
            {"name": name, "ref": prefix + name, "targetCommit": commit}
            for name, commit in names.items()
        ]

    return as_json(
        {
            "branches": rows(repository.branches, "refs/heads/"),
            "tags": rows(repository.tags, "refs/tags/"),
            "converts": [],
            "pullRequests": [],
        }
    )


@route("GET", rf"{REPOSITORY}/commits/(?P<revision>[^/]+)")
def commits(request: Request, kind: str, id: str, revision: str) -> Answer:
    """List a revision's commits, youngest first."""
    repository = readable(request, kind, id)
    return as_json(
        [
            {
                "id": commit.id,
                "authors": [{"user": commit.author}],
                "date": commit.date,
                "title": commit.title,
                "message": commit.description,
            }
            for commit in repository.history(repository.resolve(revision))
        ]
    )


@route("POST", rf"{REPOSITORY}/branch/(?P<name>[^/]+)")
def create_branch(request: Request, kind: str, id: str, name: str) -> Answer:
    """Start a branch at a revision."""
    with request.store.changing(writable(request, kind, id)) as repository:
        if name in repository.branches:
            raise Refusal(409, f"Reference already exists: refs/heads/{name}")
        start = repository.resolve(request.json().get("startingPoint") or "main")
        repository.branches[name] = start.id
    return Answer()


@route("DELETE", rf"{REPOSITORY}/branch/(?P<name>[^/]+)")
def delete_branch(request: Request, kind: str, id: str, name: str) -> Answer:
    """Forget a branch; main stays."""
    with request.store.changing(writable(request, kind, id)) as repository:
        if name == "main":
            raise Refusal(403, "The main branch is protected")
        if repository.branches.pop(name, None) is None:
            raise Refusal(404, f"Reference does not exist: refs/heads/{name}", "RevisionNotFound")
    return Answer()


@route("POST", rf"{REPOSITORY}/tag/(?P<revision>[^/]+)")
def create_tag(request: Request, kind: str, id: str, revision: str) -> Answer:
    """Name a revision for good."""
    with request.store.changing(writable(request, kind, id)) as repository:
        name = request.json()["tag"]
        if name in repository.tags:
            raise Refusal(409, f"Tag reference exists already: {name}")
        repository.tags[name] = repository.resolve(revision).id
    return Answer()


@route("DELETE", rf"{REPOSITORY}/tag/(?P<revision>[^/]+)")
def delete_tag(request: Request, kind: str, id: str, revision: str) -> Answer:
    """Forget a tag."""
    with request.store.changing(writable(request, kind, id)) as repository:
        if repository.tags.pop(revision, None) is None:
            raise Refusal(404, f"Tag does not exist: {revision}", "RevisionNotFound")
    return Answer()
