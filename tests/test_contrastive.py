from pathlib import Path

import pytest
import torch
from tiny import CAPTIONS, tiny_model, tiny_processor, tiny_tokenizer

pytest.importorskip("datasets")

from datasets import Dataset
from PIL import Image
from torch import nn
from transformers import EarlyStoppingCallback, TrainingArguments

from phoclip_hf.data.batches import Mixture
from phoclip_hf.data.captions import CaptionedPictures
from phoclip_hf.data.collation import ContrastiveCollator
from phoclip_hf.training.contrastive import ContrastiveTrainer
from phoclip_hf.training.still import batch_norms, keep_still

COLOURS = ("red", "green", "blue", "yellow", "black", "white")


def pictures() -> CaptionedPictures:
    table = Dataset.from_dict(
        {
            "image": [Image.new("RGB", (64, 64), colour) for colour in COLOURS],
            "captions": [[caption] for caption in CAPTIONS],
        }
    )
    return CaptionedPictures(table, tiny_tokenizer(), image_size=64)


def trainer(folder: Path, model=None, callbacks=None, arguments=None, **options):
    settings = {
        "output_dir": str(folder),
        "per_device_train_batch_size": 6,
        "num_train_epochs": 8,
        "learning_rate": 3e-3,
        "logging_steps": 1,
        "remove_unused_columns": False,
        "use_cpu": True,
        "report_to": [],
        "disable_tqdm": True,
        "save_strategy": "no",
    }
    model = model or tiny_model()
    keep_still(batch_norms(model.vision_model))  # few pictures say little about statistics
    return ContrastiveTrainer(
        model,
        TrainingArguments(**settings | (arguments or {})),
        data_collator=ContrastiveCollator(tiny_tokenizer(), [0.5] * 3, [0.5] * 3),
        train_dataset=Mixture([pictures()]),
        eval_dataset=pictures(),
        processing_class=tiny_processor(),
        callbacks=callbacks,
        **options,
    )


@pytest.mark.parametrize("loss", ["softmax", "sigmoid", "soft_target"])
def test_each_loss_falls(tmp_path: Path, loss: str):
    model = tiny_model(logit_bias_init_value=-5.0 if loss == "sigmoid" else None)
    arguments = {"num_train_epochs": 20, "learning_rate": 1e-3, "warmup_steps": 3}
    learner = trainer(tmp_path, model, loss=loss, arguments=arguments)
    batch = learner.data_collator([pictures().draw(row, row) for row in range(len(CAPTIONS))])

    def cost() -> float:
        with torch.no_grad():
            return learner.compute_loss(model.eval(), batch).item()

    before = cost()
    learner.train()
    assert cost() < before - 0.1
    logged = [entry for entry in learner.state.log_history if "loss" in entry]
    assert all(entry["samples_per_second"] > 0 and "grad_norm" in entry for entry in logged)


@pytest.mark.parametrize("mini_batch_size", [None, 3])
def test_both_towers_compute_in_the_precision_asked_for(tmp_path: Path, mini_batch_size):
    learner = trainer(
        tmp_path, mini_batch_size=mini_batch_size, arguments={"bf16": True, "max_steps": 2}
    )
    model, seen = learner.model, {"images": set(), "texts": set()}
    parts = {"images": model.vision_model, "texts": model.text_model.encoder.layer[0].output.dense}
    for name, part in parts.items():
        layer = [m for m in part.modules() if isinstance(m, (nn.Conv2d, nn.Linear))][-1]
        layer.register_forward_hook(lambda *call, name=name: seen[name].add(call[-1].dtype))
    learner.train()
    assert seen == {"images": {torch.bfloat16}, "texts": {torch.bfloat16}}
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}


def test_the_average_is_measured_on_the_way_and_kept(tmp_path: Path):
    learner = trainer(tmp_path, ema_decay=0.5)
    learner.train()
    kept = {name: value.clone() for name, value in learner.model.named_parameters()}
    # What was the last step's is now in the average's place, and differs.
    assert any(
        not torch.equal(kept[name], last)
        for name, last in learner.ema.average.items()
        if name in kept
    )


def test_it_stops_when_recall_does_not_rise_and_keeps_the_best(tmp_path: Path):
    arguments = {
        "num_train_epochs": 40,
        "learning_rate": 1e-9,  # nothing is learned: the first evaluation stays the best
        "eval_strategy": "epoch",
        "save_strategy": "epoch",
        "save_total_limit": 1,
        "load_best_model_at_end": True,
        "metric_for_best_model": "mean_recall",
        "greater_is_better": True,
    }
    learner = trainer(
        tmp_path, callbacks=[EarlyStoppingCallback(3)], arguments=arguments, ema_decay=0.9
    )
    learner.train()
    assert learner.state.global_step == 4
    assert learner.state.best_global_step == 1


def test_a_fixed_temperature_stays_and_a_learned_one_is_clamped(tmp_path: Path):
    model = tiny_model(logit_scale_init_value=9.0)
    model.logit_scale.requires_grad_(False)
    trainer(tmp_path, model, arguments={"num_train_epochs": 1}).train()
    assert model.logit_scale.exp().item() == pytest.approx(100)
    model = tiny_model()
    model.logit_scale.requires_grad_(False)
    before = model.logit_scale.item()
    trainer(tmp_path, model, arguments={"num_train_epochs": 2}).train()
    assert model.logit_scale.item() == before
