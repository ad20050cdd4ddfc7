"""Captions with scores, from PhoCap and PhoBLIP: the scores by another road, batches, greedy."""

from pathlib import Path

import pytest
import torch
from PIL import Image
from tiny import CAPTIONS, VOCABULARY, tiny_captioner, tiny_processor
from tiny_phoblip import blip_processor, tiny_blip, tiny_matcher, tiny_writer

from phoclip_hf.modeling_phoblip_generation import MAX_TOKENS
from phoclip_hf.serving.captioner import Caption, Captioner, best_first
from phoclip_hf.serving.errors import EncoderError

KINDS = ("phocap", "phoblip", "pretraining")


@pytest.fixture(scope="module")
def images() -> list[Image.Image]:
    colours = ("black", "white", "red", "lime", "blue")
    return [Image.new("RGB", (64, 64), colour) for colour in colours]


def taught(images: list[Image.Image]) -> torch.nn.Module:
    """A PhoCap that has learned a tiny caption of each picture by heart."""
    captioner, processor = tiny_captioner(), tiny_processor()
    pixels = processor(images=images, return_tensors="pt")["pixel_values"]
    texts = processor.tokenizer(list(CAPTIONS[: len(images)]), padding=True, return_tensors="pt")
    with torch.no_grad():
        image_embeds = captioner.image_encoder(pixels).image_embeds
    optimizer = torch.optim.AdamW(captioner.parameters(), lr=1e-2)
    for _ in range(150):
        loss = captioner(image_embeds=image_embeds, labels=texts.input_ids, **texts).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return captioner


@pytest.fixture(scope="module")
def checkpoints(images, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("captioners")
    writer = tiny_writer()
    writer.generation_config.max_new_tokens = 12  # random weights never end
    pretraining = tiny_blip()
    pretraining.load_state_dict(writer.state_dict(), strict=False)
    for name, model, processor in (
        ("phocap", taught(images), tiny_processor()),
        ("phoblip", writer, blip_processor()),
        ("pretraining", pretraining, blip_processor()),
        ("matcher", tiny_matcher(), blip_processor()),
    ):
        model.save_pretrained(folder / name)
        processor.save_pretrained(folder / name)
    return folder


def generated(captioner: Captioner, image: Image.Image, **options) -> torch.Tensor:
    pixels = captioner.processor(images=image, return_tensors="pt")["pixel_values"]
    limit = captioner.model.generation_config.max_new_tokens or MAX_TOKENS
    return captioner.model.generate(pixel_values=pixels, max_new_tokens=limit, **options)


def teacher_forced(captioner: Captioner, image: Image.Image, ids: torch.Tensor) -> float:
    """Geometric mean of the probabilities of tokens that are given, in one pass without a cache."""
    ends = (ids == captioner.model.generation_config.eos_token_id).nonzero()
    ids = ids[: ends[0, 0] + 1] if len(ends) else ids
    read = torch.cat([torch.tensor([0]), ids])[None]  # <s> first, as both models read captions
    pixels = captioner.processor(images=image, return_tensors="pt")["pixel_values"]
    with torch.no_grad():
        logits = captioner.model(pixel_values=pixels, input_ids=read).logits[0, :-1]
    return logits.log_softmax(-1).gather(1, ids[:, None]).mean().exp().item()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", ["greedy", "beam", "sample"])
def test_a_score_is_the_models_own_however_the_caption_was_found(checkpoints, images, kind, way):
    captioner = Captioner(checkpoints / kind)
    count = 1 if way == "greedy" else 3
    options = {
        "greedy": {"do_sample": False},
        "beam": {"do_sample": False, "num_beams": 4},
        "sample": {"do_sample": True, "temperature": 0.5, "top_p": 0.9, "top_k": 0},
    }[way] | {"num_return_sequences": count}
    for image in images[:2]:
        torch.manual_seed(7)
        ids = generated(captioner, image, **options)
        texts = captioner.processor.batch_decode(ids, skip_special_tokens=True)
        expected = best_first(
            [
                Caption(" ".join(text.split()), teacher_forced(captioner, image, row))
                for text, row in zip(texts, ids, strict=True)
            ]
        )
        torch.manual_seed(7)
        beams = {"greedy": 1, "beam": 4, "sample": 5}[way]
        found = captioner.describe(image, count, way == "sample", 0.5, beams)
        assert [caption.text for caption in found] == [caption.text for caption in expected]
        assert [c.score for c in found] == pytest.approx([c.score for c in expected], rel=1e-3)
        scores = [caption.score for caption in found]
        assert scores == sorted(scores, reverse=True) and all(0 < score <= 1 for score in scores)


@pytest.mark.parametrize("options", [{"beams": 1}, {"beams": 4}, {"count": 2, "sample": True}])
def test_a_model_that_knows_nothing_scores_one_in_its_vocabulary(checkpoints, images, options):
    captioner = Captioner(checkpoints / "phocap")
    captioner.model.get_output_embeddings().weight.data.zero_()  # every token equally likely
    scores = [caption.score for caption in captioner.describe(images[0], **options)]
    assert scores == pytest.approx([1 / VOCABULARY] * len(scores), rel=1e-5) and scores


@pytest.mark.parametrize("kind", KINDS[:2])
@pytest.mark.parametrize("beams", [1, 3])
def test_a_batch_is_described_as_one_by_one(checkpoints, images, kind, beams):
    captioner = Captioner(checkpoints / kind, batch_size=2)  # 2 + 2 + 1
    alone = [captioner.describe(image, beams=beams)[0] for image in images]
    together = captioner.describe_all(images, beams=beams)
    assert [caption.text for caption in together] == [caption.text for caption in alone]
    assert [c.score for c in together] == pytest.approx([c.score for c in alone], rel=1e-3)
    if kind == "phocap":
        assert len({caption.text for caption in together}) >= 3  # rows that got mixed would show
    several = captioner.describe_each(images, 2, beams)
    assert several[0] == [
        Caption(caption.text, pytest.approx(caption.score, rel=1e-3))
        for caption in captioner.describe(images[0], 2, beams=beams)
    ]
    assert captioner.describe_all([]) == []


def test_one_beam_is_greedy(checkpoints, images):
    captioner = Captioner(checkpoints / "phocap")
    captioner.model.generation_config.num_beams = 3  # as a checkpoint may say
    ids = generated(captioner, images[0], do_sample=False, num_beams=1)
    text = captioner.processor.batch_decode(ids, skip_special_tokens=True)[0]
    assert captioner.describe(images[0], beams=1)[0].text == " ".join(text.split())


def test_the_best_of_several_is_the_one_that_is_asked_for_alone(checkpoints, images):
    captioner = Captioner(checkpoints / "phocap")
    for image in images:
        best = captioner.describe(image, 3, beams=5)[0]
        assert captioner.describe(image, 1, beams=5)[0].text == best.text


def test_a_pretraining_checkpoint_writes_what_its_writer_writes(checkpoints, images):
    one, other = (Captioner(checkpoints / kind) for kind in ("phoblip", "pretraining"))
    assert other.model.generation_config.max_new_tokens is None  # it was not made to write
    one.model.generation_config.max_new_tokens = MAX_TOKENS
    assert one.describe_all(images[:2]) == other.describe_all(images[:2])


def test_a_checkpoint_that_only_compares_is_refused(checkpoints):
    with pytest.raises(EncoderError, match="lacks .* weights of PhoBLIPForConditionalGeneration"):
        Captioner(checkpoints / "matcher")


def test_equal_captions_count_once_and_empty_ones_only_alone():
    captions = [Caption("a", 0.2), Caption("", 0.9), Caption("b", 0.3), Caption("a", 0.5)]
    assert best_first(captions) == [Caption("a", 0.5), Caption("b", 0.3)]
    assert best_first([Caption("", 0.1)]) == [Caption("", 0.1)]
