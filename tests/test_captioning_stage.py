"""The captioning and language-modelling stages: any language model, frozen or not, and captions
that stand for their pictures."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("datasets")

from datasets import Dataset
from saved_checkpoints import saved_fixture  # noqa: F401
from tiny import CAPTIONS, IMAGE_SIZE, tiny_like_clip, tiny_tokenizer
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import (
    AutoModelForImageTextToText,
    AutoProcessor,
    CLIPImageProcessor,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedTokenizerFast,
)

from phoclip_hf import PhoCapForConditionalGeneration
from phoclip_hf.data.captions import tokenize
from phoclip_hf.training.captioning_data import CaptionCollator, EmbeddedCaptions, cut
from phoclip_hf.training.language_modeling_stage import TextCollator
from phoclip_hf.training.recipe_reading import load_recipe
from phoclip_hf.training.stages import Run, run_recipe

GPT2 = "{model_type: gpt2, n_embd: 32, n_layer: 1, n_head: 2, n_positions: 96, bos_token_id: 0, pad_token_id: 1, eos_token_id: 2}"  # noqa: E501


def run_of(tmp_path: Path, saved: Path, stages: str) -> Run:
    """Run stages over drawn scenes and, as `words`, captions that have no pictures."""
    (tmp_path / "words").mkdir()
    captions = [[text] for text in CAPTIONS]
    Dataset.from_dict({"captions": captions}).to_parquet(tmp_path / "words" / "train.parquet")
    path = tmp_path / "recipe.yaml"
    path.write_text(
        "sources:\n"
        "  scenes: {drawn: {train: 24, validation: 8}, size: 64}\n"
        "  words: {path: words}\n"
        f"tokenizer: {{pretrained: {saved / 'phoclip'}}}\n" + stages.replace("SAVED", str(saved)),
        encoding="utf-8",
    )
    run = Run(load_recipe(path), tmp_path, tmp_path / "run")
    run_recipe(run)
    return run


ARGUMENTS = "arguments: {num_train_epochs: 2, per_device_train_batch_size: 8, learning_rate: 3.0e-3, eval_strategy: epoch, logging_steps: 2}"  # noqa: E501


@pytest.mark.slow
def test_a_language_model_reads_and_stays_as_it_is_while_a_mapping_learns(
    saved: Path, tmp_path: Path
):
    run = run_of(
        tmp_path,
        saved,
        f"""
stages:
  - name: words
    task: language_modeling
    sources: {{words: 4, scenes: 1}}
    evaluate_on: {{scenes: validation}}
    model: {{text_config: {GPT2}}}
    {ARGUMENTS}
  - name: prefix
    task: captioning
    start_from: SAVED/phoclip
    text: words
    frozen: [language_model]
    image_size: {IMAGE_SIZE}
    sources: {{scenes: 2, words: 1}}
    evaluate_on: {{scenes: validation}}
    caption_share: 0.25
    model:
      {{mapping_type: transformer, mapping_num_layers: 1, mapping_num_heads: 2, prefix_length: 4}}
    {ARGUMENTS}
  - name: further
    task: captioning
    start_from: prefix
    image_size: {IMAGE_SIZE}
    sources: {{scenes: 1}}
    evaluate_on: {{scenes: validation}}
    {ARGUMENTS}
""",
    )
    read = json.loads((run.folder("words") / "metrics.json").read_text())
    assert read["eval_scenes_perplexity"] == pytest.approx(np.exp(read["eval_scenes_loss"]))
    assert read["eval_scenes_loss"] < np.log(len(run.tokenizer))
    words = GPT2LMHeadModel.from_pretrained(run.folder("words"))
    prefix = PhoCapForConditionalGeneration.from_pretrained(run.folder("prefix"))
    torch.testing.assert_close(prefix.language_model.state_dict(), words.state_dict())
    further = PhoCapForConditionalGeneration.from_pretrained(run.folder("further"))
    assert further.config.mapping_type == "transformer"
    assert not torch.equal(further.mapping.constants, prefix.mapping.constants)
    losses = [
        json.loads((run.folder(name) / "metrics.json").read_text())["eval_scenes_loss"]
        for name in ("prefix", "further")
    ]
    assert losses[1] < losses[0]  # with the language model learning too


@pytest.mark.slow
def test_another_language_model_and_another_image_model(saved: Path, tmp_path: Path):
    tiny_like_clip().save_pretrained(tmp_path / "clip")
    crop = {"height": IMAGE_SIZE, "width": IMAGE_SIZE}
    CLIPImageProcessor(size={"shortest_edge": IMAGE_SIZE}, crop_size=crop).save_pretrained(
        tmp_path / "clip"
    )
    tokenizer = gpt2_tokenizer()
    tokenizer.save_pretrained(tmp_path / "gpt2")
    end = tokenizer.eos_token_id
    config = GPT2Config(
        vocab_size=len(tokenizer),
        n_embd=32,
        n_layer=1,
        n_head=2,
        n_positions=96,
        bos_token_id=end,
        eos_token_id=end,
    )
    GPT2LMHeadModel(config).save_pretrained(tmp_path / "gpt2")
    run = run_of(
        tmp_path,
        saved,
        f"""
stages:
  - name: captioner
    task: captioning
    vision: clip
    text: gpt2
    image_size: {IMAGE_SIZE}
    sources: {{scenes: 1}}
    evaluate_on: {{scenes: validation}}
    {ARGUMENTS}
""",
    )
    model = AutoModelForImageTextToText.from_pretrained(run.folder("captioner"))
    processor = AutoProcessor.from_pretrained(run.folder("captioner"))
    image = run.table("scenes", "validation")[0]["image"]
    ids = model.generate(**processor(images=image, return_tensors="pt"), max_new_tokens=8)
    caption = processor.batch_decode(ids, skip_special_tokens=True)[0]
    assert caption and "</s>" not in caption


def gpt2_tokenizer() -> PreTrainedTokenizerFast:
    """As OpenAI's GPT-2 has it: byte pairs of bytes, one token for both ends, none for padding."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(CAPTIONS, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<|endoftext|>", eos_token="<|endoftext|>"
    )


def test_every_caption_has_a_begin_and_an_end():
    texts = [["con mèo", ""], ["xe_máy"]]
    ours = tokenize(texts, tiny_tokenizer(), is_segmented=True)
    assert all(ids[0] == 0 and ids[-1] == 2 and ids.count(0) == 1 for own in ours for ids in own)
    theirs = gpt2_tokenizer()
    end = theirs.eos_token_id
    first, second = tokenize(texts, theirs, is_segmented=True)
    assert first[0] == [end, *theirs("con mèo")["input_ids"], end]
    assert first[1] == [end, end]
    assert second[0] == [end, *theirs("xe máy")["input_ids"], end]


def test_the_end_costs_and_padding_does_not_where_both_are_one_token():
    tokenizer = gpt2_tokenizer()
    tokenizer.pad_token = tokenizer.eos_token
    end = tokenizer.eos_token_id
    batch = TextCollator(tokenizer)([{"input_ids": [end, 9, end]}, {"input_ids": [end, end]}])
    assert batch["labels"].tolist() == [[end, 9, end], [end, end, -100]]


def test_a_caption_stands_for_its_picture_as_often_as_asked():
    captions = [[[0, 5, 2], [0, 6, 2]]]
    image_embeds = np.full((1, 3, 4), 7.0, np.float32)
    image_embeds[0, 1:] = 8.0
    text_embeds = [np.stack([np.full(4, 5.0), np.full(4, 6.0)])]
    sides = [[False, True]]
    rows = EmbeddedCaptions(captions, image_embeds, sides, text_embeds, 0.25)
    drawn = [rows[0] for _ in range(2000)]
    by_caption = [row for row in drawn if row["image_embeds"][0] < 7]
    assert 0.2 < len(by_caption) / len(drawn) < 0.3
    assert all(row["image_embeds"][0] == row["input_ids"][1] for row in by_caption)
    # A caption that says left or right goes with the picture as it is.
    seen = {(row["input_ids"][1], row["image_embeds"][0].item()) for row in drawn}
    assert seen == {(5, 5.0), (6, 6.0), (5, 7.0), (5, 8.0), (6, 7.0)}
    without = EmbeddedCaptions(captions, None, sides, text_embeds)
    assert {without[0]["image_embeds"][0].item() for _ in range(50)} == {5.0, 6.0}


@pytest.mark.parametrize("with_pictures", [True, False])
def test_validation_reads_every_caption_once_and_unperturbed(with_pictures: bool):
    captions = [[[0, 5, 2], [0, 6, 2]], [[0, 7, 2]]]
    image_embeds = np.array([[[1.0], [9.0]], [[2.0], [9.0]]], np.float32)
    text_embeds = [np.array([[5.0], [6.0]]), np.array([[7.0]])]
    sides = [[False, False], [False]]
    pictures = image_embeds if with_pictures else None
    rows = EmbeddedCaptions(captions, pictures, sides, text_embeds, 0.5, noise=0.3).one_by_one()
    for _ in range(5):
        read = [(row["input_ids"][1], row["image_embeds"].item()) for row in rows]
        expected = [1.0, 1.0, 2.0] if with_pictures else [5.0, 6.0, 7.0]
        assert read == list(zip([5, 6, 7], expected, strict=True))


def test_captions_that_are_too_long_keep_their_end(capsys: pytest.CaptureFixture[str]):
    assert cut([[[0, 5, 6, 7, 2], [0, 5, 2]]], 4) == [[[0, 5, 6, 2], [0, 5, 2]]]
    assert capsys.readouterr().out.startswith("1 captions have more than 4 tokens")


def test_noise_is_relative_to_an_embeddings_length():
    torch.manual_seed(0)
    image_embeds = np.full((1, 1, 400), 10.0, np.float32)  # 200 long
    rows = EmbeddedCaptions([[[0, 5, 2]]], image_embeds, [[False]], noise=0.3)
    batch = CaptionCollator(tiny_tokenizer())([rows[0] for _ in range(50)])
    spread = (batch["image_embeds"] - 10.0).norm(dim=1) / 200.0
    assert spread.mean().item() == pytest.approx(0.3, rel=0.05)
