"""Places on, at and under water: each is painted before the things."""

from __future__ import annotations

import math
from random import Random

from .backdrops import (
    GREENS,
    bushes,
    gradient,
    ground,
    haze_colour,
    hills,
    ridge,
    sky,
    water,
)
from .pen import Pen, mix, shade


def river(pen: Pen, rng: Random, hour: str) -> None:
    """Paint a river between green banks before hills."""
    horizon = rng.uniform(0.4, 0.48)
    sky(pen, rng, hour, horizon)
    hills(
        pen,
        rng,
        horizon,
        haze_colour(hour),
        [(110, 156, 160), (92, 152, 124), (84, 156, 92)],
        rng.uniform(0.16, 0.28),
    )
    top = horizon + 0.05
    water(pen, rng, top, 1.0, [(84, 170, 186), (46, 124, 156)], hour)
    bushes(pen, rng, top + 0.012, 12, (66, 140, 78))
    pen.poly([(0, top - 0.012), (1, top - 0.012), (1, top + 0.012), (0, top + 0.02)], (92, 150, 84))
    green = rng.choice(GREENS)
    side = rng.random() < 0.5
    bank = [(0, 1), (0, 0.9), (0.12, 0.915), (0.3, 0.955), (0.42, 1.0)]
    pen.poly([((1 - x) if side else x, y) for x, y in bank], shade(green, -0.12))
    for i in range(7):
        x = 0.02 + i * 0.04
        x = 1 - x if side else x
        pen.bend(
            [(x, 0.98), (x + 0.004, 0.9), (x + 0.02, 0.85 + i * 0.012)], 0.007, shade(green, -0.3)
        )


def sea(pen: Pen, rng: Random, hour: str) -> None:
    """Paint the open sea."""
    horizon = rng.uniform(0.42, 0.52)
    sky(pen, rng, hour, horizon)
    if rng.random() < 0.5:
        pen.poly(
            ridge(rng, horizon + 0.015, 0.1, 0.6)[:-2] + [(1.0, horizon), (0.0, horizon)],
            mix(haze_colour(hour), (100, 140, 170), 0.5),
        )
    water(pen, rng, horizon, 1.0, [(36, 138, 196), (16, 84, 150)], hour)
    for row in range(4):
        y = horizon + 0.12 + row * 0.12
        start = rng.random()
        for i in range(3):
            x = (start + i * 0.37) % 1.1
            pen.bend([(x - 0.07, y + 0.006), (x - 0.03, y - 0.006), (x, y + 0.004), (x + 0.04,
                y - 0.006), (x + 0.08, y + 0.004)],
                     0.007, (214, 238, 246))  # fmt: skip


def beach(pen: Pen, rng: Random, hour: str) -> None:
    """Paint a beach before the sea."""
    horizon = rng.uniform(0.36, 0.44)
    sky(pen, rng, hour, horizon)
    shore = horizon + rng.uniform(0.14, 0.18)
    water(pen, rng, horizon, shore + 0.06, [(40, 160, 200), (110, 210, 216)], hour)
    sand = rng.choice([(244, 218, 164), (240, 208, 150), (250, 228, 182)])
    curve = [(i / 20, shore + 0.022 * math.sin(i * 0.5 + horizon * 40)) for i in range(21)]
    pen.poly([*[(x, y - 0.012) for x, y in curve], (1, 1), (0, 1)], (248, 252, 252))
    pen.poly([*[(x, y + 0.004) for x, y in curve], (1, 1), (0, 1)], shade(sand, -0.14))
    pen.poly([*[(x, y + 0.03) for x, y in curve], (1, 1), (0, 1)], sand)
    pen.poly(ridge(rng, 0.98, 0.12, 0.6), shade(sand, -0.05))
    for _ in range(40):
        x, y = rng.random(), rng.uniform(shore + 0.09, 1.0)
        pen.ellipse(x, y, 0.006, 0.003, shade(sand, rng.choice([-0.14, 0.3])))


def pond(pen: Pen, rng: Random, hour: str) -> None:
    """Paint a pond with round leaves and reeds."""
    horizon = rng.uniform(0.24, 0.32)
    sky(pen, rng, hour, horizon)
    bushes(pen, rng, horizon + 0.02, 20, (76, 146, 80))
    green = rng.choice(GREENS)
    ground(pen, horizon, (shade(green, -0.1), shade(green, -0.2)))
    water(pen, rng, horizon + 0.06, 1.0, [(96, 170, 156), (40, 110, 120)], hour)
    for _ in range(9):
        depth = rng.random()
        x, y, r = rng.random(), horizon + 0.12 + 0.62 * depth, 0.03 + 0.035 * depth
        pen.ellipse(x, y, r, r * 0.32, (44, 116, 76))
        pen.ellipse(x - r * 0.05, y - r * 0.04, r * 0.86, r * 0.24, (78, 156, 92))
    for side in (0.0, 1.0):
        for i in range(6):
            x = side + (0.015 + i * 0.02) * (1 if side == 0 else -1)
            pen.bend(
                [
                    (x, horizon + 0.2),
                    (x, horizon + 0.05),
                    (x + rng.uniform(-0.03, 0.03), horizon - 0.06),
                ],
                0.008,
                (70, 130, 64),
            )


def underwater(pen: Pen, rng: Random, hour: str) -> None:
    """Paint the sea below the surface: light rays, bubbles, weeds, sand."""
    top, low = rng.choice(
        [
            ((120, 216, 232), (14, 74, 136)),
            ((110, 204, 214), (10, 90, 120)),
            ((140, 220, 240), (24, 84, 160)),
        ]
    )
    gradient(pen.image, 0, 1, [top, mix(top, low, 0.6), low])
    for _ in range(5):
        x, lean = rng.uniform(0, 1), rng.uniform(-0.25, 0.25)
        pen.poly(
            [(x, 0), (x + 0.06, 0), (x + 0.16 + lean, 0.9), (x - 0.02 + lean, 0.9)],
            (255, 255, 255, 26),
        )
    sand = (226, 206, 150)
    pen.poly(ridge(rng, 0.93, 0.06, 0.7), shade(sand, -0.1))
    pen.poly(ridge(rng, 0.98, 0.06, 0.8), sand)
    for _ in range(5):
        x, tint = (
            rng.choice([rng.uniform(0.02, 0.25), rng.uniform(0.75, 0.98)]),
            rng.choice([(46, 140, 90), (70, 160, 80), (30, 120, 100)]),
        )
        for i in range(3):
            sx = x + i * 0.025
            pen.bend(
                [
                    (sx, 0.97),
                    (sx + 0.02, 0.88),
                    (sx - 0.02, 0.8),
                    (sx + rng.uniform(-0.02, 0.03), rng.uniform(0.66, 0.76)),
                ],
                0.016,
                tint,
            )
    for _ in range(4):
        x, tint = rng.random(), rng.choice([(150, 110, 130), (120, 130, 150), (180, 130, 110)])
        pen.ellipse(x, 0.97, 0.05, 0.03, tint)
    for _ in range(18):
        x, y, r = rng.random(), rng.uniform(0.05, 0.85), rng.uniform(0.004, 0.011)
        pen.ring(x, y, r, 0.003, (230, 248, 255, 170))
