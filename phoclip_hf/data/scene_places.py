"""Places of the drawn scenes: each paints its land or water over the sky, before the things."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from .scene_backdrops import bushes, gradient, hills, ridge, sky, tufts, water
from .scene_pen import Colour, Pen, mix, shade

GREENS = ((112, 184, 82), (96, 172, 88), (132, 190, 80), (104, 178, 104))
HAZE = (190, 220, 236)


def _field(pen: Pen, top: float, colours: tuple[Colour, Colour]) -> None:
    gradient(pen.image, top, 1.0, [pen.tone(c) for c in colours])


def _haze(pen: Pen, hour: str) -> Colour:
    return {
        "day": HAZE,
        "sunset": (250, 190, 150),
        "night": (110, 130, 190),
        "rain": (190, 198, 206),
    }[hour]


def meadow(pen: Pen, rng: Random, hour: str) -> None:
    """Paint a meadow before hills."""
    horizon = rng.uniform(0.44, 0.54)
    sky(pen, rng, hour, horizon)
    green = rng.choice(GREENS)
    hills(
        pen,
        rng,
        horizon,
        _haze(pen, hour),
        [(120, 170, 150), (104, 168, 104)],
        rng.uniform(0.1, 0.2),
    )
    bushes(pen, rng, horizon + 0.035, 7, (70, 140, 80))
    _field(pen, horizon + 0.03, (shade(green, 0.16), shade(green, -0.12)))
    for _ in range(3):
        pen.poly(
            ridge(rng, rng.uniform(0.64, 0.98), 0.05, 0.7),
            shade(green, rng.uniform(-0.1, 0.08)) + (120,),
        )
    tufts(pen, rng, horizon + 0.07, 1.0, green, 34)


def river(pen: Pen, rng: Random, hour: str) -> None:
    """Paint a river between green banks before hills."""
    horizon = rng.uniform(0.4, 0.48)
    sky(pen, rng, hour, horizon)
    hills(
        pen,
        rng,
        horizon,
        _haze(pen, hour),
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
            mix(_haze(pen, hour), (100, 140, 170), 0.5),
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


def _street(pen: Pen, rng: Random, top: float, kerb: Colour) -> None:
    grey = rng.choice([(112, 116, 126), (124, 124, 130), (104, 110, 122)])
    _field(pen, top, (shade(grey, 0.08), shade(grey, -0.14)))
    pen.rect(0, top, 1, top + 0.022, kerb)
    pen.rect(0, top + 0.018, 1, top + 0.026, shade(kerb, -0.25))
    y = top + (1 - top) * 0.86
    start = rng.uniform(-0.2, 0)
    for i in range(6):
        x = start + i * 0.24
        pen.poly(
            [(x, y), (x + 0.13, y), (x + 0.125, y + 0.016), (x - 0.01, y + 0.016)], (244, 240, 226)
        )


def road(pen: Pen, rng: Random, hour: str) -> None:
    """Paint a country road before fields and hills."""
    horizon = rng.uniform(0.42, 0.5)
    sky(pen, rng, hour, horizon)
    hills(
        pen,
        rng,
        horizon,
        _haze(pen, hour),
        [(120, 164, 160), (100, 164, 108)],
        rng.uniform(0.12, 0.22),
    )
    green = rng.choice(GREENS)
    _field(pen, horizon + 0.03, (shade(green, 0.14), shade(green, -0.05)))
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
                _haze(pen, hour),
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
    _field(pen, 0.77, (shade(brick, 0.1), shade(brick, -0.12)))
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
        _haze(pen, hour),
        [(120, 160, 170), (104, 160, 120)],
        rng.uniform(0.1, 0.2),
    )
    rice = rng.choice([(170, 196, 60), (142, 194, 70), (220, 192, 76)])
    _field(pen, horizon + 0.03, (shade(rice, 0.18), shade(rice, -0.1)))
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


def pond(pen: Pen, rng: Random, hour: str) -> None:
    """Paint a pond with round leaves and reeds."""
    horizon = rng.uniform(0.24, 0.32)
    sky(pen, rng, hour, horizon)
    bushes(pen, rng, horizon + 0.02, 20, (76, 146, 80))
    green = rng.choice(GREENS)
    _field(pen, horizon, (shade(green, -0.1), shade(green, -0.2)))
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


def terraces(pen: Pen, rng: Random, hour: str) -> None:
    """Paint mountains above terraced rice fields."""
    horizon = 0.5
    sky(pen, rng, hour, horizon)
    haze = _haze(pen, hour)
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


def table(pen: Pen, rng: Random, hour: str) -> None:
    """Paint a wooden table before a wall with a window."""
    wall = rng.choice(
        [(246, 226, 198), (206, 226, 222), (236, 214, 210), (222, 226, 200), (214, 220, 238)]
    )
    gradient(pen.image, 0, 0.62, [shade(wall, 0.2), shade(wall, -0.04)])
    x, width = rng.uniform(0.08, 0.56), rng.uniform(0.3, 0.38)
    pen.rect(x - 0.02, 0.05, x + width + 0.02, 0.42, (255, 253, 248))
    pen.rect(x, 0.07, x + width, 0.4, (160, 214, 242))
    pen.ellipse(x + width * 0.3, 0.17, 0.06, 0.022, (255, 255, 255))
    pen.poly(
        [
            (x, 0.4),
            (x, 0.33),
            (x + width * 0.3, 0.28),
            (x + width * 0.6, 0.32),
            (x + width, 0.27),
            (x + width, 0.4),
        ],
        (132, 190, 120),
    )
    pen.rect(x + width / 2 - 0.008, 0.07, x + width / 2 + 0.008, 0.4, (255, 253, 248))
    pen.rect(x - 0.035, 0.4, x + width + 0.035, 0.425, (236, 230, 220))
    curtain = rng.choice([(232, 140, 120), (120, 170, 190), (240, 190, 110), (150, 180, 130)])
    for side in (x - 0.03, x + width + 0.03):
        inner = side + (0.075 if side < x else -0.075)
        pen.poly([(side, 0.03), (inner, 0.03), ((side + inner) / 2, 0.3), (side, 0.44)], curtain)
        pen.poly([(side, 0.03), ((side + inner) / 2, 0.03), (side, 0.4)], shade(curtain, -0.1))
    pen.line([(x - 0.05, 0.03), (x + width + 0.05, 0.03)], 0.012, (150, 110, 80))
    wood = rng.choice([(190, 130, 80), (206, 150, 98), (160, 104, 66)])
    gradient(pen.image, 0.6, 1.0, [shade(wall, -0.18), shade(wall, -0.3)])
    gradient(pen.image, 0.6, 0.95, [shade(wood, 0.1), shade(wood, -0.08)])
    for _ in range(9):
        y = rng.uniform(0.62, 0.94)
        gx = rng.uniform(-0.2, 0.8)
        pen.bend(
            [(gx, y), (gx + 0.2, y + 0.006), (gx + 0.45, y - 0.004)], 0.005, shade(wood, -0.14)
        )
    pen.rect(0, 0.945, 1, 1.0, shade(wood, -0.3))
    pen.rect(0, 0.598, 1, 0.608, shade(wood, 0.3))


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


def _court(pen: Pen, rng: Random, hour: str, horizon: float) -> None:
    sky(pen, rng, hour, horizon)
    crowd = rng.choice([(120, 140, 170), (150, 130, 150), (130, 150, 140)])
    pen.rect(0, horizon - 0.13, 1, horizon, crowd)
    for row in range(3):
        for i in range(26):
            x, y = (i + 0.5 * (row % 2) + 0.3) / 26, horizon - 0.105 + row * 0.036
            pen.disc(x, y, 0.0135, rng.choice([(240, 200, 170), (226, 180, 150), (210, 160, 130)]))
            pen.rect(
                x - 0.014,
                y + 0.01,
                x + 0.014,
                y + 0.028,
                rng.choice([(220, 90, 90), (240, 200, 90), (90, 140, 210), (240, 240, 240)]),
            )
    pen.rect(0, horizon - 0.02, 1, horizon + 0.025, (64, 96, 140))


def soccer(pen: Pen, rng: Random, hour: str) -> None:
    """Paint a football pitch with a goal."""
    _court(pen, rng, hour, 0.42)
    for i in range(8):
        y0, y1 = 0.44 + 0.56 * (i / 8) ** 1.5, 0.44 + 0.56 * ((i + 1) / 8) ** 1.5
        pen.rect(0, y0, 1, y1 + 0.002, (76, 168, 74) if i % 2 else (92, 184, 86))
    side = rng.choice([0.14, 0.64])
    for i in range(9):
        pen.line([(side + i * 0.0275, 0.3), (side + i * 0.0275, 0.48)], 0.003, (244, 244, 244, 150))
    for i in range(6):
        pen.line(
            [(side, 0.31 + i * 0.032), (side + 0.22, 0.31 + i * 0.032)], 0.003, (244, 244, 244, 150)
        )
    pen.line(
        [(side, 0.49), (side, 0.3), (side + 0.22, 0.3), (side + 0.22, 0.49)], 0.013, (252, 252, 252)
    )
    pen.line([(-0.1, 0.6), (1.1, 0.6)], 0.009, (246, 250, 246))


def tennis(pen: Pen, rng: Random, hour: str) -> None:
    """Paint a tennis court with its net."""
    _court(pen, rng, hour, 0.4)
    court = rng.choice([(50, 110, 190), (196, 104, 66), (60, 140, 110)])
    _field(pen, 0.42, (shade(court, 0.06), shade(court, -0.12)))
    for points in (
        [(0.04, 0.5), (0.96, 0.5)],
        [(0.14, 0.45), (-0.12, 1.0)],
        [(0.86, 0.45), (1.12, 1.0)],
        [(0.14, 0.45), (0.86, 0.45)],
    ):
        pen.line(points, 0.009, (250, 250, 250))
    for i in range(34):
        pen.line([(i / 33, 0.53), (i / 33, 0.64)], 0.0025, (240, 240, 240, 120))
    for i in range(4):
        pen.line([(0, 0.55 + i * 0.028), (1, 0.55 + i * 0.028)], 0.0025, (240, 240, 240, 120))
    pen.rect(0, 0.52, 1, 0.54, (252, 252, 252))
    pen.rect(0, 0.635, 1, 0.645, (40, 50, 60, 120))


def basketball(pen: Pen, rng: Random, hour: str) -> None:
    """Paint a wooden basketball court with a hoop."""
    gradient(pen.image, 0, 0.56, [(70, 84, 120), (120, 130, 160)])
    for i in range(5):
        pen.ellipse(0.1 + i * 0.2, 0.04, 0.06, 0.012, (255, 250, 220))
    wood = rng.choice([(222, 160, 92), (206, 142, 82)])
    gradient(pen.image, 0.54, 1.0, [shade(wood, 0.12), shade(wood, -0.1)])
    for i in range(-3, 14):
        pen.line(
            [(0.5 + (i - 5) * 0.07, 0.54), (0.5 + (i - 5) * 0.16, 1.0)], 0.003, shade(wood, -0.16)
        )
    pen.rect(0, 0.5, 1, 0.545, (190, 70, 60))
    pen.bend([(-0.05, 0.72), (0.3, 0.64), (0.7, 0.64), (1.05, 0.72)], 0.01, (250, 250, 250))
    x = rng.choice([0.15, 0.85])
    pen.rect(x - 0.012, 0.3, x + 0.012, 0.6, (90, 96, 110))
    pen.box(x - 0.13, 0.09, x + 0.13, 0.3, 0.01, (250, 250, 252))
    for points in ([(x - 0.05, 0.27), (x - 0.05, 0.17), (x + 0.05, 0.17), (x + 0.05, 0.27)],):
        pen.line(points, 0.01, (220, 60, 50))
    pen.ellipse(x, 0.29, 0.07, 0.016, (236, 90, 40))
    for i in range(-3, 4):
        pen.line([(x + i * 0.02, 0.295), (x + i * 0.012, 0.39)], 0.004, (250, 250, 250))


def baseball(pen: Pen, rng: Random, hour: str) -> None:
    """Paint a baseball field: grass, a sand diamond, white bases."""
    _court(pen, rng, hour, 0.4)
    _field(pen, 0.42, ((104, 184, 88), (76, 158, 74)))
    clay = (204, 140, 92)
    pen.ellipse(0.5, 0.84, 0.72, 0.26, clay)
    pen.poly([(0.5, 0.56), (0.86, 0.66), (0.5, 0.8), (0.14, 0.66)], (92, 172, 82))
    pen.ellipse(0.5, 0.67, 0.06, 0.022, clay)
    for x, y in ((0.5, 0.57), (0.14, 0.66), (0.86, 0.66)):
        pen.poly([(x - 0.03, y), (x, y - 0.012), (x + 0.03, y), (x, y + 0.012)], (252, 252, 252))
    for x in (-0.05, 1.05):
        pen.line([(x, 0.7), (0.5, 1.02)], 0.008, (250, 250, 250))


PAINT_PLACE: dict[str, Callable[[Pen, Random, str], None]] = {
    name.__name__: name
    for name in (
        meadow,
        river,
        sea,
        beach,
        road,
        city,
        oldtown,
        paddy,
        pond,
        terraces,
        table,
        underwater,
        soccer,
        tennis,
        basketball,
        baseball,
    )  # fmt: skip
}
