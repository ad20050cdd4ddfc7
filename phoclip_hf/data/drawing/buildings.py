"""Buildings: each stands at the origin and is about 1 wide."""

from __future__ import annotations

import math
from random import Random

from .pen import Colour, Pen, shade

LIT = (255, 224, 130)  # lamplight


def house(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a house; `colour` is that of its roof. `act` "lit" lights its windows."""
    wall = rng.choice([(250, 240, 220), (255, 246, 232), (236, 228, 214)])
    glass = LIT if act == "lit" else (120, 180, 214)
    bright = pen.raw() if act == "lit" else pen
    pen.shadow(0.02, 0.01, 0.54, 0.05)
    pen.rect(-0.4, -0.48, 0.4, 0.0, wall)
    pen.rect(0.16, -0.48, 0.4, 0.0, shade(wall, -0.07))
    pen.rect(-0.4, -0.06, 0.4, 0.0, shade(wall, -0.25))
    pen.rect(0.2, -0.86, 0.3, -0.6, shade(wall, -0.3))
    pen.poly([(-0.52, -0.44), (-0.3, -0.82), (0.3, -0.82), (0.52, -0.44)], colour)
    pen.poly([(-0.52, -0.44), (-0.49, -0.49), (0.49, -0.49), (0.52, -0.44)], shade(colour, -0.28))
    for i in range(1, 4):
        y = -0.82 + i * 0.085
        pen.line([(-0.3 - i * 0.05, y), (0.3 + i * 0.05, y)], 0.012, shade(colour, -0.16))
    pen.box(-0.09, -0.32, 0.09, 0.0, 0.02, (150, 94, 60))
    pen.disc(0.05, -0.15, 0.015, (250, 220, 120))
    for x in (-0.25, 0.25):
        pen.box(x - 0.1, -0.36, x + 0.1, -0.16, 0.01, (255, 255, 255))
        bright.rect(x - 0.08, -0.34, x + 0.08, -0.18, glass)
        pen.line([(x, -0.34), (x, -0.18)], 0.014, (255, 255, 255))
        pen.line([(x - 0.08, -0.26), (x + 0.08, -0.26)], 0.014, (255, 255, 255))
    for x in (-0.44, 0.44):
        pen.disc(x, -0.05, 0.07, (60, 140, 74))
        pen.disc(x - 0.03, -0.08, 0.03, (236, 110, 130))


def pagoda(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a three-storey pagoda with curved red roofs."""
    wall = (240, 214, 160)
    glass = LIT if act == "lit" else (110, 70, 56)
    bright = pen.raw() if act == "lit" else pen
    pen.shadow(0, 0.01, 0.52, 0.05)
    pen.rect(-0.42, -0.07, 0.42, 0.0, (170, 164, 154))
    base = -0.07
    for width, height in ((0.34, 0.3), (0.26, 0.26), (0.18, 0.22)):
        pen.rect(-width, base - height, width, base, wall)
        for x in (-width, -width / 3, width / 3, width):
            pen.line([(x * 0.94, base - height), (x * 0.94, base)], 0.03, (170, 50, 40))
        bright.box(-width * 0.22, base - height * 0.7, width * 0.22, base, 0.01, glass)
        top = base - height
        wing = width + 0.18
        pen.blob([(-wing, top - 0.06), (-width, top + 0.03), (width, top + 0.03), (wing,
            top - 0.06),
                  (width * 0.7, top - 0.13), (-width * 0.7, top - 0.13)], colour)  # fmt: skip
        pen.line([(-width, top + 0.02), (width, top + 0.02)], 0.02, shade(colour, -0.35))
        base = top - 0.08
    pen.poly([(-0.03, base), (0.0, base - 0.2), (0.03, base)], (240, 190, 70))
    pen.disc(0, base - 0.08, 0.045, (240, 190, 70))


def bridge(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw an arched bridge."""
    arch = [(i / 10, -0.24 - 0.12 * math.cos((i / 10) * math.pi)) for i in range(-5, 6)]
    low = [(x, y + 0.1) for x, y in reversed(arch)]
    for x in (-0.26, 0.26):
        pen.rect(x - 0.035, -0.26, x + 0.035, 0.04, shade(colour, -0.3))
        pen.ellipse(x, 0.04, 0.06, 0.014, (255, 255, 255, 90))
    pen.poly([(x, y - 0.09) for x, y in arch] + [(x, y - 0.075) for x, y in reversed(arch)], colour)
    for x, y in arch:
        pen.line([(x, y), (x, y - 0.1)], 0.02, shade(colour, -0.15))
    pen.poly(arch + low, colour)
    pen.poly([(x, y + 0.07) for x, y in arch] + low, shade(colour, -0.25))


def lighthouse(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a striped lighthouse on its rock; `act` "lit" gives it a beam."""
    if act == "lit":
        for spread, alpha in ((0.5, 50), (0.3, 60)):
            pen.raw().poly([(0, -1.66), (-2.2, -1.66 - spread), (-2.2, -1.66 + spread)],
                           (255, 240, 170, alpha))  # fmt: skip
    rock = (112, 104, 100)
    pen.blob(
        [(-0.6, 0.05), (-0.45, -0.18), (-0.15, -0.26), (0.2, -0.24), (0.5, -0.12), (0.62, 0.05)],
        rock,
    )
    pen.blob([(-0.4, -0.1), (-0.15, -0.22), (0.1, -0.2), (-0.1, -0.1)], shade(rock, 0.2))
    for i in range(5):
        low, high = -0.2 - i * 0.26, -0.2 - (i + 1) * 0.26
        wide, narrow = 0.27 - i * 0.026, 0.27 - (i + 1) * 0.026
        tint = colour if i % 2 == 0 else (252, 250, 244)
        pen.poly([(-wide, low), (-narrow, high), (narrow, high), (wide, low)], tint)
        pen.poly(
            [(wide * 0.35, low), (narrow * 0.35, high), (narrow, high), (wide, low)],
            shade(tint, -0.14),
        )
    pen.rect(-0.2, -1.56, 0.2, -1.5, (70, 70, 78))
    pen.raw().rect(-0.1, -1.74, 0.1, -1.56, LIT)
    pen.poly([(-0.16, -1.74), (0, -1.92), (0.16, -1.74)], colour)
