"""A stage that is killed between two checkpoints goes on with the same data and the same loss."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("datasets")

ROOT = Path(__file__).parent.parent
RECIPE = """
sources:
  scenes: {drawn: {train: 48, validation: 8}, size: 64}
  more: {drawn: {train: 64}, size: 64}
tokenizer: {vocab_size: 600, sources: [scenes]}
text_config: {model_type: roberta, hidden_size: 32, num_hidden_layers: 1, num_attention_heads: 2,
  intermediate_size: 64, max_position_embeddings: 72, type_vocab_size: 1}
model: {projection_dim: 16}
stages:
  - name: warm_up
    task: contrastive
    vision: test_resnet
    image_size: 64
    lock_image_tower: true
    lock_text_tower: true
    sources: {scenes: 2}
    augmentation: {min_scale: 0.5}
    arguments: &arguments {num_train_epochs: 4, per_device_train_batch_size: 16,
      learning_rate: 1.0e-3, logging_steps: 1, save_strategy: steps, save_steps: 4,
      disable_tqdm: true}
  - name: whole
    task: contrastive
    start_from: warm_up
    image_size: 64
    sources: {scenes: 1, more: 1}
    evaluate_on: {scenes: validation}
    augmentation: {min_scale: 0.5, rotation: 5, token_dropout: 0.2, typed: 0.3}
    ema_decay: 0.9
    mini_batch_size: 8
    arguments: {<<: *arguments, num_train_epochs: 2, dataloader_num_workers: 1}
"""


def start(folder: Path, name: str) -> subprocess.Popen:
    command = [sys.executable, ROOT / "scripts" / "train.py", folder / "recipe.yaml"]
    command += ["--data", folder, "--output", folder / name]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)


def losses(run: Path, stage: str) -> list[float]:
    state = json.loads((run / stage / "checkpoints" / "trainer_state.json").read_text())
    return [entry["loss"] for entry in state["log_history"] if "loss" in entry]


def kill_after(folder: Path, name: str, checkpoint: Path) -> None:
    """Start the run and kill it, by the signal that none can catch, once a checkpoint is there."""
    process = start(folder, name)
    deadline = time.monotonic() + 300
    while not (checkpoint / "trainer_state.json").exists():
        assert process.poll() is None and time.monotonic() < deadline, "it ended before it could"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


@pytest.mark.slow
def test_kill_9_in_each_stage_changes_no_loss(tmp_path: Path):
    (tmp_path / "recipe.yaml").write_text(RECIPE, encoding="utf-8")
    assert start(tmp_path, "whole_run").wait() == 0
    for stage in ("warm_up", "whole"):
        kill_after(tmp_path, "killed", tmp_path / "killed" / stage / "checkpoints" / "checkpoint-4")
    assert start(tmp_path, "killed").wait() == 0
    for stage, steps in (("warm_up", 12), ("whole", 14)):
        expected = losses(tmp_path / "whole_run", stage)
        assert len(expected) == steps
        assert losses(tmp_path / "killed", stage) == expected
    numbers = [
        json.loads((tmp_path / name / "whole" / "metrics.json").read_text())
        for name in ("whole_run", "killed")
    ]
    assert numbers[0] == numbers[1]
