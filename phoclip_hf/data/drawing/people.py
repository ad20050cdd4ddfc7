"""People of the drawn scenes: each stands at the origin, 1.6 to 2 tall, about 1 wide."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from .pen import Colour, Pen, Point, shade

SKIN, HAIR, STRAW = (240, 196, 156), (48, 38, 38), (242, 216, 152)


def _hat(pen: Pen, x: float, y: float, width: float) -> None:
    """Draw a conical hat (nón lá) whose brim is centred on (`x`, `y`)."""
    pen.poly([(x - width, y), (x, y - width * 0.85), (x + width, y)], STRAW)
    pen.poly([(x, y - width * 0.85), (x + width, y), (x + width * 0.25, y)], shade(STRAW, -0.14))
    pen.ellipse(x, y, width, width * 0.16, shade(STRAW, -0.22))
    for share in (0.35, 0.65):
        pen.line([(x - width * share, y - width * (1 - share) * 0.85),
                  (x + width * share, y - width * (1 - share) * 0.85)], width * 0.035,
                      shade(STRAW, -0.25))  # fmt: skip


def _face(pen: Pen, x: float, y: float, radius: float) -> None:
    pen.disc(x, y, radius, SKIN)
    pen.ellipse(x + radius * 0.5, y + radius * 0.3, radius * 0.2, radius * 0.14, (246, 150, 130))
    for dx in (0.05, 0.6):
        pen.disc(x + radius * dx, y - radius * 0.02, radius * 0.11, HAIR)
    pen.bend([(x + radius * 0.12, y + radius * 0.42), (x + radius * 0.34, y + radius * 0.54),
              (x + radius * 0.56, y + radius * 0.42)], radius * 0.09, (190, 80, 80))  # fmt: skip


def _figure(pen: Pen, shirt: Colour, legs: Sequence[Sequence[Point]],
    arms: Sequence[Sequence[Point]],
            trousers: Colour, hair: str, hem: float = 0.0) -> None:  # fmt: skip
    """Draw a figure 1.6 tall: limbs as lines, shirt or dress (`hem` > 0), head on top."""
    pen.shadow(0, 0, 0.36, 0.05)
    pen.line(arms[0], 0.12, shade(shirt, -0.25))
    pen.disc(*arms[0][-1], 0.07, SKIN)
    for index, leg in enumerate(legs):
        pen.line(leg[:2], 0.17, shade(trousers, -0.15 if index == 0 else 0.0))
        pen.line(leg[1:], 0.13, SKIN)
        x, y = leg[-1]
        pen.ellipse(x + 0.05, y - 0.01, 0.11, 0.055, (70, 64, 80))
    if hem:
        pen.blob(
            [(-0.15, -1.0), (0.15, -1.0), (0.22, -0.7), (0.34, -hem), (-0.34, -hem), (-0.22, -0.7)],
            shirt,
        )
    else:
        pen.box(-0.2, -1.06, 0.2, -0.56, 0.1, shirt)
        pen.box(-0.2, -0.62, 0.2, -0.5, 0.04, trousers)
    pen.box(-0.17, -1.03, -0.04, -0.68, 0.06, shade(shirt, 0.15))
    if hair == "long":
        for x in (-0.3, 0.27):
            pen.blob([(x, -1.4), (x + 0.1, -1.3), (x + 0.02, -1.05), (x - 0.08, -1.25)], HAIR)
            pen.disc(x + 0.01, -1.38, 0.05, (230, 70, 90))
    _face(pen, 0.02, -1.28, 0.25)
    if hair == "long":
        pen.blob([(-0.25, -1.2), (-0.24, -1.46), (0.0, -1.58), (0.24, -1.46), (0.27, -1.26),
            (0.12, -1.42),
                  (-0.1, -1.38)], HAIR)  # fmt: skip
    elif hair == "short":
        pen.blob([(-0.24, -1.2), (-0.26, -1.44), (-0.02, -1.58), (0.24, -1.48), (0.25, -1.36),
            (0.0, -1.42),
                  (-0.16, -1.32)], HAIR)  # fmt: skip
    pen.line(arms[1], 0.12, shade(shirt, -0.12))
    pen.disc(*arms[1][-1], 0.07, SKIN)


STAND = (
    ((-0.09, -0.55), (-0.1, -0.3), (-0.11, -0.03)),
    ((0.09, -0.55), (0.1, -0.3), (0.11, -0.03)),
)
RUN = (
    ((-0.08, -0.55), (-0.2, -0.3), (-0.45, -0.22)),
    ((0.08, -0.55), (0.26, -0.36), (0.22, -0.05)),
)
KICK = (
    ((-0.08, -0.55), (-0.1, -0.3), (-0.14, -0.03)),
    ((0.08, -0.55), (0.26, -0.38), (0.46, -0.22)),
)
WIDE = (((-0.09, -0.55), (-0.2, -0.3), (-0.28, -0.03)), ((0.09, -0.55), (0.2, -0.3), (0.28, -0.03)))
DOWN = (
    ((-0.16, -0.96), (-0.28, -0.76), (-0.26, -0.56)),
    ((0.16, -0.96), (0.28, -0.76), (0.26, -0.56)),
)
WAVE = (
    ((-0.16, -0.96), (-0.28, -0.76), (-0.26, -0.56)),
    ((0.16, -0.96), (0.36, -1.06), (0.42, -1.34)),
)
SWING = (
    ((-0.16, -0.96), (-0.36, -0.86), (-0.46, -0.7)),
    ((0.16, -0.96), (0.36, -0.86), (0.46, -1.02)),
)
JEANS, SHORTS = (64, 86, 140), (70, 74, 92)


def boy(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a boy who stands or runs (`act` "run")."""
    if act == "run":
        _figure(pen, colour, RUN, SWING, JEANS, "short")
    else:
        _figure(pen, colour, STAND, rng.choice([DOWN, WAVE]), JEANS, "short")


def girl(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a girl in a dress who stands or runs (`act` "run")."""
    if act == "run":
        _figure(pen, colour, RUN, SWING, SKIN, "long", hem=0.42)
    else:
        _figure(pen, colour, STAND, rng.choice([DOWN, WAVE]), SKIN, "long", hem=0.4)


def aodai(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a young woman in áo dài and conical hat."""
    pen.shadow(0, 0, 0.3, 0.04)
    white = (250, 248, 244) if sum(colour) < 690 else (226, 222, 232)
    pen.blob([(-0.22, -1.36), (-0.2, -0.8), (-0.12, -0.72), (0.0, -1.0), (0.1, -1.3)], HAIR)
    pen.poly([(-0.13, -0.7), (0.13, -0.7), (0.17, -0.03), (-0.17, -0.03)], white)
    pen.ellipse(-0.07, -0.02, 0.08, 0.03, (150, 70, 70))
    pen.ellipse(0.1, -0.02, 0.08, 0.03, (150, 70, 70))
    pen.line([(-0.12, -1.06), (-0.23, -0.88), (-0.2, -0.66)], 0.1, shade(colour, -0.15))
    pen.blob([(-0.13, -1.12), (0.13, -1.12), (0.12, -0.82), (0.2, -0.5), (0.26, -0.14), (0.0,
        -0.17),
              (-0.22, -0.14), (-0.17, -0.5), (-0.12, -0.82)], colour)  # fmt: skip
    pen.blob([(-0.04, -1.05), (0.06, -1.0), (0.06, -0.5), (0.12, -0.22), (-0.02, -0.2), (-0.04,
        -0.6)],
             shade(colour, 0.16) if sum(colour) < 690 else (238, 236, 246))  # fmt: skip
    pen.line([(0.13, -1.06), (0.22, -0.9), (0.08, -0.78)], 0.095, shade(colour, -0.08))
    pen.disc(0.07, -0.77, 0.05, SKIN)
    pen.rect(-0.05, -1.2, 0.06, -1.08, shade(colour, -0.1))
    _face(pen, 0.01, -1.3, 0.18)
    _hat(pen, 0.01, -1.4, 0.36)


def farmer(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a farmer in conical hat with a shoulder pole and two baskets."""
    pen.shadow(0, 0, 0.4, 0.05)
    pen.line([(-0.1, -0.55), (-0.12, -0.04)], 0.15, (56, 54, 66))
    pen.line([(0.09, -0.55), (0.14, -0.04)], 0.15, (64, 62, 76))
    pen.box(-0.2, -1.04, 0.2, -0.5, 0.08, colour)
    pen.box(-0.17, -1.0, -0.05, -0.6, 0.05, shade(colour, 0.18))
    pen.bend([(-0.52, -0.92), (0.0, -1.06), (0.52, -0.92)], 0.045, (170, 124, 70))
    for x in (-0.5, 0.5):
        pen.line([(x, -0.93), (x - 0.12, -0.52)], 0.015, (120, 90, 60))
        pen.line([(x, -0.93), (x + 0.12, -0.52)], 0.015, (120, 90, 60))
        pen.ellipse(x, -0.54, 0.17, 0.11, (106, 170, 70))
        pen.blob(
            [(x - 0.18, -0.54), (x + 0.18, -0.54), (x + 0.12, -0.36), (x - 0.12, -0.36)],
            (196, 148, 88),
        )
    pen.line([(0.15, -0.96), (0.28, -0.84), (0.3, -1.0)], 0.1, shade(colour, -0.15))
    pen.disc(0.3, -1.0, 0.055, SKIN)
    _face(pen, 0.02, -1.2, 0.2)
    _hat(pen, 0.02, -1.3, 0.42)


def umbrella_girl(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a girl in a white dress under an umbrella of `colour`."""
    _figure(pen, (246, 244, 240), STAND, (DOWN[0], ((0.16, -0.96), (0.3, -0.84), (0.34, -1.02))),
        SKIN, "long",
            hem=0.4)  # fmt: skip
    pen.line([(0.34, -0.9), (0.3, -1.9)], 0.035, (90, 70, 60))
    for width, tint in ((0.72, shade(colour, -0.2)), (0.7, colour)):
        pen.blob([(0.28 - width, -1.56), (0.28 - width * 0.7, -1.9), (0.28, -2.06),
            (0.28 + width * 0.7, -1.9),
                  (0.28 + width, -1.56), (0.28 + width * 0.5, -1.63), (0.28, -1.6),
                      (0.28 - width * 0.5, -1.63)],
                 tint)  # fmt: skip
    light = shade(colour, 0.4) if sum(colour) < 600 else shade(colour, -0.15)
    pen.blob(
        [(0.02, -1.62), (0.12, -1.95), (0.28, -2.04), (0.44, -1.95), (0.54, -1.62), (0.28, -1.6)],
        light,
    )


def soccer(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a player who kicks a football."""
    _figure(pen, colour, KICK, SWING, (250, 250, 250), "short")
    pen.shadow(0.72, 0, 0.16, 0.03)
    pen.shaded_disc(0.7, -0.16, 0.16, (246, 246, 246))
    for x, y in ((0.7, -0.17), (0.6, -0.24), (0.8, -0.24), (0.62, -0.07), (0.79, -0.08)):
        pen.disc(x, y, 0.042, (40, 40, 46))


def tennis(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a tennis player with racket and ball."""
    arms = (SWING[0], ((0.16, -0.96), (0.36, -0.94), (0.48, -1.1)))
    _figure(pen, colour, WIDE, arms, (250, 250, 250), "short")
    pen.line([(-0.22, -1.4), (0.26, -1.42)], 0.07, (250, 250, 250))
    pen.line([(0.46, -1.06), (0.58, -1.3)], 0.05, (60, 50, 60))
    pen.ellipse(0.66, -1.5, 0.17, 0.23, (220, 60, 60), 0.45)
    pen.ellipse(0.66, -1.5, 0.13, 0.19, (244, 244, 236), 0.45)
    for shift in (-0.07, 0.0, 0.07):
        pen.line([(0.58 + shift, -1.36), (0.74 + shift, -1.64)], 0.01, (160, 160, 160))
    pen.shaded_disc(0.98, -1.2, 0.085, (206, 236, 50))


def basketball(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a basketball player who shoots."""
    arms = (
        ((-0.16, -0.96), (-0.2, -1.3), (0.06, -1.6)),
        ((0.16, -0.96), (0.34, -1.24), (0.24, -1.6)),
    )
    _figure(pen, colour, WIDE, arms, colour, "short")
    pen.shaded_disc(0.16, -1.82, 0.21, (236, 126, 42))
    pen.line([(-0.04, -1.82), (0.36, -1.82)], 0.02, (70, 44, 30))
    pen.bend([(0.06, -2.0), (0.14, -1.82), (0.06, -1.64)], 0.02, (70, 44, 30))


def baseball(pen: Pen, rng: Random, colour: Colour, act: str) -> None:
    """Draw a batter with cap and bat."""
    arms = (
        ((-0.16, -0.96), (0.06, -0.84), (0.3, -1.0)),
        ((0.16, -0.96), (0.3, -0.86), (0.36, -1.04)),
    )
    pen.line([(0.34, -1.0), (0.5, -1.4)], 0.06, (176, 120, 66))
    pen.line([(0.46, -1.32), (0.62, -1.74)], 0.11, (196, 140, 82))
    _figure(pen, colour, WIDE, arms, (246, 246, 246), "short")
    for leg in WIDE:
        pen.line(leg[1:], 0.14, (246, 246, 246))
    pen.blob([(-0.24, -1.36), (-0.18, -1.56), (0.06, -1.6), (0.26, -1.46), (0.5, -1.36), (0.3,
        -1.34)],
             shade(colour, -0.2))  # fmt: skip
    pen.shaded_disc(0.92, -1.1, 0.085, (252, 252, 252))
