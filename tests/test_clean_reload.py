"""A staged folder must answer the same to a stranger, whose machine lacks this package."""

from pathlib import Path

import pytest
import torch
from saved_checkpoints import (  # noqa: F401
    saved_fixture,
    trained_fixture,
)
from tiny_phoblip import blip_processor, tiny_blip

from phoclip_hf.hub.clean_reload import check_embeds, compare, questions
from phoclip_hf.hub.probe import answer
from phoclip_hf.hub.publishing import stage_checkpoint
from phoclip_hf.hub.refusal import Refused


def test_answers_that_differ_are_refused():
    here = {"logits_per_image": torch.ones(2, 3), "input_ids": torch.ones(2, 3, dtype=torch.long)}
    compare(here, {"logits_per_image": torch.ones(2, 3) + 5e-6})
    for there, reason in (
        ({"logits_per_image": torch.ones(2, 3) + 2e-5}, "differs by 2e-05"),
        ({"logits_per_image": torch.full((2, 3), float("nan"))}, "differs by nan"),
        ({"logits_per_image": torch.ones(3, 3)}, r"is \(3, 3\), here \(2, 3\)"),
        ({"input_ids": torch.zeros(2, 3, dtype=torch.long)}, "input_ids differs by 1"),
    ):
        with pytest.raises(Refused, match=reason):
            compare(here, there)
    with pytest.raises(Refused, match="collapsed"):
        check_embeds(torch.eye(4)[[0, 0, 0]], "pictures")
    with pytest.raises(Refused, match="expected 1"):
        check_embeds(2 * torch.eye(4), "pictures")


@pytest.mark.slow
@pytest.mark.timeout(2000)
def test_code_that_answers_otherwise_is_refused(trained: Path, tmp_path: Path):
    path = trained / "modeling_phoclip.py"
    code = path.read_text()
    altered = code.replace("text_embeds.t() * logit_scale", "text_embeds.t() * logit_scale * 1.01")
    assert altered != code
    path.write_text(altered)
    with pytest.raises(Refused, match="logits_per_image differs by"):
        stage_checkpoint(trained, tmp_path / "staging", lambda line: None)


@pytest.mark.slow
@pytest.mark.timeout(2000)
def test_a_captioner_passes_every_check(saved: Path, tmp_path: Path):
    lines: list[str] = []
    staged = stage_checkpoint(saved / "phocap", tmp_path / "staging", lines.append)
    assert "clean process: loads without phoclip_hf and answers the same" in lines
    assert "modules.json" not in staged.files  # a captioner is no SentenceTransformer
    assert staged.files["model.safetensors"] > 0


@pytest.mark.slow
@pytest.mark.timeout(2000)
def test_a_phoblip_searches_and_writes_alike_there(tmp_path: Path):
    tiny_blip().save_pretrained(tmp_path / "phoblip")  # of pre-training: momentum and queue too
    blip_processor().save_pretrained(tmp_path / "phoblip")
    lines: list[str] = []
    staged = stage_checkpoint(tmp_path / "phoblip", tmp_path / "staging", lines.append)
    assert "clean process: loads without phoclip_hf and answers the same" in lines
    names = [type(model).__name__ for model in staged.models]
    assert names == ["PhoBLIPForImageTextRetrieval", "PhoBLIPForConditionalGeneration"]
    images, texts = questions()
    found = [answer(model, staged.processor, images, texts) for model in staged.models]
    assert {"image_embeds", "matching_logits"} <= found[0].keys()
    assert {"caption_logits", "captions"} <= found[1].keys()
