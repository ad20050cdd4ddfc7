"""Train a classifier of photos, from random weights or from any timm or Transformers backbone.

    python scripts/train_classifier.py --data DATA --output runs/cnn
    python scripts/train_classifier.py --data DATA --output runs/probe --model BACKBONE --freeze-backbone
    python scripts/train_classifier.py --data DATA --output runs/tuned --model BACKBONE --learning-rate 2e-4
    python scripts/train_classifier.py --data DATA --output runs/student --model mobilenetv3_small_100 \\
        --teacher runs/tuned --augmentation rich --image-size 128 --epochs 100 --half

DATA is an image folder (`train/CLASS/photo.jpg`, `valid`, `test`, as the Kaggle release of
"Butterflies & Moths" is), a folder of Parquet files, or a data set on the Hub. `--model` is
`butterfly_cnn`, the seed's four convolutions; a timm architecture, with random weights; or a folder
or Hub id, whose weights are kept and whose last layer is new.

--output gets model and image processor (a complete Hub repository, safetensors only), curves.png
while it runs, and in the end metrics.json, confusion.png and mistakes.png. Interrupted, the same
command goes on from the last checkpoint. What cannot be used of the data is listed in
set_aside.txt, and exit status 3 says so.
"""  # noqa: E501

import argparse
import json
import sys
from pathlib import Path

from phoclip_hf.training.classification.augmentation import AUGMENTATIONS
from phoclip_hf.training.classification.classifier_training import Classification
from phoclip_hf.training.classification.options import ClassificationOptions


def main() -> None:
    """Read the command line, train, print the numbers."""
    try:
        options = read_options()
        training = Classification(options)
        metrics = training.run()
    except (FileNotFoundError, OSError, ValueError) as error:
        sys.exit(f"Nothing was trained. {error}")
    print(json.dumps(metrics, indent=2))
    if set_aside := training.splits.set_aside:
        (options.output / "set_aside.txt").write_text("\n".join(set_aside) + "\n", encoding="utf-8")
        print(f"{len(set_aside)} rows were set aside, such as {set_aside[0]}; see set_aside.txt.")
        sys.exit(3)


def read_options() -> ClassificationOptions:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--data", required=True, help="folder or Hub id")
    add("--output", type=Path, required=True, help="folder of the result")
    add("--model", default="butterfly_cnn", help="butterfly_cnn, timm name, folder or Hub id")
    add("--teacher", help="folder or Hub id of a classifier of the same classes to learn from")
    add("--image-size", type=positive, help="pixels; default: the model's own, or 224")
    add("--label-column", default="label", help="of the data, where its name is another")
    add("--epochs", type=float, default=10)
    add("--batch-size", type=positive, default=32)
    add("--learning-rate", type=float, default=1e-3)
    add("--weight-decay", type=float, default=0.01)
    add("--warmup", type=float, default=0.05, help="share of all steps")
    add("--augmentation", choices=AUGMENTATIONS, default="seed")
    add("--mixing", type=share, default=0.0, help="share of batches with mixup or CutMix")
    add("--label-smoothing", type=share, default=0.0)
    add("--drop-path", type=share, default=0.0, help="timm models only")
    add("--freeze-backbone", action="store_true", help="train the last layer alone: a linear probe")
    add("--freeze-batch-norm", action="store_true", help="keep its statistics: for small batches")
    add("--views", type=positive, default=4, help="alterations a photo, with a teacher or frozen")
    add("--distillation-weight", type=share, default=0.9, help="of the teacher; labels: the rest")
    add("--temperature", type=float, default=2.0, help="of the distillation")
    add("--train-subset", type=positive, default=500, help="training photos that are measured")
    add("--resume", action=argparse.BooleanOptionalAction, default=True, help="go on")
    add("--half", action="store_true", help="store weights in half precision")
    add("--report-to", nargs="*", default=[], help="comet_ml, tensorboard, wandb …")
    add("--bf16", action="store_true", help="bfloat16 autocast")
    add("--workers", type=int, default=0, help="processes that read photos")
    add("--seed", type=int, default=42)
    values = vars(parser.parse_args())
    arguments = {
        "num_train_epochs": values.pop("epochs"),
        "per_device_train_batch_size": (batch_size := values.pop("batch_size")),
        "per_device_eval_batch_size": batch_size,
        "learning_rate": values.pop("learning_rate"),
        "weight_decay": values.pop("weight_decay"),
        "warmup_steps": values.pop("warmup"),
        "report_to": values.pop("report_to"),
        "bf16": values.pop("bf16"),
        "dataloader_num_workers": values.pop("workers"),
        "seed": values.pop("seed"),
    }
    return ClassificationOptions(**values, arguments=arguments)


def positive(text: str) -> int:
    """Return a number from the command line, 1 or more."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return int(text)


def share(text: str) -> float:
    """Return a share from the command line, 0 to 1."""
    if not 0 <= float(text) <= 1:
        raise argparse.ArgumentTypeError(f"{text} lies not between 0 and 1")
    return float(text)


if __name__ == "__main__":
    main()
