"""A PhoCap or PhoBLIP checkpoint as one function: photos in, Vietnamese captions out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor
from transformers import AutoModelForImageTextToText, AutoProcessor

import phoclip_hf  # noqa: F401  (the Auto classes learn PhoCap's and PhoBLIP's names)
from phoclip_hf.serving.encoder import fingerprint, load_whole, model_missing

MAX_CAPTIONS = 5


@dataclass(frozen=True)
class Caption:
    """A caption, and how likely the model finds it.

    Args:
        text: NFC, without surplus spaces.
        score: geometric mean of the probabilities of its tokens, `</s>` included, 0 to 1. They are
            the model's own, whatever way of searching or sampling found the caption: scores of one
            photo's captions compare, and a long caption pays nothing for its length.
    """

    text: str
    score: float


class Captioner:
    """Writes captions of photos.

    Args:
        model_id: a folder or a Hub id of a PhoCap, or of a PhoBLIP for generation or pre-training;
            weights are read from safetensors only, no remote code runs.
        revision: of the Hub repository.
        device: a torch device.
        batch_size: photos a forward pass.

    Raises:
        EncoderError: the checkpoint is missing or is no captioner.
    """

    def __init__(
        self,
        model_id: str | Path,
        revision: str | None = None,
        device: str = "cpu",
        batch_size: int = 8,
    ):
        self.model_id = str(model_id)
        self.device = device
        self.batch_size = batch_size
        options = {"revision": revision} if revision else {}
        try:
            self.model = load_whole(AutoModelForImageTextToText, self.model_id, **options)
            self.processor = AutoProcessor.from_pretrained(self.model_id, **options)
        except (OSError, ValueError, KeyError) as error:
            raise model_missing(self.model_id, "PHOCLIP_CAPTIONER", error) from error
        self.model.eval().to(device)
        self.fingerprint = fingerprint(
            self.model_id, getattr(self.model.config, "_commit_hash", None)
        )

    def describe(
        self,
        image: Image.Image,
        count: int = 1,
        sample: bool = False,
        temperature: float = 0.8,
        beams: int = 5,
    ) -> list[Caption]:
        """Different captions of an RGB picture, best first; at most `count`, 1 to 5.

        Beam search gives the likeliest captions and the same ones each time; `beams` is raised to
        `count`, and 1 is greedy. Sampling draws from the likeliest 90 % of the vocabulary at each
        word (Holtzman et al. 2020, top-p), so that captions differ from each other and from call
        to call; two equal ones count once.
        """
        return self._write([image], count, sample, temperature, beams)[0]

    def describe_each(
        self, images: Sequence[Image.Image], count: int = 1, beams: int = 5
    ) -> list[list[Caption]]:
        """What `describe` gives for each of the RGB pictures, written in batches."""
        return [
            captions
            for start in range(0, len(images), self.batch_size)
            for captions in self._write(
                images[start : start + self.batch_size], count=count, beams=beams
            )
        ]

    def describe_all(self, images: Sequence[Image.Image], beams: int = 5) -> list[Caption]:
        """The best caption of each RGB picture, the one that `describe` gives, in batches."""
        return [captions[0] for captions in self.describe_each(images, beams=beams)]

    def _write(
        self,
        images: Sequence[Image.Image],
        count: int = 1,
        sample: bool = False,
        temperature: float = 0.8,
        beams: int = 5,
    ) -> list[list[Caption]]:
        options: dict[str, Any] = {"do_sample": False, "num_beams": max(beams, count)}
        if sample:
            options = {"do_sample": True, "num_beams": 1, "temperature": temperature}
            options |= {"top_p": 0.9, "top_k": 0}
        inputs = self.processor(images=list(images), return_tensors="pt").to(self.device)
        with torch.inference_mode():
            output = self.model.generate(
                pixel_values=inputs["pixel_values"],
                num_return_sequences=count,
                return_dict_in_generate=True,
                output_logits=True,
                **options,
            )
            scores = self._scores(output).tolist()
        texts = self.processor.batch_decode(output.sequences, skip_special_tokens=True)
        written = [
            Caption(" ".join(text.split()), score)
            for text, score in zip(texts, scores, strict=True)
        ]
        return [best_first(written[i : i + count]) for i in range(0, len(written), count)]

    def _scores(self, output: Any) -> Tensor:
        """Return the geometric mean of each caption's token probabilities, (captions,)."""
        ids = output.sequences  # (captions, tokens), padded after </s>
        log_probabilities = self.model.compute_transition_scores(
            ids, output.logits, getattr(output, "beam_indices", None), normalize_logits=True
        )
        ends = torch.as_tensor(self.model.generation_config.eos_token_id, device=ids.device)
        is_end = torch.isin(ids, ends)
        counts = is_end.cumsum(dim=1) - is_end.long() == 0  # up to the first </s>, and this one
        log_probabilities = log_probabilities.masked_fill(~counts, 0)
        return (log_probabilities.sum(dim=1) / counts.sum(dim=1)).exp()


def best_first(captions: Sequence[Caption]) -> list[Caption]:
    """Each text once, the highest score first; one without words only where there is no other."""
    best: dict[str, Caption] = {}
    for caption in sorted(captions, key=lambda caption: -caption.score):
        best.setdefault(caption.text, caption)
    return [caption for text, caption in best.items() if text] or list(best.values())
