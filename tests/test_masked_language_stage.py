import json
from pathlib import Path

import pytest
import torch
from tiny import tiny_model
from transformers import TrainingArguments

pytest.importorskip("datasets")

from phoclip_hf import PhoCLIPModel
from phoclip_hf.training.masked_language_stage import MaskedLanguageTrainer, guesser
from phoclip_hf.training.recipe_reading import load_recipe
from phoclip_hf.training.stages import Run, run_recipe

RECIPE = """
sources:
  scenes: {drawn: {train: 24, validation: 8}, size: 64}
tokenizer: {vocab_size: 600, sources: [scenes]}
text_config: {model_type: roberta, hidden_size: 32, num_hidden_layers: 1, num_attention_heads: 2,
  intermediate_size: 64, max_position_embeddings: 72, type_vocab_size: 1}
model: {projection_dim: 16}
stages:
  - name: reading
    task: masked_language
    vision: test_resnet
    image_size: 64
    sources: {scenes: 2}
    evaluate_on: {scenes: validation}
    arguments: {num_train_epochs: 3, per_device_train_batch_size: 16, learning_rate: 3.0e-3,
      eval_strategy: epoch, logging_steps: 1, disable_tqdm: true}
"""


def test_the_guesser_shares_its_encoder_and_its_words_with_the_text_tower():
    model = tiny_model()
    masked = guesser(model)
    assert masked.roberta is model.text_model
    words = model.text_model.get_input_embeddings().weight
    assert masked.get_output_embeddings().weight is words


def test_the_head_sees_the_left_out_tokens_alone_and_the_loss_is_the_same(tmp_path: Path):
    masked = guesser(tiny_model()).eval()
    input_ids = torch.tensor([[0, 5, 6, 7, 2], [0, 8, 2, 1, 1]])
    labels = torch.tensor([[-100, 9, -100, 7, -100], [-100, 8, -100, -100, -100]])
    inputs = {"input_ids": input_ids, "attention_mask": (input_ids != 1).long(), "labels": labels}
    arguments = TrainingArguments(tmp_path, use_cpu=True, report_to=[])
    trainer = MaskedLanguageTrainer(masked, arguments)
    loss, output = trainer.compute_loss(masked, inputs, return_outputs=True)
    whole = masked(**inputs)
    torch.testing.assert_close(loss, whole.loss)
    torch.testing.assert_close(output["logits"][0], whole.logits[labels != -100])


@pytest.mark.slow
def test_the_text_tower_learns_and_a_whole_model_is_kept(tmp_path: Path):
    path = tmp_path / "recipe.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    run = Run(load_recipe(path), tmp_path, tmp_path / "run")
    run_recipe(run)
    metrics = json.loads((run.folder("reading") / "metrics.json").read_text())
    assert metrics["eval_scenes_loss"] < 6.2  # ln(600) = 6.4 is what guessing blindly costs
    assert metrics["eval_scenes_perplexity"] == pytest.approx(
        2.718281828 ** metrics["eval_scenes_loss"], rel=1e-6
    )
    model = PhoCLIPModel.from_pretrained(run.folder("reading")).eval()
    ids = run.tokenizer(["một con mèo"], return_tensors="pt")["input_ids"]
    with torch.no_grad():
        assert model.get_text_features(ids).pooler_output.shape == (1, 16)
    assert (run.folder("reading") / "curves.png").stat().st_size > 1000
