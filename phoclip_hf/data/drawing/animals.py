"""Four-legged animals: each stands at the origin, faces right and is about 1 wide."""

from __future__ import annotations

from random import Random

from .pen import Colour, Pen, shade

EYE = (30, 28, 34)


def draw_eye(pen: Pen, x: float, y: float, radius: float) -> None:
    """Draw an eye with a glint."""
    pen.disc(x, y, radius, EYE)
    pen.disc(x + radius * 0.3, y - radius * 0.35, radius * 0.38, (255, 255, 255))


def cat(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a cat that lies (`act` "lie") or sits."""
    dark, light, pink = shade(colour, -0.25), shade(colour, 0.25), (244, 150, 160)
    if sum(colour) < 200:
        dark, light = shade(colour, -0.4), shade(colour, 0.16)
    if act == "lie":
        pen.shadow(0, -0.01, 0.52, 0.07)
        tail = [(-0.4, -0.12), (-0.56, -0.05), (-0.42, 0.0), (-0.1, -0.01)]
        pen.blob(
            [(-0.47, -0.1), (-0.42, -0.3), (-0.15, -0.4), (0.15, -0.34), (0.33, -0.2), (0.35,
                -0.01),
             (-0.05, 0.01), (-0.42, 0.01)], colour)  # fmt: skip
        pen.blob([(-0.34, -0.05), (-0.3, -0.2), (-0.12, -0.22), (-0.02, -0.06)], dark)
        pen.bend(tail, 0.085, dark)
        pen.ellipse(0.2, -0.03, 0.15, 0.045, light)
        head, size = (0.3, -0.3), 0.19
    else:
        pen.shadow(0, -0.02, 0.4, 0.07)
        pen.bend([(-0.2, -0.07), (-0.46, -0.1), (-0.48, -0.35), (-0.38, -0.5)], 0.1, dark)
        pen.blob(
            [(-0.3, -0.02), (-0.33, -0.25), (-0.17, -0.6), (0.1, -0.72), (0.26, -0.55), (0.28,
                -0.2),
             (0.3, -0.01)], colour)  # fmt: skip
        pen.blob([(-0.02, -0.05), (0.0, -0.45), (0.1, -0.6), (0.2, -0.45), (0.22, -0.05)], light)
        pen.ellipse(-0.14, -0.06, 0.17, 0.08, dark)
        pen.ellipse(0.04, -0.03, 0.1, 0.05, light)
        pen.ellipse(0.22, -0.03, 0.1, 0.05, light)
        head, size = (0.08, -0.83), 0.27
    face = pen.at(head[0], head[1], size)
    for side in (-1, 1):
        face.poly([(side * 0.95, -0.2), (side * 0.86, -1.35), (side * 0.2, -0.85)], colour)
        face.poly([(side * 0.8, -0.5), (side * 0.76, -1.1), (side * 0.38, -0.8)], pink)
    face.ellipse(0, 0, 1.1, 0.95, colour)
    for stripe in (-0.28, 0, 0.28):
        face.line([(stripe, -0.88), (stripe * 0.8, -0.55)], 0.11, dark)
    face.ellipse(0, 0.42, 0.55, 0.4, light)
    for side in (-1, 1):
        face.ellipse(side * 0.42, -0.06, 0.22, 0.26, (240, 226, 120))
        face.ellipse(side * 0.42, -0.06, 0.1, 0.24, EYE)
        for lift in (0.3, 0.5):
            face.line([(side * 0.4, lift), (side * 1.3, lift - 0.1)], 0.04, (250, 250, 250, 190))
    face.poly([(-0.14, 0.2), (0.14, 0.2), (0, 0.38)], pink)


def dog(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a dog that runs (`act` "run") or sits."""
    dark, light = shade(colour, -0.3), shade(colour, 0.35)
    if sum(colour) < 200:
        dark, light = shade(colour, -0.45), shade(colour, 0.2)
    if act == "run":
        pen.shadow(0, 0, 0.48, 0.06)
        for x, foot in ((-0.26, (-0.5, -0.06)), (0.2, (0.44, -0.08))):
            pen.line([(x, -0.3), ((x + foot[0]) / 2, -0.22), foot], 0.075, dark)
        for x, foot in ((-0.28, (-0.36, -0.01)), (0.2, (0.3, -0.01))):
            pen.line([(x, -0.3), (x - 0.02, -0.15), foot], 0.08, colour)
        pen.bend([(-0.33, -0.42), (-0.48, -0.52), (-0.5, -0.68)], 0.075, dark)
        pen.blob(
            [(-0.38, -0.4), (-0.2, -0.5), (0.15, -0.5), (0.3, -0.42), (0.26, -0.24), (0.0, -0.25),
             (-0.3, -0.22)], colour)  # fmt: skip
        pen.blob([(-0.15, -0.26), (0.2, -0.3), (0.26, -0.24), (0.0, -0.2)], light)
        head = pen.at(0.36, -0.58, 1.0)
    else:
        pen.shadow(0, -0.01, 0.4, 0.06)
        pen.bend([(-0.28, -0.06), (-0.48, -0.1), (-0.5, -0.3)], 0.09, dark)
        pen.blob(
            [(-0.36, -0.02), (-0.36, -0.25), (-0.12, -0.55), (0.16, -0.68), (0.28, -0.45),
             (0.2, -0.02)], colour)  # fmt: skip
        pen.ellipse(-0.2, -0.12, 0.18, 0.13, dark)
        pen.line([(0.16, -0.4), (0.18, -0.04)], 0.11, colour)
        pen.ellipse(0.21, -0.03, 0.1, 0.045, light)
        pen.ellipse(-0.12, -0.03, 0.14, 0.045, light)
        pen.blob([(0.12, -0.55), (0.25, -0.55), (0.23, -0.25), (0.12, -0.3)], light)
        head = pen.at(0.2, -0.76, 1.15)
    head.line([(-0.12, 0.14), (0.12, 0.08)], 0.05, (214, 48, 49))
    head.ellipse(0, 0, 0.17, 0.15, colour)
    head.ellipse(0.16, 0.05, 0.13, 0.08, light)
    head.disc(0.27, 0.01, 0.04, EYE)
    head.blob([(-0.12, -0.13), (-0.02, -0.1), (-0.05, 0.12), (-0.16, 0.16), (-0.2, 0.02)], dark)
    draw_eye(head, 0.07, -0.04, 0.035)
    head.blob([(0.16, 0.11), (0.22, 0.11), (0.2, 0.2), (0.16, 0.18)], (240, 110, 120))


def rabbit(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a rabbit with long ears."""
    dark, pink = shade(colour, -0.16), (246, 170, 180)
    pen.shadow(0, 0, 0.44, 0.06)
    pen.disc(-0.42, -0.22, 0.1, shade(colour, 0.4))
    pen.blob([(-0.42, -0.05), (-0.4, -0.35), (-0.12, -0.52), (0.16, -0.42), (0.26, -0.2), (0.24,
        -0.01),
              (-0.2, 0.0)], colour)  # fmt: skip
    pen.ellipse(-0.18, -0.16, 0.2, 0.16, dark)
    pen.ellipse(-0.12, -0.03, 0.2, 0.05, colour)
    pen.ellipse(0.18, -0.03, 0.12, 0.04, colour)
    for x, lean in ((0.14, -0.25), (0.26, 0.12)):
        pen.ellipse(x, -0.86, 0.075, 0.24, colour, lean)
        pen.ellipse(x, -0.85, 0.035, 0.17, pink, lean)
    pen.ellipse(0.22, -0.52, 0.21, 0.19, colour)
    draw_eye(pen, 0.28, -0.56, 0.04)
    pen.disc(0.42, -0.51, 0.03, pink)
    pen.ellipse(0.26, -0.45, 0.05, 0.03, (250, 190, 195))


def pig(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a pig."""
    dark = shade(colour, -0.18)
    pen.shadow(0, 0, 0.46, 0.06)
    for x in (-0.24, 0.2):
        pen.line([(x, -0.2), (x, -0.03)], 0.1, dark)
    for x in (-0.32, 0.1):
        pen.line([(x, -0.2), (x, -0.04)], 0.11, colour)
        pen.rect(x - 0.055, -0.04, x + 0.055, 0.0, (120, 70, 70))
    pen.ring(-0.48, -0.42, 0.05, 0.03, dark)
    pen.ellipse(-0.04, -0.38, 0.42, 0.27, colour)
    pen.ellipse(-0.1, -0.48, 0.28, 0.13, shade(colour, 0.2))
    pen.disc(0.3, -0.46, 0.2, colour)
    for x in (0.17, 0.36):
        pen.poly([(x - 0.07, -0.6), (x + 0.02, -0.74), (x + 0.09, -0.58)], dark)
    pen.ellipse(0.43, -0.42, 0.1, 0.085, dark)
    pen.ellipse(0.41, -0.42, 0.02, 0.03, (120, 60, 70))
    pen.ellipse(0.47, -0.42, 0.02, 0.03, (120, 60, 70))
    draw_eye(pen, 0.31, -0.52, 0.03)


def buffalo(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a water buffalo with crescent horns."""
    dark, light = shade(colour, -0.3), shade(colour, 0.18)
    pen.shadow(0, 0, 0.5, 0.06)
    for x in (-0.3, 0.14):
        pen.line([(x + 0.08, -0.3), (x + 0.08, -0.02)], 0.09, dark)
    for x in (-0.34, 0.1):
        pen.line([(x, -0.3), (x - 0.01, -0.03)], 0.1, colour)
        pen.rect(x - 0.06, -0.05, x + 0.045, 0.0, dark)
    pen.bend([(-0.46, -0.46), (-0.53, -0.3), (-0.5, -0.12)], 0.035, dark)
    pen.blob([(-0.48, -0.42), (-0.4, -0.6), (-0.1, -0.62), (0.16, -0.66), (0.32, -0.52), (0.26,
        -0.24),
              (0.0, -0.2), (-0.36, -0.22)], colour)  # fmt: skip
    pen.blob([(-0.4, -0.5), (-0.1, -0.58), (0.15, -0.6), (0.1, -0.5), (-0.2, -0.46)], light)
    head = pen.at(0.38, -0.5 if act == "stand" else -0.3, 1.0, angle=0.0)
    pen.line([(0.2, -0.46), (0.36, -0.48 if act == "stand" else -0.3)], 0.2, colour)
    for side, tint in ((-1, (196, 186, 165)), (1, (226, 218, 198))):
        head.bend([(0.0 + side * 0.03, -0.1), (side * 0.16 - 0.02, -0.16), (side * 0.2 - 0.04,
            -0.28),
                   (side * 0.1 - 0.04, -0.34)], 0.045, tint)  # fmt: skip
    head.ellipse(-0.14, -0.02, 0.1, 0.04, dark, 0.4)
    head.blob([(-0.09, -0.12), (0.08, -0.12), (0.12, 0.02), (0.14, 0.14), (0.04, 0.18), (-0.04,
        0.1)],
              colour)  # fmt: skip
    head.ellipse(0.08, 0.12, 0.07, 0.055, light)
    draw_eye(head, 0.03, -0.03, 0.026)


def cow(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a cow."""
    dark, cream = shade(colour, -0.25), (252, 238, 214)
    pen.shadow(0, 0, 0.5, 0.06)
    for x in (-0.26, 0.22):
        pen.line([(x, -0.3), (x, -0.02)], 0.075, dark)
    for x in (-0.35, 0.13):
        pen.line([(x, -0.3), (x, -0.03)], 0.08, colour)
        pen.rect(x - 0.045, -0.045, x + 0.045, 0.0, (70, 50, 40))
    pen.bend([(-0.44, -0.52), (-0.52, -0.4), (-0.5, -0.22)], 0.03, dark)
    pen.box(-0.46, -0.6, 0.28, -0.24, 0.12, colour)
    pen.ellipse(-0.16, -0.26, 0.2, 0.05, cream)
    pen.blob([(-0.3, -0.56), (-0.12, -0.58), (-0.1, -0.44), (-0.24, -0.42)], cream)
    pen.line([(0.2, -0.48), (0.34, -0.62)], 0.19, colour)
    for x in (0.3, 0.44):
        pen.bend([(x, -0.76), (x + 0.0, -0.85), (x + 0.03, -0.87)], 0.035, (240, 230, 205))
    pen.ellipse(0.26, -0.7, 0.08, 0.035, dark, -0.3)
    pen.blob([(0.28, -0.77), (0.44, -0.77), (0.5, -0.56), (0.46, -0.47), (0.36, -0.5)], colour)
    pen.ellipse(0.45, -0.54, 0.09, 0.075, cream)
    draw_eye(pen, 0.39, -0.68, 0.027)
    pen.disc(0.49, -0.55, 0.014, EYE)
