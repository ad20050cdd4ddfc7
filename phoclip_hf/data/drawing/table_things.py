"""Dishes, fruit and things on a table: each stands at the origin and is about 1 wide."""

from __future__ import annotations

import math
from random import Random

from .pen import Colour, Pen, shade


def _steam(pen: Pen, y: float) -> None:
    for x, alpha in ((-0.16, 120), (0.0, 150), (0.16, 120)):
        for i in range(5):
            pen.disc(
                x + (0.03 if i % 2 else -0.03),
                y - i * 0.07,
                0.04 - i * 0.004,
                (255, 255, 255, alpha - i * 22),
            )


def pho(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a steaming bowl of phở with chopsticks."""
    pen.shadow(0.02, -0.01, 0.5, 0.07)
    pen.blob(
        [(-0.5, -0.42), (-0.4, -0.16), (-0.2, -0.03), (0.2, -0.03), (0.4, -0.16), (0.5, -0.42)],
        (248, 248, 250),
    )
    pen.blob([(0.1, -0.4), (0.5, -0.42), (0.4, -0.16), (0.2, -0.03), (0.0, -0.03)], (226, 230, 238))
    pen.rect(-0.2, -0.06, 0.2, 0.0, (216, 220, 230))
    pen.bend([(-0.45, -0.27), (0.0, -0.19), (0.45, -0.27)], 0.035, (60, 100, 180))
    pen.ellipse(0, -0.42, 0.51, 0.15, (252, 252, 252))
    pen.ellipse(0, -0.415, 0.45, 0.12, (214, 150, 70))
    for i in range(5):
        x = -0.3 + i * 0.14
        pen.bend(
            [(x - 0.06, -0.4), (x, -0.46), (x + 0.1, -0.4), (x + 0.16, -0.44)],
            0.025,
            (250, 240, 214),
        )
    for x, y in ((-0.22, -0.43), (-0.05, -0.38), (0.12, -0.46)):
        pen.ellipse(x, y, 0.09, 0.045, (150, 78, 62), 0.3)
    for _ in range(14):
        pen.disc(rng.uniform(-0.36, 0.36), -0.415 + rng.uniform(-0.07, 0.07), 0.024, (70, 160, 70))
    pen.disc(0.28, -0.4, 0.045, (222, 50, 44))
    pen.line([(0.05, -0.5), (0.56, -0.74)], 0.028, (120, 70, 44))
    pen.line([(0.1, -0.46), (0.6, -0.66)], 0.028, (140, 84, 52))
    _steam(pen, -0.62)


def coffee(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a glass of milk coffee (act "iced") or a white cup of black coffee."""
    if act == "iced":
        pen.shadow(0, -0.01, 0.38, 0.06)
        pen.poly([(-0.36, -0.95), (0.36, -0.95), (0.28, 0.0), (-0.28, 0.0)], (226, 240, 246))
        pen.poly([(-0.33, -0.82), (0.33, -0.82), (0.27, -0.03), (-0.27, -0.03)], (120, 72, 42))
        pen.poly([(-0.28, -0.24), (0.28, -0.24), (0.265, -0.03), (-0.265, -0.03)], (244, 226, 196))
        pen.poly([(-0.3, -0.42), (0.3, -0.42), (0.285, -0.24), (-0.285, -0.24)], (186, 134, 90))
        for x, y, a in ((-0.14, -0.76, 0.2), (0.12, -0.72, -0.3), (0.0, -0.86, 0.5)):
            cube = pen.at(x, y, 1.0, angle=a)
            cube.box(-0.1, -0.1, 0.1, 0.1, 0.03, (220, 224, 226))
            cube.box(-0.08, -0.08, 0.06, 0.04, 0.02, (240, 244, 246))
        pen.poly(
            [(-0.3, -0.9), (-0.22, -0.9), (-0.18, -0.06), (-0.23, -0.06)], (255, 255, 255, 110)
        )
        pen.line([(0.06, -0.7), (0.26, -1.25)], 0.06, (226, 60, 60))
    else:
        pen.shadow(0, -0.01, 0.5, 0.06)
        pen.ellipse(0, -0.06, 0.5, 0.09, (236, 238, 244))
        pen.ellipse(0, -0.07, 0.36, 0.05, (214, 218, 228))
        pen.ring(0.36, -0.34, 0.12, 0.06, (240, 242, 246))
        pen.blob([(-0.34, -0.55), (-0.3, -0.2), (-0.16, -0.07), (0.16, -0.07), (0.3, -0.2), (0.34,
            -0.55)],
                 (250, 250, 252))  # fmt: skip
        pen.blob(
            [(0.08, -0.55), (0.34, -0.55), (0.3, -0.2), (0.16, -0.07), (0.04, -0.07)],
            (228, 232, 240),
        )
        pen.ellipse(0, -0.55, 0.345, 0.09, (252, 252, 252))
        pen.ellipse(0, -0.545, 0.29, 0.065, (62, 36, 24))
        _steam(pen, -0.68)


def banana(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a hand of bananas."""
    pen.shadow(0.02, 0, 0.46, 0.06)
    for lift, tint in ((0.2, shade(colour, -0.16)), (0.1, colour), (0.0, shade(colour, 0.12))):
        pen.blob([(-0.34, -0.62), (-0.3, -0.4 + lift * 0.4), (-0.08, -0.2 - lift * 0.3), (0.2,
            -0.16 - lift),
                  (0.46, -0.3 - lift), (0.5, -0.24 - lift), (0.3, -0.0 - lift), (-0.05,
                      0.0 - lift * 0.6),
                  (-0.36, -0.18), (-0.46, -0.5)], tint)  # fmt: skip
        pen.disc(0.48, -0.27 - lift, 0.035, (90, 66, 30))
        pen.bend(
            [(-0.38, -0.4), (-0.15, -0.12 - lift * 0.5), (0.3, -0.08 - lift)],
            0.016,
            shade(colour, -0.28),
        )
    pen.blob([(-0.46, -0.52), (-0.44, -0.74), (-0.34, -0.74), (-0.32, -0.52)], (120, 110, 40))


def orange(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw an orange with a leaf."""
    pen.shadow(0.03, 0, 0.48, 0.08)
    pen.shaded_disc(0, -0.48, 0.48, colour)
    for _ in range(12):
        pen.disc(rng.uniform(-0.3, 0.3), rng.uniform(-0.75, -0.2), 0.014, shade(colour, -0.12))
    pen.disc(0.0, -0.93, 0.05, (110, 90, 40))
    pen.blob([(0.0, -0.94), (0.16, -1.1), (0.4, -1.04), (0.2, -0.92)], (60, 150, 60))


def apple(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw an apple."""
    pen.shadow(0.03, 0, 0.44, 0.08)
    outline = [(0.0, -0.8), (0.2, -0.88), (0.44, -0.74), (0.48, -0.45), (0.34, -0.12), (0.14,
        -0.01), (0.0, -0.05),
               (-0.14, -0.01), (-0.34, -0.12), (-0.48, -0.45), (-0.44, -0.74), (-0.2,
                   -0.88)]  # fmt: skip
    pen.blob(outline, shade(colour, -0.2))
    pen.blob([(x * 0.88 - 0.03, (y + 0.45) * 0.9 - 0.46) for x, y in outline], colour)
    pen.ellipse(-0.22, -0.6, 0.1, 0.14, shade(colour, 0.45), 0.4)
    pen.bend([(0.0, -0.78), (0.02, -0.92), (0.08, -1.02)], 0.045, (96, 64, 36))
    pen.blob([(0.06, -0.94), (0.2, -1.1), (0.4, -1.06), (0.22, -0.92)], (70, 160, 66))


def watermelon(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a slice of watermelon."""
    pen.shadow(0, 0, 0.5, 0.05)
    for radius, tint in ((0.5, (34, 120, 60)), (0.455, (226, 244, 206)), (0.42, (232, 62, 72))):
        arc = [
            (radius * math.cos(i * math.pi / 16), -0.5 + radius * math.sin(i * math.pi / 16))
            for i in range(17)
        ]
        pen.poly(arc, tint)
    for i in range(7):
        turn = (i + 0.8) * math.pi / 8.6
        for radius in (0.3, 0.18) if i % 2 else (0.27,):
            pen.ellipse(
                radius * math.cos(turn), -0.5 + radius * math.sin(turn), 0.028, 0.045, (50, 30, 34)
            )
    pen.poly([(-0.4, -0.5), (0.4, -0.5), (0.36, -0.44), (-0.36, -0.44)], (244, 104, 108))


def banhchung(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a square bánh chưng tied with strings."""
    pen.shadow(0.02, 0, 0.52, 0.06)
    pen.poly([(-0.46, -0.5), (-0.3, -0.72), (0.5, -0.72), (0.4, -0.5)], shade(colour, 0.2))
    pen.poly([(0.4, -0.5), (0.5, -0.72), (0.5, -0.2), (0.4, 0.0)], shade(colour, -0.25))
    pen.box(-0.46, -0.52, 0.41, 0.0, 0.03, colour)
    for i in range(4):
        pen.line([(-0.4 + i * 0.2, -0.48), (-0.36 + i * 0.2, -0.04)], 0.012, shade(colour, 0.14))
    tie = (240, 228, 170)
    for x in (-0.19, 0.1):
        pen.line([(x, -0.52), (x, 0.0)], 0.035, tie)
        pen.line([(x, -0.52), (x + 0.14, -0.72)], 0.035, tie)
    for y in (-0.36, -0.17):
        pen.line([(-0.46, y), (0.4, y)], 0.035, tie)
        pen.line([(0.4, y), (0.5, y - 0.2)], 0.035, tie)


def teapot(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a teapot."""
    pen.shadow(0, 0, 0.46, 0.06)
    pen.ring(-0.36, -0.36, 0.15, 0.06, shade(colour, -0.2))
    pen.blob(
        [(0.24, -0.2), (0.4, -0.34), (0.5, -0.62), (0.56, -0.58), (0.5, -0.3), (0.3, -0.08)],
        shade(colour, -0.15),
    )
    pen.ellipse(0, -0.32, 0.38, 0.32, colour)
    pen.ellipse(-0.1, -0.42, 0.2, 0.16, shade(colour, 0.2))
    pen.rect(-0.2, -0.05, 0.2, 0.0, shade(colour, -0.25))
    pen.ellipse(0, -0.6, 0.2, 0.07, shade(colour, -0.15))
    pen.disc(0, -0.7, 0.06, shade(colour, -0.3))
    for turn in range(5):
        x = -0.14 + turn * 0.07
        pen.disc(x, -0.22 - (turn % 2) * 0.04, 0.025, (255, 255, 255))


def book(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a closed book that stands, cover to the front."""
    pen.shadow(0.03, 0, 0.44, 0.05)
    pen.poly([(0.3, -1.0), (0.42, -1.06), (0.42, -0.06), (0.3, 0.0)], (244, 238, 222))
    pen.poly([(-0.36, -1.0), (-0.24, -1.06), (0.42, -1.06), (0.3, -1.0)], (250, 246, 234))
    pen.box(-0.38, -1.0, 0.32, 0.0, 0.03, colour)
    pen.rect(-0.38, -1.0, -0.27, 0.0, shade(colour, -0.25))
    pen.box(
        -0.16,
        -0.84,
        0.22,
        -0.58,
        0.02,
        shade(colour, 0.6) if sum(colour) < 600 else shade(colour, -0.3),
    )
    pen.line([(-0.14, -0.4), (0.2, -0.4)], 0.02, shade(colour, 0.4))
    pen.line([(-0.14, -0.3), (0.1, -0.3)], 0.02, shade(colour, 0.4))


def vase(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a vase with flowers, both of `colour`."""
    pen.shadow(0, -0.01, 0.3, 0.05)
    blooms = ((-0.28, -1.1), (0.28, -1.1), (0.0, -1.3), (-0.13, -0.96), (0.15, -0.95))
    for x, y in blooms:
        pen.line([(0, -0.6), (x, y)], 0.03, (60, 140, 70))
    for x, y in ((-0.34, -0.82), (0.34, -0.82)):
        pen.blob([(0, -0.66), (x * 0.5, y - 0.08), (x, y), (x * 0.6, y + 0.08)], (70, 156, 80))
    for x, y in blooms:
        for i in range(6):
            turn = i * math.tau / 6 + x
            petal = shade(colour, -0.1 + 0.08 * (i % 3))
            pen.disc(x + math.cos(turn) * 0.1, y + math.sin(turn) * 0.1, 0.085, petal)
        pen.disc(x, y, 0.06, (252, 214, 90) if colour[2] > 60 else (150, 90, 40))
    body = [(-0.12, -0.7), (-0.1, -0.58), (-0.26, -0.35), (-0.22, -0.08), (-0.12, 0.0)]
    outline = body + [(-x, y) for x, y in reversed(body)]
    pen.blob(outline, colour)
    pen.blob([(0.02, -0.6), (0.2, -0.4), (0.2, -0.06), (0.06, 0.0)], shade(colour, -0.16))
    for y, width in ((-0.18, 0.24), (-0.42, 0.23)):
        pen.line([(-width, y), (width, y)], 0.03, (250, 250, 250))
    pen.disc(0, -0.3, 0.06, (250, 250, 250))
    pen.ellipse(-0.15, -0.32, 0.03, 0.13, shade(colour, 0.5))
