"""Plants: each grows at the origin and is about 1 wide."""

from __future__ import annotations

import math
from random import Random

from .pen import Colour, Pen, shade

WOOD = (128, 86, 52)


def tree(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a broad tree."""
    pen.shadow(0, 0, 0.5, 0.06)
    pen.blob(
        [(-0.13, 0.01), (-0.06, -0.12), (-0.07, -0.6), (0.07, -0.6), (0.06, -0.12), (0.14, 0.01)],
        WOOD,
    )
    pen.line([(0.0, -0.45), (0.2, -0.68)], 0.05, WOOD)
    pen.line([(0.0, -0.4), (-0.2, -0.64)], 0.05, WOOD)
    puffs = [(-0.28, -0.66, 0.22), (0.28, -0.68, 0.22), (0.0, -0.64, 0.22), (-0.18, -0.9, 0.24),
             (0.18, -0.92, 0.24), (0.0, -1.05, 0.22)]  # fmt: skip
    for x, y, r in puffs:
        pen.disc(x, y + 0.05, r, shade(colour, -0.25))
    for x, y, r in puffs:
        pen.disc(x - 0.02, y, r * 0.92, colour)
    for x, y, r in puffs:
        pen.disc(x - 0.05, y - 0.06, r * 0.55, shade(colour, 0.14))
    for _ in range(7):
        pen.disc(rng.uniform(-0.35, 0.3), rng.uniform(-1.1, -0.62), 0.03, shade(colour, 0.32))


def palm(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a coconut palm that leans."""
    lean = rng.uniform(0.08, 0.22)
    pen.shadow(0.05, 0, 0.3, 0.04)
    trunk = [(0.0, 0.0), (lean * 0.15, -0.5), (lean * 0.7, -0.95), (lean, -1.25)]
    pen.bend(trunk, 0.1, (150, 108, 70))
    pen.bend([(x - 0.025, y) for x, y in trunk], 0.03, (190, 148, 104))
    top = pen.at(lean, -1.27)
    for turn, size in ((-2.9, 0.6), (-0.2, 0.6), (-2.45, 0.58), (-0.7, 0.58), (-1.9, 0.46),
        (-1.25, 0.46),
                       (2.9, 0.5), (0.3, 0.5)):  # fmt: skip
        dx, dy = math.cos(turn) * size, math.sin(turn) * size * 0.75
        tint = shade(colour, 0.12 if dy < -0.2 else -0.12)
        top.blob(
            [(0, 0), (dx * 0.5, dy * 0.6 - 0.16), (dx, dy + 0.12), (dx * 0.55, dy * 0.6 - 0.02)],
            tint,
        )
        top.bend([(0, 0), (dx * 0.5, dy * 0.6 - 0.09), (dx, dy + 0.12)], 0.018, shade(colour, 0.35))
    for x, y in ((-0.07, 0.06), (0.07, 0.07), (0.0, 0.1)):
        top.disc(x, y, 0.065, (120, 84, 44))
        top.disc(x - 0.02, y - 0.02, 0.025, (170, 130, 80))


def flower(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a flower with eight petals, a stem and two leaves."""
    green = (52, 140, 66)
    pen.shadow(0, 0, 0.25, 0.03, 0.8)
    pen.bend([(0, 0), (0.03, -0.4), (0, -0.85)], 0.06, green)
    pen.blob([(0.02, -0.15), (0.2, -0.45), (0.36, -0.48), (0.25, -0.22)], shade(green, 0.12))
    pen.blob([(0.0, -0.08), (-0.2, -0.36), (-0.36, -0.36), (-0.22, -0.12)], shade(green, -0.1))
    start = rng.uniform(0, 1)
    for grow, tint in ((1.0, shade(colour, -0.18)), (0.82, colour)):
        for i in range(8):
            turn = start + i * math.tau / 8
            x, y = math.cos(turn) * 0.26, -0.98 + math.sin(turn) * 0.26
            pen.ellipse(x, y, 0.2 * grow, 0.12 * grow, tint, turn)
    centre = (250, 200, 60) if colour[2] > 90 or colour[1] < 120 else (150, 90, 40)
    pen.disc(0, -0.98, 0.15, shade(centre, -0.15))
    pen.disc(-0.02, -1.0, 0.11, centre)


def lotus(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a lotus on its leaf."""
    green = (58, 140, 88)
    pen.ellipse(0.04, 0.03, 0.56, 0.13, (20, 60, 70, 70))
    pen.ellipse(0, 0, 0.54, 0.13, shade(green, -0.12))
    pen.ellipse(-0.02, -0.015, 0.48, 0.1, green)
    for x in (-0.4, -0.15, 0.15, 0.4):
        pen.line([(0, -0.01), (x, -0.02 + abs(x) * 0.05)], 0.012, shade(green, 0.3))
    dark, light = shade(colour, -0.12), shade(colour, 0.4)
    for side in (-1, 1):
        pen.blob(
            [(0, -0.05), (side * 0.28, -0.14), (side * 0.5, -0.34), (side * 0.22, -0.28)], dark
        )
        pen.blob(
            [(0, -0.06), (side * 0.18, -0.16), (side * 0.4, -0.54), (side * 0.12, -0.42)], colour
        )
    for side in (-1, 1):
        pen.blob([(0, -0.06), (side * 0.2, -0.3), (side * 0.2, -0.68), (side * 0.02, -0.42)],
                 shade(colour, 0.16))  # fmt: skip
    pen.blob([(-0.04, -0.06), (-0.15, -0.36), (0, -0.76), (0.15, -0.36), (0.04, -0.06)], light)
    for side in (-1, 1):
        pen.blob([(0, -0.05), (side * 0.2, -0.08), (side * 0.34, -0.24), (side * 0.1, -0.24)],
                 shade(colour, 0.22))  # fmt: skip
