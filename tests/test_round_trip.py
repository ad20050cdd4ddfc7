"""Both doors: the installed package, and the code that travelled with the weights."""

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch
from PIL import Image
from tiny import tiny_captioner, tiny_inputs, tiny_model, tiny_processor
from transformers import pipeline

LABELS = ["chơi bóng chày", "có một con thuyền ở dưới nước", "có xe máy ở trên đường"]
TEMPLATE = "một bức ảnh chụp {}"
REVISION = "0" * 40

# What each process does. `tower` and `captioner` are folders or Hub ids; `out` is a folder.
LOAD = """
    import sys, torch
    from PIL import Image
    from transformers import (
        AutoImageProcessor, AutoModel, AutoModelForImageTextToText,
        AutoModelForZeroShotImageClassification, AutoProcessor, AutoTokenizer, pipeline,
    )
    door = dict(trust_remote_code=True)
    inputs = torch.load(out + "/inputs.pt")
    result = {}
    model = AutoModel.from_pretrained(tower, **door)
    assert type(model).__module__.startswith("transformers_modules."), type(model)
    zero_shot = AutoModelForZeroShotImageClassification.from_pretrained(tower, **door)
    with torch.no_grad():
        result["logits"] = model(**inputs).logits_per_image
        assert torch.equal(zero_shot(**inputs).logits_per_image, result["logits"])
    writer = AutoModelForImageTextToText.from_pretrained(captioner, **door)
    with torch.no_grad():
        result["caption_logits"] = writer(**inputs).logits
    result["captions"] = writer.generate(pixel_values=inputs["pixel_values"], max_new_tokens=6)

    image = Image.open(out + "/photo.png")
    processor = AutoProcessor.from_pretrained(tower, **door)
    processed = processor(images=image, text=labels, padding=True, return_tensors="pt")
    result["processed"] = dict(processed)
    ids = AutoTokenizer.from_pretrained(tower, **door)(labels, padding=True).input_ids
    assert ids == processed["input_ids"].tolist()
    pixels = AutoImageProcessor.from_pretrained(tower, **door)(image, return_tensors="pt")
    assert torch.equal(pixels["pixel_values"], processed["pixel_values"])
    pipe = pipeline("zero-shot-image-classification", model=tower, **door)
    result["zero_shot"] = pipe(image, candidate_labels=labels, hypothesis_template=template)
    pipe = pipeline("image-feature-extraction", model=tower, **door)
    result["features"] = pipe(image)
    pipe = pipeline("image-text-to-text", model=captioner, **door)
    result["text"] = pipe(image, text="", max_new_tokens=6)
    torch.save(result, out + "/result.pt")
"""
FINE_TUNE = """
    import torch
    from transformers import Trainer, TrainingArguments
    optimizer = torch.optim.SGD(writer.parameters(), lr=0.1)
    writer(labels=inputs["input_ids"], **inputs).loss.backward()
    optimizer.step()
    writer.save_pretrained(out + "/captioner")
    AutoProcessor.from_pretrained(captioner, **door).save_pretrained(out + "/captioner")

    rows = [{name: value[i] for name, value in inputs.items()} for i in range(2)]
    arguments = TrainingArguments(
        out + "/run", max_steps=1, per_device_train_batch_size=2, report_to=[], use_cpu=True,
        eval_strategy="steps", eval_steps=1, save_steps=1, learning_rate=0.1,
    )
    trainer = Trainer(
        model, arguments, train_dataset=rows, eval_dataset=rows, processing_class=processor
    )
    trainer.train()
    assert trainer.evaluate()["eval_loss"] > 0
    model.eval()
    with torch.no_grad():
        tuned = {
            "logits": model(**inputs).logits_per_image, "caption_logits": writer(**inputs).logits
        }
    torch.save(tuned, out + "/tuned.pt")
"""


def run(code: str, tmp_path: Path, block: str, **variables: str | list[str]) -> str:
    """Run `code` in a fresh process that cannot import `block` and reaches no network."""
    head = f"import sys\nsys.modules[{block!r}] = None\n"
    head += "".join(f"{name} = {value!r}\n" for name, value in variables.items())
    environment = os.environ | {
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(tmp_path / "home"),
        "HF_MODULES_CACHE": str(tmp_path / "modules"),
        "OMP_NUM_THREADS": "1",
        "PYTHONWARNINGS": "ignore",
    }
    answer = subprocess.run(
        [sys.executable, "-c", head + textwrap.dedent(code)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert answer.returncode == 0, answer.stderr[-4000:]
    return answer.stdout


def save_all(folder: Path) -> tuple[Path, Path]:
    """Save a tiny model and a tiny captioner, each with its processor."""
    for name, model in (("tower", tiny_model()), ("captioner", tiny_captioner())):
        model.save_pretrained(folder / name)
        tiny_processor().save_pretrained(folder / name)
    return folder / "tower", folder / "captioner"


def put_on_the_hub(folder: Path, cache: Path, repo_id: str) -> None:
    """Lay `folder` into the Hub's cache, as if it had been downloaded.

    Its `auto_map`s name the repository, as Transformers before version 5 wrote them.
    """
    for file in folder.glob("*config.json"):
        text = re.sub(r'"(\w+_pho(?:clip|cap)\w*\.Pho)', rf'"{repo_id}--\1', file.read_text())
        assert f"{repo_id}--" in text or "auto_map" not in text
        file.write_text(text)
    root = cache / f"models--{repo_id.replace('/', '--')}"
    (root / "refs").mkdir(parents=True)
    (root / "refs" / "main").write_text(REVISION)
    (root / "snapshots").mkdir()
    folder.rename(root / "snapshots" / REVISION)


def prepare(out: Path) -> Image.Image:
    image = Image.effect_noise((90, 70), 80).convert("RGB")
    image.save(out / "photo.png")
    torch.save(tiny_inputs(2), out / "inputs.pt")
    return image


def close(actual: torch.Tensor, expected: torch.Tensor) -> None:
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-5)


def check(result: dict, image: Image.Image, tower: Path, captioner: Path) -> None:
    """Compare what the other process found with this one, where the package is installed."""
    from transformers import AutoModel, AutoModelForImageTextToText, AutoProcessor

    model = AutoModel.from_pretrained(tower)
    writer = AutoModelForImageTextToText.from_pretrained(captioner)
    assert type(model).__module__ == "phoclip_hf.modeling_phoclip"
    inputs = tiny_inputs(2)
    with torch.no_grad():
        close(result["logits"], model(**inputs).logits_per_image)
        close(result["caption_logits"], writer(**inputs).logits)
    captions = writer.generate(pixel_values=inputs["pixel_values"], max_new_tokens=6)
    assert result["captions"].tolist() == captions.tolist()

    processor = AutoProcessor.from_pretrained(tower)
    processed = processor(images=image, text=LABELS, padding=True, return_tensors="pt")
    for name, value in processed.items():
        assert torch.equal(result["processed"][name], value)
    with torch.no_grad():
        output = model(**processed)
    pipe = pipeline("zero-shot-image-classification", model=str(tower))
    here = pipe(image, candidate_labels=LABELS, hypothesis_template=TEMPLATE)
    prompts = [TEMPLATE.format(label) for label in LABELS]
    prompted = processor(images=image, text=prompts, padding=True, return_tensors="pt")
    with torch.no_grad():
        scores = model(**prompted).logits_per_image.softmax(dim=-1)[0]
    for answers in (here, result["zero_shot"]):
        by_label = {answer["label"]: answer["score"] for answer in answers}
        assert [by_label[label] for label in LABELS] == pytest.approx(scores.tolist(), abs=1e-5)
    here = pipeline("image-feature-extraction", model=str(tower))(image)
    close(torch.tensor(here), output.image_embeds)
    close(torch.tensor(result["features"]), output.image_embeds)
    pipe = pipeline("image-text-to-text", model=str(captioner))
    assert pipe(image, text="", max_new_tokens=6) == result["text"]


@pytest.mark.slow
def test_both_doors_give_the_same(tmp_path: Path):
    tower, captioner = save_all(tmp_path)
    image = prepare(tmp_path)
    variables = dict(out=str(tmp_path), labels=LABELS, template=TEMPLATE)
    run(LOAD, tmp_path, "phoclip_hf", tower=str(tower), captioner=str(captioner), **variables)
    check(torch.load(tmp_path / "result.pt", weights_only=False), image, tower, captioner)


@pytest.mark.slow
def test_a_fine_tuned_hub_model_stands_alone(tmp_path: Path):
    tower, captioner = save_all(tmp_path)
    image = prepare(tmp_path)
    hub = tmp_path / "home" / "hub"
    put_on_the_hub(tower, hub, "vietnamese/tower")
    put_on_the_hub(captioner, hub, "vietnamese/captioner")
    variables = dict(out=str(tmp_path), labels=LABELS, template=TEMPLATE)
    ids = dict(tower="vietnamese/tower", captioner="vietnamese/captioner")
    run(LOAD + FINE_TUNE, tmp_path, "phoclip_hf", **ids, **variables)

    checkpoint = tmp_path / "run" / "checkpoint-1"
    for folder in (checkpoint, tmp_path / "captioner"):
        for file in folder.glob("*.json"):
            assert "vietnamese/" not in file.read_text(), (
                f"{file.name} points to the old repository"
            )
    again = tmp_path / "again"  # another process, where the old repository is not to be had
    again.mkdir()
    prepare(again)
    (tmp_path / "photo.png").replace(again / "photo.png")
    folders = dict(tower=str(checkpoint), captioner=str(tmp_path / "captioner"))
    run(LOAD, again, "phoclip_hf", **folders, **variables | {"out": str(again)})
    result = torch.load(again / "result.pt", weights_only=False)
    tuned = torch.load(tmp_path / "tuned.pt")
    close(result["logits"], tuned["logits"])
    close(result["caption_logits"], tuned["caption_logits"])
    assert (tuned["logits"] - torch.load(tmp_path / "result.pt")["logits"]).abs().max() > 1e-3
    check(result, image, checkpoint, tmp_path / "captioner")


def test_a_saved_folder_is_a_complete_repository(tmp_path: Path):
    tower, captioner = save_all(tmp_path)
    model = tiny_model()
    zero_shot = "AutoModelForZeroShotImageClassification"
    model.config.auto_map = {zero_shot: "org/old--modeling_phoclip.PhoCLIPModel"}
    model.save_pretrained(tower)  # nothing of the old repository is left
    maps = {
        folder: json.loads((folder / "config.json").read_text())["auto_map"]
        for folder in (tower, captioner)
    }
    assert maps[tower] == {
        "AutoConfig": "configuration_phoclip.PhoCLIPConfig",
        "AutoModel": "modeling_phoclip.PhoCLIPModel",
        "AutoModelForZeroShotImageClassification": "modeling_phoclip.PhoCLIPModel",
    }
    assert maps[captioner] == {
        "AutoConfig": "configuration_phocap.PhoCapConfig",
        "AutoModelForImageTextToText": "modeling_phocap.PhoCapForConditionalGeneration",
    }
    for folder in (tower, captioner):
        code = {file.name for file in folder.glob("*.py")}
        for file in folder.glob("*.py"):  # whatever a file imports lies beside it
            for line in file.read_text().splitlines():
                if line.startswith("from ."):
                    assert line.split()[1][1:] + ".py" in code, f"{file.name}: {line}"
        for name in maps[folder].values():
            assert name.split(".")[0] + ".py" in code


@pytest.mark.slow
def test_import_needs_no_torch(tmp_path: Path):
    code = """
        import phoclip_hf
        assert "PhoCLIPModel" in dir(phoclip_hf) and "transformers" not in sys.modules
        try:
            phoclip_hf.PhoCLIPModel
        except ImportError as error:
            print(error)
        try:
            phoclip_hf.PhoCLIP
        except AttributeError as error:
            print(error)
    """
    lines = run(code, tmp_path, "torch").splitlines()
    assert lines[0].startswith("phoclip_hf.PhoCLIPModel needs torch")
    assert 'pip install "phoclip_hf[model]"' in lines[0]
    assert lines[1] == "module 'phoclip_hf' has no attribute 'PhoCLIP'"
