"""Backdrops of the drawn scenes: sky by hour, land or water by place."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random

import numpy as np
from PIL import Image

from .pen import Colour, Pen, Point, mix, shade

SKIES: dict[str, tuple[tuple[Colour, ...], ...]] = {
    "day": (((70, 160, 232), (178, 224, 248)), ((92, 178, 236), (224, 242, 246)),
            ((60, 148, 220), (250, 238, 214))),
    "sunset": (((70, 60, 130), (232, 104, 92), (255, 208, 120)), ((112, 84, 160), (246, 132, 110),
        (255, 224, 150)),
               ((60, 84, 150), (240, 130, 84), (255, 200, 110))),
    "night": (((10, 18, 52), (38, 60, 116)), ((14, 14, 44), (58, 56, 116)), ((8, 26, 56), (34, 80,
        122))),
    "rain": (((104, 118, 136), (172, 184, 194)), ((92, 108, 130), (160, 176, 186))),
}  # fmt: skip
# hour -> (colour that multiplies what the light falls on, share of it) for land and for things
LIGHT: dict[str, tuple[Colour, float, float]] = {
    "day": ((255, 255, 255), 0.0, 0.0),
    "sunset": ((255, 176, 140), 0.55, 0.22),
    "night": ((84, 108, 176), 0.72, 0.2),
    "rain": ((176, 188, 200), 0.6, 0.2),
}


def light_tone(hour: str, things: bool) -> Callable[[Colour], Colour]:
    """Return the colour change that `hour` lays on the land or, more weakly, on things."""
    tint, land, thing = LIGHT[hour]
    share = thing if things else land

    def tone(colour: Colour) -> Colour:
        return tuple(
            round(c * (1 - share + share * t / 255)) for c, t in zip(colour, tint, strict=True)
        )

    return tone


def gradient(image: Image.Image, top: float, bottom: float, colours: Sequence[Colour]) -> None:
    """Fill the band between `top` and `bottom` (picture heights) with a vertical gradient."""
    y0, y1 = round(top * image.height), round(bottom * image.height)
    if y1 <= y0:
        return
    where = np.linspace(0, len(colours) - 1, y1 - y0)
    rows = np.stack(
        [np.interp(where, np.arange(len(colours)), [c[k] for c in colours]) for k in range(3)],
        axis=1,
    )
    column = Image.fromarray(np.rint(rows).astype(np.uint8)[:, None, :], "RGB")
    image.paste(column.resize((image.width, y1 - y0), Image.Resampling.NEAREST), (0, y0))


def ridge(rng: Random, base: float, height: float, rough: float) -> list[Point]:
    """Return the closed outline of a range of hills that stands on the picture's bottom edge."""
    waves = [
        (rng.uniform(0.7, 1.6) * (k + 1) * rough, rng.uniform(0, math.tau), 0.62**k)
        for k in range(3)
    ]
    points = []
    for i in range(41):
        x = i / 40
        lift = sum(a * math.sin(f * x * math.tau + p) for f, p, a in waves) / 2
        points.append((x, base - height * (0.5 + 0.5 * lift)))
    return [*points, (1.0, 1.0), (0.0, 1.0)]


def sky(pen: Pen, rng: Random, hour: str, horizon: float) -> None:
    """Paint the sky down to `horizon`: gradient, sun or moon with stars, clouds."""
    image, shine = pen.image, pen.raw()
    colours = rng.choice(SKIES[hour])
    gradient(image, 0.0, horizon + 0.02, colours)
    if hour == "night":
        for _ in range(46):
            x, y, r = rng.random(), rng.random() * horizon, rng.uniform(0.0015, 0.0045)
            shine.disc(x, y, r, (255, 255, 240, rng.randint(120, 255)))
        x, y, r = rng.uniform(0.1, 0.9), rng.uniform(0.09, 0.16), rng.uniform(0.05, 0.07)
        for grow, alpha in ((2.4, 18), (1.8, 26), (1.35, 40)):
            shine.disc(x, y, r * grow, (240, 240, 200, alpha))
        shine.disc(x, y, r, (252, 246, 212))
        for dx, dy, s in ((-0.3, -0.2, 0.2), (0.3, 0.25, 0.26), (0.15, -0.4, 0.14)):
            shine.disc(x + dx * r, y + dy * r, r * s, (232, 224, 184))
    elif hour == "sunset":
        x, r = rng.uniform(0.18, 0.82), rng.uniform(0.09, 0.13)
        y = horizon - r * rng.uniform(0.1, 0.8)
        for grow, alpha in ((2.6, 22), (1.9, 34), (1.4, 54)):
            shine.disc(x, y, r * grow, (255, 220, 130, alpha))
        shine.disc(x, y, r, (255, 226, 122))
        shine.disc(x, y, r * 0.82, (255, 238, 160))
    elif hour == "day" and rng.random() < 0.55:
        x, y, r = (
            rng.choice([rng.uniform(0.08, 0.3), rng.uniform(0.7, 0.92)]),
            rng.uniform(0.08, 0.16),
            0.06,
        )
        for grow, alpha in ((2.6, 30), (1.9, 44), (1.4, 70)):
            shine.disc(x, y, r * grow, (255, 240, 160, alpha))
        shine.disc(x, y, r, (255, 232, 110))
        shine.disc(x, y, r * 0.8, (255, 242, 150))
    tint = {
        "day": (255, 255, 255),
        "sunset": (255, 190, 170),
        "night": (70, 84, 140),
        "rain": (128, 138, 152),
    }[hour]
    amount = {"day": (2, 4), "sunset": (2, 4), "night": (0, 2), "rain": (5, 7)}[hour]
    for _ in range(rng.randint(*amount)):
        cloud(
            shine, rng, rng.random(), rng.uniform(0.05, horizon * 0.62), rng.uniform(0.1, 0.2), tint
        )


def cloud(pen: Pen, rng: Random, x: float, y: float, size: float, tint: Colour) -> None:
    """Paint one cloud of overlapping puffs with a flat shaded belly."""
    puffs = [
        (rng.uniform(-1, 1) * size, rng.uniform(-0.22, 0.0) * size, rng.uniform(0.26, 0.46) * size)
        for _ in range(6)
    ]
    for dx, dy, r in puffs:
        pen.ellipse(x + dx, y + dy + r * 0.25, r * 1.2, r * 0.7, shade(tint, -0.1) + (120,))
    for dx, dy, r in puffs:
        pen.ellipse(x + dx, y + dy, r * 1.15, r * 0.72, tint + (190,))


def hills(
    pen: Pen, rng: Random, horizon: float, haze: Colour, tints: Sequence[Colour], height: float
) -> None:
    """Paint ranges of hills, the farther the hazier."""
    count = len(tints)
    for i, tint in enumerate(tints):
        near = (i + 1) / count
        pen.poly(ridge(rng, horizon + 0.03 * i, height * (1.15 - 0.4 * near), 0.8 + 0.4 * i),
                 mix(haze, tint, 0.35 + 0.65 * near))  # fmt: skip


def water(
    pen: Pen, rng: Random, top: float, bottom: float, colours: Sequence[Colour], hour: str
) -> None:
    """Paint water with a gradient, the sky's glow and ripples."""
    tones = [pen.tone(c) if pen.tone else c for c in colours]
    glow = SKIES[hour][0][-1]
    gradient(pen.image, top, bottom, [mix(tones[0], glow, 0.55), *tones])
    for _ in range(46):
        depth = rng.random()
        y = top + (bottom - top) * (0.04 + 0.96 * depth**1.3)
        x, w = rng.random(), rng.uniform(0.02, 0.06) * (0.5 + 1.6 * depth)
        alpha = rng.randint(28, 70)
        pen.raw().ellipse(x, y, w, 0.0022 + 0.004 * depth, (255, 255, 255, alpha))
    if hour in ("sunset", "night"):
        tint = (255, 214, 130) if hour == "sunset" else (230, 232, 210)
        x = rng.uniform(0.3, 0.7)
        for i in range(12):
            y = top + 0.01 + (bottom - top) * (i / 13)
            w = rng.uniform(0.02, 0.06) + 0.04 * i / 12
            pen.raw().ellipse(x + rng.uniform(-0.03, 0.03), y, w, 0.005, tint + (100,))


def tufts(pen: Pen, rng: Random, top: float, bottom: float, tint: Colour, count: int) -> None:
    """Scatter tufts of grass, larger nearer."""
    for _ in range(count):
        depth = rng.random()
        x, y, s = rng.random(), top + (bottom - top) * depth, 0.012 + 0.02 * depth
        dark = shade(tint, rng.choice([-0.14, 0.14, 0.22]))
        pen.poly([(x - s * 0.7, y - s * 0.8), (x - s * 0.2, y), (x, y - s * 1.3), (x + s * 0.2, y),
                  (x + s * 0.7, y - s * 0.9), (x + s * 0.3, y + s * 0.1), (x - s * 0.3,
                      y + s * 0.1)], dark)  # fmt: skip


def bushes(pen: Pen, rng: Random, y: float, count: int, tint: Colour) -> None:
    """Line the horizon with round bushes."""
    for _ in range(count):
        x, r = rng.random(), rng.uniform(0.02, 0.045)
        for dx in (-1.0, 0.0, 1.0):
            pen.disc(x + dx * r, y - r * (0.5 if dx else 0.9), r, shade(tint, -0.16))
        pen.disc(x - r * 0.2, y - r * 1.0, r * 0.7, shade(tint, 0.08))


def rain(pen: Pen, rng: Random) -> None:
    """Let it rain over the whole picture."""
    for _ in range(80):
        x, y, length = rng.uniform(-0.05, 1.05), rng.uniform(-0.05, 1.0), rng.uniform(0.03, 0.065)
        pen.raw().line([(x, y), (x - length * 0.28, y + length)], 0.0042, (236, 244, 252, 150))
    for _ in range(12):
        pen.raw().ellipse(rng.random(), rng.uniform(0.78, 0.99), 0.016, 0.005, (236, 244, 252, 110))


GREENS = ((112, 184, 82), (96, 172, 88), (132, 190, 80), (104, 178, 104))


HAZE = (190, 220, 236)


def ground(pen: Pen, top: float, colours: tuple[Colour, Colour]) -> None:
    """Fill the land below `top` with a gradient under the hour's light."""
    gradient(pen.image, top, 1.0, [pen.tone(c) for c in colours])


def haze_colour(hour: str) -> Colour:
    """Return what far hills fade into at `hour`."""
    return {
        "day": HAZE,
        "sunset": (250, 190, 150),
        "night": (110, 130, 190),
        "rain": (190, 198, 206),
    }[hour]
