"""Plants, buildings and things of the drawn scenes: each stands at the origin, about 1 wide."""

from __future__ import annotations

import math
from random import Random

from .scene_pen import Colour, Pen, mix, shade

WOOD, LIT = (128, 86, 52), (255, 224, 130)


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


def ball(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a play ball with a white belt."""
    pen.shadow(0.04, 0, 0.5, 0.09)
    body = pen.at(0, -0.5, 1.0)
    body.shaded_disc(0, 0, 0.5, colour)
    turn = rng.uniform(-0.5, 0.5)
    band = body.at(0, 0, 1.0, angle=turn)
    band.blob([(-0.47, -0.1), (0.0, 0.06), (0.47, -0.1), (0.48, 0.08), (0.0, 0.24), (-0.48, 0.08)],
              shade(colour, 0.75) if sum(colour) < 640 else (70, 130, 210))  # fmt: skip
    body.disc(-0.17, -0.22, 0.09, (255, 255, 255, 150))


def umbrella(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw an open umbrella planted in the ground."""
    pen.shadow(0.06, 0, 0.44, 0.05)
    pen.line([(0.0, 0.0), (0.0, -0.95)], 0.035, (240, 236, 228))
    dome = [
        (-0.5 * math.cos(i * math.pi / 12), -0.62 - 0.42 * math.sin(i * math.pi / 12))
        for i in range(13)
    ]
    scallop = []
    for i in range(4, 0, -1):
        scallop += [(-0.5 + i * 0.25, -0.62), (-0.5 + i * 0.25 - 0.125, -0.67)]
    pen.poly(dome + scallop, colour)
    light = shade(colour, 0.45) if sum(colour) < 600 else shade(colour, -0.15)
    for x0, x1 in ((-0.25, 0.0), (0.25, 0.5)):
        edge = [(x0, -0.62), ((x0 + x1) / 2, -0.67), (x1, -0.62)]
        pen.poly(edge + [(x1 * 0.72, -0.86), (0.0, -1.04), (x0 * 0.72, -0.86)], light)
    pen.line([(0.0, -1.03), (0.0, -1.1)], 0.03, shade(colour, -0.3))


def kite(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a diamond kite with its tail."""
    body = pen.at(0, -0.45, 1.0, angle=rng.uniform(0.1, 0.5))
    other = shade(colour, 0.5) if sum(colour) < 600 else (80, 150, 220)
    body.bend([(0, 0.55), (0.12, 0.75), (-0.1, 0.9), (0.05, 1.1)], 0.03, shade(colour, -0.2))
    for x, y in ((0.1, 0.72), (-0.08, 0.9), (0.05, 1.08)):
        body.poly(
            [(x - 0.1, y - 0.05), (x + 0.1, y + 0.05), (x + 0.1, y - 0.05), (x - 0.1, y + 0.05)],
            other,
        )
    body.poly([(0, -0.55), (0.42, -0.05), (0, 0.55), (-0.42, -0.05)], colour)
    body.poly([(0, -0.55), (0.42, -0.05), (0, -0.05)], shade(colour, 0.25))
    body.poly([(0, 0.55), (-0.42, -0.05), (0, -0.05)], shade(colour, -0.2))
    body.line([(0, -0.55), (0, 0.55)], 0.02, (250, 250, 250))
    body.line([(-0.42, -0.05), (0.42, -0.05)], 0.02, (250, 250, 250))


def lantern(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a hanging silk lantern; `act` "lit" makes it glow."""
    body = pen.raw() if act == "lit" else pen
    if act == "lit":
        for radius, alpha in ((0.95, 26), (0.78, 34), (0.62, 44)):
            body.disc(0, -0.6, radius, mix(colour, LIT, 0.5) + (alpha,))
    pen.line([(0, -1.6), (0, -1.05)], 0.025, (70, 50, 40))
    body.rect(-0.16, -1.1, 0.16, -1.02, (214, 160, 60))
    body.rect(-0.16, -0.2, 0.16, -0.12, (214, 160, 60))
    for width, tint in ((0.5, shade(colour, -0.22)), (0.4, colour), (0.26, shade(colour, 0.2)),
                        (0.1, shade(colour, 0.42))):  # fmt: skip
        body.ellipse(0, -0.61, width, 0.43, tint)
    for x in (-0.1, 0.0, 0.1):
        body.line([(x * 0.5, -0.12), (x, 0.16)], 0.03, colour)
    body.disc(0, -0.06, 0.05, (214, 160, 60))


def vase(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a blue-and-white vase with flowers of `colour`."""
    pen.shadow(0, -0.01, 0.3, 0.05)
    for x, y in ((-0.28, -1.1), (0.0, -1.3), (0.28, -1.1), (-0.14, -0.96), (0.15, -0.95)):
        pen.line([(0, -0.6), (x, y)], 0.03, (60, 140, 70))
    for x, y in ((-0.28, -1.1), (0.28, -1.1), (0.0, -1.3), (-0.13, -0.96), (0.15, -0.95)):
        for i in range(6):
            turn = i * math.tau / 6 + x
            pen.disc(
                x + math.cos(turn) * 0.1,
                y + math.sin(turn) * 0.1,
                0.085,
                shade(colour, -0.1 + 0.05 * (i % 3)),
            )
        pen.disc(x, y, 0.06, (252, 214, 90))
    pen.blob([(-0.12, -0.7), (-0.1, -0.58), (-0.26, -0.35), (-0.22, -0.08), (-0.12, 0.0), (0.12,
        0.0),
              (0.22, -0.08), (0.26, -0.35), (0.1, -0.58), (0.12, -0.7)], (244, 246,
                  250))  # fmt: skip
    for y, width in ((-0.18, 0.23), (-0.42, 0.22)):
        pen.line([(-width, y), (width, y)], 0.03, (60, 100, 180))
    pen.disc(0, -0.3, 0.07, (60, 100, 180))
    pen.ellipse(-0.14, -0.32, 0.03, 0.14, (255, 255, 255))
