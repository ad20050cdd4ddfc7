"""From a trained folder to a repository on the Hub, in one commit; nothing where a check fails."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx2
from huggingface_hub import (
    CommitInfo,
    CommitOperationAdd,
    CommitOperationDelete,
    HfApi,
    ModelCard,
)
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from huggingface_hub.utils import validate_repo_id
from transformers import PreTrainedModel, ProcessorMixin

from .checkpoint_files import CODE, INDEX, WEIGHTS, stage
from .checks import check_code, check_tokenizer, check_weights, load_checked
from .clean_reload import check_clean_reload
from .refusal import Refused
from .sentence_transformers_files import write_sentence_transformers_files

CARD = "README.md"
Report = Callable[[str], None]


@dataclass(frozen=True)
class Staged:
    """A folder that may be uploaded as it is, but for the card, and the models that it promises."""

    folder: Path
    models: list[PreTrainedModel]
    processor: ProcessorMixin

    @property
    def files(self) -> dict[str, int]:
        """Name of each file → its size in bytes."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return {p.relative_to(self.folder).as_posix(): p.stat().st_size for p in sorted(found)}


def stage_checkpoint(folder: Path, staging: Path, report: Report = print) -> Staged:
    """Copy what is published of a trained folder into an empty one and put it through every check.

    Weights, settings, code, tokenizer; then the copy is loaded in a clean process where this
    package cannot be imported, and must answer as it does here.

    Args:
        folder: what `save_pretrained` of a model and its processor, or a stage of train.py, left.
        staging: where the copy goes; it gets the files for sentence-transformers too.
        report: told of each check that was passed.

    Raises:
        Refused: a check failed; the message says which and what to do.
    """
    names = stage(folder, staging)
    report(f"files: {', '.join(names)}")
    count = check_weights(staging)
    report(f"weights: {count:,} parameters, all finite")
    check_code(staging, names)
    models, processor = load_checked(staging)
    kinds = " and ".join(type(model).__name__ for model in models)
    report(f"model: {kinds}, no key missing, none unexpected")
    check_tokenizer(processor)
    report("tokenizer: Vietnamese comes back as it went in")
    is_encoder = models[0].config.model_type == "phoclip"
    if is_encoder:
        write_sentence_transformers_files(staging)
    tried = check_clean_reload(staging, models, processor)
    report("clean process: loads without phoclip_hf and answers the same")
    if is_encoder:
        report(
            "sentence-transformers: the same embeddings"
            if tried
            else "sentence-transformers: not installed here, so its files are written but not tried"
        )
    return Staged(staging, models, processor)


def check_repo_id(repo_id: str) -> None:
    """Refuse what is no `namespace/name`."""
    try:
        validate_repo_id(repo_id)
    except HFValidationError as error:
        raise Refused(f"{repo_id!r} is no id of a repository: {error}") from error
    if "/" not in repo_id:
        raise Refused(f"{repo_id!r} names no owner; expected namespace/name, such as org/phoclip.")


def check_card(text: str) -> None:
    """Refuse a card without metadata or without a single measured number."""
    if not ModelCard(text, ignore_metadata_errors=True).data.eval_results:
        raise Refused(
            "The card reports no result (model-index): measure the checkpoint with "
            "scripts/evaluate.py and give the folder."
        )


def upload(
    folder: Path,
    repo_id: str,
    revision: str | None = None,
    private: bool = False,
    api: HfApi | None = None,
    report: Report = print,
) -> CommitInfo:
    """Make the repository hold a staged folder, in one commit, and return that commit.

    Large files go ahead of the commit, one by one: what arrived before an interruption is not sent
    again. The commit also deletes files that an earlier publishing left and this one lacks; what
    others put there stays.

    Args:
        folder: staged, with its card.
        repo_id: `namespace/name`; made where it does not exist.
        revision: a branch, made from main where it does not exist; None is main.
        private: of a repository that is made now.
        api: a client; None takes HF_ENDPOINT and the token of the environment.
        report: told of what happens.

    Raises:
        Refused: the id is none, the card reports nothing, or a public repository was to be private.
        HfHubHTTPError: the Hub refuses.
        ConnectionError: the Hub could not be reached, or went away.
    """
    check_repo_id(repo_id)
    check_card((folder / CARD).read_text(encoding="utf-8"))
    api = api or HfApi(library_name="phoclip_hf")
    try:
        return _upload(folder, repo_id, revision, private, api, report)
    except (httpx2.TransportError, RuntimeError) as error:  # the client wraps those of large files
        if isinstance(error.__cause__, HfHubHTTPError):
            raise error.__cause__ from error
        raise ConnectionError(
            f"{api.endpoint} went away ({error.__cause__ or error}): the same command goes on, "
            "and what arrived is not sent again."
        ) from error


def _upload(
    folder: Path, repo_id: str, revision: str | None, private: bool, api: HfApi, report: Report
) -> CommitInfo:
    api.create_repo(repo_id, private=private or None, exist_ok=True)
    if private and not api.model_info(repo_id).private:
        raise Refused(f"{repo_id} exists and is public: make it private on the Hub first.")
    if revision not in (None, "main"):
        api.create_branch(repo_id, branch=revision, exist_ok=True)
    head = api.model_info(repo_id, revision=revision)
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    additions = [CommitOperationAdd(name, folder / name) for name in sorted(names)]
    for addition in additions:
        if WEIGHTS.fullmatch(addition.path_in_repo):
            report(f"{addition.path_in_repo}: {addition.upload_info.size / 1e6:,.1f} MB")
            api.preupload_lfs_files(repo_id, [addition], revision=revision)
    present = [sibling.rfilename for sibling in head.siblings or []]
    stale = [name for name in present if name not in names and is_ours(name)]
    return api.create_commit(
        repo_id,
        [*additions, *(CommitOperationDelete(name) for name in stale)],
        commit_message=f"Publish {repo_id.split('/')[-1]}",
        revision=revision,
        parent_commit=head.sha,
    )


def is_ours(name: str) -> bool:
    """Return whether a file in a repository is weights or code that publishing writes."""
    return bool(WEIGHTS.fullmatch(name) or CODE.fullmatch(name)) or name == INDEX
