"""Retrieval numbers of a model in training, over all captions of all pictures."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize
from tqdm.auto import tqdm

from ..data.captions import CaptionedPictures
from ..evaluation.retrieval import retrieval_metrics


def measure_retrieval(
    model: torch.nn.Module, dataset: CaptionedPictures, collator: Any
) -> dict[str, float]:
    """Return `t2i_r1 t2i_r5 t2i_r10 i2t_r1 …` over all captions of all pictures."""
    images, texts = embed_all(model, dataset, collator)
    scores = retrieval_metrics(images, texts, relevance=dataset.relevance())
    return {key: value for key, value in scores.items() if "2i_r" in key or "2t_r" in key}


def embed_all(
    model: torch.nn.Module, dataset: CaptionedPictures, collator: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Return image_embeds (pictures, dim) and text_embeds (captions, dim), of unit length.

    Every picture as it is served (centre crop), every caption; the model's mode is restored.
    """
    was_training = model.training
    model.eval()
    with torch.inference_mode():
        outputs = [list(_images(model, dataset, collator)), list(_texts(model, dataset, collator))]
    model.train(was_training)
    images, texts = (normalize(torch.cat(output), dim=-1).float().cpu() for output in outputs)
    return images.numpy(), texts.numpy()


def _images(
    model: torch.nn.Module, dataset: CaptionedPictures, collator: Any, batch: int = 100
) -> Iterator[Tensor]:
    for start in tqdm(range(0, len(dataset), batch), desc="pictures", leave=False):
        stop = min(start + batch, len(dataset))
        if dataset.features is not None:
            features = torch.from_numpy(dataset.features[start:stop, 0]).float()
            yield model.visual_projection(features.to(model.device))
        else:
            pixel_values = collator.pixel_values([dataset.read(row) for row in range(start, stop)])
            yield model.get_image_features(pixel_values.to(model.device)).pooler_output


def _texts(
    model: torch.nn.Module, dataset: CaptionedPictures, collator: Any, batch: int = 500
) -> Iterator[Tensor]:
    if dataset.text_features is not None:
        features = torch.from_numpy(np.concatenate(dataset.text_features)).float()
        yield model.text_projection(features.to(model.device))
        return
    captions = [{"input_ids": ids} for picture in dataset.captions for ids in picture]
    for start in range(0, len(captions), batch):
        inputs = collator.tokenizer.pad(captions[start : start + batch], return_tensors="pt")
        inputs = inputs.to(model.device)
        yield model.get_text_features(inputs["input_ids"], inputs["attention_mask"]).pooler_output
