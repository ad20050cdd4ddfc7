"""The BLIP stage on drawn scenes: the losses fall, a killed run goes on, one folder serves all."""

import json
import shutil
from pathlib import Path

import pytest
import torch

pytest.importorskip("datasets")

from transformers import AutoModel, AutoModelForImageTextToText, AutoProcessor

from phoclip_hf import PhoBLIPForPreTraining
from phoclip_hf.training.blip_stage import KnownPictures
from phoclip_hf.training.recipe_reading import load_recipe
from phoclip_hf.training.stages import Run, run_recipe

RECIPE = """
sources:
  scenes: {drawn: {train: 96, validation: 32}, size: 64}
tokenizer: {vocab_size: 400, sources: [scenes]}
text_config:
  model_type: roberta
  hidden_size: 64
  num_hidden_layers: 1
  num_attention_heads: 2
  intermediate_size: 128
  max_position_embeddings: 72
  type_vocab_size: 1
model: {projection_dim: 32, text_pooling: mean}
stages:
  - name: phoblip
    task: blip
    vision: test_efficientnet
    image_size: 64
    sources: {scenes: 1}
    evaluate_on: {scenes: validation}
    model: {queue_size: 64, soft_label_warmup_steps: 20}
    arguments:
      num_train_epochs: EPOCHS
      per_device_train_batch_size: 16
      learning_rate: 3.0e-3
      eval_strategy: epoch
      logging_steps: 6
"""


def recipe(tmp_path: Path, epochs: int) -> Run:
    path = tmp_path / f"{epochs}.yaml"
    path.write_text(RECIPE.replace("EPOCHS", str(epochs)))
    return Run(load_recipe(path), Path("."), tmp_path / "run")


class Source(list):
    def draw(self, row: int, seed: int) -> dict[str, int]:
        return {"row": row, "seed": seed}


def test_every_picture_of_every_source_has_an_id_of_its_own():
    from phoclip_hf.data.batches import Draw

    mixture = KnownPictures([Source(range(3)), Source(range(2))])
    rows = [mixture[Draw(source, row, 7)] for source, row in ((0, 0), (0, 2), (1, 0), (1, 1))]
    assert [row["image_id"] for row in rows] == [0, 2, 3, 4]


@pytest.mark.slow
def test_losses_fall_and_one_folder_serves_all(tmp_path: Path):
    epochs = 12
    run = recipe(tmp_path, epochs)
    run_recipe(run)
    folder = run.folder("phoblip")
    history = json.loads((folder / "checkpoints" / "trainer_state.json").read_text())["log_history"]
    steps = [entry for entry in history if "lm_loss" in entry]
    for name in ("loss", "itm_loss", "lm_loss"):
        assert steps[-1][name] < steps[0][name], name
    measured = [entry["eval_scenes_loss"] for entry in history if "eval_scenes_loss" in entry]
    assert measured[-1] < measured[0]

    whole = PhoBLIPForPreTraining.from_pretrained(folder)
    assert whole.momentum.steps == epochs * 6 and whole.queue.pushed == epochs * 96
    # a queue of 64 holds the last 64 of the 96 pictures of an epoch, each once
    assert len(set(whole.queue.image_ids.tolist())) == 64
    processor = AutoProcessor.from_pretrained(folder)
    assert len(run.tokenizer) == len(processor.tokenizer) - 2
    table = run.table("scenes", "validation")
    inputs = processor(
        images=table[0]["image"], text=[table[0]["captions"][0]], return_tensors="pt"
    )
    judge = AutoModel.from_pretrained(folder).eval()
    with torch.no_grad():
        matching = judge(**inputs)
    assert matching.matching_scores.shape == (1,)
    # The contrastive loss itself grows at first, with the queue. What it teaches: how often a
    # caption is nearer to its own scene than to another, one in two without learning.
    seen = run.table("scenes", "train")[:48]
    texts = [captions[0] for captions in seen["captions"]]
    pairs = processor(images=seen["image"], text=texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        logits = judge(**pairs, return_matching=False).logits_per_text
    own = logits.diagonal()[:, None]
    nearer = (own > logits).float().sum(dim=1) / (len(texts) - 1)
    assert nearer.mean() > 0.65
    writer = AutoModelForImageTextToText.from_pretrained(folder)
    ids = writer.generate(pixel_values=inputs["pixel_values"], max_new_tokens=6)
    assert isinstance(processor.batch_decode(ids, skip_special_tokens=True)[0], str)


@pytest.mark.slow
def test_a_killed_run_goes_on_with_its_queue(tmp_path: Path):
    for name in ("straight", "killed"):
        (tmp_path / name).mkdir()
    straight, killed = recipe(tmp_path / "straight", 2), recipe(tmp_path / "killed", 2)
    run_recipe(straight)
    shutil.copytree(straight.output, killed.output)
    (killed.folder("phoblip") / "done").unlink()
    checkpoints = killed.folder("phoblip") / "checkpoints"
    shutil.rmtree(checkpoints / "checkpoint-12")  # as if it had been killed in the second epoch
    assert [folder.name for folder in checkpoints.glob("checkpoint-*")] == ["checkpoint-6"]
    run_recipe(killed)
    first = PhoBLIPForPreTraining.from_pretrained(straight.folder("phoblip")).state_dict()
    second = PhoBLIPForPreTraining.from_pretrained(killed.folder("phoblip")).state_dict()
    for name, value in first.items():
        torch.testing.assert_close(second[name], value, msg=name)
