import math
import tracemalloc

import numpy as np
import pytest
import torch

from phoclip_hf.evaluation import matrices, retrieval
from phoclip_hf.evaluation.retrieval import retrieval_metrics, retrieval_ranks


def naive_metrics(images, texts, relevance, ks):
    """Sort every query's candidates; a false one goes first among equals."""
    images = images / np.linalg.norm(images, axis=1, keepdims=True)
    texts = texts / np.linalg.norm(texts, axis=1, keepdims=True)
    out = {}
    for way, scores, true in (
        ("t2i", texts @ images.T, relevance),
        ("i2t", images @ texts.T, relevance.T),
    ):
        ranks = []
        for row, matches in zip(scores, true, strict=True):
            if matches.any():
                order = sorted(range(len(row)), key=lambda c: (-row[c], matches[c]))
                ranks.append(1 + min(order.index(c) for c in np.flatnonzero(matches)))
        for k in ks:
            out[f"{way}_r{k}"] = sum(rank <= k for rank in ranks) / len(ranks)
        out[f"{way}_median_rank"] = float(np.median(ranks))
    return out


def test_values_worked_by_hand():
    # Pictures at 0, 30 and 90 degrees; texts at 10 (picture 0), 20 (picture 0), 50 (picture 2).
    def on_circle(*degrees):
        return np.array([(math.cos(math.radians(d)), math.sin(math.radians(d))) for d in degrees])

    metrics = retrieval_metrics(on_circle(0, 30, 90), on_circle(10, 20, 50), [0, 0, 2], ks=(1, 2))
    # Text 10: pictures 0, 30, 90, rank 1. Text 20: 30 is nearer, rank 2. Text 50: 30, 90, rank 2.
    assert metrics["t2i_r1"] == pytest.approx(1 / 3)
    assert metrics["t2i_r2"] == 1.0
    assert metrics["t2i_median_rank"] == 2.0
    # Picture 0: text 10, rank 1. Picture 90: text 50, rank 1. Picture 30 has no text: no query.
    assert metrics["i2t_r1"] == metrics["i2t_r2"] == metrics["i2t_median_rank"] == 1.0
    assert (metrics["t2i_queries"], metrics["i2t_queries"]) == (3, 2)
    assert metrics["mean_recall"] == pytest.approx((1 / 3 + 1 + 1 + 1) / 4)


def test_default_keys():
    metrics = retrieval_metrics(np.eye(4), np.eye(4), range(4))
    ways = ("t2i", "i2t")
    assert set(metrics) == {
        "mean_recall",
        *(f"{way}_r{k}" for way in ways for k in (1, 5, 10)),
        *(f"{way}_{name}" for way in ways for name in ("median_rank", "queries")),
    }
    assert all(isinstance(value, float) for value in metrics.values())
    assert metrics["mean_recall"] == 1.0


@pytest.mark.parametrize("block_scores", [1, 100, 2**24])
def test_equals_naive_on_random_data(monkeypatch, block_scores):
    monkeypatch.setattr(retrieval, "BLOCK_SCORES", block_scores)
    random = np.random.default_rng(0)
    images, texts = random.normal(size=(40, 6)), random.normal(size=(130, 6))
    text_to_image = random.integers(0, 40, size=130)
    relevance = np.zeros((130, 40), dtype=bool)
    relevance[np.arange(130), text_to_image] = True
    expected = naive_metrics(images, texts, relevance, ks=(1, 5, 10))
    assert 0 < expected["t2i_r1"] < expected["t2i_r10"] < 1
    metrics = retrieval_metrics(images, texts, text_to_image)
    assert {key: metrics[key] for key in expected} == expected

    relevance |= random.random((130, 40)) < 0.03  # a text may fit several pictures
    relevance[7] = False  # and one none
    expected = naive_metrics(images, texts, relevance, ks=(1, 5, 10))
    metrics = retrieval_metrics(images, texts, relevance=relevance)
    assert {key: metrics[key] for key in expected} == expected
    assert metrics["t2i_queries"] == 129


def test_equals_top_k_as_clip_benchmark_takes_it():
    generator = torch.Generator().manual_seed(1)
    images = torch.nn.functional.normalize(torch.randn(30, 8, generator=generator), dim=1)
    texts = torch.nn.functional.normalize(torch.randn(60, 8, generator=generator), dim=1)
    positive = torch.zeros(60, 30, dtype=torch.bool)
    positive[torch.arange(60), torch.arange(60) % 30] = True
    metrics = retrieval_metrics(images, texts, torch.arange(60) % 30)
    for way, scores, true in (
        ("t2i", texts @ images.T, positive),
        ("i2t", images @ texts.T, positive.T),
    ):
        for k in (1, 5, 10):
            found = true.gather(1, scores.topk(k, dim=1).indices)  # (queries, k)
            assert metrics[f"{way}_r{k}"] == pytest.approx(found.any(1).double().mean().item())


def clip_benchmark_recalls(scores, positive, ks=(1, 5, 10)):
    peer = pytest.importorskip("clip_benchmark.metrics.zeroshot_retrieval")
    recalls = {}
    for way, rows, true in (("t2i", scores, positive), ("i2t", scores.T, positive.T)):
        for k in ks:
            found = peer.batchify(peer.recall_at_k, rows, true, 16, "cpu", k=k)
            recalls[f"{way}_r{k}"] = (found > 0).double().mean().item()
    return recalls


@pytest.mark.parametrize("seed", range(3))
def test_equals_clip_benchmark_where_nothing_ties(seed):
    generator = torch.Generator().manual_seed(seed)
    owner = torch.cat([torch.arange(30), torch.randint(0, 30, (60,), generator=generator)])
    images = torch.randn(30, 8, generator=generator)
    texts = torch.randn(90, 8, generator=generator) + images[owner]
    normalize = torch.nn.functional.normalize
    scores = normalize(texts, dim=1) @ normalize(images, dim=1).T
    expected = clip_benchmark_recalls(scores, owner[:, None] == torch.arange(30))
    metrics = retrieval_metrics(images, texts, owner)
    assert 0.1 < expected["t2i_r1"] < expected["i2t_r10"]
    assert {key: metrics[key] for key in expected} == pytest.approx(expected, abs=1e-12)


def test_equals_clip_benchmark_on_ties_that_go_against_the_model():
    # Eight directions: pictures and texts coincide, and scores are equal to the last bit.
    random = np.random.default_rng(0)
    owner = np.concatenate([np.arange(30), random.integers(0, 30, 60)])
    images, texts = np.eye(8)[random.integers(0, 8, 30)], np.eye(8)[random.integers(0, 8, 90)]
    texts[:45] = images[owner[:45]]
    positive = torch.from_numpy(owner[:, None] == np.arange(30))
    scores = torch.from_numpy(texts @ images.T)
    metrics = retrieval_metrics(images, texts, owner)
    # torch.topk promises no order among equals: push every true match behind its own.
    behind = clip_benchmark_recalls(scores - 1e-3 * positive, positive)
    assert {key: metrics[key] for key in behind} == pytest.approx(behind, abs=1e-12)
    in_front = clip_benchmark_recalls(scores + 1e-3 * positive, positive)
    assert all(metrics[key] <= in_front[key] for key in in_front)
    assert metrics["t2i_r1"] < in_front["t2i_r1"]


def test_no_matrix_of_images_by_texts_is_built(monkeypatch):
    monkeypatch.setattr(retrieval, "BLOCK_SCORES", 2**18)  # 1 MiB
    monkeypatch.setattr(matrices, "CHUNK_NUMBERS", 2**14)
    random = np.random.default_rng(0)
    images, texts = random.normal(size=(2_000, 8)), random.normal(size=(10_000, 8))
    tracemalloc.start()
    metrics = retrieval_metrics(images, texts, np.arange(10_000) % 2_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10e6  # all scores are 80 MB
    assert metrics["t2i_median_rank"] == pytest.approx(1000, rel=0.05)


def test_ranks_of_queries_without_a_match_are_zero():
    relevance = [[1, 0, 0], [0, 0, 0], [1, 0, 0]]
    text_ranks, image_ranks = retrieval_ranks(np.eye(3), np.eye(3), relevance=relevance)
    assert text_ranks.tolist() == [1, 0, 3]
    assert image_ranks.tolist() == [1, 0, 0]


def test_progress_passes_over_every_block(monkeypatch):
    monkeypatch.setattr(retrieval, "BLOCK_SCORES", 4)
    seen = []
    retrieval_metrics(np.eye(5), np.eye(5), range(5), progress=lambda b: seen.extend(b) or b)
    assert len(seen) == 9 and seen[0] == (0, 0)


def test_half_precision_on_disk_is_read_chunk_by_chunk(tmp_path, monkeypatch):
    monkeypatch.setattr(matrices, "CHUNK_NUMBERS", 16)
    random = np.random.default_rng(0)
    values = (random.normal(size=(21, 8)) * 300).astype(np.float16)  # squares overflow float16
    np.save(tmp_path / "images.npy", values)
    units = matrices.unit_rows(np.load(tmp_path / "images.npy", mmap_mode="r"), "images")
    assert units.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(units, axis=1), 1, atol=1e-6)
    values[17] = np.inf
    with pytest.raises(ValueError, match="the first is row 17"):
        matrices.unit_rows(values, "images")


def test_a_collapsed_model_scores_nothing():
    random = np.random.default_rng(0)
    one = np.repeat(random.normal(size=(1, 64)), 20, axis=0)
    metrics = retrieval_metrics(one, one, np.arange(20))
    assert metrics["mean_recall"] == 0.0
    assert metrics["t2i_median_rank"] == 20.0


def test_any_of_several_true_pictures_is_a_hit():
    images, text = np.eye(3), np.array([[0.0, 0.2, 1.0]])
    assert retrieval_metrics(images, text, [0], ks=(1,))["t2i_r1"] == 0.0
    assert retrieval_metrics(images, text, relevance=[[1, 0, 1]], ks=(1,))["t2i_r1"] == 1.0


def test_tensors_arrays_and_lists_agree():
    random = np.random.default_rng(2)
    images, texts = random.normal(size=(9, 5)), random.normal(size=(9, 5))
    expected = retrieval_metrics(images, texts, np.arange(9))
    tensors = [torch.tensor(values, requires_grad=True) for values in (images, texts)]
    assert retrieval_metrics(*tensors, torch.arange(9)) == expected
    assert retrieval_metrics(images.tolist(), texts.tolist(), list(range(9))) == expected
    assert retrieval_metrics(images, texts, relevance=torch.eye(9)) == expected
    halves = retrieval_metrics(*(t.to(torch.bfloat16) for t in tensors), torch.arange(9))
    assert halves.keys() == expected.keys()


@pytest.mark.parametrize(
    ("images", "texts", "options", "message"),
    [
        (np.eye(3), np.eye(4), {"text_to_image": [0, 1, 2, 0]}, "3 wide and text_embeds 4"),
        (np.eye(3), np.eye(3), {"text_to_image": [0, 1]}, "2 entries for 3 texts"),
        (np.eye(3), np.eye(3), {"text_to_image": [0, 1, 3]}, r"text_to_image\[2\] is 3"),
        (np.eye(3), np.eye(3), {"text_to_image": [0, 1, -1]}, "expected 0 to 2"),
        (np.eye(3), np.eye(3), {"text_to_image": [0.0, 1.0, 2.0]}, "whole number"),
        (np.eye(3), np.eye(3), {}, "give either"),
        (np.eye(3), np.eye(3), {"relevance": np.eye(2)}, r"expected \(3, 3\)"),
        (np.eye(3), np.eye(3), {"relevance": np.zeros((3, 3))}, "no pair"),
        (np.eye(3) * np.nan, np.eye(3), {"text_to_image": [0, 1, 2]}, "3 rows with NaN"),
        (np.ones(3), np.eye(3), {"text_to_image": [0, 1, 2]}, r"shape \(3,\)"),
        (np.eye(3), np.eye(3), {"text_to_image": [0, 1, 2], "ks": ()}, "at least one cut-off"),
    ],
)
def test_errors_say_what_is_wrong(images, texts, options, message):
    with pytest.raises(ValueError, match=message):
        retrieval_metrics(images, texts, **options)
