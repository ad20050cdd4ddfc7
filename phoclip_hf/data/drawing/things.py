"""Things of yard, beach and sky: each stands or hangs at the origin and is about 1 wide."""

from __future__ import annotations

import math
from random import Random

from .buildings import LIT
from .pen import Colour, Pen, mix, shade


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
