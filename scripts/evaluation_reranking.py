"""Re-ranking in scripts/evaluate.py: what a PhoBLIP's look at the first k changes, and costs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from PIL import Image

from phoclip_hf.evaluation.answer_cache import cached_embeds, digest
from phoclip_hf.evaluation.reranking import first_candidates, known_scores, reranked
from phoclip_hf.evaluation.retrieval import rank_metrics
from phoclip_hf.serving.photos import open_photo
from phoclip_hf.serving.reranker import PhoBLIPReranker, ranking_scores

TIMED = 20  # queries, after one that warms up


@dataclass(frozen=True)
class RerankOptions:
    """Which PhoBLIP looks, at how many, and what cosines count then: see `ranking_scores`."""

    model: str
    top: int = 16
    weight: float = 1.0


class Reranking:
    """Measures retrieval with the first k of each query sorted anew, over all or some pictures.

    States of pictures and log-odds of pairs lie in `output`/cache, mapped, not read: interrupted,
    the same command goes on, and another weight looks at nothing again. A picture takes what
    `PhoBLIPReranker.image_states` says, a pair 4 bytes.

    Args:
        reranker: looks at pairs.
        options: how.
        table: the pictures.
        picture_digests: one of each picture's file.
        output: folder of the results.
        texts: all captions.
        embeds: image_embeds (pictures, dim) and text_embeds (texts, dim) of the model that
            proposes.
        logit_scale: of that model.
    """

    def __init__(
        self,
        reranker: PhoBLIPReranker,
        options: RerankOptions,
        table: Dataset,
        picture_digests: Sequence[str],
        output: Path,
        texts: list[str],
        embeds: tuple[np.ndarray, np.ndarray],
        logit_scale: float,
    ):
        self.reranker, self.options, self.table, self.texts = reranker, options, table, texts
        self.logit_scale, self.folder = logit_scale, output / "cache"
        image_embeds, text_embeds = embeds
        self.embeds = {"t2i": (text_embeds, image_embeds), "i2t": (image_embeds, text_embeds)}
        pictures = digest([reranker.fingerprint, *picture_digests])
        self.key = digest([pictures, *texts])
        shape = reranker.image_states(self._pictures(range(1))).shape[1:]
        states = cached_embeds(
            self.folder / f"states-{pictures}.f32",
            len(table),
            int(np.prod(shape)),
            lambda *rows: reranker.image_states(self._pictures(range(*rows))),
            description="what texts look at",
        )
        self.states = states.reshape(len(table), *shape)  # (pictures, positions, width)
        # Of each way: the candidates of every query that have been looked at, and their log-odds.
        self.seen: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self.cost: dict[str, float] = {}

    def measure(
        self,
        images: np.ndarray,
        texts: np.ndarray,
        pairs: np.ndarray,
        ranks: tuple[np.ndarray, np.ndarray],
    ) -> dict[str, Any]:
        """Return recalls and median ranks after re-ranking, and what it costs.

        The first call is over all pictures and texts; later ones look at what is new to them.

        Args:
            images: rows of the pictures to measure on.
            texts: rows of the texts.
            pairs: (matches, 2), the true pairs, counted within `texts` and `images`.
            ranks: of texts and of images, before.
        """
        text_ranks = self._ranks("t2i", texts, images, pairs, ranks[0])
        image_ranks = self._ranks("i2t", images, texts, pairs[:, ::-1], ranks[1])
        after = rank_metrics(text_ranks, image_ranks)
        metrics = {f"{key}_reranked": value for key, value in after.items() if "queries" not in key}
        said = {"rerank_top": self.options.top, "rerank_weight": self.options.weight}
        return metrics | said | self._cost() | {"reranker": self.reranker.fingerprint}

    def _ranks(
        self,
        way: str,
        queries: np.ndarray,
        candidates: np.ndarray,
        pairs: np.ndarray,
        ranks: np.ndarray,
    ) -> np.ndarray:
        asking, answering = self.embeds[way]
        found, cosines = first_candidates(
            asking[queries], answering[candidates], pairs, self.options.top
        )
        odds = self._log_odds(way, queries, candidates[found])
        scores = ranking_scores(odds, cosines, self.logit_scale, self.options.weight)
        return reranked(ranks, found, scores, pairs)

    def _log_odds(self, way: str, queries: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return (queries, k) log-odds of each query with `rows` (queries, k) of the other side."""
        known = np.full(rows.shape, np.nan, np.float32)
        if way in self.seen:
            known = known_scores(rows, *(of_all[queries] for of_all in self.seen[way]))

        def look(start: int, stop: int) -> np.ndarray:
            for query in range(start, stop):
                new = np.isnan(known[query])
                if new.any():
                    known[query, new] = self._match(way, queries[query], rows[query, new])
            return known[start:stop]

        key = digest([self.key, queries.tobytes(), rows.tobytes()])
        path = self.folder / f"matching-{way}-{key}.f32"
        odds = cached_embeds(path, *rows.shape, look, 20, description=f"re-ranking, {way}")
        self.seen.setdefault(way, (rows, odds))
        return odds

    def _match(self, way: str, query: int, rows: np.ndarray) -> np.ndarray:
        if way == "t2i":
            return self.reranker.log_odds(self.states[rows], [self.texts[query]])
        return self.reranker.log_odds(self.states[[query]], [self.texts[row] for row in rows])

    def _pictures(self, rows: Sequence[int]) -> list[Image.Image]:
        return [open_photo(self.table[int(row)]["image"]) for row in rows]

    def _cost(self) -> dict[str, float]:
        """Return medians in milliseconds of looking at the first k of a query.

        `rerank_t2i_pixels_ms` is a search page's, which keeps no states: the k pictures go through
        the image tower first. The others have them at hand.
        """
        if not self.cost:
            texts, images = (self.seen[way][0][: TIMED + 1] for way in ("t2i", "i2t"))  # (n, k)
            pictures = [self._pictures(rows) for rows in texts]
            looks: dict[str, tuple[int, Callable[[int], np.ndarray]]] = {
                "t2i": (len(texts), lambda query: self._match("t2i", query, texts[query])),
                "t2i_pixels": (
                    len(texts),
                    lambda query: self.reranker.match(pictures[query], self.texts[query]),
                ),
                "i2t": (len(images), lambda query: self._match("i2t", query, images[query])),
            }
            self.cost = {f"rerank_{way}_ms": median_ms(*look) for way, look in looks.items()}
            self.cost["rerank_threads"] = torch.get_num_threads()
        return self.cost


def median_ms(count: int, call: Callable[[int], Any]) -> float:
    """Return the median of `call(0)` … `call(count - 1)` in milliseconds, the first left out."""
    times = []
    for number in range(count):
        start = perf_counter()
        call(number)
        times.append(1000 * (perf_counter() - start))
    return float(np.median(times[1:] or times))
