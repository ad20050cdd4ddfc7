"""The modules that `evaluate.load` loads, and the Spaces that host them."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import HfApi
from stand_in_hub import TOKEN

evaluate = pytest.importorskip("evaluate")
pytestmark = pytest.mark.slow

METRICS = Path(__file__).resolve().parent.parent / "spaces" / "metrics"
NAMES = ("phoclip_captioning", "phoclip_retrieval", "phoclip_zero_shot")


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory):
    """Let evaluate copy modules and write its inputs into a folder of the test's own."""
    patch = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("evaluate")
    patch.setattr(evaluate.config, "HF_METRICS_CACHE", folder / "metrics")
    patch.setattr(evaluate.config, "HF_MODULES_CACHE", folder / "modules")
    yield
    patch.undo()


def load(name: str) -> "evaluate.Metric":
    return evaluate.load(str(METRICS / name))


def app(name: str, place: Path):
    """Return the app of a metric, imported where a Space has it: in a folder of another name."""
    pytest.importorskip("gradio")
    folder = shutil.copytree(METRICS / name, place / name / "space")
    spec = importlib.util.spec_from_file_location(f"app_of_{name}", folder / "app.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_folder_is_a_module_and_a_space():
    assert sorted(path.name for path in METRICS.iterdir() if path.is_dir()) == sorted(NAMES)
    yaml = pytest.importorskip("yaml")
    for name in NAMES:
        folder = METRICS / name
        assert {f"{name}.py", "app.py", "README.md", "requirements.txt"} <= {
            path.name for path in folder.iterdir()
        }
        front = yaml.safe_load((folder / "README.md").read_text(encoding="utf-8").split("---")[1])
        assert (front["sdk"], front["app_file"]) == ("gradio", "app.py")
        assert {"evaluate", "metric"} <= set(front["tags"])
        assert len(front["short_description"]) <= 60  # the Hub's limit


def test_retrieval_worked_by_hand():
    # Text 2 describes picture 0 and lies nearer to picture 1.
    texts, images = [[1.0, 0.0], [0.0, 1.0], [0.4, 0.6]], np.eye(2)
    metrics = load("phoclip_retrieval").compute(
        predictions=texts, references=[0, 1, 0], image_embeds=images, ks=(1, 2)
    )
    assert metrics["t2i_r1"] == pytest.approx(2 / 3)
    assert (metrics["t2i_r2"], metrics["i2t_r1"]) == (1, 1)
    with pytest.raises(ValueError, match="image_embeds is missing"):
        load("phoclip_retrieval").compute(predictions=texts, references=[0, 1, 0])


def test_zero_shot_worked_by_hand():
    logits = [[3, 1, 2], [3, 1, 2], [0, 5, 1], [0, 1, 5]]
    metrics = load("phoclip_zero_shot").compute(predictions=logits, references=[0, 2, 1, 1])
    assert metrics == {"top1": 0.5, "top5": 1.0, "mean_per_class": 0.5}


def test_a_module_loads_from_the_hub_by_its_name(stand_in_hub, tmp_path):
    api = HfApi(endpoint=stand_in_hub.url, token=TOKEN)
    api.create_repo("org/phoclip_zero_shot", repo_type="space", space_sdk="gradio")
    api.upload_folder(
        repo_id="org/phoclip_zero_shot",
        repo_type="space",
        folder_path=METRICS / "phoclip_zero_shot",
    )
    code = """if True:
        import json
        import evaluate
        metric = evaluate.load("org/phoclip_zero_shot")
        print(json.dumps(metric.compute(predictions=[[1, 9], [8, 2]], references=[1, 1])))
    """
    environment = (
        os.environ | stand_in_hub.environment | {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "0"}
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=tmp_path,  # where no folder of the same name lies
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert json.loads(said) == {"top1": 0.5, "top5": 1.0, "mean_per_class": 0.5}


def test_captioning_in_batches():
    pytest.importorskip("sacrebleu")
    metric = load("phoclip_captioning")
    metric.add_batch(predictions=["một con chó nâu"], references=[["Một con chó nâu."]])
    metric.add_batch(predictions=["hai người"], references=[["ba con mèo", "hai người đi bộ"]])
    metrics = metric.compute()
    # All are found; 4 + 2 tokens against the nearest references' 4 + 3.
    assert metrics["bleu_1"] == pytest.approx(np.exp(1 - 7 / 6))
    assert (metrics["captions"], metrics["tokenization"]) == (2, "syllables")


def test_apps_compute_what_the_modules_do(tmp_path):
    gradio = pytest.importorskip("gradio")
    files = {
        "images": np.eye(2),
        "texts": np.eye(2)[[0, 0, 1, 1]],
        "labels": np.array([0, 0, 1, 0]),
    }
    for name, values in files.items():
        np.save(tmp_path / f"{name}.npy", values)
    path = {name: str(tmp_path / f"{name}.npy") for name in files}

    retrieval = app("phoclip_retrieval", tmp_path)
    assert retrieval.demo.fn(path["images"], path["texts"], None)["t2i_r1"] == 1
    assert retrieval.demo.fn(path["images"], path["texts"], path["labels"])["t2i_r1"] == 0.75
    with pytest.raises(gradio.Error, match="do not fall evenly"):
        retrieval.demo.fn(path["texts"], path["images"], None)
    with pytest.raises(gradio.Error, match=r"Give image_embeds\.npy too"):
        retrieval.demo.fn(None, path["texts"], None)
    (tmp_path / "pickle.npy").write_bytes(b"not an array")
    with pytest.raises(gradio.Error):
        retrieval.demo.fn(str(tmp_path / "pickle.npy"), path["texts"], None)

    zero_shot = app("phoclip_zero_shot", tmp_path)
    assert zero_shot.demo.fn(path["texts"], path["labels"])["top1"] == 0.75

    pytest.importorskip("sacrebleu")
    captioning = app("phoclip_captioning", tmp_path)
    metrics = captioning.demo.fn(
        "một con chó nâu\nmèo", "con mèo|một con chó nâu\nmèo", "syllables"
    )
    assert metrics["bleu_1"] == pytest.approx(1)
    with pytest.raises(gradio.Error, match="1 captions and 2 lines"):
        captioning.demo.fn("một con chó", "a\nb", "syllables")
