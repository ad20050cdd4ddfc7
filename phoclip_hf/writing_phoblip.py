"""How PhoBLIP writes: the image-grounded decoder, its output layer, and its loss."""

from typing import Any

from torch import Tensor, nn
from transformers.modeling_outputs import BaseModelOutputWithPastAndCrossAttentions

from .losses_phoblip import IGNORED, language_modeling_loss


class PhoBLIPWriting:
    """What the two models with an `lm_head` share, beside a `PhoBLIPPreTrainedModel`."""

    # The output layer is the token embeddings, with a bias of its own.
    _tied_weights_keys = {
        "lm_head.decoder.weight": "text_model.embeddings.word_embeddings.weight",
        "lm_head.decoder.bias": "lm_head.bias",
    }

    def get_output_embeddings(self) -> nn.Module:
        """Return the output layer."""
        return self.lm_head.decoder

    def set_output_embeddings(self, value: nn.Module) -> None:
        """Replace the output layer, and the bias that it shares."""
        self.lm_head.decoder, self.lm_head.bias = value, value.bias

    def write(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None,
        image_states: Tensor,
        logits_to_keep: int = 0,
        **options: Any,
    ) -> tuple[BaseModelOutputWithPastAndCrossAttentions, Tensor]:
        """Return the decoder's output and, at each token, the next one's logits.

        Args:
            input_ids: (texts, tokens); `<s>` is read as [Decode].
            attention_mask: (texts, cached + new tokens), or None.
            image_states: (texts, positions, width).
            logits_to_keep: number of last positions whose logits are computed; 0 is all.
            options: of `PhoBLIPTextModel.forward`.
        """
        output = self.text_model(
            self.in_mode(input_ids, self.config.decode_token_id),
            attention_mask=attention_mask,
            image_states=image_states,
            causal=True,
            return_dict=True,
            **options,
        )
        return output, self.lm_head(output.last_hidden_state[:, -logits_to_keep:])

    def writing_loss(self, logits: Tensor, labels: Tensor, attention_mask: Tensor | None) -> Tensor:
        """Return the smoothed language modelling loss; padding costs nothing."""
        if attention_mask is not None:
            labels = labels.masked_fill(attention_mask == 0, IGNORED)
        return language_modeling_loss(logits, labels, self.config.label_smoothing)
