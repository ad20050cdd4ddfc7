"""What the stand-in Hub remembers: repositories, commits, branches and file contents, on disk.

Contents lie once each in `objects/<sha256>`, whatever repository and revision holds them; a
repository is one JSON file. A store that is opened on the folder of another goes on from there.
"""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from uuid import uuid4

CHUNK = 1 << 16  # bytes read at a time
GITATTRIBUTES = "".join(
    f"{pattern} filter=lfs diff=lfs merge=lfs -text\n"
    for pattern in ("*.safetensors", "*.parquet", "*.arrow", "*.bin", "*.whl", "*.zip", "*.onnx")
)


class Refusal(Exception):
    """An answer other than success: HTTP status, X-Error-Code and X-Error-Message."""

    def __init__(self, status: int, message: str, code: str = ""):
        super().__init__(message)
        self.status, self.message, self.code = status, message, code


@dataclass(frozen=True)
class File:
    """One file of a commit: `oid` is git's SHA-1 of it, or of the pointer where it is LFS."""

    size: int
    sha256: str
    oid: str
    lfs: bool

    @property
    def etag(self) -> str:
        """What the Hub calls this content: SHA-256 of LFS, git's SHA-1 of the rest."""
        return self.sha256 if self.lfs else self.oid


@dataclass
class Commit:
    """A whole tree, its parent and its title."""

    id: str
    parent: str | None
    title: str
    description: str
    author: str
    date: str
    files: dict[str, File]


@dataclass
class Repository:
    """A repository of models, datasets or Spaces; `branches` and `tags` point to commits."""

    kind: str  # model, dataset or space
    id: str
    private: bool = False
    created: str = field(default_factory=lambda: now())
    sdk: str | None = None
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    variables: dict[str, dict[str, str]] = field(default_factory=dict)
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    hardware: str = "cpu-basic"
    stage: str = "RUNNING"

    def resolve(self, revision: str) -> Commit:
        """Return the commit of a branch, a tag or (the beginning of) a commit's id."""
        name = revision.removeprefix("refs/heads/").removeprefix("refs/tags/")
        if found := self.branches.get(name) or self.tags.get(name):
            return self.commits[found]
        begun = [id for id in self.commits if len(revision) >= 7 and id.startswith(revision)]
        if len(begun) != 1:
            raise Refusal(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        return self.commits[begun[0]]

    def history(self, commit: Commit) -> Iterator[Commit]:
        """Yield a commit and its ancestors, youngest first."""
        step: Commit | None = commit
        while step is not None:
            yield step
            step = self.commits.get(step.parent or "")


class Store:
    """Repositories and contents under one folder; every method may be called from any thread."""

    def __init__(self, root: Path):
        self.root = root
        self.lock = threading.RLock()
        for name in ("objects", "repositories", "incoming"):
            (root / name).mkdir(parents=True, exist_ok=True)
        self.repositories: dict[tuple[str, str], Repository] = {}
        for path in (root / "repositories").glob("*.json"):
            repository = read_repository(json.loads(path.read_text(encoding="utf-8")))
            self.repositories[repository.kind, repository.id] = repository

    def object_path(self, sha256: str) -> Path:
        """Return where a content lies, or would lie."""
        return self.root / "objects" / sha256

    def put(self, chunks: Iterator[bytes], expected: str | None = None) -> tuple[str, int]:
        """Keep a content and return (sha256, bytes); a cut or altered one leaves no trace."""
        path, digest, size = self.root / "incoming" / uuid4().hex, hashlib.sha256(), 0
        try:
            with path.open("wb") as file:
                for chunk in chunks:
                    file.write(chunk)
                    digest.update(chunk)
                    size += len(chunk)
            if expected not in (None, digest.hexdigest()):
                raise Refusal(400, f"Content has SHA-256 {digest.hexdigest()}, expected {expected}")
            path.replace(self.object_path(digest.hexdigest()))
        finally:
            path.unlink(missing_ok=True)
        return digest.hexdigest(), size

    def regular_file(self, content: bytes) -> File:
        """Keep a small file's content and return its entry."""
        sha256, size = self.put(iter([content]))
        return File(size, sha256, git_id(content), lfs=False)

    def lfs_file(self, sha256: str) -> File:
        """Return the entry of a content that was uploaded before."""
        path = self.object_path(sha256)
        if not path.is_file():
            raise Refusal(400, f"LFS object {sha256} was not uploaded before the commit")
        size = path.stat().st_size
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n"
        return File(size, sha256, git_id(pointer.encode()), lfs=True)

    def find(self, kind: str, id: str) -> Repository | None:
        """Return a repository, or None."""
        return self.repositories.get((kind, id))

    def create(self, repository: Repository, author: str) -> Repository:
        """Keep a new repository with a first commit, as the Hub makes one."""
        with self.lock:
            self.repositories[repository.kind, repository.id] = repository
            files = {".gitattributes": self.regular_file(GITATTRIBUTES.encode())}
            self.commit(repository, "main", files, "initial commit", "", author, first=True)
        return repository

    def delete(self, repository: Repository) -> None:
        """Forget a repository; contents stay, for others may hold them."""
        with self.lock:
            del self.repositories[repository.kind, repository.id]
            self.file_of(repository).unlink(missing_ok=True)

    def commit(
        self,
        repository: Repository,
        branch: str,
        files: dict[str, File],
        title: str,
        description: str,
        author: str,
        first: bool = False,
    ) -> Commit:
        """Put a whole tree on top of a branch and return the commit."""
        with self.lock:
            parent = None if first else repository.branches[branch]
            entries = sorted((path, file.etag) for path, file in files.items())
            seal = json.dumps([parent, title, now(), uuid4().hex, entries])
            id = hashlib.sha1(seal.encode()).hexdigest()
            commit = Commit(id, parent, title, description, author, now(), files)
            repository.commits[id] = commit
            repository.branches[branch] = id
            self.save(repository)
        return commit

    @contextmanager
    def changing(self, repository: Repository) -> Iterator[Repository]:
        """Hold the lock while the caller changes a repository, then write it down."""
        with self.lock:
            yield repository
            self.save(repository)

    def file_of(self, repository: Repository) -> Path:
        """Return the JSON file of a repository."""
        name = f"{repository.kind}--{repository.id.replace('/', '--')}.json"
        return self.root / "repositories" / name

    def save(self, repository: Repository) -> None:
        """Write a repository down, whole or not at all."""
        path = self.file_of(repository)
        half = path.with_suffix(".half")
        half.write_text(json.dumps(asdict(repository)), encoding="utf-8")
        half.replace(path)


def read_repository(data: dict[str, Any]) -> Repository:
    """Return what `Store.save` wrote."""
    commits = {
        id: Commit(**value | {"files": {p: File(**f) for p, f in value["files"].items()}})
        for id, value in data.pop("commits").items()
    }
    return Repository(**data, commits=commits)


def git_id(content: bytes) -> str:
    """Return the id that git gives to a blob."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def now() -> str:
    """Return the time as the Hub writes it."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
