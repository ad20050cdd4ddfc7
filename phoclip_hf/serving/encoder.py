"""A PhoCLIP checkpoint as two functions: photos or texts in, unit vectors out."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn.functional import normalize
from transformers import AutoConfig, PreTrainedModel

from phoclip_hf.configuration_phoblip import PhoBLIPConfig
from phoclip_hf.modeling_phoblip_retrieval import PhoBLIPForImageTextRetrieval
from phoclip_hf.modeling_phoclip import PhoCLIPModel
from phoclip_hf.processing_phoclip import PhoCLIPProcessor
from phoclip_hf.serving.errors import EncoderError

# What beside the weights decides on an answer.
SETTINGS = (
    "config.json",
    "generation_config.json",
    "processor_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
)


class PhoCLIPEncoder:
    """Encodes photos and Vietnamese texts into one space of unit vectors.

    A PhoBLIP checkpoint, of pre-training too, is encoded with as a PhoCLIP is.

    Args:
        model_id: a folder or a Hub id; weights are read from safetensors only, no remote code runs.
        revision: of the Hub repository.
        device: a torch device.
        batch_size: photos or texts a forward pass.

    Raises:
        EncoderError: the checkpoint is missing or is none of PhoCLIP's.
    """

    def __init__(
        self,
        model_id: str | Path,
        revision: str | None = None,
        device: str = "cpu",
        batch_size: int = 16,
    ):
        self.model_id = str(model_id)
        self.device = device
        self.batch_size = batch_size
        options = {"revision": revision} if revision else {}
        try:
            config = AutoConfig.from_pretrained(self.model_id, **options)
            is_phoblip = isinstance(config, PhoBLIPConfig)
            model_class = PhoBLIPForImageTextRetrieval if is_phoblip else PhoCLIPModel
            self.model = load_whole(model_class, self.model_id, **options)
            self.processor = PhoCLIPProcessor.from_pretrained(self.model_id, **options)
        except (OSError, ValueError, KeyError) as error:
            raise model_missing(self.model_id, "PHOCLIP_MODEL", error) from error
        self.model.eval().to(device)
        self.fingerprint = fingerprint(
            self.model_id, getattr(self.model.config, "_commit_hash", None)
        )

    @property
    def dimension(self) -> int:
        """Width of the vectors."""
        return self.model.config.projection_dim

    @property
    def logit_scale(self) -> float:
        """What a cosine is multiplied by before the softmax."""
        return float(self.model.logit_scale.detach().exp())

    @property
    def max_tokens(self) -> int:
        """Tokens of a text that count; the rest is cut off."""
        return self.processor.tokenizer.model_max_length

    def encode_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        """Unit vectors of RGB pictures, float32 (images, dimension)."""
        return self._encode(images, self._image_features)

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors of raw Vietnamese texts, float32 (texts, dimension)."""
        return self._encode(texts, self._text_features)

    def is_cut(self, text: str) -> bool:
        """Whether the end of a text is beyond what the model reads."""
        tokens = self.processor.tokenizer(text, truncation=False, verbose=False)["input_ids"]
        return len(tokens) > self.max_tokens

    def _encode(self, items: Sequence, features) -> np.ndarray:
        rows = [np.empty((0, self.dimension), np.float32)]
        for start in range(0, len(items), self.batch_size):
            with torch.inference_mode():
                output = features(list(items[start : start + self.batch_size]))
                rows.append(normalize(output.pooler_output, dim=-1).float().cpu().numpy())
        return np.concatenate(rows)

    def _image_features(self, images: list[Image.Image]):
        inputs = self.processor(images=images, return_tensors="pt").to(self.device)
        return self.model.get_image_features(pixel_values=inputs["pixel_values"])

    def _text_features(self, texts: list[str]):
        inputs = self.processor(text=texts, return_tensors="pt", padding=True, truncation=True).to(
            self.device
        )
        return self.model.get_text_features(
            input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]
        )


def fingerprint(model_id: str, commit: str | None = None) -> str:
    """What tells two checkpoints apart: a Hub commit, or a hash of a folder's weights and settings.

    It names no path, so that a folder may be moved, and counts nothing that training, measuring or
    publishing leaves beside them.
    """
    folder = Path(model_id)
    if not folder.is_dir():
        return f"{model_id}@{commit or 'unknown'}"
    digest = hashlib.blake2b(digest_size=16)
    settings = [path for name in SETTINGS if (path := folder / name).is_file()]
    for path in sorted([*folder.glob("model*.safetensors"), *settings]):
        digest.update(path.name.encode())
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return f"blake2b:{digest.hexdigest()}"


def load_whole(model_class: type, model_id: str, **options: object) -> PreTrainedModel:
    """The model with every weight from the checkpoint, read from safetensors.

    Raises ValueError where some are missing: Transformers fills them at random, with a warning that
    nobody reads on a server, when the folder holds a model of another kind.
    """
    model, found = model_class.from_pretrained(
        model_id, use_safetensors=True, output_loading_info=True, **options
    )
    if missing := sorted(found["missing_keys"]):
        raise ValueError(
            f"it lacks {len(missing)} weights of {type(model).__name__}, such as {missing[0]}"
        )
    return model


def model_missing(model_id: str, variable: str, cause: Exception) -> EncoderError:
    """The error for a checkpoint that cannot be loaded; `variable` is what chooses it."""
    reason = (str(cause).strip() or type(cause).__name__).splitlines()[0].rstrip(".")
    if Path(model_id).is_absolute() and not Path(model_id).exists():
        reason = "there is no such folder"
    return EncoderError(
        "model_missing",
        f"The checkpoint {model_id!r} cannot be loaded: {reason}. Expected a folder or a Hub id "
        f"that holds a PhoCLIP checkpoint in safetensors. Correct {variable}, or unset it to use "
        "the checkpoint that is shipped.",
        model=model_id,
        variable=variable,
        reason=reason,
    )
