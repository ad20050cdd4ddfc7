"""Deploy a Space: its folder, the library of this very commit and exact versions, in one commit.

    python scripts/deploy_space.py spaces/phoclip org/name --dry-run
    python scripts/deploy_space.py spaces/phoclip org/name
    python scripts/deploy_space.py spaces/phoclip org/name --model org/phoclip

The first lists what would go and uploads nothing; no Hub is asked. Without --model and --captioner
the checkpoints in the folder go along; with them the Space loads those, by the variables
PHOCLIP_MODEL and PHOCLIP_CAPTIONER, and the folder's own stay behind; --reranker sets
PHOCLIP_RERANKER. What is not committed is refused, for the version of the library names the commit.
The folder is checked before anything is uploaded: sizes, imports against requirements.txt, and that
the app builds `demo`.

Log in first with `hf auth login`; HF_ENDPOINT names another Hub.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalTokenNotFoundError
from huggingface_hub.utils import validate_repo_id

from phoclip_hf.hub.commit_wheel import build_wheel, commit_of
from phoclip_hf.hub.space import deploy
from phoclip_hf.hub.space_folder import README, REQUIREMENTS, assemble, check, files

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Read the command line; assemble, check, and list or upload."""
    arguments = read_arguments()
    # Variable → the model it names, and the shipped checkpoints that this makes superfluous.
    choices = {
        "PHOCLIP_MODEL": (arguments.model, "checkpoints/phoclip-*"),
        "PHOCLIP_CAPTIONER": (",".join(arguments.captioner), "checkpoints/phocap-*"),
        "PHOCLIP_RERANKER": (arguments.reranker, None),
    }
    variables = {variable: chosen or None for variable, (chosen, _) in choices.items()}
    models = [m for m in (arguments.model, *arguments.captioner, arguments.reranker) if m]
    try:
        for repo_id in (arguments.repo_id, *models):
            validate_repo_id(repo_id)
        with tempfile.TemporaryDirectory() as temporary:
            commit = commit_of(ROOT, arguments.folder, arguments.allow_dirty)
            wheel = build_wheel(ROOT, commit, Path(temporary))
            space = Path(temporary) / "space"
            space.mkdir()
            left_out = [pattern for chosen, pattern in choices.values() if chosen and pattern]
            assemble(arguments.folder, space, wheel, models, left_out)
            check(space)
            if arguments.dry_run:
                show(space, variables)
                return
            message = f"{arguments.folder.name} of commit {commit.label}"
            print(deploy(space, arguments.repo_id, message, variables, arguments.private or None))
    except LocalTokenNotFoundError:
        sys.exit("You are not logged in: run `hf auth login`, or set HF_TOKEN.")
    except (HfHubHTTPError, HFValidationError, RuntimeError, ValueError, OSError) as error:
        sys.exit(f"{arguments.repo_id} was not deployed. {error}")


def read_arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="of the Space, such as spaces/phoclip")
    parser.add_argument("repo_id", help="organisation/name on the Hub")
    parser.add_argument("--model", help="Hub id of the dual encoder")
    parser.add_argument("--captioner", nargs="+", default=[], help="Hub ids; the first is shown")
    parser.add_argument("--reranker", help="Hub id of a PhoBLIP that looks closely at hits")
    parser.add_argument("--private", action="store_true", help="a new Space is for its owner only")
    parser.add_argument("--dry-run", action="store_true", help="list what would go; upload nothing")
    parser.add_argument(
        "--allow-dirty",
        action="store_true",
        help="go on with uncommitted files; the version says so",
    )
    return parser.parse_args()


def show(space: Path, variables: dict[str, str | None]) -> None:
    """Print path and size of each file, the rendered texts and the variables."""
    sizes = {name: path.stat().st_size for name, path in files(space).items()}
    for name, size in sizes.items():
        print(f"{size:>12,}  {name}")
    print(f"{sum(sizes.values()):>12,}  bytes in {len(sizes)} files")
    front_matter = (space / README).read_text(encoding="utf-8").split("\n---\n")[0]
    print(f"\n{README}\n{front_matter}\n---")
    print(f"\n{REQUIREMENTS}\n{(space / REQUIREMENTS).read_text(encoding='utf-8')}")
    for variable, model in variables.items():
        print(f"{variable}: {model or 'not set'}")
    print("Nothing was uploaded.")


if __name__ == "__main__":
    main()
