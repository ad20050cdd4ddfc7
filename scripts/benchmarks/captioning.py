"""Captioning metrics beside pycocoevalcap and sacrebleu, and how long 5,000 captions take.

    pip install --no-deps pycocoevalcap
    python scripts/benchmarks/captioning.py

Random captions, some of them empty, with one to five references each. Printed: the largest
difference of any caption's CIDEr-D and ROUGE-L and of the set's BLEU-1 to BLEU-4. pycocoevalcap
puts 1e-15 and 1e-9 into its BLEU lest anything be 0: where no 4-gram is found, its BLEU-4 is not 0
as here and in sacrebleu. Such sets are counted apart.
"""

import argparse
import time

import numpy as np

from phoclip_hf.evaluation.captioning import corpus_bleu
from phoclip_hf.evaluation.cider import cider_d
from phoclip_hf.evaluation.rouge import rouge_l

ROUNDS = 20
Captions = list[list[str]]


def main() -> None:
    """Compare, then time."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    worst: dict[str, float] = {}
    for seed in range(ROUNDS):
        for name, value in differences(*captions(60, seed)).items():
            worst[name] = max(worst.get(name, 0.0), value)
    for name, value in worst.items():
        print(f"largest difference, {ROUNDS} sets of 60 pictures, {name}: {value:.1e}")
    predictions, references = captions(5000, seed=0, references=5, shortest=11)
    for name, metric in (("CIDEr-D", cider_d), ("ROUGE-L", rouge_l), ("BLEU", corpus_bleu)):
        started = time.process_time()
        metric(predictions, references)
        print(
            f"{name}, 5,000 captions x 5: {time.process_time() - started:.2f} s of processor time"
        )


def captions(
    pictures: int, seed: int, references: int | None = None, shortest: int = 0
) -> tuple[Captions, list[Captions]]:
    """Return tokens of captions and of their references, frequent and rare ones."""
    random = np.random.default_rng(seed)

    def caption(least: int) -> list[str]:
        return [f"t{min(token, 500)}" for token in random.zipf(1.5, random.integers(least, 12))]

    counts = [references or int(random.integers(1, 6)) for _ in range(pictures)]
    return (
        [caption(shortest) for _ in counts],
        [[caption(max(1, shortest)) for _ in range(count)] for count in counts],
    )


def differences(predictions: Captions, references: list[Captions]) -> dict[str, float]:
    """Return the largest difference from each peer."""
    from pycocoevalcap.bleu.bleu import Bleu
    from pycocoevalcap.cider.cider import Cider
    from pycocoevalcap.rouge.rouge import Rouge
    from sacrebleu.metrics import BLEU

    own = {row: [" ".join(tokens)] for row, tokens in enumerate(predictions)}
    true = {row: [" ".join(tokens) for tokens in texts] for row, texts in enumerate(references)}
    most = max(len(texts) for texts in references)
    streams = [
        [texts[k] if k < len(texts) else None for texts in true.values()] for k in range(most)
    ]
    bleu = np.array(corpus_bleu(predictions, references))
    sacre = [
        BLEU(tokenize="none", smooth_method="none", max_ngram_order=order)
        .corpus_score([text for (text,) in own.values()], streams)
        .score
        for order in range(1, 5)
    ]
    coco = np.array(Bleu(4).compute_score(true, own, verbose=0)[0])
    found = bleu > 0
    return {
        "CIDEr-D, pycocoevalcap": np.abs(
            cider_d(predictions, references) - Cider().compute_score(true, own)[1]
        ).max(),
        "ROUGE-L, pycocoevalcap": np.abs(
            rouge_l(predictions, references) - Rouge().compute_score(true, own)[1]
        ).max(),
        "BLEU, sacrebleu": np.abs(bleu - np.array(sacre) / 100).max(),
        "BLEU above 0, pycocoevalcap": np.abs(bleu - coco)[found].max(initial=0),
        "BLEU of 0, pycocoevalcap": np.abs(bleu - coco)[~found].max(initial=0),
    }


if __name__ == "__main__":
    main()
