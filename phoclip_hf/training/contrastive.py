"""The contrastive stage: `transformers.Trainer` with our loss, measured by retrieval."""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.data import ConcatDataset, Dataset, Sampler
from tqdm.auto import tqdm
from transformers import Trainer

from ..data.captions import CaptionedPictures, OneSourcePerBatch
from ..evaluation.retrieval import retrieval_metrics
from ..losses_phoclip import contrastive_loss

MAX_LOGIT_SCALE = float(np.log(100))  # CLIP, section 2.5: scaling by more than 100 is unstable


class ContrastiveTrainer(Trainer):
    """Trains a `PhoCLIPModel` on `CaptionedPictures`; `evaluate` measures retrieval.

    Args:
        repeats: passes over each source of a `ConcatDataset` in one epoch.
        learning_rates: parameter prefix → learning rate, for parts that differ from the rest.
        freeze_batch_norm: keep the image tower's statistics, which batches of one source at a
            time would pull to and fro.
        **kwargs: Trainer's own. `eval_dataset` is one `CaptionedPictures`, or several by name.
    """

    def __init__(
        self,
        *args: Any,
        repeats: list[int] | None = None,
        learning_rates: dict[str, float] | None = None,
        freeze_batch_norm: bool = False,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.repeats, self.learning_rates = repeats, learning_rates or {}
        tower = self.model.vision_model.modules() if freeze_batch_norm else ()
        self.frozen_norms = [module for module in tower if isinstance(module, _BatchNorm)]

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        """Return the softmax loss; a caption that fits several pictures is a true pair of each."""
        for norm in self.frozen_norms:  # Trainer has just called model.train()
            norm.eval()
        with torch.no_grad():
            self.model.logit_scale.clamp_(max=MAX_LOGIT_SCALE)
        image_embeds, text_embeds = embed(model, inputs)
        logits_per_image = model.logit_scale.exp() * image_embeds @ text_embeds.t()
        loss = contrastive_loss(logits_per_image, inputs["positives"])
        return (loss, {"loss": loss}) if return_outputs else loss

    def evaluate(
        self,
        eval_dataset: CaptionedPictures | dict[str, CaptionedPictures] | None = None,
        ignore_keys: list[str] | None = None,
        metric_key_prefix: str = "eval",
    ) -> dict[str, float]:
        """Return recall at 1, 5 and 10 in both directions, over all captions of each picture."""
        data = self.eval_dataset if eval_dataset is None else eval_dataset
        sets = data if isinstance(data, dict) else {"": data}
        metrics: dict[str, float] = {}
        for name, dataset in sets.items():
            prefix = f"{metric_key_prefix}_{name}_" if name else f"{metric_key_prefix}_"
            scores = measure_retrieval(self.model, dataset, self.data_collator)
            metrics |= {prefix + key: value for key, value in scores.items()}
        self.log(metrics)
        self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def create_optimizer(self, *args: Any, **kwargs: Any) -> torch.optim.Optimizer:
        """Return Trainer's optimizer, with the named parts at learning rates of their own."""
        optimizer = super().create_optimizer(*args, **kwargs)
        if self.learning_rates:
            names = {id(value): name for name, value in self.model.named_parameters()}
            optimizer.param_groups[:] = [
                part for group in optimizer.param_groups for part in self._split(group, names)
            ]
        return optimizer

    def _split(self, group: dict[str, Any], names: dict[int, str]) -> list[dict[str, Any]]:
        parts: dict[float, list[Tensor]] = {}
        for parameter in group["params"]:
            rates = [
                rate
                for prefix, rate in self.learning_rates.items()
                if names[id(parameter)].startswith(prefix)
            ]
            parts.setdefault(rates[0] if rates else group["lr"], []).append(parameter)
        return [group | {"params": values, "lr": rate} for rate, values in parts.items()]

    def _get_train_sampler(self, train_dataset: Dataset | None = None) -> Sampler[int] | None:
        data = train_dataset if train_dataset is not None else self.train_dataset
        parts = data.datasets if isinstance(data, ConcatDataset) else [data]
        return OneSourcePerBatch(
            [len(part) for part in parts],
            self._train_batch_size,
            self.repeats or [1] * len(parts),
            self.args.seed,
            [part.things for part in parts],
        )


def embed(model: torch.nn.Module, inputs: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Return unit `image_embeds` and `text_embeds`, from pixels or a locked tower's features."""
    texts = {key: inputs[key] for key in ("input_ids", "attention_mask")}
    if "image_features" in inputs:
        image_embeds = normalize(model.visual_projection(inputs["image_features"]), dim=-1)
        return image_embeds, model(**texts).text_embeds
    outputs = model(pixel_values=inputs["pixel_values"], return_loss=False, **texts)
    return outputs.image_embeds, outputs.text_embeds


def measure_retrieval(
    model: torch.nn.Module, dataset: CaptionedPictures, collator: Any
) -> dict[str, float]:
    """Return `t2i_r1 t2i_r5 t2i_r10 i2t_r1 …` over all captions of all pictures."""
    images, texts = embed_all(model, dataset, collator)
    scores = retrieval_metrics(images, texts, relevance=dataset.relevance())
    return {key: value for key, value in scores.items() if "2i_r" in key or "2t_r" in key}


@torch.inference_mode()
def embed_all(
    model: torch.nn.Module, dataset: CaptionedPictures, collator: Any, batch_size: int = 100
) -> tuple[np.ndarray, np.ndarray]:
    """Return image_embeds (pictures, dim) and text_embeds (captions, dim), of unit length.

    Every picture as it is served (centre crop), every caption; the model's mode is restored.
    """
    was_training = model.training
    model.eval()
    device = next(model.parameters()).device
    images, texts = [], []
    captions = [ids for picture in dataset.captions for ids in picture]
    for start in tqdm(range(0, len(dataset), batch_size), desc="pictures", leave=False):
        rows = range(start, min(start + batch_size, len(dataset)))
        if dataset.features is not None:
            features = torch.from_numpy(dataset.features[rows.start : rows.stop, 0]).float()
            output = model.visual_projection(features.to(device))
        else:
            pixels = torch.stack([dataset.read(row) for row in rows]).float().div_(255)
            output = model.get_image_features(collator.normalize(pixels).to(device)).pooler_output
        images.append(normalize(output, dim=-1).cpu().numpy())
    for start in range(0, len(captions), batch_size * 5):
        chunk = [{"input_ids": ids} for ids in captions[start : start + batch_size * 5]]
        batch = collator.tokenizer.pad(chunk, return_tensors="pt").to(device)
        output = model.get_text_features(batch["input_ids"], batch["attention_mask"]).pooler_output
        texts.append(normalize(output, dim=-1).cpu().numpy())
    model.train(was_training)
    return np.concatenate(images), np.concatenate(texts)
