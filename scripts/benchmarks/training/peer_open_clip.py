"""open_clip_torch: its `CustomTextCLIP`, its loss, its `train_one_epoch`, its optimizer's groups.

    python scripts/benchmarks/training/peer_open_clip.py '{"contender": "open_clip", …}'

Recipe: what its README says of one machine (batch 128, weight decay 0.1, warm-up, cosine), with the
warm-up a tenth of the steps, for the 10,000 there are more than small data has; its own random
crops, which keep 0.9 to 1 of the picture; captions padded to one context, as its tokenizers do, no
longer than the longest caption. `--lock-image` is LiT's locked tower, whose forward runs at each
step. `--lock-image-freeze-bn-stats` is left out: it puts `FrozenBatchNorm2d` in the place of timm's
norms, which carry the activation, and the tower sees something else.
"""

import tempfile
from collections.abc import Iterator
from itertools import islice
from typing import Any

import torch
from asked import Job
from job import Trained, main
from open_clip import ClipLoss, CustomTextCLIP, image_transform
from open_clip_train.params import parse_args
from open_clip_train.scheduler import cosine_lr
from open_clip_train.train import train_one_epoch
from pictures import MEAN, STD, Pictures
from torch import Tensor, nn
from torch.utils.data import DataLoader
from towers import SharedSpace, load_initial, matrices

from phoclip_hf import PhoCLIPModel

PRECISIONS = {"fp32": "fp32", "bf16": "amp_bf16"}


def build(initial: PhoCLIPModel) -> CustomTextCLIP:
    """Return open_clip's model for a timm and a Transformers tower, with the initial weights."""
    dim = initial.config.projection_dim
    with tempfile.TemporaryDirectory() as folder:
        initial.config.text_config.save_pretrained(folder)
        clip = CustomTextCLIP(
            dim,
            {"timm_model_name": initial.config.vision_config.architecture, "timm_pool": "avg"},
            {
                "hf_model_name": folder,
                "hf_model_pretrained": False,
                "hf_proj_type": "linear",
                "hf_pooler_type": "mean_pooler",
            },
            output_dict=True,
        )
    clip.visual.trunk = initial.vision_model.timm_model
    clip.text.transformer = initial.text_model
    visual, textual = matrices(initial)
    with torch.no_grad():
        clip.visual.head.proj.weight.copy_(visual)
        clip.text.proj.weight.copy_(textual)
    return clip


def space(clip: CustomTextCLIP) -> SharedSpace:
    """Return open_clip's model as one that can be measured; it finds the padding by itself."""
    return SharedSpace(clip, clip.encode_image, lambda input_ids, _: clip.encode_text(input_ids))


class Epochs:
    """What `train_one_epoch` asks of its data: `dataloader`, and `set_epoch`.

    The loader counts `num_batches` and `num_samples` and ends early where the job says so.
    """

    def __init__(self, loader: DataLoader, batches: int):
        self.loader, self.dataloader = loader, self
        self.num_batches, self.num_samples = batches, batches * loader.batch_size

    def __iter__(self) -> Iterator[Any]:
        return islice(iter(self.loader), self.num_batches)

    def set_epoch(self, epoch: int) -> None:
        """Draw on: the order of an epoch is the loader's."""


def train(job: Job, pictures: Pictures) -> Trained:
    """Train as `open_clip_train.main` does after its set-up."""
    device = torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")
    augment = image_transform(job.image_size, is_train=True, mean=MEAN, std=STD)

    def collate(rows: list[tuple[Any, str]]) -> tuple[Tensor, Tensor]:
        images, captions = zip(*rows, strict=True)
        texts = pictures.tokens.padded(captions, to_longest=True)["input_ids"]
        return torch.stack([augment(image) for image in images]), texts

    loader = DataLoader(
        pictures.pairs(),
        batch_size=job.batch_size,
        shuffle=True,
        drop_last=True,
        num_workers=job.workers,
        collate_fn=collate,
    )
    epochs = -(-job.max_steps // len(loader)) if job.max_steps else job.epochs
    steps = job.max_steps or epochs * len(loader)
    flags = {
        "--precision": PRECISIONS[job.precision],
        "--lr": job.learning_rate,
        "--wd": 0.1,
        "--warmup": max(1, steps // 10),
        "--epochs": epochs,
        "--batch-size": job.batch_size,
        "--device": device,
    }
    args = parse_args([str(word) for pair in flags.items() for word in pair])
    args.rank, args.world_size, args.distill, args.wandb = 0, 1, False, False
    clip = build(load_initial(job.initial)).to(device)
    if job.mode == "locked":
        clip.lock_image_tower(unlocked_groups=0, freeze_bn_stats=False)
    optimizer = torch.optim.AdamW(
        parameter_groups(clip, args.wd), lr=args.lr, betas=(args.beta1, args.beta2), eps=args.eps
    )
    schedule = cosine_lr(optimizer, args.lr, args.warmup, steps)
    left = steps
    for epoch in range(epochs):
        data = {"train": Epochs(loader, min(left, len(loader)))}
        train_one_epoch(
            clip, data, ClipLoss(), epoch, optimizer, None, schedule, dist_model=None, args=args
        )
        left -= data["train"].num_batches
    return Trained(space(clip))


def parameter_groups(clip: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Return open_clip's groups: vectors, scalars and biases do not decay."""
    trained = [parameter for parameter in clip.parameters() if parameter.requires_grad]
    return [
        {"params": [p for p in trained if p.ndim < 2], "weight_decay": 0.0},
        {"params": [p for p in trained if p.ndim >= 2], "weight_decay": weight_decay},
    ]


if __name__ == "__main__":
    main(train)
