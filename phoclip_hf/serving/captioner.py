"""A PhoCap checkpoint as one function: a photo in, Vietnamese captions out."""

from pathlib import Path

import torch
from PIL import Image
from transformers import AutoModelForImageTextToText, AutoProcessor

import phoclip_hf  # noqa: F401  (the Auto classes learn PhoCap's name)
from phoclip_hf.serving.encoder import fingerprint, load_whole, model_missing

MAX_CAPTIONS = 5


class PhoCapCaptioner:
    """Writes captions of one photo at a time.

    Args:
        model_id: a folder or a Hub id; weights are read from safetensors only, no remote code runs.
        revision: of the Hub repository.
        device: a torch device.

    Raises:
        EncoderError: the checkpoint is missing or is no captioner.
    """

    def __init__(self, model_id: str | Path, revision: str | None = None, device: str = "cpu"):
        self.model_id = str(model_id)
        self.device = device
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
    ) -> list[str]:
        """Different captions of an RGB picture, best first; at most `count`, 1 to 5.

        Beam search gives the likeliest captions and the same ones each time. Sampling draws from
        the likeliest 90 % of the vocabulary at each word (Holtzman et al. 2020, top-p), so that
        captions differ from each other and from call to call; two equal ones count once.
        """
        options = {"do_sample": True, "temperature": temperature, "top_p": 0.9, "top_k": 0}
        if not sample:
            options = {"do_sample": False, "num_beams": max(beams, count)}
        inputs = self.processor(images=image, return_tensors="pt").to(self.device)
        with torch.inference_mode():
            ids = self.model.generate(
                pixel_values=inputs["pixel_values"], num_return_sequences=count, **options
            )
        captions = self.processor.batch_decode(ids, skip_special_tokens=True)
        return list(dict.fromkeys(" ".join(caption.split()) for caption in captions))
