"""Birds, fish, a turtle, a crab, a butterfly: each faces right and is about 1 wide."""

from __future__ import annotations

from random import Random

from .animals import EYE, draw_eye
from .pen import Colour, Pen, shade


def chicken(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a rooster."""
    red = (222, 40, 40)
    pen.shadow(0, 0, 0.36, 0.05)
    for x in (-0.06, 0.1):
        pen.line([(x, -0.28), (x + 0.01, -0.02), (x + 0.1, 0.0)], 0.035, (236, 160, 40))
    for lift, tint in ((0.0, (24, 70, 62)), (0.1, (34, 98, 84)), (0.2, (20, 52, 60))):
        pen.blob([(-0.2, -0.45), (-0.42, -0.75 + lift), (-0.55, -0.68 + lift * 1.4),
                  (-0.5, -0.45 + lift)], tint)  # fmt: skip
    pen.blob([(-0.34, -0.48), (-0.2, -0.24), (0.1, -0.22), (0.28, -0.45), (0.3, -0.75), (0.2,
        -0.86),
              (0.08, -0.72), (-0.1, -0.52)], colour)  # fmt: skip
    pen.blob([(-0.24, -0.46), (-0.02, -0.5), (0.1, -0.38), (-0.1, -0.28)], shade(colour, -0.25))
    for x, y in ((0.12, -0.95), (0.2, -0.99), (0.28, -0.95)):
        pen.disc(x, y + 0.02, 0.065, red)
    pen.disc(0.2, -0.83, 0.13, shade(colour, 0.12))
    pen.poly([(0.3, -0.87), (0.44, -0.8), (0.3, -0.77)], (245, 180, 50))
    pen.ellipse(0.3, -0.7, 0.045, 0.08, red)
    draw_eye(pen, 0.24, -0.86, 0.03)


def duck(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a duck on water."""
    pen.ellipse(0, 0.02, 0.56, 0.07, (255, 255, 255, 70))
    pen.blob([(-0.52, -0.38), (-0.4, -0.08), (-0.1, 0.02), (0.25, 0.0), (0.4, -0.2), (0.28, -0.36),
              (-0.05, -0.34), (-0.3, -0.28)], colour)  # fmt: skip
    pen.blob([(0.1, -0.25), (0.14, -0.55), (0.36, -0.55), (0.38, -0.15)], colour)
    pen.blob([(-0.35, -0.24), (-0.05, -0.32), (0.14, -0.18), (-0.05, -0.07), (-0.28, -0.1)],
             shade(colour, -0.14))  # fmt: skip
    pen.disc(0.26, -0.6, 0.165, shade(colour, 0.1))
    pen.blob([(0.38, -0.64), (0.58, -0.58), (0.56, -0.52), (0.38, -0.52)], (244, 140, 36))
    draw_eye(pen, 0.31, -0.65, 0.035)
    pen.ellipse(0, 0.03, 0.44, 0.035, (40, 90, 120, 70))


def egret(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw an egret on long legs."""
    pen.shadow(0, 0, 0.34, 0.04)
    for x in (-0.06, 0.1):
        pen.line([(x, -0.5), (x + 0.03, -0.25), (x, 0.0)], 0.03, (60, 60, 66))
    pen.bend([(0.16, -0.7), (0.34, -0.95), (0.16, -1.15), (0.24, -1.32)], 0.085, colour)
    pen.blob([(-0.5, -0.46), (-0.25, -0.68), (0.1, -0.8), (0.26, -0.68), (0.14, -0.5), (-0.2,
        -0.44)],
             colour)  # fmt: skip
    pen.blob([(-0.46, -0.46), (-0.2, -0.62), (0.05, -0.66), (-0.1, -0.5)], shade(colour, -0.12))
    pen.ellipse(0.26, -1.33, 0.1, 0.07, colour)
    pen.poly([(0.32, -1.37), (0.62, -1.28), (0.32, -1.29)], (244, 170, 50))
    pen.disc(0.29, -1.35, 0.02, EYE)


def bird(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a bird in flight."""
    dark, light = shade(colour, -0.25), shade(colour, 0.3)
    up = rng.uniform(-0.12, 0.05)
    pen.blob([(0.0, -0.3), (0.1, -0.62 + up), (-0.04, -0.72 + up), (-0.18, -0.34)], dark)
    pen.blob([(-0.3, -0.28), (-0.54, -0.36), (-0.52, -0.22), (-0.3, -0.2)], dark)
    pen.blob([(-0.36, -0.26), (-0.05, -0.38), (0.24, -0.36), (0.34, -0.24), (0.15, -0.12),
              (-0.15, -0.13)], colour)  # fmt: skip
    pen.blob([(-0.1, -0.16), (0.2, -0.22), (0.26, -0.18), (0.1, -0.12)], light)
    pen.disc(0.3, -0.32, 0.13, colour)
    pen.poly([(0.41, -0.36), (0.55, -0.29), (0.4, -0.26)], (245, 160, 40))
    draw_eye(pen, 0.34, -0.35, 0.03)
    pen.blob([(0.1, -0.3), (-0.08, -0.78 + up), (-0.3, -0.86 + up), (-0.26, -0.55 + up), (-0.2,
        -0.26)],
             shade(colour, -0.1))  # fmt: skip
    pen.blob([(0.06, -0.31), (-0.08, -0.62 + up), (-0.2, -0.66 + up), (-0.14, -0.3)], light)


def butterfly(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a butterfly with open wings."""
    wing = pen.at(0, -0.4, 1.0, angle=rng.uniform(-0.25, 0.25))
    dark, light = shade(colour, -0.4), shade(colour, 0.5)
    for side in (-1, 1):
        for grow, tint in ((1.0, dark), (0.82, colour)):
            wing.blob([(side * 0.02, 0), (side * 0.2 * grow, -0.36 * grow),
                       (side * 0.48 * grow, -0.38 * grow), (side * 0.46 * grow, -0.1 * grow),
                       (side * 0.2 * grow, 0.04)], tint)  # fmt: skip
            wing.blob([(side * 0.02, 0), (side * 0.34 * grow, 0.04), (side * 0.38 * grow,
                0.26 * grow),
                       (side * 0.18 * grow, 0.36 * grow)], tint)  # fmt: skip
        wing.disc(side * 0.3, -0.22, 0.06, light)
        wing.disc(side * 0.24, 0.18, 0.045, light)
        wing.bend([(0, -0.2), (side * 0.06, -0.34), (side * 0.13, -0.4)], 0.02, (50, 40, 44))
    wing.ellipse(0, 0.02, 0.04, 0.25, (50, 40, 44))


def fish(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a fish."""
    dark, light = shade(colour, -0.22), shade(colour, 0.35)
    body = pen.at(0, -0.3, 1.0, angle=rng.uniform(-0.12, 0.12))
    body.blob([(-0.24, 0.0), (-0.5, -0.24), (-0.42, 0.0), (-0.5, 0.24)], dark)
    body.blob([(-0.15, -0.18), (0.05, -0.36), (0.2, -0.2)], dark)
    body.blob([(-0.1, 0.18), (-0.02, 0.32), (0.12, 0.2)], dark)
    body.blob([(-0.3, 0.0), (-0.1, -0.2), (0.16, -0.24), (0.42, -0.08), (0.5, 0.03), (0.4, 0.12),
               (0.14, 0.23), (-0.1, 0.18)], colour)  # fmt: skip
    body.blob([(-0.2, 0.05), (0.1, 0.12), (0.4, 0.1), (0.14, 0.21), (-0.08, 0.16)], light)
    for x in (-0.1, 0.06):
        body.bend([(x, -0.17), (x + 0.06, 0.0), (x, 0.16)], 0.045, light)
    body.blob([(0.08, 0.02), (-0.08, 0.1), (0.06, 0.14)], dark)
    body.disc(0.32, -0.06, 0.07, (255, 255, 255))
    draw_eye(body, 0.33, -0.06, 0.04)


def turtle(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a sea turtle."""
    skin = (150, 190, 110)
    body = pen.at(0, -0.3, 1.0, angle=rng.uniform(-0.15, 0.15))
    body.blob([(0.1, 0.1), (0.24, 0.36), (0.06, 0.42), (-0.02, 0.15)], skin)
    body.blob([(-0.3, 0.1), (-0.48, 0.26), (-0.4, 0.06)], skin)
    body.blob([(0.12, -0.1), (0.04, -0.36), (-0.08, -0.34), (-0.04, -0.1)], shade(skin, -0.2))
    body.ellipse(0.4, -0.06, 0.13, 0.1, skin)
    body.ellipse(0, 0, 0.36, 0.23, shade(colour, -0.3))
    body.ellipse(0, -0.03, 0.33, 0.19, colour)
    for x, y in ((-0.2, -0.03), (0.0, -0.05), (0.2, -0.03), (-0.1, 0.07), (0.1, 0.07), (-0.1,
        -0.14),
                 (0.1, -0.14)):  # fmt: skip
        body.ellipse(x, y, 0.075, 0.045, shade(colour, 0.25))
    draw_eye(body, 0.44, -0.09, 0.028)


def crab(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a crab with raised claws."""
    dark = shade(colour, -0.22)
    pen.shadow(0, 0, 0.42, 0.05)
    for side in (-1, 1):
        for reach, lift in ((0.44, 0.0), (0.36, 0.02), (0.28, 0.02)):
            pen.bend([(side * 0.2, -0.18), (side * reach, -0.24), (side * (reach + 0.05), lift)],
                     0.045, dark)  # fmt: skip
        pen.bend([(side * 0.24, -0.28), (side * 0.44, -0.36), (side * 0.42, -0.5)], 0.07, dark)
        pen.ellipse(side * 0.42, -0.58, 0.12, 0.11, colour)
        pen.poly([(side * 0.42, -0.58), (side * 0.36, -0.72), (side * 0.5, -0.7)], (0, 0, 0, 0))
        pen.poly([(side * 0.4, -0.56), (side * 0.33, -0.72), (side * 0.44, -0.7)], dark)
        pen.line([(side * 0.08, -0.34), (side * 0.1, -0.46)], 0.035, dark)
        pen.disc(side * 0.1, -0.48, 0.055, (255, 255, 255))
        pen.disc(side * 0.1, -0.48, 0.03, EYE)
    pen.ellipse(0, -0.22, 0.32, 0.18, colour)
    pen.ellipse(-0.04, -0.28, 0.2, 0.08, shade(colour, 0.25))
    pen.bend([(-0.1, -0.16), (0, -0.12), (0.1, -0.16)], 0.025, shade(colour, -0.45))
