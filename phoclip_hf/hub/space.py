"""Put an assembled Space on the Hub: variables first, then one commit."""

from collections.abc import Mapping
from pathlib import Path

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import RepositoryNotFoundError

from phoclip_hf.hub.space_folder import SpaceError, files

# Written by the Hub itself when it makes a repository.
KEPT = {".gitattributes"}


def deploy(
    folder: Path,
    repo_id: str,
    message: str,
    variables: Mapping[str, str | None],
    private: bool | None = None,
    api: HfApi | None = None,
) -> str:
    """The address of the Space `repo_id`, which afterwards holds exactly what `folder` holds.

    One commit adds, replaces and deletes, or none is made. A variable whose value is None is
    removed, so that no earlier model outlives its deployment. Variables are set before the commit,
    for it is the commit that starts the Space.

    Args:
        folder: as `space_folder.assemble` filled it and `check` found it good.
        repo_id: organisation/name; made where it does not exist.
        message: of the commit.
        variables: name → Hub id of a model, or None.
        private: of a new Space; one that exists must be private already, if this is True.
        api: client of another Hub or with another token.

    Raises:
        SpaceError: a model is missing, or is private: the Space could not load it; or the Space is
            public, and should not be.
        HfHubHTTPError: what the Hub refuses, such as a token without the right to write.
    """
    api = api or HfApi()
    for variable, model in variables.items():
        if model is not None:
            _check_model(api, model, variable)
    address = api.create_repo(
        repo_id, repo_type="space", space_sdk="gradio", private=private, exist_ok=True
    )
    head = api.repo_info(repo_id, repo_type="space")
    if private and not head.private:
        raise SpaceError(
            f"The Space {repo_id!r} is there already and public: make it private in its settings, "
            "or deploy without --private."
        )
    set_before = api.get_space_variables(repo_id)
    for variable, model in variables.items():
        if model is not None:
            api.add_space_variable(repo_id, variable, model)
        elif variable in set_before:
            api.delete_space_variable(repo_id, variable)
    there = set(api.list_repo_files(repo_id, repo_type="space", revision=head.sha))
    goes = files(folder)
    api.create_commit(
        repo_id,
        [
            *(CommitOperationAdd(name, path) for name, path in goes.items()),
            *(CommitOperationDelete(name) for name in sorted(there - goes.keys() - KEPT)),
        ],
        commit_message=message,
        repo_type="space",
        parent_commit=head.sha,  # refused where somebody else has committed since the listing
    )
    return str(address)


def _check_model(api: HfApi, model: str, variable: str) -> None:
    try:
        is_private = api.model_info(model).private
    except RepositoryNotFoundError as error:
        raise SpaceError(
            f"The Hub has no model {model!r} for {variable}: publish it first, or correct its name."
        ) from error
    if is_private:
        raise SpaceError(
            f"The model {model!r} for {variable} is private, and a Space holds no token to load it "
            "with: make it public."
        )
