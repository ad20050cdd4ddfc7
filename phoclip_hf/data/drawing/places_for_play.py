"""A table indoors and four sports grounds: each is painted before the things."""

from __future__ import annotations

from random import Random

from .backdrops import (
    gradient,
    ground,
    sky,
)
from .pen import Pen, shade


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
    ground(pen, 0.42, (shade(court, 0.06), shade(court, -0.12)))
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
    ground(pen, 0.42, ((104, 184, 88), (76, 158, 74)))
    clay = (204, 140, 92)
    pen.ellipse(0.5, 0.84, 0.72, 0.26, clay)
    pen.poly([(0.5, 0.56), (0.86, 0.66), (0.5, 0.8), (0.14, 0.66)], (92, 172, 82))
    pen.ellipse(0.5, 0.67, 0.06, 0.022, clay)
    for x, y in ((0.5, 0.57), (0.14, 0.66), (0.86, 0.66)):
        pen.poly([(x - 0.03, y), (x, y - 0.012), (x + 0.03, y), (x, y + 0.012)], (252, 252, 252))
    for x in (-0.05, 1.05):
        pen.line([(x, 0.7), (0.5, 1.02)], 0.008, (250, 250, 250))
