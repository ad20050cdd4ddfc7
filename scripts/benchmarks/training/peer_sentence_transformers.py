"""sentence-transformers: a `Router` by modality, its trainer, its ranking loss in both directions.

    python scripts/benchmarks/training/peer_sentence_transformers.py \
        '{"contender": "sentence_transformers", …}'

Recipe: `SentenceTransformerTrainer` with its data collator, `MultipleNegativesRankingLoss` in the
symmetric form that its documentation gives for pairs, its scale of 20, a linear schedule with a
tenth of warm-up, no weight decay, pictures without augmentation. It has no switch for a locked
tower: the image tower's gradients are taken away, and its forward runs at each step.
"""

from pathlib import Path
from typing import Any

import torch
from asked import Job
from job import Trained, main, training_arguments
from pictures import CaptionTokens, Pictures
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from sentence_transformers.base.modules import Dense, InputModule, Router
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from sentence_transformers.sentence_transformer.modules import Pooling
from torch import Tensor
from torchvision.transforms import v2 as transforms
from towers import SharedSpace, load_initial, matrices
from transformers import PreTrainedModel

from phoclip_hf import PhoCLIPModel
from phoclip_hf.towers_phoclip import vision_width


class Tower(InputModule):
    """A tower as sentence-transformers' first module; the subclasses know its inputs."""

    def __init__(self, tower: PreTrainedModel):
        super().__init__()
        self.tower = tower

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        """Save the tower alone; the benchmark reads nothing back."""
        self.tower.save_pretrained(Path(output_path))


class ImageTower(Tower):
    """PIL images to pooled features, (images, width)."""

    def __init__(self, tower: PreTrainedModel, served: transforms.Transform | None):
        super().__init__(tower)
        self.served = served

    @property
    def modalities(self) -> list[str]:
        """What the router sends here."""
        return ["image"]

    def preprocess(self, inputs: list[Any], **_: Any) -> dict[str, Tensor]:
        """Return `pixel_values`, (images, 3, size, size)."""
        return {"pixel_values": torch.stack([self.served(image) for image in inputs])}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add `sentence_embedding`, (images, width)."""
        pooled = self.tower(pixel_values=features["pixel_values"]).pooler_output
        return features | {"sentence_embedding": pooled.flatten(1)}


class TextTower(Tower):
    """Captions to states of their tokens, (texts, tokens, width)."""

    def __init__(self, tower: PreTrainedModel, tokens: CaptionTokens | None):
        super().__init__(tower)
        self.tokens = tokens

    def preprocess(self, inputs: list[str], **_: Any) -> dict[str, Tensor]:
        """Return `input_ids` and `attention_mask`, (texts, tokens) each."""
        return dict(self.tokens.padded(inputs))

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add `token_embeddings`, (texts, tokens, width)."""
        output = self.tower(features["input_ids"], features["attention_mask"])
        return features | {"token_embeddings": output.last_hidden_state}


def build(
    initial: PhoCLIPModel,
    served: transforms.Transform | None = None,
    tokens: CaptionTokens | None = None,
) -> SentenceTransformer:
    """Return a model that routes pictures and texts through a tower and a matrix each.

    Args:
        initial: the weights.
        served: how a picture becomes pixels; None where pixels are given.
        tokens: the ids of the captions; None where ids are given.
    """
    width = initial.config.text_config.hidden_size
    visual, textual = matrices(initial)
    router = Router(
        {
            "image": [
                ImageTower(initial.vision_model, served),
                projection(vision_width(initial.vision_model), visual),
            ],
            "text": [
                TextTower(initial.text_model, tokens),
                Pooling(width, pooling_mode="mean"),
                projection(width, textual),
            ],
        }
    )
    return SentenceTransformer(modules=[router])


def projection(width: int, matrix: Tensor) -> Dense:
    """Return a matrix (dim, width) as sentence-transformers' module."""
    return Dense(
        width, len(matrix), bias=False, activation_function=None, init_weight=matrix.clone()
    )


def space(model: SentenceTransformer) -> SharedSpace:
    """Return the model as one that can be measured."""

    def embed(modality: str, **features: Tensor) -> Tensor:
        return model({"modality": modality, **features})["sentence_embedding"]

    return SharedSpace(
        model,
        lambda pixels: embed("image", pixel_values=pixels),
        lambda ids, mask: embed("text", input_ids=ids, attention_mask=mask),
    )


def train(job: Job, pictures: Pictures) -> Trained:
    """Train with `SentenceTransformerTrainer`."""
    initial = load_initial(job.initial)
    model = build(initial, pictures.served(), pictures.tokens)
    if job.mode == "locked":
        initial.vision_model.requires_grad_(False)
    loss = MultipleNegativesRankingLoss(
        model, directions=("query_to_doc", "doc_to_query"), partition_mode="per_direction"
    )
    arguments = SentenceTransformerTrainingArguments(
        output_dir=job.output,
        warmup_steps=0.1,
        router_mapping={"caption": "text", "image": "image"},
        **training_arguments(job),
    )
    table = pictures.captioned()
    SentenceTransformerTrainer(model, arguments, train_dataset=table, loss=loss).train()
    return Trained(space(model))


if __name__ == "__main__":
    main(train)
