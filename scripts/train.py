"""Train what a recipe says, stage by stage.

    python scripts/train.py scripts/recipes/mini.yaml --data DIR --output runs/mini

Interrupted, the same command goes on: finished stages are skipped, the current one resumes from its
last checkpoint. Every contrastive or captioning stage leaves a complete Hub repository.
"""

import argparse
from pathlib import Path

from phoclip_hf.training.recipe_reading import load_recipe
from phoclip_hf.training.stages import Run, run_recipe


def main() -> None:
    """Read the command line and run the recipe."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipe", type=Path, help="a YAML file, such as scripts/recipes/mini.yaml")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of data")
    parser.add_argument("--output", type=Path, help="default: runs/<name of the recipe>")
    arguments = parser.parse_args()
    output = arguments.output or Path("runs") / arguments.recipe.stem
    run_recipe(Run(load_recipe(arguments.recipe), arguments.data, output))


if __name__ == "__main__":
    main()
