"""The stand-in Hub's answers about Spaces: variables, secrets and hardware are kept, none runs."""

from hub_protocol import REPOSITORY, Answer, Request, as_json, readable, route, writable
from hub_repositories import runtime
from hub_store import now

SPACE = REPOSITORY.replace("model|dataset|space", "space")


@route("GET", rf"{SPACE}/(?P<what>variables|secrets)")
def read_settings(request: Request, kind: str, id: str, what: str) -> Answer:
    """List variables with their values, secrets without."""
    repository = (writable if what == "secrets" else readable)(request, kind, id)
    return as_json(shown(getattr(repository, what), what))


@route("POST", rf"{SPACE}/(?P<what>variables|secrets)")
def write_setting(request: Request, kind: str, id: str, what: str) -> Answer:
    """Keep one."""
    wanted = request.json()
    with request.store.changing(writable(request, kind, id)) as repository:
        kept = getattr(repository, what)
        kept[wanted["key"]] = {**wanted, "updatedAt": now()}
    return as_json(shown(kept, what))


@route("DELETE", rf"{SPACE}/(?P<what>variables|secrets)")
def delete_setting(request: Request, kind: str, id: str, what: str) -> Answer:
    """Forget one."""
    with request.store.changing(writable(request, kind, id)) as repository:
        kept = getattr(repository, what)
        kept.pop(request.json()["key"], None)
    return as_json(shown(kept, what))


def shown(kept: dict[str, dict[str, str]], what: str) -> dict[str, dict[str, str]]:
    """Return what may be read back: a secret's value may not."""
    if what == "variables":
        return kept
    return {key: {k: v for k, v in row.items() if k != "value"} for key, row in kept.items()}


@route("GET", rf"{SPACE}/runtime")
def read_runtime(request: Request, kind: str, id: str) -> Answer:
    """Tell the stage and the hardware."""
    return as_json(runtime(readable(request, kind, id)))


@route("POST", rf"{SPACE}/hardware")
def ask_for_hardware(request: Request, kind: str, id: str) -> Answer:
    """Keep the wish."""
    with request.store.changing(writable(request, kind, id)) as repository:
        repository.hardware = request.json()["flavor"]
    return as_json(runtime(repository))


@route("POST", rf"{SPACE}/(?P<verb>pause|restart)")
def pause_or_restart(request: Request, kind: str, id: str, verb: str) -> Answer:
    """Change the stage."""
    with request.store.changing(writable(request, kind, id)) as repository:
        repository.stage = {"pause": "PAUSED", "restart": "RUNNING"}[verb]
    return as_json(runtime(repository))
