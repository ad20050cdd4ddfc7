"""Publish a trained checkpoint on the Hub: checked, carded, uploaded in one commit.

    python scripts/publish.py RUN_FOLDER org/name --metrics flickr8k_vi=DIR scenes=DIR
    python scripts/publish.py RUN_FOLDER org/name --metrics DIR --recipe FILE.yaml --facts FILE.yaml
    python scripts/publish.py RUN_FOLDER org/name --revision trial --private --dry-run

RUN_FOLDER is a stage's folder of scripts/train.py, or what save_pretrained of a model and its
processor left: a PhoCLIP, a PhoCap or a PhoBLIP. DIR is what scripts/evaluate.py wrote for it. The
card is made of those numbers, of what training measured, of the recipe, and of --facts, a YAML file
with terms, sources and limits (the fields of phoclip_hf.hub.card_facts.CardFacts). Without
--metrics, a README.md in RUN_FOLDER that reports results goes out as it is.

Files, weights, code and tokenizer are checked; the copy that would be uploaded is loaded in a clean
process without this package and must answer the same. When anything fails nothing is uploaded.
Interrupted, the same command goes on: files that arrived are not sent again. The token is that of
`hf auth login` or HF_TOKEN, the Hub that of HF_ENDPOINT.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError

from phoclip_hf.hub.card_facts import CardFacts, load_facts
from phoclip_hf.hub.card_tables import Results, read_results, read_stages
from phoclip_hf.hub.model_card import checkpoint_card
from phoclip_hf.hub.publishing import (
    CARD,
    Staged,
    check_card,
    check_repo_id,
    stage_checkpoint,
    upload,
)
from phoclip_hf.hub.refusal import Refused
from phoclip_hf.serving.encoder import fingerprint
from phoclip_hf.training.recipe import Recipe
from phoclip_hf.training.recipe_reading import load_recipe


def main() -> None:
    """Read the command line and publish; say in one line why not."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="the trained checkpoint")
    parser.add_argument("repo_id", help="namespace/name on the Hub")
    parser.add_argument("--metrics", nargs="+", default=[], metavar="[NAME=]DIR")
    parser.add_argument("--recipe", type=Path, help="the YAML file that trained it")
    parser.add_argument("--facts", type=Path, help="YAML: terms, sources, limits")
    parser.add_argument("--revision", help="a branch; default: main")
    parser.add_argument("--private", action="store_true", help="make the repository private")
    parser.add_argument("--dry-run", action="store_true", help="check and render, upload nothing")
    parser.add_argument("--staging", type=Path, help="an empty folder that keeps what goes out")
    arguments = parser.parse_args()
    try:
        if arguments.staging is None:
            with TemporaryDirectory(prefix="phoclip_publish_") as name:
                publish(arguments, Path(name))
        else:
            if arguments.staging.exists() and any(arguments.staging.iterdir()):
                raise Refused(f"{arguments.staging} is not empty; give a new folder.")
            publish(arguments, arguments.staging)
    except (ValueError, OSError, HfHubHTTPError, LocalTokenNotFoundError) as error:
        print(f"refused, nothing was published: {error}", file=sys.stderr)
        sys.exit(1)


def publish(arguments: argparse.Namespace, staging: Path) -> None:
    """Check, render and, but for a dry run, upload."""
    check_repo_id(arguments.repo_id)
    # What takes no time comes first.
    results = read_results(arguments.metrics, fingerprint(str(arguments.folder)))
    facts = load_facts(arguments.facts) if arguments.facts else CardFacts()
    recipe = load_recipe(arguments.recipe) if arguments.recipe else None
    own_card = arguments.folder / CARD
    if not results and own_card.is_file():
        check_card(own_card.read_text(encoding="utf-8"))
    staged = stage_checkpoint(arguments.folder, staging)
    if not results and own_card.is_file():
        card = own_card.read_text(encoding="utf-8")
    else:
        card = render(arguments, staged, results, facts, recipe)
    check_card(card)
    (staging / CARD).write_text(card, encoding="utf-8")
    for name, size in staged.files.items():
        print(f"{size:>12,} {name}")
    if arguments.dry_run:
        print("dry run: every check was passed, nothing was uploaded")
        return
    commit = upload(staging, arguments.repo_id, arguments.revision, arguments.private)
    print(f"{commit.repo_url}{f'/tree/{arguments.revision}' if arguments.revision else ''}")
    print(f"commit {commit.oid}")


def render(
    arguments: argparse.Namespace,
    staged: Staged,
    results: Results,
    facts: CardFacts,
    recipe: Recipe | None,
) -> str:
    """Return the card, from the run's numbers, its recipe and what a person adds."""
    order = [stage.name for stage in recipe.stages] if recipe else []
    if recipe and facts.command is None:
        facts = replace(
            facts, command=f"python scripts/train.py {arguments.recipe.as_posix()} --data DIR"
        )
    return checkpoint_card(
        staged.models,
        staged.processor,
        arguments.repo_id,
        results,
        read_stages(arguments.folder, order),
        facts,
        recipe_sources(recipe) if recipe else [],
    )


def recipe_sources(recipe: Recipe) -> list[tuple[str, str, str]]:
    """Return (name, pictures, stages that used it) of each source that some stage learned from."""
    rows = []
    for name, source in recipe.sources.items():
        stages = [stage.name for stage in recipe.stages if name in stage.sources]
        drawn = source.drawn and f"{source.drawn.get('train', 0):,} scenes that PhoCLIP draws"
        if stages:
            rows.append((name, drawn or f"`{source.path}`", ", ".join(stages)))
    return rows


if __name__ == "__main__":
    main()
