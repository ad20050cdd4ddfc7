"""The butterfly CNN: convolution, ReLU, max-pool, four times over, and one linear layer."""

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers import initialization as init
from transformers.modeling_outputs import ImageClassifierOutputWithNoAttention
from transformers.utils import can_return_tuple

from .configuration_butterfly import ButterflyCNNConfig


class ButterflyCNNForImageClassification(PreTrainedModel):
    """Scores a picture against every class, as other `AutoModelForImageClassification` do.

    Each convolution keeps the picture's side (zero padding) and each max-pool halves it, so that
    224 pixels become 14 after four.

    Args:
        config: the numbers.
    """

    config_class = ButterflyCNNConfig
    base_model_prefix = "butterfly_cnn"
    main_input_name = "pixel_values"
    input_modalities = ("image",)
    # Trainer must not pass `num_items_in_batch`: the loss is a mean over the batch.
    accepts_loss_kwargs = False

    def __init__(self, config: ButterflyCNNConfig):
        super().__init__(config)
        self.num_labels = config.num_labels
        doubled = [config.hidden_channels * 2**i for i in range(len(config.kernel_sizes))]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(channels_in, channels_out, kernel_size, padding=kernel_size // 2)
            for channels_in, channels_out, kernel_size in zip(
                [config.num_channels, *doubled], doubled, config.kernel_sizes, strict=False
            )
        )
        self.classifier = nn.Linear(doubled[-1] * config.feature_size**2, config.num_labels)
        self.post_init()

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        super()._init_weights(module)
        if isinstance(module, nn.Conv2d):
            # He et al. 2015, equation 10: without it each ReLU halves the signal's variance.
            init.kaiming_normal_(module.weight, nonlinearity="relu")
        elif isinstance(module, nn.Linear):
            init.normal_(module.weight, std=module.in_features**-0.5)

    @can_return_tuple
    def forward(
        self,
        pixel_values: Tensor,
        labels: Tensor | None = None,
        output_hidden_states: bool | None = None,
    ) -> tuple | ImageClassifierOutputWithNoAttention:
        """Return logits (images, classes), and the loss where there are labels.

        Args:
            pixel_values: (images, num_channels, image_size, image_size).
            labels: (images,) class numbers for cross-entropy, or what `config.problem_type` asks.
            output_hidden_states: return the feature map after each max-pool too.
            return_dict: False for a tuple.

        Raises:
            ValueError: the pictures have another size, for which the linear layer has no weights.
        """
        side = self.config.image_size
        expected = (self.config.num_channels, side, side)
        if tuple(pixel_values.shape[1:]) != expected:
            raise ValueError(
                f"pixel_values has shape {tuple(pixel_values.shape)}, expected (images, "
                f"{', '.join(map(str, expected))}): prepare pictures with the image processor that "
                "lies beside the weights."
            )
        states = pixel_values.to(self.classifier.weight.dtype)
        hidden_states = []
        for convolution in self.convolutions:
            # (images, channels, side, side) to (images, 2 · channels, side / 2, side / 2)
            states = nn.functional.max_pool2d(convolution(states).relu(), 2)
            hidden_states.append(states)
        logits = self.classifier(states.flatten(1))  # (images, classes)
        loss = None if labels is None else self.loss_function(labels, logits, self.config)
        if output_hidden_states is None:
            output_hidden_states = self.config.output_hidden_states
        return ImageClassifierOutputWithNoAttention(
            loss=loss,
            logits=logits,
            hidden_states=tuple(hidden_states) if output_hidden_states else None,
        )


__all__ = ["ButterflyCNNForImageClassification"]
