"""Export a checkpoint to ONNX files that run without torch, and check them before they are kept.

    python scripts/export.py CHECKPOINT --output DIR
    python scripts/export.py CLASSIFIER --output DIR --int8 --calibration DATA:train \\
        --test DATA:test --known DATA:validation --others PHOTOS:validation --other-test PHOTOS:test
    python scripts/export.py PHOCLIP --output DIR

A classifier (butterfly_cnn, a timm model or any other of Transformers) becomes model.onnx, its
labels and how a picture is prepared in the file's metadata; phoclip_hf.serving.onnx_classifier runs
it. A PhoCLIP becomes image.onnx and text.onnx. Each takes any batch size and is kept only where it
answers as torch does, to 1e-4.

`--half` adds files whose weights are rounded to half precision, half as large. `--int8` adds files
in 8-bit integers; convolutions need photos for that: `--calibration`. `--test` measures every file
on labelled photos. `--known` and `--others` choose the score and threshold that tell photos of the
classes from photos of anything else, so that 95 % of the known are kept; neither may be photos that
were trained on. `--other-test` measures it. Everything measured is in export.json.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from tqdm.auto import tqdm

from phoclip_hf.data.dataset_splits import named_splits, split_name
from phoclip_hf.data.preprocessing import Preprocessing
from phoclip_hf.data.sources import open_pictures
from phoclip_hf.evaluation.zero_shot import zero_shot_metrics
from phoclip_hf.export.checkpoints import export_classifier, export_towers, is_phoclip
from phoclip_hf.export.half_weights import store_in_half
from phoclip_hf.export.onnx_file import describe
from phoclip_hf.export.quantisation import quantise
from phoclip_hf.serving.familiarity import Familiarity, choose_familiarity
from phoclip_hf.serving.onnx_classifier import OnnxClassifier
from phoclip_hf.training.classification.data import with_labels


def main() -> None:
    """Read the command line, export, measure, print."""
    arguments = read_arguments()
    try:
        arguments.output.mkdir(parents=True, exist_ok=True)
        export = towers if is_phoclip(arguments.checkpoint) else classifier
        report = export(arguments)
    except (OSError, ValueError) as error:
        sys.exit(f"Nothing more was exported. {error}")
    text = json.dumps(report, indent=2, ensure_ascii=False)
    (arguments.output / "export.json").write_text(text + "\n", encoding="utf-8")
    print(text)


def read_arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("checkpoint", help="folder or Hub id")
    add("--output", type=Path, required=True, help="folder of the files")
    add("--half", action="store_true", help="add files with weights in half precision")
    add("--int8", action="store_true", help="add files in 8-bit integers")
    add("--calibration", help="DATA[:SPLIT], photos for --int8")
    add("--calibration-count", type=int, default=256)
    add("--test", help="DATA:SPLIT, labelled photos to measure on")
    add("--label-column", default="label", help="of --test")
    add("--known", help="DATA:SPLIT, photos of the classes")
    add("--others", action="append", default=[], help="DATA:SPLIT, photos of anything else")
    add("--other-test", action="append", default=[], help="DATA:SPLIT, likewise, to measure on")
    add("--others-count", type=int, default=500, help="photos of each of these at most")
    add("--kept", type=float, default=0.95, help="share of the known photos that pass")
    arguments = parser.parse_args()
    if bool(arguments.known) != bool(arguments.others):
        parser.error("--known and --others belong together: a threshold lies between the two")
    return arguments


def classifier(arguments: argparse.Namespace) -> dict[str, Any]:
    """Write the files of a classifier and return what export.json holds."""
    path = arguments.output / "model.onnx"
    metadata, difference = export_classifier(arguments.checkpoint, path)
    report = {path.name: {"largest_difference_from_torch": difference}}
    if arguments.half:
        report |= half(path)
    if arguments.int8:
        if not arguments.calibration:
            raise ValueError("--int8 of a classifier needs photos: name some with --calibration.")
        photos = read(arguments.calibration, arguments.calibration_count)
        small = arguments.output / "model-int8.onnx"
        preparation = Preprocessing.from_dict(metadata["preprocessing"])
        quantise(path, small, metadata, batches(photos, preparation))
        report[small.name] = {}
    for name, found in report.items():
        file = arguments.output / name
        found["megabytes"] = round(file.stat().st_size / 1e6, 3)
        if arguments.known:
            found["familiarity"] = put_familiarity(file, arguments)
        measure(file, found, arguments)
    return report


def half(path: Path) -> dict[str, dict[str, Any]]:
    """Write a file's copy whose weights are rounded to half precision; return its row."""
    model = onnx.load(path)
    store_in_half(model, rounding=True)
    small = path.with_name(f"{path.stem}-half.onnx")
    onnx.save(model, small)
    return {small.name: {}}


def put_familiarity(file: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Choose the score and threshold of a file, put them into its metadata and return them."""
    known = logits_of(file, arguments.known, None)
    others = [logits_of(file, name, arguments.others_count) for name in arguments.others]
    familiarity = choose_familiarity(known, np.concatenate(others), arguments.kept)
    familiarity.chosen["known"] = called(arguments.known)
    familiarity.chosen["others"] = [called(name) for name in arguments.others]
    model = onnx.load(file)
    describe(model, {"familiarity": familiarity.to_dict()})
    partial = file.with_name(f"{file.stem}.partial.onnx")
    onnx.save(model, partial)
    partial.replace(file)
    return familiarity.to_dict()


def measure(file: Path, found: dict[str, Any], arguments: argparse.Namespace) -> None:
    """Add to `found` what a file gets right of the test photos, and which photos it lets pass."""
    familiarity = Familiarity.from_dict(found["familiarity"]) if "familiarity" in found else None
    if arguments.test:
        labels = OnnxClassifier(file).labels
        table = open_one(arguments.test)
        words = with_labels(table, arguments.label_column, arguments.test)["label"]
        if unknown := sorted(set(words) - set(labels)):
            raise ValueError(
                f"{arguments.test} has labels that the classifier does not name: "
                f"{', '.join(unknown[:5])}; expected some of {', '.join(labels[:5])} …"
            )
        logits = logits_of(file, arguments.test, None)
        truth = [labels.index(word) for word in words]
        found["test"] = zero_shot_metrics(logits, truth)
        if familiarity:
            found["test"]["familiar"] = familiarity.share_familiar(logits)
    for name in arguments.other_test if familiarity else []:
        logits = logits_of(file, name, arguments.others_count)
        found.setdefault("familiar_others", {})[called(name)] = familiarity.share_familiar(logits)


def towers(arguments: argparse.Namespace) -> dict[str, Any]:
    """Write the files of a PhoCLIP and return what export.json holds."""
    report = {}
    for tower, (metadata, difference) in export_towers(
        arguments.checkpoint, arguments.output
    ).items():
        path = arguments.output / f"{tower}.onnx"
        report[path.name] = {"largest_difference_from_torch": difference}
        if arguments.half:
            report |= half(path)
        if not arguments.int8:
            continue
        calibration = None
        if tower == "image":
            if not arguments.calibration:
                raise ValueError("--int8 of an image tower needs photos: name some, --calibration.")
            photos = read(arguments.calibration, arguments.calibration_count)
            calibration = batches(photos, Preprocessing.from_dict(metadata["preprocessing"]))
        small = arguments.output / f"{tower}-int8.onnx"
        quantise(path, small, metadata, calibration)
        report[small.name] = {}
    for name, found in report.items():
        found["megabytes"] = round((arguments.output / name).stat().st_size / 1e6, 3)
    return report


def open_one(name: str) -> Any:
    """Return the table that DATA:SPLIT names."""
    splits = named_splits(name)
    if len(splits) != 1:
        raise ValueError(
            f"{name} has {len(splits)} splits ({', '.join(split for _, split in splits)}): name "
            f"one, such as {name}:{splits[0][1]}."
        )
    return open_pictures(*splits[0])


def called(name: str) -> str:
    """Return what DATA:SPLIT is called in a file, without the folders above it."""
    return split_name(*named_splits(name)[0])


def read(name: str, count: int | None) -> list:
    """Return RGB photos of DATA:SPLIT, spread evenly over it where there are more than `count`."""
    table = open_one(name)
    if count is not None and len(table) > count:
        table = table.select(np.linspace(0, len(table) - 1, count).astype(int))
    return [table[row]["image"].convert("RGB") for row in range(len(table))]


def batches(photos: list, preparation: Preprocessing) -> Iterator[dict[str, np.ndarray]]:
    """Yield what the calibrator runs: one photo a time."""
    for photo in tqdm(photos, desc="calibration"):
        yield {"pixel_values": preparation(photo)[None]}


def logits_of(file: Path, name: str, count: int | None) -> np.ndarray:
    """Return logits (photos, classes) of a file for the photos of DATA:SPLIT."""
    return OnnxClassifier(file).logits(read(name, count))


if __name__ == "__main__":
    main()
