"""Momentum encoders and the queue of what they saw: buffers, so that a resumed run goes on.

He et al. 2020, "Momentum Contrast" (MoCo), section 3.2, as ALBEF and BLIP use it.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

UNKNOWN = -1  # id of a picture that nobody named


class MomentumEncoders(nn.Module):
    """Slow copies of a model's encoders: no gradients, no dropout, a moving average of the weights.

    Args:
        encoders: name → a module with the parameters and buffers that the model's part of that name
            has, or more there than here.

    Attributes:
        steps: updates so far, scalar int64. At 0 the weights mean nothing yet.
    """

    steps: Tensor

    def __init__(self, encoders: Mapping[str, nn.Module]):
        super().__init__()
        for name, encoder in encoders.items():
            self.add_module(name, encoder)
        self.register_buffer("steps", torch.tensor(0))
        self.eval()

    def train(self, mode: bool = True) -> "MomentumEncoders":
        """Stay in evaluation mode, for targets are not to be noisy, and without gradients.

        `from_pretrained` ends with `eval()`; what it has loaded wants gradients until then.
        """
        return super().train(False).requires_grad_(False)

    @torch.no_grad()
    def start(self, model: nn.Module) -> None:
        """Take over the model's weights, where no update has been made yet."""
        if self.steps == 0:
            self._follow(model, 0.0)

    @torch.no_grad()
    def update(self, model: nn.Module, momentum: float) -> None:
        """Keep the share `momentum` of each weight and take the rest from the model.

        MoCo, equation 2, where a run has millions of pictures. With thousands, the first weights
        would weigh for many epochs: after t updates the share is (1 + t) / (10 + t) at most.
        Buffers, such as the statistics of batch normalisation, are taken whole.
        """
        steps = int(self.steps)
        self._follow(model, min(momentum, (1 + steps) / (10 + steps)) if steps else 0.0)
        self.steps += 1

    def _follow(self, model: nn.Module, momentum: float) -> None:
        for part, encoder in self.named_children():
            followed = getattr(model, part)
            for name, parameter in encoder.named_parameters():
                target = followed.get_parameter(name).detach()
                parameter.lerp_(target.to(parameter.dtype), 1 - momentum)
            for name, buffer in encoder.named_buffers():
                buffer.copy_(followed.get_buffer(name))


class PairQueue(nn.Module):
    """The momentum embeddings of the last pairs, first in, first out.

    Args:
        size: pairs that it holds; 0 holds none.
        dim: of the embeddings.
    """

    image_embeds: Tensor
    text_embeds: Tensor
    image_ids: Tensor
    pushed: Tensor

    def __init__(self, size: int, dim: int):
        super().__init__()
        self.size = size
        self.register_buffer("image_embeds", torch.zeros(size, dim))
        self.register_buffer("text_embeds", torch.zeros(size, dim))
        self.register_buffer("image_ids", torch.full((size,), UNKNOWN))
        self.register_buffer("pushed", torch.tensor(0))  # pairs that have ever come in

    def held(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return copies of what is in it: image and text embeds (held, dim), image ids (held,)."""
        count = min(int(self.pushed), self.size)
        parts = (self.image_embeds, self.text_embeds, self.image_ids)
        return tuple(part[:count].clone() for part in parts)

    @torch.no_grad()
    def push(self, image_embeds: Tensor, text_embeds: Tensor, image_ids: Tensor) -> None:
        """Put in pairs, (batch, dim) twice and (batch,); the oldest fall out."""
        batch, size = len(image_embeds), self.size
        kept = min(batch, size)
        # A batch larger than the queue leaves only its last pairs in it.
        first = int(self.pushed) + batch - kept
        places = (torch.arange(kept, device=image_embeds.device) + first) % max(size, 1)
        self.image_embeds[places] = image_embeds[batch - kept :].to(self.image_embeds.dtype)
        self.text_embeds[places] = text_embeds[batch - kept :].to(self.text_embeds.dtype)
        self.image_ids[places] = image_ids[batch - kept :]
        self.pushed += batch
