"""PhoBLIP as a judge: cosines to search among many, matching to look closely at a few."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor
from torch.nn.functional import normalize
from transformers.utils import can_return_tuple

from .configuration_phoblip import PhoBLIPConfig
from .modeling_phoblip import PhoBLIPScorer
from .modeling_phoclip import PhoCLIPOutput
from .text_phoblip import ATTENTION, CROSS


@dataclass
class PhoBLIPMatchingOutput(PhoCLIPOutput):
    """What [`PhoBLIPForImageTextRetrieval`] returns: PhoCLIP's fields, and how well each pair fits.

    Attributes:
        matching_scores: (pairs,), the probability that picture and text belong together.
        matching_logits: (pairs, 2): no, yes.
    """

    matching_scores: Tensor | None = None
    matching_logits: Tensor | None = None

    def to_tuple(self) -> tuple[Any, ...]:
        """Return as PhoCLIP's, in the fields' order, whatever was set first: a loss leads."""
        return PhoCLIPOutput.to_tuple(type(self)(**self))


class PhoBLIPForImageTextRetrieval(PhoBLIPScorer):
    """Scores pictures and Vietnamese texts: cosines, as PhoCLIP, and the matching of each pair.

    The cosine searches among many; matching reads the text with the picture before it, and sorts
    the first of what was found anew.
    """

    _auto_map_names = ("AutoModel", "AutoModelForZeroShotImageClassification")
    # Of a pre-training checkpoint; what writes captions, and what training needs.
    _keys_to_ignore_on_load_unexpected = [
        r"^text_model\..*\.causal_attention\.",
        r"^lm_head\.",
        r"^momentum\.",
        r"^queue\.",
    ]

    def __init__(self, config: PhoBLIPConfig):
        super().__init__(config, (ATTENTION, CROSS))
        self.post_init()

    @can_return_tuple
    def forward(
        self,
        input_ids: Tensor | None = None,
        pixel_values: Tensor | None = None,
        attention_mask: Tensor | None = None,
        return_matching: bool = True,
        output_attentions: bool | None = None,
        output_hidden_states: bool | None = None,
    ) -> tuple | PhoBLIPMatchingOutput:
        """Return unit embeddings and logits as PhoCLIP's, and the matching of each pair.

        One modality alone returns its own embeds. Matching needs as many pictures as texts, row i
        belonging to row i, or one picture, or one text; otherwise it is left out.

        Args:
            input_ids: (texts, tokens), or None.
            pixel_values: (images, 3, height, width), or None.
            attention_mask: (texts, tokens).
            return_matching: compute it; one image-grounded pass for each pair.
            output_attentions: as in `get_image_features` and `get_text_features`.
            output_hidden_states: likewise.
        """
        if input_ids is None and pixel_values is None:
            raise ValueError(f"{type(self).__name__} needs pixel_values, input_ids or both.")
        flags = {
            "output_attentions": output_attentions,
            "output_hidden_states": output_hidden_states,
            "return_dict": True,
        }
        output = PhoBLIPMatchingOutput()
        if pixel_values is not None:
            output.vision_model_output = self.get_image_features(pixel_values, **flags)
            output.image_embeds = normalize(output.vision_model_output.pooler_output, dim=-1)
        if input_ids is not None:
            output.text_model_output = self.get_text_features(input_ids, attention_mask, **flags)
            output.text_embeds = normalize(output.text_model_output.pooler_output, dim=-1)
        if input_ids is None or pixel_values is None:
            return output
        cosines = output.image_embeds @ output.text_embeds.t()
        output.logits_per_image = cosines * self.logit_scale.exp()  # (images, texts)
        output.logits_per_text = output.logits_per_image.t()
        counts = {len(pixel_values), len(input_ids)}
        if return_matching and (len(counts) == 1 or 1 in counts):
            image_states = output.vision_model_output.last_hidden_state
            output.matching_logits = self.match(image_states, input_ids, attention_mask)
            output.matching_scores = output.matching_logits.softmax(dim=-1)[:, 1]
        return output


__all__ = ["PhoBLIPForImageTextRetrieval"]
