"""Everyday Vietnamese scenes that this project draws itself, with captions, from a seed.

A scene is planned (things, counts, colours, places, relations), drawn with Pillow and described.
Each caption knows the facts that it asserts, each scene the facts that hold in it, so which
captions fit which scenes is exact: see `caption_fits` and `fit_table`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image

from .drawing.captions import write_captions
from .drawing.layout import make_plan
from .drawing.paint import paint_plan


@dataclass(frozen=True)
class Scene:
    """A drawn picture, its captions, and what they assert.

    `image` is RGB,
        size x size; `needs[i]` holds the facts that `captions[i]` asserts; `facts` holds
    all that is true of the picture; scenes with equal `key` are fit by the same captions.
    """

    image: Image.Image
    captions: tuple[str, ...]
    needs: tuple[frozenset[str], ...]
    facts: frozenset[str]
    key: str
    seed: int


def draw_scene(seed: int, size: int = 224) -> Scene:
    """Return the scene of `seed`, `size` pixels wide and high, the same on every call.

    The content and the captions depend on `seed` alone, not on `size`.
    """
    if size < 16:
        raise ValueError(f"size is {size} pixels; expected at least 16")
    rng = Random(f"phoclip scene {seed}")
    plan = make_plan(rng)
    said = write_captions(rng, plan)
    facts = plan.facts()
    image = paint_plan(plan, Random(f"phoclip paint {seed}"), size)
    return Scene(
        image=image,
        captions=tuple(text for text, _ in said),
        needs=tuple(needs for _, needs in said),
        facts=facts,
        key="|".join(sorted(facts)),
        seed=seed,
    )


def scenes(count: int, seed: int = 0, size: int = 224) -> Iterator[Scene]:
    """Yield `count` scenes, those of the seeds from `seed` on: disjoint ranges share no scene."""
    for offset in range(count):
        yield draw_scene(seed + offset, size)


def caption_fits(needs: frozenset[str], scene: Scene) -> bool:
    """Return whether a caption that asserts `needs` (from `Scene.needs`) is true of `scene`."""
    return needs <= scene.facts


def fit_table(drawn: Sequence[Scene]) -> np.ndarray:
    """Return which captions fit which scenes: booleans (captions, scenes).

    Rows run through the first scene's captions, then the second's, as in
    `[c for scene in drawn for c in scene.captions]`.
    """
    rows = [[needs <= scene.facts for scene in drawn] for own in drawn for needs in own.needs]
    return np.array(rows, dtype=bool).reshape(-1, len(drawn))
