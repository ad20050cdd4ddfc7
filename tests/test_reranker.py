"""The judge of pairs on a tiny PhoBLIP: it says what the model says, however it is asked."""

import numpy as np
import pytest
import torch
from PIL import Image
from tiny import CAPTIONS, tiny_model, tiny_processor
from tiny_phoblip import blip_processor, tiny_blip, tiny_matcher

from phoclip_hf import PhoBLIPForImageTextRetrieval
from phoclip_hf.serving.encoder import PhoCLIPEncoder
from phoclip_hf.serving.errors import EncoderError
from phoclip_hf.serving.reranker import PhoBLIPReranker, probabilities, ranking_scores

PICTURES = 5


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """A PhoBLIP whose image_embeds are those of the tower's first position: no PhoCLIP's."""
    folder = tmp_path_factory.mktemp("phoblip")
    model = tiny_matcher(image_pooling="cls")
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():  # fresh weights say nearly the same of all pairs
        for part in (model.text_model, model.matching_head):
            for name, weight in part.named_parameters():
                if weight.ndim == 2:
                    looks = "crossattention" in name  # less, or pictures drown the words
                    weight.normal_(std=0.45 if looks else 1, generator=generator)
        model.matching_head.weight *= 1.5
        model.matching_head.bias[1] = 20  # the middle of what it says then
    model.save_pretrained(folder)
    blip_processor().save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def images():
    random = np.random.default_rng(0)
    sizes = random.integers(40, 90, (PICTURES, 2))
    return [Image.fromarray(random.integers(0, 256, (*size, 3), np.uint8)) for size in sizes]


@pytest.fixture(scope="module")
def reranker(checkpoint):
    return PhoBLIPReranker(checkpoint, batch_size=2)


@pytest.fixture(scope="module")
def expected(checkpoint, images):
    """What the model itself says of each caption and picture, log-odds (captions, pictures)."""
    model = PhoBLIPForImageTextRetrieval.from_pretrained(checkpoint).eval()
    rows = []
    for caption in CAPTIONS:
        inputs = blip_processor()(images=images, text=[caption], return_tensors="pt")
        with torch.no_grad():
            rows.append(model(**inputs).matching_logits.diff(dim=1)[:, 0].numpy())
    assert np.ptp(rows, axis=0).min() > 0.1 and np.ptp(rows, axis=1).min() > 0.5
    return np.stack(rows)


def test_one_text_against_pictures(reranker, images, expected):
    for caption, row in zip(CAPTIONS, expected, strict=True):
        np.testing.assert_allclose(reranker.match(images, caption), probabilities(row), atol=1e-5)
    assert reranker.match(images[:1], CAPTIONS[0]).shape == (1,)


def test_one_picture_against_texts_of_all_lengths(reranker, images, expected):
    states = reranker.image_states(images[1:2])
    odds = reranker.log_odds(states, CAPTIONS)
    np.testing.assert_allclose(odds, expected[:, 1], atol=1e-4)


def test_pairs_row_by_row_and_states_kept_on_disk(reranker, images, expected, tmp_path):
    states = reranker.image_states(images)
    assert states.dtype == np.float32 and len(states) == PICTURES
    np.save(tmp_path / "states.npy", states)
    kept = np.load(tmp_path / "states.npy", mmap_mode="r")
    odds = reranker.log_odds(kept, CAPTIONS[:PICTURES])
    np.testing.assert_allclose(odds, expected.diagonal(), atol=1e-4)
    odds = reranker.log_odds(kept[[3, 0]], [CAPTIONS[2]])
    np.testing.assert_allclose(odds, expected[2, [3, 0]], atol=1e-4)
    with pytest.raises(ValueError, match="4 pictures and 3 texts are no pairs"):
        reranker.log_odds(kept[:4], CAPTIONS[:3])


def test_log_odds_tell_apart_what_probabilities_cannot():
    odds = np.array([-2000, 0, np.log(3), 20, 30], dtype=np.float32)
    np.testing.assert_allclose(probabilities(odds), [0, 0.5, 0.75, 1, 1], atol=1e-7)
    assert probabilities(odds)[3] == probabilities(odds)[4]


def test_scores_are_log_odds_beside_scaled_cosines():
    odds, cosines = np.array([1.0, 0.0, 2.5]), np.array([0.3, 0.5, 0.2])
    # 1 + 10 · .3, 0 + 10 · .5, 2.5 + 10 · .2: half a point between each.
    np.testing.assert_allclose(ranking_scores(odds, cosines, 10), [4.0, 5.0, 4.5])
    np.testing.assert_allclose(ranking_scores(odds, cosines, 10, weight=0), odds)


def test_a_pre_training_checkpoint_is_taken(tmp_path, images):
    tiny_blip().save_pretrained(tmp_path)
    blip_processor().save_pretrained(tmp_path)
    assert PhoBLIPReranker(tmp_path).match(images, CAPTIONS[0]).shape == (PICTURES,)


def test_its_encoder_gives_its_own_cosines(checkpoint, reranker, images):
    model = PhoBLIPForImageTextRetrieval.from_pretrained(checkpoint).eval()
    inputs = blip_processor()(images=images, text=list(CAPTIONS), padding=True, return_tensors="pt")
    with torch.no_grad():
        output = model(**inputs, return_matching=False)
    for encoder in (reranker.encoder, PhoCLIPEncoder(checkpoint)):
        assert encoder.fingerprint == reranker.fingerprint
        np.testing.assert_allclose(encoder.encode_images(images), output.image_embeds, atol=1e-5)
        np.testing.assert_allclose(encoder.encode_texts(CAPTIONS), output.text_embeds, atol=1e-5)


def test_what_is_no_phoblip_is_refused(tmp_path):
    tiny_model().save_pretrained(tmp_path / "clip")
    tiny_processor().save_pretrained(tmp_path / "clip")
    for name, reason in (
        ("clip", "it is a 'phoclip' model"),
        ("absent", "there is no such folder"),
    ):
        with pytest.raises(EncoderError, match=reason) as caught:
            PhoBLIPReranker(tmp_path / name)
        assert caught.value.key == "reranker_missing"
        assert caught.value.values["variable"] == "PHOCLIP_RERANKER"
