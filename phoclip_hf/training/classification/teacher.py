"""A trained classifier as a teacher: a student's pixels in, the teacher's logits out."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import AutoImageProcessor, AutoModelForImageClassification

from ...data.preprocessing import Preprocessing


def load_teacher(
    name: str, names: list[str], student: Preprocessing
) -> tuple[nn.Module, Callable[[Tensor], Tensor]]:
    """Return a teacher and a function from the student's pixel_values to its logits.

    The teacher sees the student's very view, normalised and resized as its own pictures are.

    Args:
        name: folder or Hub id of a classifier; weights are read from safetensors only.
        names: the classes, which must be the teacher's, in this order.
        student: how the student's pictures are prepared.

    Raises:
        ValueError: the teacher names other classes.
    """
    teacher = AutoModelForImageClassification.from_pretrained(
        name, use_safetensors=True, dtype=torch.float32
    )
    known = [teacher.config.id2label[number] for number in range(teacher.config.num_labels)]
    if known != names:
        raise ValueError(
            f"The teacher {name} names {len(known)} classes ({known[0]} …), the data "
            f"{len(names)} ({names[0]} …); expected the same ones."
        )
    own = Preprocessing.of_processor(AutoImageProcessor.from_pretrained(name))
    # One affine map a channel: ours back to [0, 1], and on to the teacher's normalisation.
    scale = (torch.tensor(student.std) / torch.tensor(own.std)).view(3, 1, 1)
    shift = (torch.tensor(student.mean) - torch.tensor(own.mean)).view(3, 1, 1)
    shift = shift / torch.tensor(own.std).view(3, 1, 1)
    teacher.eval().to(memory_format=torch.channels_last)

    def answer(pixel_values: Tensor) -> Tensor:
        pixels = pixel_values * scale + shift  # (batch, 3, height, width)
        if tuple(pixels.shape[-2:]) != own.size:
            pixels = F.interpolate(pixels, own.size, mode="bicubic", antialias=True)
        pixels = pixels.to(teacher.device, memory_format=torch.channels_last)
        return teacher(pixel_values=pixels).logits

    return teacher, answer
