"""PhoBLIP in pre-training: contrast, matching and writing from one look at each picture."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize
from transformers import PreTrainedTokenizerBase
from transformers import initialization as init
from transformers.models.roberta.modeling_roberta import RobertaLMHead
from transformers.utils import can_return_tuple

from .configuration_phoblip import PhoBLIPConfig
from .contrast_phoblip import momentum_contrast, same_picture
from .images_phoblip import see
from .losses_phoblip import hard_negatives, matching_loss
from .modeling_phoblip import PhoBLIPScorer
from .modeling_phoblip_generation import PhoBLIPForConditionalGeneration
from .modeling_phoblip_retrieval import PhoBLIPForImageTextRetrieval, PhoBLIPMatchingOutput
from .modeling_phoclip import PhoCLIPModel
from .queue_phoblip import UNKNOWN, MomentumEncoders, PairQueue
from .start_phoblip import config_like, take_weights
from .text_phoblip import ATTENTION, CAUSAL, CROSS, PhoBLIPTextModel
from .towers_phoclip import build_head, build_vision_tower, encode_texts
from .writing_phoblip import PhoBLIPWriting

MAX_LOGIT_SCALE = math.log(100)  # CLIP, section 2.5: scaling by more than 100 is unstable


@dataclass
class PhoBLIPPreTrainingOutput(PhoBLIPMatchingOutput):
    """What [`PhoBLIPForPreTraining`] returns; `loss` is the sum of the three.

    Attributes:
        itc_loss: image-text contrast, both directions.
        itm_loss: image-text matching; `matching_logits` are the true pairs', then the negatives'.
        lm_loss: language modelling.
    """

    itc_loss: Tensor | None = None
    itm_loss: Tensor | None = None
    lm_loss: Tensor | None = None


class PhoBLIPForPreTraining(PhoBLIPWriting, PhoBLIPScorer):
    """Learns from pairs: one pass of the image tower and three of the text transformer a step.

    Its checkpoint holds the momentum encoders and the queue, so that a resumed run goes on, and
    loads into [`PhoBLIPForImageTextRetrieval`] and [`PhoBLIPForConditionalGeneration`].
    """

    _auto_map_names = ("AutoModelForPreTraining",)
    _auto_map_others = {
        **dict.fromkeys(PhoBLIPForImageTextRetrieval._auto_map_names, PhoBLIPForImageTextRetrieval),
        "AutoModelForImageTextToText": PhoBLIPForConditionalGeneration,
    }
    # A retrieval or PhoCLIP checkpoint has none; they start from the weights at the first step.
    _keys_to_ignore_on_load_missing = [r"^momentum\.", r"^queue\."]

    def __init__(self, config: PhoBLIPConfig):
        super().__init__(config, (ATTENTION, CAUSAL, CROSS))
        self.lm_head = RobertaLMHead(config.text_config)
        self.momentum = MomentumEncoders(
            {
                "vision_model": build_vision_tower(config.vision_config),
                "text_model": PhoBLIPTextModel(config.text_config, (ATTENTION,)),
                "visual_projection": build_head(self._pooled_width(), config),
                "text_projection": build_head(config.text_config.hidden_size, config),
            }
        )
        self.queue = PairQueue(config.queue_size, config.projection_dim)
        self.post_init()

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        super()._init_weights(module)
        if isinstance(module, MomentumEncoders):
            init.zeros_(module.steps)
        elif isinstance(module, PairQueue):
            for buffer in (module.image_embeds, module.text_embeds, module.pushed):
                init.zeros_(buffer)
            init.constant_(module.image_ids, UNKNOWN)

    def resize_token_embeddings(self, *args: Any, **kwargs: Any) -> nn.Embedding:
        """Resize the token embeddings, those of the momentum encoder too."""
        embeddings = super().resize_token_embeddings(*args, **kwargs)
        slow = self.momentum.text_model
        rows = slow.get_input_embeddings().num_embeddings
        if rows != embeddings.num_embeddings:
            slow.resize_token_embeddings(embeddings.num_embeddings, mean_resizing=False)
            words = slow.get_input_embeddings().requires_grad_(False).weight
            words[rows:] = embeddings.weight.detach()[rows:]
        return embeddings

    @can_return_tuple
    def forward(
        self,
        input_ids: Tensor,
        pixel_values: Tensor,
        attention_mask: Tensor | None = None,
        image_ids: Tensor | None = None,
        positives: Tensor | None = None,
        return_loss: bool = True,
        output_attentions: bool | None = None,
        output_hidden_states: bool | None = None,
    ) -> tuple | PhoBLIPPreTrainingOutput:
        """Return the three losses of pairs, row i of the texts belonging to row i of the pictures.

        In training mode the momentum encoders take a step and the queue takes the batch in; in
        evaluation mode nothing moves, and negatives are the most alike instead of drawn.

        Args:
            input_ids: (batch, tokens), padding on the right.
            pixel_values: (batch, 3, height, width).
            attention_mask: (batch, tokens), 1 for real tokens.
            image_ids: (batch,) int64 from 0, equal where the picture is: no caption of a picture
                stands against another of its own, in the batch or in the queue. None: every picture
                is another one.
            positives: boolean (batch, batch), pictures against texts: true pairs beside those.
            return_loss: False leaves the losses out, and all that only they need.
            output_attentions: as in `get_image_features` and `get_text_features`.
            output_hidden_states: likewise.
        """
        batch = len(input_ids)
        if len(pixel_values) != batch:
            raise ValueError(f"{len(pixel_values)} pictures and {batch} texts are no pairs.")
        if image_ids is None:
            image_ids = input_ids.new_full((batch,), UNKNOWN)
        flags = {
            "output_attentions": output_attentions,
            "output_hidden_states": output_hidden_states,
        }
        image_output = see(self.vision_model, self.config.image_pooling, pixel_values, **flags)
        image_states, pooled = image_output.last_hidden_state, image_output.pooler_output
        image_output.pooler_output = self.visual_projection(pooled)
        if self.training:
            with torch.no_grad():
                self.logit_scale.clamp_(max=MAX_LOGIT_SCALE)
        text_output = self.get_text_features(input_ids, attention_mask, return_dict=True, **flags)
        output = PhoBLIPPreTrainingOutput(
            image_embeds=normalize(image_output.pooler_output, dim=-1),
            text_embeds=normalize(text_output.pooler_output, dim=-1),
            vision_model_output=image_output,
            text_model_output=text_output,
        )
        cosines = output.image_embeds @ output.text_embeds.t()
        output.logits_per_image = cosines * self.logit_scale.exp()  # (batch, batch)
        output.logits_per_text = output.logits_per_image.t()
        if not return_loss:
            return output

        true = torch.eye(batch, dtype=torch.bool, device=input_ids.device)
        true |= same_picture(image_ids, image_ids)
        if positives is not None:
            true |= positives
        output.itc_loss = momentum_contrast(
            (output.image_embeds, output.text_embeds),
            self._momentum_embeds(pixel_values, pooled, input_ids, attention_mask),
            image_ids,
            true,
            self.queue,
            self.logit_scale.exp(),
            self.config.soft_label_share * self._warmed_up(self.config.soft_label_warmup_steps),
            push=self.training,
        )
        output.matching_logits, output.itm_loss = self._matching(
            output.logits_per_image, image_states, input_ids, attention_mask, true
        )
        output.matching_scores = output.matching_logits.softmax(dim=-1)[:, 1]
        _, logits = self.write(input_ids, attention_mask, image_states, use_cache=False)
        output.lm_loss = self.writing_loss(logits, input_ids, attention_mask)
        output.loss = output.itc_loss + output.itm_loss + output.lm_loss
        return output

    @torch.no_grad()
    def _momentum_embeds(
        self,
        pixel_values: Tensor,
        pooled: Tensor,
        input_ids: Tensor,
        attention_mask: Tensor | None,
    ) -> tuple[Tensor, Tensor]:
        """Move the momentum encoders and return what they make of the batch, (batch, dim) twice."""
        slow = self.momentum
        if self.training:
            slow.update(self, self.config.momentum)
        else:
            slow.start(self)
        if any(parameter.requires_grad for parameter in self.vision_model.parameters()):
            pooled = see(slow.vision_model, self.config.image_pooling, pixel_values).pooler_output
        texts = encode_texts(
            slow.text_model,
            slow.text_projection,
            self.config.text_pooling,
            input_ids=input_ids,
            attention_mask=attention_mask,
        )
        images = slow.visual_projection(pooled)
        return normalize(images, dim=-1), normalize(texts.pooler_output, dim=-1)

    def _warmed_up(self, steps: int) -> float:
        """Return how much of a warm-up of so many steps is behind the model, up to 1."""
        return min(1.0, int(self.momentum.steps) / steps) if steps else 1.0

    def _matching(
        self,
        logits: Tensor,
        image_states: Tensor,
        input_ids: Tensor,
        attention_mask: Tensor | None,
        true: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Return logits and loss: true pairs, then hard texts and hard pictures for them."""
        if self.training:  # similarities of 0 draw any negative
            logits = logits * self._warmed_up(self.config.hard_negative_warmup_steps)
        images, wrong_texts = hard_negatives(logits, true, self.training)
        texts, wrong_images = hard_negatives(logits.t(), true.t(), self.training)
        pairs = torch.arange(len(input_ids), device=input_ids.device)
        image_rows = torch.cat([pairs, images, wrong_images])
        text_rows = torch.cat([pairs, wrong_texts, texts])
        matching_logits = self.match(
            image_states[image_rows],
            input_ids[text_rows],
            None if attention_mask is None else attention_mask[text_rows],
        )
        matches = torch.arange(len(image_rows), device=pairs.device) < len(pairs)
        return matching_logits, matching_loss(matching_logits, matches)

    @classmethod
    def from_phoclip(
        cls, phoclip: PhoCLIPModel, tokenizer: PreTrainedTokenizerBase, **numbers: Any
    ) -> "PhoBLIPForPreTraining":
        """Return a model that sees and reads as `phoclip` does, and has to learn the rest.

        Both self-attentions start from the text tower's; cross-attention, the matching head and the
        output layer's transform are fresh. [`PhoCLIPModel.from_text_vision_pretrained`] makes a
        `phoclip` of PhoBERT and any image tower.

        Args:
            phoclip: the dual encoder; its text tower is a RoBERTa.
            tokenizer: its tokenizer, which learns [Encode] and [Decode].
            numbers: further fields of [`PhoBLIPConfig`].
        """
        model = cls(config_like(phoclip, tokenizer, numbers))
        take_weights(model, phoclip)
        return model


__all__ = ["PhoBLIPForPreTraining"]
