import math

import numpy as np
import pytest

from phoclip_hf.evaluation.caption_tokens import tokenize_caption
from phoclip_hf.evaluation.captioning import captioning_metrics, corpus_bleu
from phoclip_hf.evaluation.cider import cider_d
from phoclip_hf.evaluation.rouge import common_subsequence, rouge_l


def random_captions(pictures: int, seed: int = 0) -> tuple[list, list]:
    """Tokens of captions, some without any, and of one to five references each."""
    random = np.random.default_rng(seed)

    def caption(least: int) -> list[str]:
        return [f"t{min(token, 30)}" for token in random.zipf(1.6, random.integers(least, 12))]

    predictions = [caption(0) for _ in range(pictures)]
    return predictions, [[caption(1) for _ in range(1 + i % 5)] for i in range(pictures)]


def joined(predictions: list, references: list) -> tuple[dict, dict]:
    """The same as pycocoevalcap takes it: (references, predictions) by picture."""
    true = {i: [" ".join(text) for text in texts] for i, texts in enumerate(references)}
    return true, {i: [" ".join(text)] for i, text in enumerate(predictions)}


def test_syllables_are_lower_nfc_without_punctuation():
    text = "Một chú cho\u0301 (rất_to) cha\u0323y\u200b, trên Bãi-cỏ… «xanh»!"
    expected = ["một", "chú", "chó", "rất", "to", "chạy", "trên", "bãi", "cỏ", "xanh"]
    assert tokenize_caption(text) == expected
    assert tokenize_caption(" … ") == []
    with pytest.raises(ValueError, match="syllables, words"):
        tokenize_caption("một con chó", "characters")


def test_words_are_joined_by_underthesea():
    pytest.importorskip("underthesea")
    assert tokenize_caption("Vận_động_viên, sinh viên!", "words") == ["vận_động_viên", "sinh_viên"]


def test_longest_common_subsequence():
    assert common_subsequence("a b c d e".split(), "a x c e y".split()) == 3  # a c e
    assert common_subsequence("a a b a".split(), "b a a".split()) == 2
    assert common_subsequence([], ["a"]) == common_subsequence(["a"], []) == 0
    random = np.random.default_rng(0)
    for _ in range(50):
        first, second = (random.integers(0, 4, random.integers(1, 90)) for _ in range(2))
        table = np.zeros((len(first) + 1, len(second) + 1), dtype=int)
        for i, a in enumerate(first):
            for j, b in enumerate(second):
                longer = max(table[i, j + 1], table[i + 1, j])
                table[i + 1, j + 1] = table[i, j] + 1 if a == b else longer
        assert common_subsequence(first.tolist(), second.tolist()) == table[-1, -1]


def test_rouge_l_worked_by_hand():
    # Common 3. Precision 3/4 and 3/4, recall 3/6 and 3/3: the best are 3/4 and 1.
    prediction = "con chó chạy nhanh".split()
    references = ["có con chó đang chạy kìa".split(), "con chó chạy".split()]
    expected = (1 + 1.44) * 0.75 * 1 / (1 + 1.44 * 0.75)
    assert rouge_l([prediction, [], ["a"]], [references, references, [["b"]]]).tolist() == [
        pytest.approx(expected),
        0,
        0,
    ]


def test_cider_d_worked_by_hand():
    # Two pictures; every word stands in one of them, so each weighs log 2. Unigrams: dot
    # 2 log²2 over |2 words| |3 words| = 2 / √6; bigrams: 1 of 1 and 2, 1 / √2; no trigram of the
    # caption. One token of difference costs exp(-1 / 72).
    predictions = [["chó", "chạy"], ["mèo"]]
    references = [[["chó", "chạy", "nhanh"]], [["mèo"]]]
    first = 10 / 4 * (2 / math.sqrt(6) + 1 / math.sqrt(2)) * math.exp(-1 / 72)
    # The second is its reference, but has unigrams only.
    np.testing.assert_allclose(cider_d(predictions, references), [first, 10 / 4])


def test_cider_d_clips_repetition_and_ignores_common_words():
    references = [[["chó", "nâu"]], [["mèo", "đen"]]]
    once = cider_d([["chó", "x"], ["y"]], references)[0]
    # Two of one word: the vector is (2), clipped to 1 of |(1, 1)|: 1 · 1 / (2 · √2).
    twice = cider_d([["chó", "chó"], ["y"]], references)[0]
    np.testing.assert_allclose([once, twice], [10 / 4 * 0.5, 10 / 4 / math.sqrt(8)])
    # In the references of every picture: log(2 / 2) is no weight.
    assert cider_d([["ảnh"], ["ảnh"]], [[["ảnh"]], [["ảnh"]]]).tolist() == [0, 0]
    assert cider_d([["chó"]], [[["chó"]]]).tolist() == [0]
    assert cider_d([[], []], references).tolist() == [0, 0]


def test_bleu_worked_by_hand():
    pytest.importorskip("sacrebleu")
    # 6 tokens against 7, the nearer of 7 and 9.
    prediction = "a b c d x e".split()
    references = ["a b c y d z e".split(), "a b c d q q q q q".split()]
    # All but x; with the second reference ab bc cd, then abc bcd, then abcd.
    bp = math.exp(1 - 7 / 6)
    p1, p2, p3, p4 = 5 / 6, 3 / 5, 2 / 4, 1 / 3
    expected = [p1, (p1 * p2) ** (1 / 2), (p1 * p2 * p3) ** (1 / 3), (p1 * p2 * p3 * p4) ** 0.25]
    np.testing.assert_allclose(corpus_bleu([prediction], [references]), bp * np.array(expected))
    assert corpus_bleu([["a"]], [[["b"]]]) == [0, 0, 0, 0]
    assert corpus_bleu([["a"]], [[["a"]]]) == [1, 0, 0, 0]
    assert corpus_bleu([[]], [[["a"]]]) == [0, 0, 0, 0]


def test_result_names_its_tokenization_and_averages_bleu():
    pytest.importorskip("sacrebleu")
    predictions = ["Một con_chó chạy trên bãi cỏ.", "hai người chơi bóng đá"]
    references = [["một con chó chạy trên bãi cỏ"], ["hai người chơi bóng đá", "hai cầu thủ"]]
    metrics = captioning_metrics(predictions, references)
    for key in ("bleu_1", "bleu_2", "bleu_3", "bleu_4", "bleu_mean", "rouge_l"):
        assert metrics[key] == pytest.approx(1)
    # 10 and (10 + little) / 2: the second's other reference shares one word with it.
    assert 5 < metrics["cider_d"] < 10
    assert (metrics["captions"], metrics["tokenization"]) == (2, "syllables")
    worse = captioning_metrics([predictions[1], predictions[0]], references)
    bleu = [worse[f"bleu_{order}"] for order in range(1, 5)]
    assert worse["bleu_mean"] == pytest.approx(np.mean(bleu))
    assert worse["bleu_mean"] < 0.2
    assert worse["cider_d"] == 0


@pytest.mark.parametrize(
    ("predictions", "references", "message"),
    [
        ([], [], "0 predictions and 0"),
        (["a"], [["a"], ["b"]], "1 predictions and 2"),
        (["a", "b"], [["a"], []], r"references\[1\] is \[\]"),
        (["a"], ["một con chó"], "expected a list of one or more captions"),
    ],
)
def test_errors_say_what_is_wrong(predictions, references, message):
    with pytest.raises(ValueError, match=message):
        captioning_metrics(predictions, references)


@pytest.mark.parametrize("pictures", [2, 60])
def test_equals_pycocoevalcap(pictures):
    cider = pytest.importorskip("pycocoevalcap.cider.cider")
    rouge = pytest.importorskip("pycocoevalcap.rouge.rouge")
    predictions, references = random_captions(pictures)
    true, own = joined(predictions, references)
    _, expected = cider.Cider().compute_score(true, own)
    np.testing.assert_allclose(cider_d(predictions, references), expected, atol=1e-12)
    _, expected = rouge.Rouge().compute_score(true, own)
    np.testing.assert_allclose(rouge_l(predictions, references), expected, atol=1e-12)


def test_equals_sacrebleu():
    sacrebleu = pytest.importorskip("sacrebleu")
    predictions, references = random_captions(60)
    bleu = corpus_bleu(predictions, references)
    streams = [
        [" ".join(texts[k]) if k < len(texts) else None for texts in references] for k in range(5)
    ]
    for order in range(1, 5):
        scorer = sacrebleu.BLEU(tokenize="none", smooth_method="none", max_ngram_order=order)
        score = scorer.corpus_score([" ".join(tokens) for tokens in predictions], streams).score
        assert bleu[order - 1] == pytest.approx(score / 100, abs=1e-12)
