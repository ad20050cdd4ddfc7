"""Places on land: each paints its ground over the sky, before the things."""

from __future__ import annotations

import math
from random import Random

from .backdrops import (
    GREENS,
    bushes,
    ground,
    haze_colour,
    hills,
    ridge,
    sky,
    tufts,
)
from .pen import Colour, Pen, mix, shade


def _street(pen: Pen, rng: Random, top: float, kerb: Colour) -> None:
    grey = rng.choice([(112, 116, 126), (124, 124, 130), (104, 110, 122)])
    ground(pen, top, (shade(grey, 0.08), shade(grey, -0.14)))
    pen.rect(0, top, 1, top + 0.022, kerb)
    pen.rect(0, top + 0.018, 1, top + 0.026, shade(kerb, -0.25))
    y = top + (1 - top) * 0.86
    start = rng.uniform(-0.2, 0)
    for i in range(6):
        x = start + i * 0.24
        pen.poly(
            [(x, y), (x + 0.13, y), (x + 0.125, y + 0.016), (x - 0.01, y + 0.016)], (244, 240, 226)
        )


def meadow(pen: Pen, rng: Random, hour: str) -> None:
    """Paint a meadow before hills."""
    horizon = rng.uniform(0.44, 0.54)
    sky(pen, rng, hour, horizon)
    green = rng.choice(GREENS)
    hills(
        pen,
        rng,
        horizon,
        haze_colour(hour),
        [(120, 170, 150), (104, 168, 104)],
        rng.uniform(0.1, 0.2),
    )
    bushes(pen, rng, horizon + 0.035, 7, (70, 140, 80))
    ground(pen, horizon + 0.03, (shade(green, 0.16), shade(green, -0.12)))
    for _ in range(3):
        pen.poly(
            ridge(rng, rng.uniform(0.64, 0.98), 0.05, 0.7),
            shade(green, rng.uniform(-0.1, 0.08)) + (120,),
        )
    tufts(pen, rng, horizon + 0.07, 1.0, green, 34)


def road(pen: Pen, rng: Random, hour: str) -> None:
    """Paint a country road before fields and hills."""
    horizon = rng.uniform(0.42, 0.5)
    sky(pen, rng, hour, horizon)
    hills(
        pen,
        rng,
        horizon,
        haze_colour(hour),
        [(120, 164, 160), (100, 164, 108)],
        rng.uniform(0.12, 0.22),
    )
    green = rng.choice(GREENS)
    ground(pen, horizon + 0.03, (shade(green, 0.14), shade(green, -0.05)))
    bushes(pen, rng, horizon + 0.05, 9, (74, 144, 78))
    tufts(pen, rng, horizon + 0.07, 0.64, green, 12)
    _street(pen, rng, 0.66, (204, 190, 150))


def city(pen: Pen, rng: Random, hour: str) -> None:
    """Paint a city street before towers, their windows lit at night."""
    sky(pen, rng, hour, 0.62)
    lit = hour in ("night", "sunset")
    for row, (low, high, haze) in enumerate(((0.28, 0.42, 0.55), (0.14, 0.3, 0.15))):
        x = rng.uniform(-0.08, 0.0)
        while x < 1.0:
            width, height = rng.uniform(0.11, 0.19), rng.uniform(low, high)
            tint = mix(
                rng.choice(
                    [
                        (126, 150, 182),
                        (176, 150, 140),
                        (150, 160, 150),
                        (206, 188, 160),
                        (140, 130, 160),
                    ]
                ),
                haze_colour(hour),
                haze,
            )
            top = 0.64 - height
            pen.rect(x, top, x + width, 0.66, tint)
            pen.rect(x + width * 0.8, top, x + width, 0.66, shade(tint, -0.12))
            columns, rows = max(2, round(width / 0.042)), max(2, round(height / 0.06))
            for i in range(columns):
                for j in range(rows):
                    on = lit and rng.random() < 0.6
                    wx, wy = x + (i + 0.22) * width / columns, top + (j + 0.3) * height / rows
                    (pen.raw() if on else pen).rect(wx, wy, wx + width / columns * 0.5,
                        wy + height / rows * 0.45,
                                                    (255, 222, 130) if on else shade(tint,
                                                        -0.22))  # fmt: skip
            x += width + rng.uniform(0.0, 0.03) * (row + 1)
    pen.rect(0, 0.63, 1, 0.68, (196, 190, 180))
    for i in range(6):
        pen.disc(0.04 + i * 0.19 + rng.uniform(-0.02, 0.02), 0.62, 0.032, (76, 150, 84))
    _street(pen, rng, 0.67, (214, 208, 196))


def oldtown(pen: Pen, rng: Random, hour: str) -> None:
    """Paint an old town: yellow walls, tiled roofs, wooden shutters, a brick pavement."""
    sky(pen, rng, hour, 0.35)
    lit = hour in ("night", "sunset")
    x = rng.uniform(-0.15, 0.0)
    while x < 1.0:
        width, top = rng.uniform(0.34, 0.48), rng.uniform(0.2, 0.27)
        wall = rng.choice([(246, 200, 92), (240, 184, 84), (250, 212, 120)])
        pen.rect(x, top, x + width, 0.78, wall)
        pen.rect(x, 0.7, x + width, 0.78, shade(wall, -0.2))
        roof = rng.choice([(150, 76, 56), (136, 70, 60)])
        pen.poly(
            [
                (x - 0.02, top + 0.03),
                (x + 0.03, top - 0.08),
                (x + width - 0.03, top - 0.08),
                (x + width + 0.02, top + 0.03),
            ],
            roof,
        )
        for i in range(9):
            rx = x + width * (i + 0.5) / 9
            pen.line([(rx, top - 0.075), (rx, top + 0.025)], 0.007, shade(roof, -0.2))
        for share in (0.26, 0.74):
            cx = x + width * share
            (pen.raw() if lit else pen).box(
                cx - 0.05, 0.44, cx + 0.05, 0.76, 0.01, (255, 206, 110) if lit else (96, 66, 50)
            )
            for side in (-1, 1):
                pen.rect(
                    cx + side * 0.05 - 0.02, 0.44, cx + side * 0.05 + 0.02, 0.76, (60, 110, 104)
                )
            pen.rect(cx - 0.075, 0.42, cx + 0.075, 0.44, shade(wall, -0.3))
        for _ in range(4):
            pen.disc(
                x + rng.uniform(0, width), top + 0.05 + rng.uniform(0, 0.03), 0.028, (96, 160, 70)
            )
            pen.disc(x + rng.uniform(0, width), top + 0.06, 0.012, (226, 80, 150))
        x += width
    brick = (190, 140, 112)
    ground(pen, 0.77, (shade(brick, 0.1), shade(brick, -0.12)))
    for row in range(6):
        y = 0.785 + row * 0.04
        pen.line([(0, y), (1, y)], 0.004, shade(brick, -0.2))
        for i in range(9):
            bx = (i + (row % 2) * 0.5) / 8.5
            pen.line([(bx, y), (bx, y + 0.04)], 0.004, shade(brick, -0.2))


def paddy(pen: Pen, rng: Random, hour: str) -> None:
    """Paint rice fields with dykes before far hills."""
    horizon = rng.uniform(0.4, 0.48)
    sky(pen, rng, hour, horizon)
    hills(
        pen,
        rng,
        horizon,
        haze_colour(hour),
        [(120, 160, 170), (104, 160, 120)],
        rng.uniform(0.1, 0.2),
    )
    rice = rng.choice([(170, 196, 60), (142, 194, 70), (220, 192, 76)])
    ground(pen, horizon + 0.03, (shade(rice, 0.18), shade(rice, -0.1)))
    bushes(pen, rng, horizon + 0.045, 8, (70, 136, 76))
    for i in range(9):
        y = horizon + 0.06 + (1 - horizon) * (i / 9) ** 1.5
        s = 0.01 + 0.018 * i / 9
        for j in range(30 - i * 2):
            x = (j + rng.random()) / (29 - i * 2)
            pen.poly([(x - s * 0.6, y - s * 1.5), (x, y), (x - s * 0.1, y - s * 2), (x + s * 0.25,
                y), (x + s * 0.7, y - s * 1.4), (x + s * 0.2, y + s * 0.4)],
                     shade(rice, -0.24 + 0.1 * (j % 3)))  # fmt: skip
    dyke = rng.uniform(0.68, 0.72)
    pen.poly(
        [(0, dyke - 0.006), (1, dyke - 0.02), (1, dyke + 0.02), (0, dyke + 0.03)], (150, 122, 76)
    )
    pen.poly([(0, 0.86), (1, 0.845), (1, 1), (0, 1)], (124, 168, 76))
    tufts(pen, rng, 0.88, 1.0, (110, 160, 70), 16)


def terraces(pen: Pen, rng: Random, hour: str) -> None:
    """Paint mountains above terraced rice fields."""
    horizon = 0.5
    sky(pen, rng, hour, horizon)
    haze = haze_colour(hour)
    for i, (base, height) in enumerate(((0.52, 0.3), (0.54, 0.22))):
        peaks = [(-0.1, base)]
        x = rng.uniform(-0.05, 0.1)
        while x < 1.1:
            peaks += [(x, base - height * rng.uniform(0.6, 1.1)), (x + 0.11, base - height * 0.35)]
            x += rng.uniform(0.2, 0.3)
        tint = mix(haze, ((96, 116, 170), (84, 130, 150))[i], 0.6 + 0.2 * i)
        pen.poly([*peaks, (1.1, base), (1.1, 1), (-0.1, 1)], tint)
        for x, y in peaks[1::2]:
            pen.poly(
                [
                    (x, y),
                    (x + 0.07, y + 0.1),
                    (x + 0.03, y + 0.09),
                    (x + 0.02, y + 0.16),
                    (x, y + 0.08),
                ],
                shade(tint, -0.14),
            )
            if i == 0:
                pen.poly([(x, y), (x + 0.028, y + 0.04), (x + 0.01, y + 0.032), (x - 0.008,
                    y + 0.045), (x - 0.022, y + 0.036)],
                         (246, 248, 252))  # fmt: skip
    tints = [
        (214, 200, 84),
        (170, 196, 74),
        (132, 184, 80),
        (190, 206, 90),
        (120, 172, 84),
        (160, 190, 70),
    ]
    start = rng.randrange(6)
    phase, sway = rng.uniform(0, math.tau), rng.uniform(0.018, 0.035)
    for i in range(9):
        y = 0.5 + i * 0.036 + i * i * 0.0028
        edge = [(j / 24, y + sway * math.sin(j / 24 * 7 + phase + i * 0.35)) for j in range(25)]
        tint = tints[(start + i) % 6]
        pen.poly([*edge, (1, 1), (0, 1)], shade(tint, -0.3))
        pen.poly([*[(x, v + 0.009) for x, v in edge], (1, 1), (0, 1)], tint)
    pen.poly(ridge(rng, 0.86, 0.05, 0.5), (104, 160, 84))
    tufts(pen, rng, 0.88, 1.0, (96, 150, 76), 14)
