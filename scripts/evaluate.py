"""Measure a checkpoint as it is served: raw pictures and Vietnamese in, numbers out.

    python scripts/evaluate.py MODEL --dataset DATASET --split test --task retrieval --output DIR
    python scripts/evaluate.py MODEL --dataset scenes --task retrieval --output DIR
    python scripts/evaluate.py MODEL --dataset DATASET --task zero-shot --output DIR
    python scripts/evaluate.py MODEL --dataset scenes --task retrieval --rerank PHOBLIP --output DIR
    python scripts/evaluate.py CAPTIONER --dataset DATASET --task captioning --output DIR

DATASET is a folder or a Hub id that phoclip_hf.data.sources.open_pictures opens, with `image` and
`captions` (zero-shot: `label`, the Vietnamese name of the class); `scenes` draws 500 that no
training has seen. Underscores of segmented captions become spaces again, for nobody types them.
`--duplicates pairs.csv`, from scripts/find_duplicates.py, measures a second time without the
pictures that are known or repeated. `--rerank` measures a second time with the first of what
MODEL finds sorted anew by a PhoBLIP, which may be MODEL itself, and says what that costs a query.

DIR gets metrics.json and table.md; retrieval adds retrieval_grid.png and embedding_plane.png,
zero-shot confusion.png, captioning captions.md, every caption beside a true one. What the model
made of pictures and texts is kept in DIR/cache: interrupted, the same command goes on, and with
other options it does not encode again.
"""

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from datasets import Dataset
from evaluation_reranking import RerankOptions
from evaluation_tasks import Measure, captioning, retrieval, zero_shot

from phoclip_hf.data.dataset_splits import split_name
from phoclip_hf.data.sources import draw_scenes, open_pictures, picture_ids
from phoclip_hf.evaluation.deduplication import deduplicated, read_pairs
from phoclip_hf.evaluation.tables import metrics_table
from phoclip_hf.serving.errors import EncoderError


def main() -> None:
    """Read the command line, measure, write and print."""
    arguments = read_arguments()
    try:
        evaluate(arguments)
    except (EncoderError, FileNotFoundError, ValueError) as error:
        sys.exit(f"Nothing was measured. {error}")


def evaluate(arguments: argparse.Namespace) -> None:
    """Measure, write and print."""
    if arguments.rerank and arguments.task != "retrieval":
        raise SystemExit(f"--rerank is for --task retrieval, not {arguments.task}: leave it out.")
    table = (
        draw_scenes(arguments.scenes, arguments.split)
        if arguments.dataset == "scenes"
        else open_pictures(arguments.dataset, arguments.split)
    )
    if arguments.count is not None:
        table = table.select(range(min(arguments.count, len(table))))
    needed = {"image", "label" if arguments.task == "zero-shot" else "captions"}
    if missing := needed - {*table.column_names}:
        raise SystemExit(
            f"{arguments.dataset} has {', '.join(table.column_names)}; "
            f"--task {arguments.task} needs {' and '.join(sorted(missing))} too."
        )
    if not len(table):
        raise SystemExit(f"{arguments.dataset} has no picture in its split {arguments.split}.")
    keep = without_duplicates(arguments, table) if arguments.duplicates else None
    arguments.output.mkdir(parents=True, exist_ok=True)
    task: dict[str, Callable[..., tuple[str, Measure]]] = {
        "retrieval": partial(
            retrieval, bare=arguments.without_diacritics, rerank=rerank_options(arguments)
        ),
        "zero-shot": partial(zero_shot, own_templates=arguments.templates),
        "captioning": partial(
            captioning, tokenization=arguments.tokenization, beams=arguments.beams
        ),
    }
    checkpoint, measure = task[arguments.task](
        arguments.model, arguments.device, table, arguments.output
    )
    # scripts/publish.py publishes no numbers of another checkpoint.
    metrics = measure(np.ones(len(table), dtype=bool)) | {"checkpoint": checkpoint}
    if keep is not None:
        metrics |= {"deduplicated": measure(keep), "dropped": int((~keep).sum())}
    text = json.dumps(metrics, indent=2, ensure_ascii=False)
    (arguments.output / "metrics.json").write_text(text + "\n", encoding="utf-8")
    model, dataset = (Path(name).name for name in (arguments.model, arguments.dataset))
    text = metrics_table(metrics, f"{model} on {dataset}, {arguments.split}: {arguments.task}")
    (arguments.output / "table.md").write_text(text, encoding="utf-8")
    print(text)


def read_arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", help="folder or Hub id")
    parser.add_argument("--dataset", required=True, help="folder, Hub id, or 'scenes'")
    parser.add_argument("--split", default="test")
    parser.add_argument("--task", choices=("retrieval", "zero-shot", "captioning"), required=True)
    parser.add_argument("--output", type=Path, required=True, help="folder of the results")
    parser.add_argument("--duplicates", type=Path, help="pairs.csv of scripts/find_duplicates.py")
    parser.add_argument("--count", type=positive, help="measure on the first pictures only")
    parser.add_argument("--scenes", type=positive, default=500, help="how many scenes to draw")
    parser.add_argument("--templates", type=Path, help="zero-shot: a file, one a line, {} in each")
    parser.add_argument(
        "--tokenization", choices=("syllables", "words"), default="syllables", help="captioning"
    )
    parser.add_argument("--beams", type=positive, default=5, help="captioning; 1 is greedy")
    parser.add_argument(
        "--without-diacritics", action="store_true", help="retrieval: strip every caption of them"
    )
    parser.add_argument("--rerank", metavar="PHOBLIP", help="retrieval: folder or Hub id")
    parser.add_argument("--top", type=positive, default=16, help="how many --rerank looks at")
    parser.add_argument(
        "--rerank-weight",
        type=not_negative,
        default=1.0,
        help="of MODEL's scaled cosines beside the matching's log-odds; 0 is matching alone",
    )
    parser.add_argument("--device", default="cpu", help="of torch, such as cuda")
    return parser.parse_args()


def positive(text: str) -> int:
    """Return a number from the command line, 1 or more."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return int(text)


def not_negative(text: str) -> float:
    """Return a number from the command line, 0 or more."""
    if not 0 <= float(text) < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not 0 or more")
    return float(text)


def rerank_options(arguments: argparse.Namespace) -> RerankOptions | None:
    """Return what --rerank and what goes with it say, or None without it."""
    if not arguments.rerank:
        return None
    return RerankOptions(arguments.rerank, arguments.top, arguments.rerank_weight)


def without_duplicates(arguments: argparse.Namespace, table: Dataset) -> np.ndarray:
    """Return which pictures stay, (pictures,) booleans, by the pairs in --duplicates."""
    pairs, name = read_pairs(arguments.duplicates), split_name(arguments.dataset, arguments.split)
    named = {source for pair in pairs for source in (pair.a_source, pair.b_source)} - {""}
    if named and name not in named:
        print(f"{arguments.duplicates} names no picture of {name}, but of {', '.join(named)}.")
    keep = deduplicated(picture_ids(table), pairs, name)
    if not keep.any():
        raise SystemExit(f"By {arguments.duplicates} every picture is a duplicate.")
    return keep


if __name__ == "__main__":
    main()
