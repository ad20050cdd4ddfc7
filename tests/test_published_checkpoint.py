"""The life of a published checkpoint: killed on its way, published again, loaded by strangers."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from saved_checkpoints import (  # noqa: F401
    saved_fixture,
    shift_bytes,
)
from stand_in_hub import StandInHub
from tiny import tiny_model, tiny_processor

from phoclip_hf import PhoCLIPModel, PhoCLIPProcessor
from phoclip_hf.data.scenes import draw_scene
from phoclip_hf.serving.encoder import fingerprint

ROOT = Path(__file__).resolve().parent.parent
PUSH = """
    from phoclip_hf import PhoCapForConditionalGeneration, PhoCLIPModel, PhoCLIPProcessor

    for name, cls in (("phoclip", PhoCLIPModel), ("phocap", PhoCapForConditionalGeneration)):
        cls.from_pretrained(folder + "/" + name).push_to_hub("org/" + name)
        PhoCLIPProcessor.from_pretrained(folder + "/" + name).push_to_hub("org/" + name)
"""
LOAD_PUSHED = """
    import sys
    sys.modules["phoclip_hf"] = None
    import torch
    from transformers import AutoModel, AutoModelForImageTextToText, AutoProcessor

    options = {"trust_remote_code": True}
    model = AutoModel.from_pretrained("org/phoclip", **options)
    processor = AutoProcessor.from_pretrained("org/phoclip", **options)
    inputs = processor(text=["một con chó chạy trên bãi cỏ"], return_tensors="pt")
    with torch.no_grad():
        torch.save(model(**inputs).text_embeds, folder + "/text_embeds.pt")
    AutoModelForImageTextToText.from_pretrained("org/phocap", **options)
    AutoProcessor.from_pretrained("org/phocap", **options)
"""


@pytest.fixture
def hub(stand_in_hub: StandInHub) -> StandInHub:
    return stand_in_hub


def run(code: str, hub: StandInHub, home: Path, **variables: str) -> str:
    head = "".join(f"{name} = {value!r}\n" for name, value in variables.items())
    done = subprocess.run(
        [sys.executable, "-c", head + textwrap.dedent(code)],
        cwd=home.parent,
        env=environment(hub, home),
        capture_output=True,
        text=True,
        timeout=1500,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def environment(hub: StandInHub, home: Path) -> dict[str, str]:
    own = {"HF_HOME": str(home), "HF_MODULES_CACHE": str(home / "modules")}
    return os.environ | hub.environment | own | {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_push_to_hub_of_model_and_processor(hub: StandInHub, saved: Path, tmp_path: Path):
    run(PUSH, hub, tmp_path / "pusher", folder=str(saved))
    run(LOAD_PUSHED, hub, tmp_path / "loader", folder=str(saved))
    inputs = tiny_processor()(text=["một con chó chạy trên bãi cỏ"], return_tensors="pt")
    with torch.no_grad():
        here = tiny_model()(**inputs).text_embeds
    there = torch.load(saved / "text_embeds.pt")
    torch.testing.assert_close(there, here, rtol=0, atol=1e-5)


# Must-show: what a stranger does with a published checkpoint, in a process without this package.
STRANGER = """
    import sys, time
    sys.modules["phoclip_hf"] = None
    import torch
    from PIL import Image
    from transformers import AutoModel, AutoProcessor, pipeline

    options = {"trust_remote_code": True}
    image = Image.open(folder + "/photo.png")
    start = time.perf_counter()
    model = AutoModel.from_pretrained("org/phoclip", **options)
    processor = AutoProcessor.from_pretrained("org/phoclip", **options)
    inputs = processor(images=image, text=texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        output = model(**inputs)
    found = {"image_embeds": output.image_embeds, "text_embeds": output.text_embeds}
    print(f"AutoModel, AutoProcessor: {time.perf_counter() - start:.1f} s")

    start = time.perf_counter()
    classify = pipeline("zero-shot-image-classification", model="org/phoclip", **options)
    answers = classify(image, candidate_labels=texts, hypothesis_template="{}")
    scores = {answer["label"]: answer["score"] for answer in answers}
    found["scores"] = torch.tensor([scores[text] for text in texts])
    embed = pipeline("image-feature-extraction", model="org/phoclip", **options)
    found["features"] = torch.tensor(embed(image))
    print(f"pipelines: {time.perf_counter() - start:.1f} s")

    if with_sentence_transformers:
        from sentence_transformers import SentenceTransformer

        start = time.perf_counter()
        encoder = SentenceTransformer("org/phoclip", device="cpu", **options)
        found["encoded_image"] = torch.tensor(encoder.encode([image]))
        found["encoded_texts"] = torch.tensor(encoder.encode(texts))
        print(f"SentenceTransformer: {time.perf_counter() - start:.1f} s")
    torch.save(found, folder + "/found.pt")
"""


@pytest.mark.slow
@pytest.mark.timeout(6000)
def test_published_killed_published_again_and_used(
    hub: StandInHub, mini_checkpoint: Path, tmp_path: Path
):
    # In two shards, so that one can have arrived when the process is killed.
    trained, metrics = tmp_path / "phoclip-mini", tmp_path / "scenes"
    model = PhoCLIPModel.from_pretrained(mini_checkpoint).eval()
    processor = PhoCLIPProcessor.from_pretrained(mini_checkpoint)
    model.save_pretrained(trained, max_shard_size="16MB")
    processor.save_pretrained(trained)
    metrics.mkdir()
    measured = {"t2i_r1": 0.6791, "t2i_r10": 0.9812, "checkpoint": fingerprint(str(trained))}
    (metrics / "metrics.json").write_text(json.dumps(measured))
    script = str(ROOT / "scripts" / "publish.py")
    command = [sys.executable, script, str(trained), "org/phoclip", "--metrics", str(metrics)]
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    where = {"env": environment(hub, tmp_path / "publisher"), "cwd": ROOT}

    hub.faults.upload_rate = 2e6  # bytes a second: a slow line
    start = time.perf_counter()
    process = subprocess.Popen(command, **where, **output)
    while hub.count("PUT", "/lfs/") == 0 and process.poll() is None:
        time.sleep(0.1)
    hub.faults.upload_rate = 1e5  # the next shard takes minutes
    time.sleep(1)
    process.send_signal(signal.SIGKILL)
    said = process.communicate()[0]
    assert process.returncode == -signal.SIGKILL, said
    print(f"\nkilled after {time.perf_counter() - start:.1f} s")
    assert hub.api().list_repo_files("org/phoclip") == [".gitattributes"]
    arrived = hub.count("PUT", "/lfs/")

    hub.faults.upload_rate = None
    start = time.perf_counter()
    done = subprocess.run(command, **where, **output)
    assert done.returncode == 0, done.stdout[-4000:]
    print(f"published in {time.perf_counter() - start:.1f} s:\n{done.stdout}")
    assert f"commit {hub.api().model_info('org/phoclip').sha}" in done.stdout
    shards = len(list(trained.glob("*.safetensors")))
    assert arrived >= 1 and hub.count("PUT", "/lfs/") == shards > 1
    assert len(hub.api().list_repo_commits("org/phoclip")) == 2

    image = draw_scene(seed=7).image
    image.save(tmp_path / "photo.png")
    texts = ["con mèo", "một con thuyền trên sông", "xe máy ở trên đường"]
    told = run(
        STRANGER,
        hub,
        tmp_path / "stranger",
        folder=str(tmp_path),
        texts=texts,
        with_sentence_transformers=find_spec("sentence_transformers") is not None,
    )
    print(told)
    found = torch.load(tmp_path / "found.pt")
    inputs = processor(images=image, text=texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        here = model(**inputs)
    expected = {
        "image_embeds": here.image_embeds,
        "text_embeds": here.text_embeds,
        "scores": here.logits_per_image.softmax(dim=-1)[0],
        "features": here.image_embeds,
        "encoded_image": here.image_embeds,
        "encoded_texts": here.text_embeds,
    }
    for name, value in found.items():
        torch.testing.assert_close(value, expected[name], rtol=0, atol=1e-5)

    before = len(hub.log)  # a corrupted weight goes nowhere
    shift_bytes(sorted(trained.glob("model-*.safetensors"))[-1])
    refused = subprocess.run(command, **where, **output)
    assert refused.returncode == 1
    assert "measured another checkpoint" in refused.stdout, refused.stdout[-2000:]
    assert len(hub.log) == before
