"""A plan becomes a picture: backdrop, things from far to near, weather, grain."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
from PIL import Image

from . import (
    animals,
    birds_and_fish,
    buildings,
    people,
    places_by_land,
    places_by_water,
    places_for_play,
    plants,
    table_things,
    things,
    vehicles,
)
from .backdrops import light_tone, rain
from .kinds import KINDS
from .pen import Colour, Pen
from .plan import Plan
from .words import COLOURS, PLACES

_THINGS = (animals, birds_and_fish, buildings, people, plants, table_things, things, vehicles)
_PLACES = (places_by_land, places_by_water, places_for_play)
SHAPES: dict[str, Callable[[Pen, Random, Colour, str], None]] = {
    kind: next(getattr(module, kind) for module in _THINGS if hasattr(module, kind))
    for kind in KINDS
}
PAINT_PLACE: dict[str, Callable[[Pen, Random, str], None]] = {
    place: next(getattr(module, place) for module in _PLACES if hasattr(module, place))
    for place in PLACES
}
# Fur and bark are duller than paint: (kind, colour) -> red, green, blue.
NATURAL: dict[tuple[str, str], Colour] = {
    ("cat", "orange"): (238, 150, 58),
    ("dog", "yellow"): (236, 190, 110),
    ("cow", "yellow"): (226, 164, 84),
    ("cow", "brown"): (140, 84, 52),
    ("buffalo", "black"): (98, 96, 106),
    ("pig", "pink"): (246, 168, 176),
    ("pig", "black"): (78, 74, 84),
    ("chicken", "brown"): (184, 94, 44),
    ("duck", "yellow"): (250, 212, 70),
    ("tree", "green"): (74, 158, 76),
    ("palm", "green"): (60, 150, 78),
    ("turtle", "green"): (60, 140, 70),
    ("banana", "yellow"): (250, 212, 64),
    ("banana", "green"): (140, 190, 70),
    ("apple", "green"): (140, 200, 70),
    ("banhchung", "green"): (70, 130, 64),
    ("pagoda", "red"): (178, 60, 48),
    ("lotus", "pink"): (242, 110, 170),
    ("lotus", "white"): (240, 236, 236),
    ("coffee", "brown"): (120, 72, 42),
}
_LAMPS = {
    "car": (0.47, -0.2),
    "bus": (0.49, -0.14),
    "truck": (0.49, -0.18),
    "motorbike": (0.3, -0.58),
}
_LIT_KINDS = {"house", "pagoda", "lighthouse", "lantern"}


def paint_plan(plan: Plan, rng: Random, size: int) -> Image.Image:
    """Return the plan's picture, RGB, `size` pixels square, drawn larger and reduced."""
    factor = 2 if size >= 160 else 3
    image = Image.new("RGB", (size * factor, size * factor))
    ground = Pen(image, light_tone(plan.hour, things=False))
    PAINT_PLACE[plan.place](ground, rng, plan.hour)
    air = Pen(image, light_tone(plan.hour, things=True))
    spots = [
        (spot.y if group.layer != "sky" else -1.0, group, spot)
        for group in plan.groups
        for spot in group.spots
    ]
    for _, group, spot in sorted(spots, key=lambda item: item[0]):
        base = NATURAL.get((group.kind, group.colour), COLOURS[group.colour])
        colour = tuple(min(255, max(0, c + rng.randint(-7, 7))) for c in base)
        act = group.act
        if group.kind in _LIT_KINDS and plan.hour in ("night", "sunset"):
            act = "lit"
        pen = air.at(spot.x, spot.y, spot.scale, spot.flip)
        if plan.hour == "night" and group.kind in _LAMPS:
            x, y = _LAMPS[group.kind]
            for spread in (0.06, 0.11):
                beam = [(x, y), (x + 0.6, y - spread), (x + 0.6, y + spread + 0.06)]
                pen.raw().poly(beam, (255, 240, 170, 60))
        SHAPES[group.kind](pen, rng, colour, act)
    if plan.hour == "rain":
        rain(air, rng)
    return _finish(image.resize((size, size), Image.Resampling.LANCZOS), rng)


def _finish(image: Image.Image, rng: Random) -> Image.Image:
    """Return the picture with a fine paper grain and slightly darker corners."""
    size = image.width
    grain = np.frombuffer(rng.randbytes(size * size), dtype=np.uint8).reshape(size, size)
    axis = np.linspace(-1.0, 1.0, size, dtype=np.float32)
    corner = 1.0 - 0.05 * (axis[:, None] ** 2 + axis[None, :] ** 2)
    pixels = np.asarray(image, dtype=np.float32) * corner[..., None]
    pixels += (grain.astype(np.float32) / 255.0 - 0.5)[..., None] * 7.0
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8), "RGB")
