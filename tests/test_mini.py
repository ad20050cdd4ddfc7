"""The shipped checkpoints: what they weigh, how they load, and that they know unseen scenes."""

import unicodedata
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from phoclip_hf.data.scenes import fit_table, scenes
from phoclip_hf.data.sources import SCENE_SEEDS
from phoclip_hf.evaluation.retrieval import retrieval_metrics
from phoclip_hf.serving.captioner import Captioner
from phoclip_hf.serving.encoder import PhoCLIPEncoder

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def unseen() -> list:
    return list(scenes(60, seed=SCENE_SEEDS["test"]))


def test_under_40_megabytes_in_half_precision_and_full_in_memory(mini_checkpoint: Path):
    folder = mini_checkpoint.parent
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 40e6
    for path in folder.glob("*/model.safetensors"):
        kinds = {value.dtype for value in load_file(path).values() if value.is_floating_point()}
        assert kinds == {torch.float16}
    assert next(PhoCLIPEncoder(mini_checkpoint).model.parameters()).dtype == torch.float32


def test_finds_unseen_scenes_by_their_captions(mini_checkpoint: Path, unseen: list):
    encoder = PhoCLIPEncoder(mini_checkpoint)
    images = encoder.encode_images([scene.image for scene in unseen])
    texts = encoder.encode_texts([text for scene in unseen for text in scene.captions])
    metrics = retrieval_metrics(images, texts, relevance=fit_table(unseen))
    assert metrics["t2i_r1"] >= 0.8  # harder among the card's 500: 0.79


def test_nfd_and_capital_queries_find_the_same(mini_checkpoint: Path):
    encoder = PhoCLIPEncoder(mini_checkpoint)
    text = "Con mèo nằm dưới gốc cây"
    plain, nfd, capital = encoder.encode_texts(
        [text, unicodedata.normalize("NFD", text), text.upper()]
    )
    np.testing.assert_allclose(plain, nfd, atol=1e-6)
    np.testing.assert_allclose(plain, capital, atol=1e-6)


def test_describes_a_scene_in_vietnamese(mini_checkpoint: Path, unseen: list):
    captioner = Captioner(mini_checkpoint.parent / "phocap-mini")
    captions = [captioner.describe(scene.image)[0].text for scene in unseen[:4]]
    for caption in captions:
        assert caption == unicodedata.normalize("NFC", caption)
        assert 2 <= len(caption.split()) <= 40
        assert "_" not in caption and "</w>" not in caption
    assert len(set(captions)) > 1
