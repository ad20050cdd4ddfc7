"""The training loop of the original ClipCap code, in our words, with its settings: the peer.

Mokady et al. 2021, https://github.com/rmokady/CLIP_prefix_caption, train.py and its notebook. Each
(picture, caption) pair is a row; the language model reads [prefix, caption] without a begin; id 0
pads and costs nothing; batch 40, AdamW without weight decay, a linear schedule whose warm-up is
5,000 steps, no clipping, fp32; the caption is written by a beam search of 5 that computes the whole
sequence anew at each token. Its captions end at a full stop; ours have none, so </s> stands there.
"""

import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader
from tqdm.auto import tqdm
from transformers import PreTrainedModel, get_linear_schedule_with_warmup

PREFIX_LENGTH, BATCH, BEAMS, ENTRY_LENGTH = 10, 40, 5, 67


@dataclass
class LoopSettings:
    """What differs between two runs of the loop."""

    learning_rate: float = 2e-5
    warmup_steps: int = 5000


class ClipCapModel(nn.Module):
    """An MLP from an embedding to a prefix, and the language model that goes on from it."""

    def __init__(self, language_model: PreTrainedModel, image_dim: int):
        super().__init__()
        self.language_model = language_model
        text_dim = language_model.config.hidden_size
        hidden = PREFIX_LENGTH * text_dim // 2
        self.mapping = nn.Sequential(
            nn.Linear(image_dim, hidden), nn.Tanh(), nn.Linear(hidden, PREFIX_LENGTH * text_dim)
        )

    def prefix(self, image_embeds: Tensor) -> Tensor:
        """Return (images, PREFIX_LENGTH, text_dim)."""
        return self.mapping(image_embeds).unflatten(1, (PREFIX_LENGTH, -1))

    def forward(self, image_embeds: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:
        """Return the logits over prefix and tokens."""
        words = self.language_model.get_input_embeddings()(tokens)
        return self.language_model(
            inputs_embeds=torch.cat([self.prefix(image_embeds), words], dim=1), attention_mask=mask
        ).logits


def train_loop(
    language_model: PreTrainedModel,
    image_embeds: np.ndarray,
    captions: list[list[list[int]]],
    steps: int,
    settings: LoopSettings,
) -> tuple[ClipCapModel, float]:
    """Return the trained model and the rows a second.

    Args:
        language_model: is trained too.
        image_embeds: (pictures, dim).
        captions: ids of each caption of each picture, with their end and without a begin.
        steps: of `BATCH` rows; they may end in the middle of an epoch.
        settings: rate and warm-up.
    """
    torch.manual_seed(0)
    rows = [(image, ids) for image, own in enumerate(captions) for ids in own]
    lengths = np.array([len(ids) for _, ids in rows])
    longest = min(int(lengths.mean() + 10 * lengths.std()), int(lengths.max()))
    tokens = torch.zeros(len(rows), longest, dtype=torch.long)
    for row, (_, ids) in enumerate(rows):
        tokens[row, : len(ids)] = torch.tensor(ids[:longest])
    images = torch.tensor([image for image, _ in rows])
    embeds = torch.from_numpy(image_embeds)
    model = ClipCapModel(language_model, image_embeds.shape[1]).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.learning_rate, weight_decay=0.0)
    schedule = get_linear_schedule_with_warmup(optimizer, settings.warmup_steps, steps)
    loader = DataLoader(range(len(rows)), batch_size=BATCH, shuffle=True, drop_last=True)
    started, step = time.perf_counter(), 0
    with tqdm(total=steps, desc="ClipCap's loop") as bar:
        while step < steps:
            for chosen in loader:
                if step == steps:
                    break
                words = tokens[chosen]
                mask = torch.cat([torch.ones(BATCH, PREFIX_LENGTH), (words > 0).float()], dim=1)
                logits = model(embeds[images[chosen]], words, mask)[:, PREFIX_LENGTH - 1 : -1]
                loss = cross_entropy(logits.flatten(0, 1), words.flatten(), ignore_index=0)
                loss.backward()
                optimizer.step()
                schedule.step()
                optimizer.zero_grad()
                step += 1
                bar.update()
    return model.eval(), steps * BATCH / (time.perf_counter() - started)


@torch.no_grad()
def write(model: ClipCapModel, image_embeds: Tensor, end: int) -> list[int]:
    """Return the ids of one picture's caption, (dim,) its embedding: a beam search without cache.

    Beams that have ended keep their score, and the best mean log-probability a token wins.
    """
    prefix = model.prefix(image_embeds[None])
    words = model.language_model.get_input_embeddings()
    scores = model.language_model(inputs_embeds=prefix).logits[0, -1].log_softmax(-1)
    sums, last = scores.topk(BEAMS)
    tokens, lengths = last[:, None], torch.ones(BEAMS)
    ended = last == end
    prefix = prefix.expand(BEAMS, -1, -1)
    for _ in range(ENTRY_LENGTH - 1):
        if ended.all():
            break
        inputs = torch.cat([prefix, words(tokens)], dim=1)
        scores = model.language_model(inputs_embeds=inputs).logits[:, -1].log_softmax(-1)
        scores[ended] = -torch.inf
        scores[ended, 0] = 0
        totals = sums[:, None] + scores
        lengths = lengths + (~ended).float()
        _, best = (totals / lengths[:, None]).flatten().topk(BEAMS)
        beam, word = best // scores.shape[1], best % scores.shape[1]
        sums = totals.flatten()[best]
        lengths, ended = lengths[beam], ended[beam]
        tokens = torch.cat([tokens[beam], word[:, None]], dim=1)
        ended = ended | (word == end)
    best = int((sums / lengths).argmax())
    return tokens[best, : int(lengths[best])].tolist()
