"""scripts/train.py under torchrun: two processes train as one does with a batch twice as large."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("datasets")

ROOT = Path(__file__).parent.parent
# No dropout and no norm over the batch: nothing is drawn but what the sampler draws.
RECIPE = """
sources:
  scenes: {{drawn: {{train: 48, validation: 8}}, size: 64}}
tokenizer: {{vocab_size: 600, sources: [scenes]}}
text_config: {{model_type: roberta, hidden_size: 32, num_hidden_layers: 1, num_attention_heads: 2,
  intermediate_size: 64, max_position_embeddings: 72, type_vocab_size: 1,
  hidden_dropout_prob: 0.0, attention_probs_dropout_prob: 0.0}}
model: {{projection_dim: 16, projection_dropout: 0.0}}
stages:
  - name: first
    task: contrastive
    vision: test_resnet
    image_size: 64
    lock_image_tower: true
    sources: {{scenes: 2}}
    arguments: &arguments {{num_train_epochs: 2, per_device_train_batch_size: {batch},
      learning_rate: 1.0e-3, logging_steps: 1, disable_tqdm: true}}
  - name: second
    task: contrastive
    start_from: first
    image_size: 64
    sources: {{scenes: 1}}
    evaluate_on: {{scenes: validation}}
    freeze_batch_norm: true
    mini_batch_size: {chunk}
    arguments: *arguments
"""


def losses(folder: Path, batch: int, chunk: int, launcher: list[str]) -> dict[str, list[float]]:
    folder.mkdir()
    recipe = folder / "recipe.yaml"
    recipe.write_text(RECIPE.format(batch=batch, chunk=chunk), encoding="utf-8")
    command = [*launcher, ROOT / "scripts" / "train.py", recipe, "--output", folder / "run"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    logs = {}
    for stage in ("first", "second"):
        file = folder / "run" / stage / "checkpoints" / "trainer_state.json"
        history = json.loads(file.read_text())["log_history"]
        logs[stage] = [entry["loss"] for entry in history if "loss" in entry]
    logs["recall"] = json.loads((folder / "run" / "second" / "metrics.json").read_text())
    return logs


@pytest.mark.slow
def test_two_processes_train_as_one(tmp_path: Path):
    one = losses(tmp_path / "one", 16, 16, [sys.executable])
    torchrun = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node",
        "2",
    ]
    two = losses(tmp_path / "two", 8, 4, torchrun)
    for stage in ("first", "second"):
        assert len(two[stage]) == 6
        assert two[stage] == pytest.approx(one[stage], abs=2e-4)
    assert two["recall"] == pytest.approx(one["recall"], abs=0.05)
