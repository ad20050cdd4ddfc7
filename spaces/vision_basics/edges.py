"""Edges: where grey levels change, by first derivatives, by the second, and as thin lines."""

import cv2
import numpy as np


def smooth(grey: np.ndarray, sigma: float) -> np.ndarray:
    """The picture (height, width) blurred by a Gaussian of `sigma` pixels; 0 leaves it alone."""
    return cv2.GaussianBlur(grey, (0, 0), sigma) if sigma > 0 else grey


def sobel(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Derivatives in x (to the right) and y (down), each (height, width), by 3 x 3 kernels.

    Not divided by the kernels' weight: a ramp that rises by s a pixel gives 8 s, and thresholds
    mean what they mean in OpenCV.
    """
    return cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3)


def magnitude(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Length of the gradient (height, width), never negative."""
    return np.hypot(x, y)


def laplacian(grey: np.ndarray) -> np.ndarray:
    """Sum of the second derivatives (height, width): four neighbours minus four times the pixel."""
    return cv2.Laplacian(grey, cv2.CV_32F, ksize=1)


def canny(grey: np.ndarray, low: float, high: float) -> np.ndarray:
    """Thin edges (height, width), 255 on an edge and 0 elsewhere (Canny 1986).

    An edge begins where the Sobel magnitude exceeds `high` and goes on while it exceeds `low`;
    the smaller of the two numbers is taken as `low`.
    """
    low, high = sorted((low, high))
    return cv2.Canny(grey, low, high, L2gradient=True)


def direction_colours(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The gradient as colour (height, width, 3), RGB: hue is its direction.

    Red points right, and the hues follow the circle clockwise, as seen on the screen. Brightness is
    the square root of the length, so that faint edges show their direction too.
    """
    length = magnitude(x, y)
    strongest = float(length.max()) or 1.0
    colours = np.empty((*x.shape, 3), np.uint8)
    colours[..., 0] = (np.degrees(np.arctan2(y, x)) % 360 / 2).astype(np.uint8) % 180
    colours[..., 1] = 255
    colours[..., 2] = (255 * np.sqrt(length / strongest)).round().astype(np.uint8)
    return cv2.cvtColor(colours, cv2.COLOR_HSV2RGB)
