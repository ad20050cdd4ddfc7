"""Vehicles of the drawn scenes: each stands at the origin, faces right and is about 1 wide."""

from __future__ import annotations

from random import Random

from .pen import Colour, Pen, shade

GLASS, TYRE = (186, 224, 240), (44, 46, 54)


def _wheel(pen: Pen, x: float, radius: float) -> None:
    pen.disc(x, -radius, radius, TYRE)
    pen.disc(x, -radius, radius * 0.55, (190, 194, 202))
    pen.disc(x, -radius, radius * 0.2, TYRE)


def _rider(pen: Pen, shirt: Colour, seat: tuple[float, float], hand: tuple[float, float],
           foot: tuple[float, float], helmet: Colour) -> None:  # fmt: skip
    """Draw a person on two wheels: leg, back, arm, head with a helmet or a conical hat."""
    skin, x, y = (236, 190, 150), seat[0], seat[1]
    pen.line([(x, y), (x + 0.2, y + 0.08), foot], 0.09, (58, 70, 104))
    pen.line([(x, y - 0.02), (x + 0.1, y - 0.3)], 0.18, shirt)
    pen.line([(x + 0.11, y - 0.28), (x + 0.22, y - 0.14), hand], 0.06, shade(shirt, -0.2))
    pen.disc(hand[0], hand[1], 0.035, skin)
    pen.disc(x + 0.15, y - 0.46, 0.105, skin)
    pen.blob([(x + 0.03, y - 0.46), (x + 0.06, y - 0.59), (x + 0.17, y - 0.62), (x + 0.27,
        y - 0.5)],
             helmet)  # fmt: skip
    pen.disc(x + 0.21, y - 0.45, 0.016, (40, 36, 36))


def boat(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a wooden boat with its rower in a conical hat."""
    for drop, alpha in ((0.05, 70), (0.1, 45), (0.15, 25)):
        pen.ellipse(0, drop, 0.5 - drop, 0.035, shade(colour, -0.3) + (alpha,))
    pen.line([(-0.02, -0.5), (0.34, 0.06)], 0.022, (150, 106, 60))
    pen.ellipse(0.35, 0.07, 0.04, 0.025, (150, 106, 60), 0.9)
    pen.blob(
        [(-0.22, -0.1), (-0.2, -0.36), (-0.1, -0.44), (0.0, -0.34), (0.02, -0.1)], (92, 74, 110)
    )
    pen.line([(-0.06, -0.34), (0.06, -0.3)], 0.05, (92, 74, 110))
    pen.disc(-0.09, -0.5, 0.075, (236, 190, 150))
    pen.poly([(-0.26, -0.5), (-0.09, -0.68), (0.08, -0.5)], (240, 214, 150))
    pen.poly([(-0.09, -0.68), (0.08, -0.5), (-0.04, -0.5)], (218, 186, 118))
    pen.blob([(-0.52, -0.26), (-0.38, -0.12), (0.38, -0.12), (0.52, -0.28), (0.42, 0.02), (0.2,
        0.07),
              (-0.2, 0.07), (-0.42, 0.02)], colour)  # fmt: skip
    pen.blob([(-0.44, -0.02), (0.44, -0.03), (0.32, 0.06), (-0.3, 0.065)], shade(colour, -0.3))
    pen.bend([(-0.5, -0.24), (-0.36, -0.11), (0.36, -0.11), (0.5, -0.26)], 0.03, shade(colour, 0.4))


def sailboat(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a sailing boat; `colour` is that of its sails."""
    for drop, alpha in ((0.05, 60), (0.11, 40), (0.17, 24)):
        pen.ellipse(0, drop, 0.42 - drop, 0.03, (60, 44, 40, alpha))
    for drop, alpha in ((0.24, 44), (0.34, 30)):
        pen.ellipse(0.02, drop, 0.2, 0.035, colour + (alpha,))
    pen.line([(0.0, -0.08), (0.0, -1.15)], 0.03, (110, 76, 50))
    pen.blob([(0.04, -1.1), (0.16, -0.75), (0.36, -0.42), (0.42, -0.24), (0.04, -0.22)], colour)
    pen.poly([(0.04, -1.1), (0.04, -0.22), (0.16, -0.22)], shade(colour, 0.22))
    pen.blob([(-0.04, -1.0), (-0.16, -0.66), (-0.34, -0.3), (-0.36, -0.22), (-0.04, -0.22)],
             shade(colour, -0.14))  # fmt: skip
    pen.poly([(0, -1.15), (0.14, -1.1), (0, -1.06)], (230, 60, 50))
    pen.blob([(-0.45, -0.16), (0.46, -0.16), (0.34, 0.04), (-0.3, 0.05)], (140, 88, 54))
    pen.line([(-0.43, -0.14), (0.45, -0.14)], 0.035, (246, 240, 226))


def ship(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a steamer; `colour` is that of its hull."""
    for drop, alpha in ((0.04, 70), (0.1, 40)):
        pen.ellipse(0, drop, 0.44 - drop, 0.03, shade(colour, -0.4) + (alpha,))
    for i, radius in enumerate((0.05, 0.07, 0.095)):
        pen.disc(-0.1 - i * 0.12, -0.66 - i * 0.1, radius, (240, 240, 244, 170 - i * 40))
    pen.rect(-0.12, -0.6, -0.0, -0.4, (70, 74, 84))
    pen.rect(-0.12, -0.54, -0.0, -0.48, (226, 60, 50))
    pen.rect(0.1, -0.52, 0.2, -0.4, (236, 236, 232))
    pen.box(-0.3, -0.42, 0.28, -0.2, 0.03, (250, 248, 242))
    for x in (-0.22, -0.1, 0.02, 0.14):
        pen.disc(x + 0.02, -0.31, 0.034, (90, 150, 190))
    pen.poly([(-0.5, -0.22), (0.52, -0.24), (0.38, 0.03), (-0.4, 0.03)], colour)
    pen.poly([(-0.45, -0.08), (0.45, -0.09), (0.38, 0.03), (-0.4, 0.03)], shade(colour, -0.3))
    pen.line([(-0.49, -0.21), (0.5, -0.23)], 0.025, (255, 255, 255))


def bicycle(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a bicycle, standing alone or ridden (`act` "ride")."""
    pen.shadow(0, 0, 0.48, 0.04)
    for x in (-0.28, 0.28):
        pen.ring(x, -0.21, 0.2, 0.035, TYRE)
        for i in range(3):
            spoke = (0.11 + 0.0 * i, 0.16)
            dx, dy = ((spoke[0], spoke[1]), (0.19, 0.0), (0.11, -0.16))[i]
            pen.line([(x - dx, -0.21 - dy), (x + dx, -0.21 + dy)], 0.008, (150, 154, 160))
    frame = [(-0.28, -0.21), (-0.02, -0.2), (0.2, -0.5), (-0.12, -0.48), (-0.02, -0.2)]
    pen.line(frame, 0.05, colour)
    pen.line([(-0.28, -0.21), (-0.12, -0.48), (-0.13, -0.56)], 0.045, colour)
    pen.line([(0.28, -0.21), (0.19, -0.6), (0.28, -0.64)], 0.045, colour)
    pen.line([(-0.22, -0.57), (-0.04, -0.57)], 0.06, (60, 48, 44))
    pen.poly([(0.26, -0.58), (0.42, -0.58), (0.4, -0.42), (0.28, -0.42)], (206, 160, 100))
    pen.ring(-0.02, -0.2, 0.05, 0.025, TYRE)
    if act == "ride":
        shirt = rng.choice([(245, 245, 240), (96, 165, 220), (250, 190, 80), (150, 120, 200)])
        _rider(pen, shirt, (-0.13, -0.62), (0.24, -0.64), (0.0, -0.16), (240, 214, 150))
        pen.poly([(-0.19, -1.13), (0.03, -1.35), (0.25, -1.13)], (240, 214, 150))
        pen.poly([(0.03, -1.35), (0.25, -1.13), (0.09, -1.13)], (218, 186, 118))


def motorbike(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a motorbike, parked or ridden (`act` "ride")."""
    dark = shade(colour, -0.28)
    pen.shadow(0, 0, 0.5, 0.05)
    for x in (-0.3, 0.32):
        _wheel(pen, x, 0.16)
    pen.line([(0.32, -0.16), (0.22, -0.56)], 0.06, (120, 124, 132))
    pen.blob([(0.34, -0.36), (0.18, -0.36), (0.17, -0.3), (0.3, -0.27), (0.46, -0.24), (0.44,
        -0.32)],
             dark)  # fmt: skip
    pen.line([(-0.42, -0.12), (-0.1, -0.15)], 0.055, (170, 174, 182))
    pen.blob([(-0.2, -0.13), (0.12, -0.13), (0.1, -0.3), (-0.2, -0.32)], (84, 88, 98))
    pen.blob(
        [(0.24, -0.56), (0.3, -0.3), (0.16, -0.14), (0.04, -0.2), (0.1, -0.26), (0.16, -0.5)],
        colour,
    )
    pen.blob([(-0.48, -0.44), (-0.2, -0.46), (0.06, -0.3), (0.04, -0.18), (-0.2, -0.24), (-0.4,
        -0.3)],
             colour)  # fmt: skip
    pen.line([(-0.4, -0.47), (-0.02, -0.44)], 0.08, (52, 46, 48))
    pen.blob([(0.14, -0.56), (0.2, -0.7), (0.32, -0.62), (0.3, -0.52)], colour)
    pen.disc(0.3, -0.58, 0.05, (255, 246, 196))
    pen.line([(0.2, -0.64), (0.1, -0.68)], 0.035, TYRE)
    pen.line([(0.2, -0.68), (0.16, -0.8)], 0.02, TYRE)
    pen.ellipse(0.16, -0.81, 0.05, 0.03, (150, 156, 166))
    pen.disc(-0.48, -0.4, 0.035, (230, 40, 40))
    if act == "ride":
        shirt = rng.choice([(245, 245, 240), (96, 165, 220), (250, 190, 80), (150, 120, 200)])
        _rider(pen, shirt, (-0.16, -0.5), (0.14, -0.66), (0.06, -0.17), rng.choice(
            [(60, 66, 80), (230, 230, 226), (90, 130, 170)]))  # fmt: skip


def car(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a car."""
    pen.shadow(0, 0, 0.54, 0.05)
    pen.blob([(-0.3, -0.26), (-0.24, -0.42), (-0.08, -0.48), (0.12, -0.47), (0.26, -0.36), (0.34,
        -0.24)],
             shade(colour, -0.12))  # fmt: skip
    pen.poly([(-0.24, -0.28), (-0.19, -0.4), (-0.04, -0.43), (-0.04, -0.28)], GLASS)
    pen.poly([(0.0, -0.28), (0.0, -0.43), (0.12, -0.41), (0.24, -0.28)], GLASS)
    pen.poly([(0.0, -0.43), (0.05, -0.43), (0.14, -0.28), (0.08, -0.28)], (226, 244, 250))
    pen.box(-0.5, -0.3, 0.51, -0.08, 0.09, colour)
    pen.box(-0.48, -0.15, 0.49, -0.07, 0.035, shade(colour, -0.28))
    pen.line([(-0.42, -0.24), (0.4, -0.24)], 0.016, shade(colour, 0.4))
    pen.line([(-0.02, -0.27), (-0.02, -0.12)], 0.01, shade(colour, -0.35))
    pen.ellipse(0.47, -0.2, 0.035, 0.045, (255, 244, 190))
    pen.ellipse(-0.48, -0.2, 0.025, 0.04, (220, 40, 40))
    for x in (-0.28, 0.29):
        _wheel(pen, x, 0.115)


def bus(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a bus."""
    pen.shadow(0, 0, 0.54, 0.05)
    pen.box(-0.5, -0.58, 0.5, -0.07, 0.06, colour)
    pen.box(-0.5, -0.58, 0.5, -0.5, 0.04, shade(colour, 0.25))
    pen.rect(-0.5, -0.2, 0.5, -0.15, (250, 250, 246))
    for x in (-0.44, -0.25, -0.06, 0.13):
        pen.box(x, -0.47, x + 0.155, -0.28, 0.02, GLASS)
        pen.poly([(x + 0.02, -0.29), (x + 0.1, -0.46), (x + 0.14, -0.46), (x + 0.06, -0.29)],
                 (224, 242, 250))  # fmt: skip
        if rng.random() < 0.6:
            pen.disc(x + 0.08, -0.35, 0.036, (90, 70, 66))
            pen.rect(x + 0.04, -0.33, x + 0.12, -0.28, (110, 110, 150))
    pen.box(0.33, -0.47, 0.47, -0.1, 0.02, GLASS)
    pen.line([(0.4, -0.46), (0.4, -0.11)], 0.012, shade(colour, -0.3))
    pen.rect(-0.5, -0.1, 0.5, -0.06, shade(colour, -0.35))
    pen.disc(0.49, -0.14, 0.03, (255, 244, 190))
    for x in (-0.28, 0.22):
        _wheel(pen, x, 0.1)


def truck(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a lorry; `colour` is that of its cab."""
    pen.shadow(0, 0, 0.54, 0.05)
    pen.rect(-0.5, -0.17, 0.46, -0.1, (70, 74, 84))
    pen.box(-0.5, -0.62, 0.16, -0.15, 0.025, shade(colour, 0.35))
    for x in (-0.34, -0.17, 0.0):
        pen.line([(x, -0.6), (x, -0.17)], 0.012, shade(colour, 0.1))
    pen.blob(
        [(0.19, -0.5), (0.36, -0.5), (0.44, -0.32), (0.5, -0.26), (0.5, -0.12), (0.19, -0.12)],
        colour,
    )
    pen.poly([(0.26, -0.45), (0.36, -0.45), (0.43, -0.3), (0.26, -0.3)], GLASS)
    pen.disc(0.49, -0.18, 0.03, (255, 244, 190))
    for x in (-0.34, -0.1, 0.33):
        _wheel(pen, x, 0.105)


def plane(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw an aeroplane; `colour` is that of its tail and wings."""
    body = pen.at(0, -0.25, 1.0, angle=-0.12)
    body.poly([(-0.06, -0.03), (0.12, -0.03), (-0.06, -0.3), (-0.14, -0.3)], shade(colour, -0.2))
    body.poly([(-0.46, -0.02), (-0.54, -0.28), (-0.44, -0.28), (-0.3, -0.04)], colour)
    body.blob([(-0.5, -0.05), (-0.2, -0.1), (0.3, -0.1), (0.46, -0.04), (0.52, 0.02), (0.42, 0.08),
               (0.0, 0.1), (-0.3, 0.06)], (246, 247, 250))  # fmt: skip
    body.blob([(-0.3, 0.03), (0.2, 0.06), (0.5, 0.03), (0.4, 0.09), (0.0, 0.1)], (206, 212, 222))
    for i in range(7):
        body.disc(-0.22 + i * 0.085, -0.03, 0.02, (90, 140, 190))
    body.poly([(0.38, -0.06), (0.45, -0.04), (0.48, 0.0), (0.4, -0.01)], (90, 140, 190))
    body.poly([(-0.02, 0.04), (0.18, 0.04), (-0.1, 0.34), (-0.2, 0.34)], colour)
    body.poly([(-0.46, 0.0), (-0.34, 0.0), (-0.46, 0.12), (-0.54, 0.12)], shade(colour, -0.15))


def balloon(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a hot-air balloon with two-tone gores."""
    light, dark = shade(colour, 0.35), shade(colour, -0.2)
    pen.line([(-0.22, -0.5), (-0.09, -0.18)], 0.015, (90, 70, 60))
    pen.line([(0.22, -0.5), (0.09, -0.18)], 0.015, (90, 70, 60))
    envelope = [(-0.12, -0.36), (-0.42, -0.7), (-0.46, -1.0), (-0.26, -1.25), (0.0, -1.32), (0.26,
        -1.25),
                (0.46, -1.0), (0.42, -0.7), (0.12, -0.36)]  # fmt: skip
    pen.blob(envelope, dark)
    for width, tint in ((0.88, colour), (0.56, light), (0.24, colour)):
        pen.blob([(x * width, y) for x, y in envelope], tint)
    pen.blob([(-0.34, -0.75), (-0.38, -1.0), (-0.22, -1.18), (-0.28, -0.95)], (255, 255, 255, 90))
    pen.box(-0.11, -0.2, 0.11, 0.0, 0.03, (160, 104, 58))
    pen.rect(-0.11, -0.2, 0.11, -0.16, (196, 140, 88))
