"""A pen that draws smooth, toned shapes in an object's own coordinates."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw

Point = tuple[float, float]
Colour = tuple[int, ...]  # (red, green, blue) or (red, green, blue, alpha), each 0 to 255


def shade(colour: Colour, amount: float) -> Colour:
    """Return `colour` nearer to white (`amount` > 0) or to black (`amount` < 0), alpha kept."""
    goal = 255 if amount > 0 else 0
    share = min(1.0, abs(amount))
    return tuple(round(c + (goal - c) * share) for c in colour[:3]) + tuple(colour[3:])


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return the colour that lies `share` (0 to 1) of the way from `first` to `second`."""
    return tuple(round(a + (b - a) * share) for a, b in zip(first[:3], second[:3], strict=True))


def smooth(points: Sequence[Point], closed: bool = True, steps: int = 5) -> list[Point]:
    """Return a Catmull-Rom curve through `points`, `steps` points a segment."""
    count = len(points)
    curve: list[Point] = []
    for i in range(count if closed else count - 1):
        if closed:
            a, b, c, d = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        else:
            a, b, c, d = (points[min(max(i + k, 0), count - 1)] for k in (-1, 0, 1, 2))
        for j in range(steps):
            t = j / steps
            weights = (
                (-t + 2 * t * t - t**3) / 2,
                (2 - 5 * t * t + 3 * t**3) / 2,
                (t + 4 * t * t - 3 * t**3) / 2,
                (t**3 - t * t) / 2,
            )
            curve.append(
                (
                    sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True)),
                    sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True)),
                )
            )
    if not closed:
        curve.append(points[-1])
    return curve


class Pen:
    """Draws on one RGB picture; x runs right, y runs down, the unit is `scale` pixels.

    `at` gives a pen for an object: its origin, its unit, mirrored or turned. Colours pass through
    `tone`, which is how dusk and night reach every object.
    """

    def __init__(
        self,
        image: Image.Image,
        tone: Callable[[Colour], Colour] | None = None,
        origin: Point = (0.0, 0.0),
        scale: float | None = None,
        flip: bool = False,
        angle: float = 0.0,
        draw: ImageDraw.ImageDraw | None = None,
    ) -> None:
        self.image = image
        self.tone = tone
        self.origin = origin
        self.scale = image.width if scale is None else scale
        self.flip = flip
        self.angle = angle
        self.draw = ImageDraw.Draw(image, "RGBA") if draw is None else draw
        cosine, sine = math.cos(angle) * self.scale, math.sin(angle) * self.scale
        mirror = -1.0 if flip else 1.0
        self._matrix = (cosine * mirror, -sine * mirror, sine, cosine)

    def at(
        self, x: float, y: float, scale: float = 1.0, flip: bool = False, angle: float = 0.0
    ) -> Pen:
        """Return a pen whose origin is (`x`, `y`) and whose unit is `scale` of this pen's."""
        origin = self._place(x, y)
        turned = self.angle + angle
        flipped = self.flip != flip
        return Pen(self.image, self.tone, origin, self.scale * scale, flipped, turned, self.draw)

    def raw(self) -> Pen:
        """Return this pen without its tone, for things that shine."""
        pen = Pen(self.image, None, self.origin, self.scale, self.flip, self.angle, self.draw)
        return pen

    def _place(self, x: float, y: float) -> Point:
        a, b, c, d = self._matrix
        return (self.origin[0] + a * x + b * y, self.origin[1] + c * x + d * y)

    def _ink(self, colour: Colour) -> Colour:
        inked = tuple(colour[:3]) if self.tone is None else self.tone(colour[:3])
        return inked + (colour[3] if len(colour) > 3 else 255,)

    def poly(self, points: Sequence[Point], colour: Colour) -> None:
        """Fill the polygon through `points`."""
        self.draw.polygon([self._place(x, y) for x, y in points], fill=self._ink(colour))

    def blob(self, points: Sequence[Point], colour: Colour) -> None:
        """Fill the smooth closed curve through `points`."""
        self.poly(smooth(points), colour)

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, angle: float = 0.0
    ) -> None:
        """Fill an ellipse around (`x`, `y`), radii `rx` and `ry`, turned by `angle` radians."""
        if angle == 0.0 and self.angle == 0.0:
            cx, cy = self._place(x, y)
            rx, ry = rx * self.scale, ry * self.scale
            self.draw.ellipse((cx - rx, cy - ry, cx + rx, cy + ry), fill=self._ink(colour))
            return
        cosine, sine = math.cos(angle), math.sin(angle)
        points = []
        for i in range(26):
            u, v = rx * math.cos(i * math.tau / 26), ry * math.sin(i * math.tau / 26)
            points.append((x + cosine * u - sine * v, y + sine * u + cosine * v))
        self.poly(points, colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Fill a circle."""
        self.ellipse(x, y, radius, radius, colour)

    def rect(self, x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
        """Fill a rectangle."""
        self.poly([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], colour)

    def box(
        self, x0: float, y0: float, x1: float, y1: float, radius: float, colour: Colour
    ) -> None:
        """Fill a rectangle with round corners."""
        points = []
        for cx, cy, start in (
            (x1 - radius, y0 + radius, -0.25),
            (x1 - radius, y1 - radius, 0.0),
            (x0 + radius, y1 - radius, 0.25),
            (x0 + radius, y0 + radius, 0.5),
        ):
            for i in range(5):
                turn = (start + i / 16) * math.tau
                points.append((cx + radius * math.cos(turn), cy + radius * math.sin(turn)))
        self.poly(points, colour)

    def line(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """Draw a line through `points` with round joints and ends."""
        ink = self._ink(colour)
        placed = [self._place(x, y) for x, y in points]
        pixels = max(1.0, width * self.scale)
        self.draw.line(placed, fill=ink, width=round(pixels), joint="curve")
        if pixels > 2.5 and ink[3] == 255:
            radius = round(pixels) / 2 - 0.5
            for x, y in (placed[0], placed[-1]):
                self.draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)

    def bend(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """Draw a smooth open curve through `points`."""
        self.line(smooth(points, closed=False), width, colour)

    def ring(self, x: float, y: float, radius: float, width: float, colour: Colour) -> None:
        """Draw a circle's outline, `width` wide."""
        points = [
            (x + radius * math.cos(i * math.tau / 28), y + radius * math.sin(i * math.tau / 28))
            for i in range(29)
        ]
        self.line(points, width, colour)

    def shadow(self, x: float, y: float, rx: float, ry: float, strength: float = 1.0) -> None:
        """Lay a soft shadow on the ground: three translucent ellipses, wide to narrow."""
        for share, alpha in ((1.15, 26), (0.95, 34), (0.72, 44)):
            self.ellipse(x, y, rx * share, ry * share, (20, 30, 40, round(alpha * strength)))

    def shaded_disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Fill a circle that is lit from the upper left."""
        self.disc(x, y, radius, shade(colour, -0.22))
        self.disc(x - radius * 0.06, y - radius * 0.07, radius * 0.9, colour)
        self.disc(x - radius * 0.2, y - radius * 0.24, radius * 0.6, shade(colour, 0.12))
        self.disc(x - radius * 0.32, y - radius * 0.38, radius * 0.22, shade(colour, 0.45))
