"""A bank of photo views and what a frozen teacher sees in each: computed once, memory-mapped after.

A patient and consistent teacher (Beyer et al., "Knowledge distillation: A good teacher is patient
and consistent", CVPR 2022) sees the very crop that the student sees. Running it at every step would
cost several times the student's own step, so each photo is cropped a fixed number of times and
every crop is kept beside the teacher's answer.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2 as transforms
from tqdm.auto import tqdm
from transformers import PreTrainedModel

from ..data.augmentation import drawn_by
from .fingerprints import normalisation, tower_identity
from .precision import multiplies_bfloat16, training_device


@dataclass(frozen=True)
class ViewBankSpec:
    """What a bank holds: a bank on disk is reused or resumed only where its spec is the same.

    Sizes in pixels. `views` is the number of crops of each photo, per source: more views make a
    source weigh more. Of all crops, shuffled, the first `limit` are kept. `hints` maps a stride of
    the teacher to the side of the grid that its feature map is pooled to. `min_scale` is the
    smallest share of a photo's area that a crop keeps. `image_size=0` keeps no pixels, only what
    the teacher saw.
    """

    views: dict[str, int]
    limit: int | None = None
    image_size: int = 160
    teacher_size: int = 224
    min_scale: float = 0.35
    hints: dict[int, int] = field(default_factory=lambda: {16: 8, 32: 4})
    seed: int = 0

    def rows(self, photos: dict[str, Sequence]) -> list[tuple[str, int, int]]:
        """Return (source, photo, view) of every row, shuffled: any prefix is a fair sample."""
        rows = [
            (source, photo, view)
            for source, views in self.views.items()
            for photo in range(len(photos[source]))
            for view in range(views)
        ]
        order = np.random.default_rng(self.seed).permutation(len(rows))
        return [rows[index] for index in order[: self.limit]]


class ViewBank(Dataset):
    """Batches {`pixels` (batch, 3, size, size) uint8, `features` (batch, dim), `hint_<stride>`}.

    `statistics[name]` holds mean and standard deviation per channel, (dim,) each. Reads the folder
    that `build_view_bank` wrote; raises ValueError where that has not finished.
    """

    def __init__(self, directory: str | Path):
        directory = Path(directory)
        meta = json.loads((directory / "bank.json").read_text())
        if meta["done"] < meta["rows"]:
            raise ValueError(f"{directory} holds {meta['done']} of {meta['rows']} rows: finish it.")
        self.arrays = {
            path.stem: np.load(path, mmap_mode="r")[: meta["rows"]]
            for path in sorted(directory.glob("*.npy"))
        }
        self.statistics = {
            name: _moments(array) for name, array in self.arrays.items() if name != "pixels"
        }

    def __len__(self) -> int:
        return len(self.arrays["features"])

    def __getitems__(self, indices: Sequence[int]) -> dict[str, torch.Tensor]:
        """The whole batch at once: ask for a list of indices, and collate nothing."""
        order = np.sort(np.asarray(indices))  # ascending reads are kinder to a disk
        return {name: torch.from_numpy(array[order]) for name, array in self.arrays.items()}


@torch.no_grad()
def build_view_bank(
    directory: str | Path,
    spec: ViewBankSpec,
    photos: dict[str, Sequence],
    teacher: PreTrainedModel,
    batch_size: int = 64,
    workers: int = 1,
) -> ViewBank:
    """Crop every photo, ask the teacher, write both; interrupted, the same call goes on.

    `photos[source][i]["image"]` is a PIL image; `teacher` is a timm tower as Transformers wraps it,
    which sees pixels normalised as its processor would, moved to the accelerator where there is
    one, in bfloat16 where that is faster. Raises ValueError where the folder holds a bank of
    another spec.
    """
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    rows = spec.rows(photos)
    asked = json.loads(json.dumps(asdict(spec) | tower_identity(teacher)))
    meta_path = directory / "bank.json"
    meta = {"spec": asked, "rows": len(rows), "done": 0}
    if meta_path.exists():
        meta = json.loads(meta_path.read_text())
        if meta["spec"] != asked or meta["rows"] != len(rows):
            raise ValueError(f"{directory} holds another bank: remove it or name another folder.")
    if meta["done"] < len(rows):
        views = _Views(photos, rows[meta["done"] :], spec, teacher)
        loader = DataLoader(views, batch_size=batch_size, num_workers=workers)
        device = training_device()
        precision = torch.autocast(device.type, torch.bfloat16, enabled=multiplies_bfloat16(device))
        answer: nn.Module = _Teacher(teacher.eval().to(device).timm_model, spec.hints)
        if len(rows) > 50 * batch_size and shutil.which(os.environ.get("CXX", "g++")):
            # Up to five times eager on a CPU. It takes half a minute, a compiler, and one batch
            # size: the last batch is padded.
            answer = torch.compile(answer, dynamic=False)
        progress = tqdm(total=len(rows), initial=meta["done"], desc="teacher", unit="view")
        arrays: dict[str, np.ndarray] = {}
        for pixels, teacher_pixels in loader:
            teacher_pixels = F.pad(
                teacher_pixels, (0, 0, 0, 0, 0, 0, 0, batch_size - len(pixels))
            ).to(device, memory_format=torch.channels_last)
            with precision:
                answers = answer(teacher_pixels)
            answers = {name: values[: len(pixels)] for name, values in answers.items()}
            if spec.image_size:
                answers["pixels"] = pixels
            for name, values in answers.items():
                values = values.cpu() if name == "pixels" else values.cpu().half()
                if name not in arrays:
                    arrays[name] = _open(directory / f"{name}.npy", len(rows), values)
                arrays[name][meta["done"] : meta["done"] + len(values)] = values.numpy()
            meta["done"] += len(pixels)
            progress.update(len(pixels))
            if meta["done"] % (batch_size * 50) == 0 or meta["done"] == len(rows):
                for array in arrays.values():
                    array.flush()
                meta_path.write_text(json.dumps(meta))
        progress.close()
    return ViewBank(directory)


class _Teacher(nn.Module):
    """Pooled features and pooled feature maps of a timm model, in one forward pass."""

    def __init__(self, model: nn.Module, hints: dict[int, int]):
        super().__init__()
        self.model, self.hints = model, hints
        strides = [info["reduction"] for info in model.feature_info]
        self.indices = [strides.index(stride) for stride in hints]

    def forward(self, pixels: torch.Tensor) -> dict[str, torch.Tensor]:
        if self.hints:
            final, maps = self.model.forward_intermediates(pixels, indices=self.indices)
        else:
            final, maps = self.model.forward_features(pixels), ()
        answers = {"features": self.model.forward_head(final, pre_logits=True)}
        for (stride, side), feature_map in zip(self.hints.items(), maps, strict=True):
            answers[f"hint_{stride}"] = F.adaptive_avg_pool2d(feature_map, side)
        return answers


class _Views(Dataset):
    """Row i: the student's crop (uint8) and the teacher's (normalised) of one view of one photo."""

    def __init__(
        self,
        photos: dict[str, Sequence],
        rows: list,
        spec: ViewBankSpec,
        teacher: PreTrainedModel,
    ):
        self.photos, self.rows, self.spec = photos, rows, spec
        self.normalize = transforms.Normalize(*normalisation(teacher))
        self.crop = transforms.RandomResizedCrop(spec.teacher_size, (spec.min_scale, 1.0))

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        source, photo, view = self.rows[index]
        image = self.photos[source][photo]["image"].convert("RGB")
        image = transforms.functional.pil_to_tensor(image)
        if view == 0:  # the picture as it will be served: shortest edge, centre crop
            side = min(image.shape[-2:])
            image = transforms.functional.center_crop(image, [side, side])
        else:
            key = f"{self.spec.seed}/{source}/{photo}/{view}".encode()
            with drawn_by(int.from_bytes(hashlib.sha256(key).digest()[:7], "big")):
                box = self.crop.make_params([image])
                flip = bool(torch.rand(()) < 0.5)
            image = transforms.functional.crop(image, **box)
            image = image.flip(-1) if flip else image
        teacher = _resize(image, self.spec.teacher_size).float().div_(255)
        pixels = _resize(image, self.spec.image_size) if self.spec.image_size else torch.empty(0)
        return pixels, self.normalize(teacher)


def _resize(image: torch.Tensor, size: int) -> torch.Tensor:
    mode = transforms.InterpolationMode.BICUBIC
    return transforms.functional.resize(image, [size, size], interpolation=mode, antialias=True)


def _open(path: Path, rows: int, example: torch.Tensor) -> np.ndarray:
    if path.exists():
        return np.load(path, mmap_mode="r+")
    dtype = np.uint8 if example.dtype == torch.uint8 else np.float16
    shape = (rows, *example.shape[1:])
    return np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=shape)


def _moments(array: np.ndarray, sample: int = 4096) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation per channel over the first rows (the bank is shuffled)."""
    values = torch.from_numpy(array[:sample].astype(np.float32))
    values = values.flatten(2).transpose(1, 2).flatten(0, 1) if values.dim() > 2 else values
    return values.mean(0), values.std(0).clamp_min(1e-3)
