"""scripts/evaluate.py as a user runs it, on a tiny checkpoint and a few pictures."""

import csv
import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiny import CAPTIONS, tiny_captioner, tiny_model, tiny_processor
from tiny_phoblip import blip_processor, tiny_blip

from phoclip_hf.serving.captioner import Caption, Captioner
from phoclip_hf.serving.encoder import PhoCLIPEncoder
from phoclip_hf.serving.reranker import PhoBLIPReranker

datasets = pytest.importorskip("datasets")
pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "evaluate.py"
PICTURES = 6


@pytest.fixture(scope="module")
def script():
    sys.path.insert(0, str(SCRIPT.parent))  # as Python does with the folder of what it runs
    spec = importlib.util.spec_from_file_location("evaluate_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(SCRIPT.parent))


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("checkpoints")
    for name, model in (("clip", tiny_model()), ("cap", tiny_captioner())):
        model.save_pretrained(folder / name)
        tiny_processor().save_pretrained(folder / name)
    return folder / "clip", folder / "cap"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> Path:
    """A data set of six pictures, each with two captions and a label of two."""
    folder = tmp_path_factory.mktemp("pictures")
    random = np.random.default_rng(0)
    rows = [
        {
            "image": Image.fromarray(random.integers(0, 256, (48, 64, 3), np.uint8)),
            "captions": [CAPTIONS[row], CAPTIONS[row].replace(" ", "_", 1)],
            "image_id": f"p{row}",
            "label": ("chó", "mèo")[row % 2],
            "source": "test set",
        }
        for row in range(PICTURES)
    ]
    table = datasets.Dataset.from_list(rows).cast_column("image", datasets.Image())
    table.to_parquet(folder / "test.parquet")
    return folder


def run(script, monkeypatch, *words) -> dict:
    """Run the script's main on a command line and return what it wrote."""
    monkeypatch.setattr(sys, "argv", ["evaluate.py", *map(str, words)])
    script.main()
    output = Path(words[words.index("--output") + 1])
    return json.loads((output / "metrics.json").read_text(encoding="utf-8"))


def test_retrieval_full_and_deduplicated_then_from_the_cache(
    script, checkpoints, pictures, tmp_path, monkeypatch, capsys
):
    words = [checkpoints[0], "--dataset", pictures, "--task", "retrieval", "--output", tmp_path]
    metrics = run(script, monkeypatch, *words)
    assert metrics["t2i_queries"] == 2 * PICTURES and metrics["i2t_queries"] == PICTURES
    assert metrics["t2i_r10"] == 1
    for name in ("retrieval_grid.png", "embedding_plane.png"):
        assert Image.open(tmp_path / name).size[0] > 300
    table = (tmp_path / "table.md").read_text(encoding="utf-8")
    assert table in capsys.readouterr().out

    with (tmp_path / "pairs.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("a", "b", "kind", "score"), ("p0", "p3", "near", 1)])
        csv.writer(file).writerow(("p5", "elsewhere", "exact", 1))

    def refuse(*_):
        raise AssertionError("encoded again")

    monkeypatch.setattr(PhoCLIPEncoder, "encode_images", refuse)
    monkeypatch.setattr(PhoCLIPEncoder, "encode_texts", refuse)
    twice = run(script, monkeypatch, *words, "--duplicates", tmp_path / "pairs.csv")
    assert twice["dropped"] == 2
    assert twice["deduplicated"]["t2i_queries"] == 8
    assert {key: twice[key] for key in metrics} == metrics
    assert "names no picture" not in capsys.readouterr().out
    assert "| t2i_queries | 12 | 8 |" in (tmp_path / "table.md").read_text(encoding="utf-8")


def test_queries_without_diacritics(script, checkpoints, pictures, tmp_path, monkeypatch):
    words = [checkpoints[0], "--dataset", pictures, "--task", "retrieval", "--output"]
    metrics = run(script, monkeypatch, *words, tmp_path / "bare", "--without-diacritics")
    assert metrics["queries"] == "without diacritics"
    accented = run(script, monkeypatch, *words, tmp_path / "accented")
    assert "queries" not in accented
    cached = [
        next((tmp_path / name / "cache").glob("texts-*.f32")) for name in ("bare", "accented")
    ]
    assert cached[0].read_bytes() != cached[1].read_bytes()


@pytest.fixture(scope="module")
def phoblip(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("phoblip")
    tiny_blip().save_pretrained(folder)
    blip_processor().save_pretrained(folder)
    return folder


@pytest.fixture
def all_knowing(monkeypatch, pictures) -> list[tuple[int, int]]:
    """Makes the judge of pairs know each caption's picture; what it looked at, in turn."""
    table = datasets.Dataset.from_parquet(str(pictures / "test.parquet"))
    means = [np.asarray(image).mean() for image in table["image"]]
    looked = []

    def image_states(self, images):
        return np.array([[[np.asarray(image).mean()]] for image in images], np.float32)

    def log_odds(self, image_states, texts):
        rows = [int(np.abs(means - state[0, 0]).argmin()) for state in image_states]
        own = [CAPTIONS.index(text) for text in texts]
        pairs = np.broadcast_arrays(rows, own)
        looked.extend(zip(*map(list, pairs), strict=True))
        return np.where(pairs[0] == pairs[1], 5, -5).astype(np.float32)

    monkeypatch.setattr(PhoBLIPReranker, "image_states", image_states)
    monkeypatch.setattr(PhoBLIPReranker, "log_odds", log_odds)
    return looked


def test_reranking_by_a_judge_who_knows(
    script, checkpoints, phoblip, pictures, tmp_path, monkeypatch, all_knowing
):
    monkeypatch.setattr(sys.modules["evaluation_reranking"], "TIMED", 1)
    words = [checkpoints[0], "--dataset", pictures, "--task", "retrieval", "--output", tmp_path]
    plain = run(script, monkeypatch, *words)
    assert plain["t2i_r1"] < 1 and plain["i2t_r1"] < 1
    words += ["--rerank", phoblip]
    # All six pictures, or the six texts of three, are among the first 16 and so found.
    metrics = run(script, monkeypatch, *words, "--rerank-weight", 0)
    assert {key: metrics[key] for key in plain} == plain
    assert metrics["t2i_r1_reranked"] == metrics["i2t_r1_reranked"] == 1
    assert metrics["t2i_median_rank_reranked"] == metrics["mean_recall_reranked"] == 1
    assert (metrics["rerank_top"], metrics["rerank_weight"]) == (16, 0)
    assert min(metrics[f"rerank_{way}_ms"] for way in ("t2i", "t2i_pixels", "i2t")) > 0
    assert metrics["rerank_threads"] >= 1
    assert metrics["reranker"] == PhoBLIPReranker(phoblip).fingerprint
    table = (tmp_path / "table.md").read_text(encoding="utf-8")
    assert "| t2i_r1_reranked | 100.0 % |" in table and "| rerank_t2i_ms | " in table

    # Another weight looks again at nothing but what is timed: 2 queries, 3 ways.
    all_knowing.clear()
    heavy = run(script, monkeypatch, *words, "--rerank-weight", 1e6)
    assert len(all_knowing) == 2 * (PICTURES + PICTURES + 2 * PICTURES)
    for way in ("t2i", "i2t"):  # the cosines' order
        assert heavy[f"{way}_r1_reranked"] == plain[f"{way}_r1"]


def test_only_the_first_are_sorted_anew(
    script, checkpoints, phoblip, pictures, tmp_path, monkeypatch, all_knowing
):
    words = [checkpoints[0], "--dataset", pictures, "--task", "retrieval", "--rerank", phoblip]
    words += ["--rerank-weight", 0, "--output", tmp_path]
    monkeypatch.setattr(sys.modules["evaluation_reranking"], "TIMED", 1)
    one = run(script, monkeypatch, *words, "--top", 1)
    assert one["t2i_r1_reranked"] == one["t2i_r1"] and one["i2t_r1_reranked"] == one["i2t_r1"]
    five = run(script, monkeypatch, *words, "--top", 5)
    # What is among the first five comes first, and the rest stays where it was.
    assert five["t2i_r1_reranked"] == five["t2i_r5"] == five["t2i_r5_reranked"] < 1

    (tmp_path / "pairs.csv").write_text("a,b\np0,p3\np5,elsewhere\n", encoding="utf-8")
    all_knowing.clear()
    twice = run(script, monkeypatch, *words, "--top", 5, "--duplicates", tmp_path / "pairs.csv")
    assert {key: twice[key] for key in one if key.endswith("_r1")} == {
        key: five[key] for key in one if key.endswith("_r1")
    }
    fewer = twice["deduplicated"]
    assert fewer["t2i_r1_reranked"] == 1  # four pictures are left, all among the first five
    # Looked at are pairs that dropped ones stood before, and 2 timed queries, 3 ways.
    assert 2 * 3 * 5 < len(all_knowing) <= 2 * 3 * 5 + 8 * 1 + 4 * 3


def test_a_phoblip_proposes_and_judges(script, phoblip, pictures, tmp_path, monkeypatch):
    words = [phoblip, "--dataset", pictures, "--task", "retrieval", "--output", tmp_path]
    monkeypatch.setattr(sys.modules["evaluation_reranking"], "TIMED", 1)
    metrics = run(script, monkeypatch, *words, "--rerank", phoblip, "--top", 4)
    assert metrics["reranker"] == metrics["checkpoint"]
    with pytest.raises(SystemExit, match="for --task retrieval"):
        run(script, monkeypatch, *words[:-3], "zero-shot", *words[-2:], "--rerank", phoblip)
    with pytest.raises(SystemExit):
        run(script, monkeypatch, *words, "--rerank", phoblip, "--rerank-weight", -1)
    with pytest.raises(SystemExit, match="cannot re-rank: there is no such folder"):
        run(script, monkeypatch, *words, "--rerank", tmp_path / "absent")


def test_pairs_of_other_data_sets_are_said_to_be_so(
    script, checkpoints, pictures, tmp_path, monkeypatch, capsys
):
    words = [checkpoints[0], "--dataset", pictures, "--task", "zero-shot", "--output", tmp_path]
    table = "a,b,kind,score,a_source,b_source\np0,p1,exact,1,other:train,other:test\n"
    (tmp_path / "pairs.csv").write_text(table, encoding="utf-8")
    metrics = run(script, monkeypatch, *words, "--duplicates", tmp_path / "pairs.csv")
    assert metrics["dropped"] == 0
    assert f"names no picture of {pictures.name}:test, but of other" in capsys.readouterr().out


def test_scenes_are_measured_by_what_is_true_of_them(script, checkpoints, tmp_path, monkeypatch):
    words = ["--dataset", "scenes", "--scenes", 5, "--task", "retrieval", "--output", tmp_path]
    metrics = run(script, monkeypatch, checkpoints[0], *words)
    assert metrics["i2t_queries"] == 5


def test_zero_shot_with_own_templates(script, checkpoints, pictures, tmp_path, monkeypatch):
    words = [checkpoints[0], "--dataset", pictures, "--task", "zero-shot", "--output", tmp_path]
    metrics = run(script, monkeypatch, *words)
    assert (metrics["classes"], metrics["images"], metrics["top5"]) == (2, PICTURES, 1)
    assert metrics["templates"] >= 40
    (tmp_path / "own.txt").write_text("ảnh {}\n{}\n", encoding="utf-8")
    metrics = run(script, monkeypatch, *words, "--templates", tmp_path / "own.txt")
    assert metrics["templates"] == 2
    assert Image.open(tmp_path / "confusion.png").size[0] > 200


def test_captioning_of_the_first_pictures(script, checkpoints, pictures, tmp_path, monkeypatch):
    words = [checkpoints[1], "--dataset", pictures, "--task", "captioning", "--output", tmp_path]
    metrics = run(script, monkeypatch, *words, "--count", 3)
    assert (metrics["captions"], metrics["tokenization"]) == (3, "syllables")
    assert 0 <= metrics["bleu_4"] <= metrics["bleu_1"] <= 1
    # scripts/pack_mini.py reads the second cell of each row.
    lines = (tmp_path / "captions.md").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["| picture | caption | a true caption |", "|---|---|---|"]
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| p0", "| p1", "| p2"]
    assert lines[2].endswith(f" | {CAPTIONS[0]} |")

    asked = []

    def describe_all(self, images, beams):
        asked.append((len(images), beams))
        return [Caption("mới", 0.5)] * len(images)

    monkeypatch.setattr(Captioner, "describe_all", describe_all)
    assert run(script, monkeypatch, *words)["beams"] == 5
    rows = (tmp_path / "captions.md").read_text(encoding="utf-8").splitlines()[2:]
    assert rows[:3] == lines[2:]
    assert [row.split(" | ")[1] for row in rows[3:]] == ["mới"] * 3
    # Captions of another search are others; what was asked for once is not asked for again.
    assert run(script, monkeypatch, *words, "--beams", 1)["beams"] == 1
    rows = (tmp_path / "captions.md").read_text(encoding="utf-8").splitlines()[2:]
    assert [row.split(" | ")[1] for row in rows] == ["mới"] * 6
    run(script, monkeypatch, *words, "--beams", 1)
    assert asked == [(3, 5), (6, 1)]


def test_a_data_set_without_labels_or_pictures_to_count(
    script, checkpoints, pictures, tmp_path, monkeypatch
):
    words = [checkpoints[0], "--task", "zero-shot", "--output", tmp_path, "--dataset"]
    with pytest.raises(SystemExit, match="needs label too"):
        run(script, monkeypatch, *words, "scenes", "--scenes", 2)
    with pytest.raises(SystemExit):
        run(script, monkeypatch, *words, pictures, "--count", 0)
    (tmp_path / "pairs.csv").write_text("a,b\n" + "".join(f"p{i},x\n" for i in range(PICTURES)))
    with pytest.raises(SystemExit, match="every picture is a duplicate"):
        run(script, monkeypatch, *words, pictures, "--duplicates", tmp_path / "pairs.csv")
