"""The numbers of the butterfly CNN: picture size, channels, kernels, classes."""

from huggingface_hub.dataclasses import strict
from transformers import PreTrainedConfig


@strict
class ButterflyCNNConfig(PreTrainedConfig):
    """Holds every number that [`ButterflyCNNForImageClassification`] is built from.

    The classes are Transformers' own fields: `num_labels`, `id2label`, `label2id`.

    Args:
        image_size: side of the square picture, in pixels.
        num_channels: of the picture; 3 is RGB.
        hidden_channels: that the first convolution puts out; each further one doubles them.
        kernel_sizes: one convolution each, odd numbers of pixels; the seed's are 5, 5, 3, 5.
    """

    model_type = "butterfly_cnn"

    image_size: int = 224
    num_channels: int = 3
    hidden_channels: int = 16
    kernel_sizes: tuple[int, ...] | list[int] = (5, 5, 3, 5)

    @property
    def feature_size(self) -> int:
        """Side of the last feature map, in pixels: each convolution's max-pool halves it."""
        return self.image_size // 2 ** len(self.kernel_sizes)

    def validate_architecture(self) -> None:
        """Raise `ValueError` for what no such network can have (called by `@strict`)."""
        if not self.kernel_sizes or any(size < 1 or size % 2 == 0 for size in self.kernel_sizes):
            raise ValueError(
                f"kernel_sizes={list(self.kernel_sizes)}: expected odd numbers of pixels, one a "
                "convolution, such as [5, 5, 3, 5]."
            )
        if self.hidden_channels < 1 or self.num_channels < 1:
            raise ValueError(
                f"hidden_channels={self.hidden_channels}, num_channels={self.num_channels}: "
                "expected at least one of each; 16 and 3 are the defaults."
            )
        if self.feature_size < 1:
            raise ValueError(
                f"image_size={self.image_size}: {len(self.kernel_sizes)} max-pools leave nothing "
                f"of it; expected at least {2 ** len(self.kernel_sizes)} pixels."
            )


__all__ = ["ButterflyCNNConfig"]
