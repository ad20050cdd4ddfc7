"""A PhoBLIP checkpoint as a judge of pairs: how likely do picture and text belong together?

Li et al. 2022, "BLIP", section 4.1: the first k by cosine are sorted anew by their matching scores.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from phoclip_hf.modeling_phoblip_retrieval import PhoBLIPForImageTextRetrieval
from phoclip_hf.serving.encoder import PhoCLIPEncoder
from phoclip_hf.serving.errors import EncoderError


class PhoBLIPReranker:
    """Looks closely at pictures and Vietnamese texts, pair by pair.

    Args:
        model_id: a folder or a Hub id of a PhoBLIP, of pre-training too; weights are read from
            safetensors only, no remote code runs.
        revision: of the Hub repository.
        device: a torch device.
        batch_size: pictures or pairs a forward pass.

    Raises:
        EncoderError: the checkpoint is missing or is no PhoBLIP.
    """

    def __init__(
        self,
        model_id: str | Path,
        revision: str | None = None,
        device: str = "cpu",
        batch_size: int = 16,
    ):
        try:
            self.encoder = PhoCLIPEncoder(model_id, revision, device, batch_size)
        except EncoderError as error:
            raise reranker_missing(str(model_id), str(error.values["reason"])) from error
        self.model_id, self.device, self.batch_size = str(model_id), device, batch_size
        self.model, self.fingerprint = self.encoder.model, self.encoder.fingerprint
        if not isinstance(self.model, PhoBLIPForImageTextRetrieval):
            kind = self.model.config.model_type
            raise reranker_missing(self.model_id, f"it is a {kind!r} model, which matches no pairs")

    def match(self, images: Sequence[Image.Image], text: str) -> np.ndarray:
        """Probability that a text belongs to each of the RGB pictures, float32 (images,)."""
        return probabilities(self.log_odds(self.image_states(images), [text]))

    def image_states(self, images: Sequence[Image.Image]) -> np.ndarray:
        """What texts look at in RGB pictures, float32 (images, positions, width).

        A picture takes 4 · positions · width bytes: 96 kB of phoclip-mini's tower at 160 pixels,
        400 kB of a ResNet-50 at 224, 1.8 MB of a ViT-B/16 at 384.
        """
        states = []
        for start in range(0, len(images), self.batch_size):
            batch = list(images[start : start + self.batch_size])
            inputs = self.encoder.processor(images=batch, return_tensors="pt").to(self.device)
            with torch.inference_mode():
                output = self.model.get_image_features(pixel_values=inputs["pixel_values"])
            states.append(output.last_hidden_state.float().cpu().numpy())
        return np.concatenate(states)

    def log_odds(self, image_states: np.ndarray, texts: Sequence[str]) -> np.ndarray:
        """Log-odds that picture i and text i belong together, float32 (pairs,).

        Probabilities near 0 and 1 are all alike to float32; these still tell pairs apart.

        Args:
            image_states: (pairs, positions, width), as `image_states` gives them, in memory or
                mapped from a file; or one picture for all texts.
            texts: raw Vietnamese, as many; or one for all pictures.

        Raises:
            ValueError: neither as many of one as of the other, nor one for all.
        """
        pairs = max(len(image_states), len(texts))
        if {len(image_states), len(texts)} - {1, pairs}:
            raise ValueError(
                f"{len(image_states)} pictures and {len(texts)} texts are no pairs: give as many "
                "of one as of the other, or one for all."
            )
        tokens = self.encoder.processor(
            text=list(texts), return_tensors="pt", padding=True, truncation=True
        ).to(self.device)
        odds = []
        for start in range(0, pairs, self.batch_size):
            batch = slice(start, start + self.batch_size)
            states = image_states if len(image_states) == 1 else image_states[batch]
            rows = slice(None) if len(texts) == 1 else batch
            with torch.inference_mode():
                logits = self.model.match(
                    torch.tensor(np.asarray(states), dtype=self.model.dtype, device=self.device),
                    tokens["input_ids"][rows],
                    tokens["attention_mask"][rows],
                )
            odds.append((logits[:, 1] - logits[:, 0]).float().cpu().numpy())
        return np.concatenate(odds)


def probabilities(log_odds: np.ndarray) -> np.ndarray:
    """The same as probabilities: `matching_scores` of PhoBLIP."""
    return np.exp(-np.logaddexp(0, -log_odds))


def ranking_scores(
    log_odds: np.ndarray, cosines: np.ndarray, logit_scale: float, weight: float = 1.0
) -> np.ndarray:
    """What the first k are sorted by, best highest: log-odds + weight · logit_scale · cosine.

    PhoBLIP's matching learned to tell true pairs from wrong ones that the softmax of scaled cosines
    made likely, so its log-odds say how much likelier a pair is than the cosines made it: weight 1
    adds the two up. 0 is the order in the paper, by matching alone.

    Args:
        log_odds: (…, k), as `PhoBLIPReranker.log_odds` gives them.
        cosines: (…, k), those by which the k were found.
        logit_scale: of the model that found them.
        weight: of the cosines, 0 or more.
    """
    return log_odds + weight * logit_scale * cosines


def reranker_missing(model_id: str, reason: str) -> EncoderError:
    """The error for a checkpoint that cannot re-rank."""
    return EncoderError(
        "reranker_missing",
        f"The checkpoint {model_id!r} cannot re-rank: {reason}. Expected a folder or a Hub id that "
        "holds a PhoBLIP checkpoint in safetensors. Correct PHOCLIP_RERANKER (of "
        "scripts/evaluate.py: --rerank), or unset it to search without re-ranking.",
        model=model_id,
        variable="PHOCLIP_RERANKER",
        reason=reason,
    )
