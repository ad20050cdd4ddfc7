"""Cards: a run's own numbers in metadata and tables, both languages, refused without numbers."""

import json
import unicodedata
from pathlib import Path

import pytest
from huggingface_hub import ModelCard
from tiny import tiny_captioner, tiny_model, tiny_processor
from tiny_phoblip import blip_processor, tiny_matcher, tiny_writer

from phoclip_hf.hub.card_facts import CardFacts, load_facts
from phoclip_hf.hub.card_tables import read_results, read_stages, results_table, stages_table, title
from phoclip_hf.hub.model_card import checkpoint_card, render_card
from phoclip_hf.hub.refusal import Refused

RETRIEVAL = {"t2i_r1": 0.0918, "t2i_r5": 0.2633, "t2i_r10": 0.3831, "t2i_queries": 4999}


def write(folder: Path, metrics: dict) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    return folder


def test_results_are_read_by_name_with_and_without_duplicates(tmp_path: Path):
    first = write(tmp_path / "flickr8k_vi", RETRIEVAL | {"tokenization": "words", "dropped": 3})
    second = write(tmp_path / "b", {"top1": 0.5, "deduplicated": {"top1": 0.25}})
    results = read_results([str(first), f"sports={second}"])
    assert results == {
        "flickr8k_vi": RETRIEVAL | {"dropped": 3},
        "sports": {"top1": 0.5},
        "sports (deduplicated)": {"top1": 0.25},
    }
    with pytest.raises(Refused, match="no metrics.json"):
        read_results([str(tmp_path)])
    with pytest.raises(Refused, match="Two results are named 'sports'"):
        read_results([f"sports={first}", f"sports={second}"])


def test_numbers_of_another_checkpoint_are_refused(tmp_path: Path):
    folder = str(write(tmp_path / "a", RETRIEVAL | {"checkpoint": "blake2b:1"}))
    assert read_results([folder], "blake2b:1") == {"a": RETRIEVAL}
    with pytest.raises(Refused, match="measured another checkpoint"):
        read_results([folder], "blake2b:2")


def test_tables():
    shown = results_table(
        {"a|b": RETRIEVAL, "z": {"top1": 0.5}, "c": {"bleu_1": 0.3, "cider_d": 1}}
    )
    assert shown.split("\n\n") == [
        "| test set | T2I R@1 | T2I R@5 | T2I R@10 |\n| --- | --- | --- | --- |\n"
        "| a\\|b | 9.2 | 26.3 | 38.3 |",
        "| test set | top-1 |\n| --- | --- |\n| z | 50.0 |",
        "| test set | BLEU-1 | CIDEr-D |\n| --- | --- | --- |\n| c | 30.0 | 1.000 |",
    ]
    assert title("i2t_r5") == "I2T R@5" and title("mean_recall") == "mean recall"
    stages = {
        "teacher": {"eval_flickr8k_vi_t2i_r10": 0.558, "eval_flickr8k_vi_t2i_r1": 0.2},
        "distil": {"epoch": 3.0},
        "finetune": {"eval_flickr8k_vi_loss": 1.25, "eval_flickr8k_vi_t2i_r10": 0.498},
    }
    assert stages_table(stages).splitlines() == [
        "| stage | flickr8k_vi T2I R@10 | flickr8k_vi loss |",
        "| --- | --- | --- |",
        "| teacher | 55.8 |  |",
        "| finetune | 49.8 | 1.250 |",
    ]
    assert stages_table({}) == ""


def test_stages_come_from_the_folders_beside(tmp_path: Path):
    for index, name in enumerate(("teacher", "phoclip")):
        write(tmp_path / name, {"eval_loss": index + 0.5})
    assert read_stages(tmp_path / "phoclip") == {"phoclip": {"eval_loss": 1.5}}
    order = ["teacher", "absent", "phoclip"]
    assert list(read_stages(tmp_path / "phoclip", order)) == ["teacher", "phoclip"]


def test_a_card_reports_what_was_measured():
    facts = CardFacts(
        license="cc-by-nc-4.0",
        terms="Research only.",
        terms_vi="Chỉ dành cho nghiên cứu.",
        datasets=["Skyler215/KTVIC"],
        data=[{"name": "KTVIC", "what": "3,769 photos", "terms": "research"}],
        limits=["It knows no birds."],
        limits_vi=["Mô hình không biết các loài chim."],
        command="python scripts/train.py run.yaml",
    )
    results = {"ktvic": RETRIEVAL, "ktvic (deduplicated)": {"t2i_r1": 0.08}}
    stages = {"phoclip": {"eval_ktvic_t2i_r10": 0.5}}
    text = checkpoint_card([tiny_model()], tiny_processor(), "org/phoclip", results, stages, facts)
    card = ModelCard(text)
    assert card.data.license == "cc-by-nc-4.0" and card.data.datasets == ["Skyler215/KTVIC"]
    assert card.data.pipeline_tag == "zero-shot-image-classification"
    indexed = {(r.dataset_name, r.metric_type): r.metric_value for r in card.data.eval_results}
    assert indexed == {
        ("ktvic", "t2i_r1"): 0.0918,
        ("ktvic", "t2i_r5"): 0.2633,
        ("ktvic", "t2i_r10"): 0.3831,
        ("ktvic (deduplicated)", "t2i_r1"): 0.08,
    }
    for part in (
        'AutoModel.from_pretrained("org/phoclip", trust_remote_code=True)',
        'SentenceTransformer("org/phoclip", trust_remote_code=True)',
        "| ktvic | 9.2 | 26.3 | 38.3 |",
        "| phoclip | 50.0 |",
        "| KTVIC | 3,769 photos | research |",
        "* It knows no birds.",
        "* Mô hình không biết các loài chim.",
        "Research only.",
        "Chỉ dành cho nghiên cứu.",
        "python scripts/train.py run.yaml",
        "64 × 64 pixels",
        "16\ndimensions",
    ):
        assert part in text, part
    assert "{{" not in text and "None" not in text and text == unicodedata.normalize("NFC", text)


def test_a_captioner_card_falls_back_on_its_loss():
    stages = {"phocap": {"eval_scenes_loss": 1.25}}
    text = checkpoint_card([tiny_captioner()], tiny_processor(), "org/phocap", {}, stages)
    card = ModelCard(text)
    assert card.data.pipeline_tag == "image-text-to-text"
    (result,) = card.data.eval_results
    assert (result.dataset_name, result.metric_type) == ("scenes validation", "loss")
    assert result.metric_value == 1.25 and "| phocap | 1.250 |" in text
    assert "SentenceTransformer" not in text and "was not recorded" in text


def test_a_phoblip_card_counts_what_its_two_models_share_once():
    models = [tiny_matcher(), tiny_writer()]
    results = {"photos": {"t2i_r1": 0.25, "cider_d": 0.5}}
    text = checkpoint_card(models, blip_processor(), "org/phoblip", results)
    names = {name: p.numel() for model in models for name, p in model.named_parameters()}
    assert sum(names.values()) < sum(p.numel() for model in models for p in model.parameters())
    assert f"({sum(names.values()) / 1e6:.1f} million parameters" in text
    assert ModelCard(text).data.pipeline_tag == "image-text-to-text"
    assert "AutoModelForImageTextToText" in text and "matching_scores" in text
    assert "| photos | 25.0 |" in text and "| photos | 0.500 |" in text
    assert "{{" not in text and text == unicodedata.normalize("NFC", text)


def test_the_cards_of_the_shipped_checkpoints_still_render():
    recipes = Path(__file__).resolve().parent.parent / "scripts" / "recipes"
    keys = [f"{way}_r{k}" for way in ("t2i", "i2t") for k in (1, 5, 10)]
    photos = ("flickr8k_vi", "flickr8k_vi without diacritics", "capydata_vi")
    sets = (*photos, "capydata_vi (deduplicated)", "scenes")
    results = {name: dict.fromkeys(keys, 0.5) for name in sets}
    sizes = {"classes": 15, "images": 277, "templates": 52}
    results["capydata_vi sports"] = {"top1": 0.5, "top5": 0.75} | sizes
    tower = render_card(
        recipes / "phoclip-mini_card.jinja",
        "phoclip-mini",
        "zero-shot-image-classification",
        results,
        stages={"teacher": {"eval_flickr8k_vi_t2i_r10": 0.558}},
        parameters="7.5 million",
    )
    assert "| scenes | 50.0 |" in tower and "| teacher | 55.8 |  |" in tower
    captioner = render_card(
        recipes / "phocap-mini_card.jinja",
        "phocap-mini",
        "image-text-to-text",
        {
            "flickr8k_vi validation": {"loss": 1.5},
            "flickr8k_vi": {
                **dict.fromkeys(("bleu_1", "bleu_2", "bleu_3", "bleu_4", "rouge_l"), 0.25),
                **{"cider_d": 0.5, "captions": 200},
            },
        },
        captions=["một con chó"],
        parameters="9.2 million",
    )
    assert "1. một con chó" in captioner and ModelCard(captioner).data.eval_results


def test_no_number_no_card():
    with pytest.raises(ValueError, match="measure it first"):
        checkpoint_card([tiny_model()], tiny_processor(), "org/phoclip", {})
    with pytest.raises(ValueError, match="measure it first"):
        render_card("any.jinja", "a", "image-text-to-text", {})


def test_facts_are_read_strictly(tmp_path: Path):
    path = tmp_path / "facts.yaml"
    path.write_text("license: mit\nlimits: [Nhỏ]\n", encoding="utf-8")
    assert load_facts(path) == CardFacts(license="mit", limits=["Nhỏ"])
    for text, reason in (
        ("licence: mit\n", "unknown keys"),
        ("limits: one\n", "expected list"),
        ("data: [{name: a}]\n", "expected `name`, `what` and `terms`"),
        ("- a\n", "list; known keys"),
        ("a: [\n", "is no YAML"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=reason):
            load_facts(path)
