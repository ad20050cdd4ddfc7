"""Noise, and three ways against it."""

import cv2
import numpy as np

NOISES = ("gaussian", "impulse", "speckle")


def add_noise(photo: np.ndarray, kind: str, amount: float, seed: int) -> np.ndarray:
    """The photo (height, width, 3), 8 bits, with noise; the same seed gives the same noise.

    "gaussian" adds to each value a number of standard deviation 255 × `amount`; "speckle"
    multiplies each by 1 plus one of standard deviation `amount`; "impulse" makes that share of the
    pixels black or white, half of them each.
    """
    generator = np.random.default_rng(seed)
    if kind == "impulse":
        noisy = photo.copy()
        draws = generator.random(photo.shape[:2])
        noisy[draws < amount / 2] = 0
        noisy[draws >= 1 - amount / 2] = 255
        return noisy
    if kind not in NOISES:
        raise ValueError(f"the noise {kind!r} is unknown: expected one of {', '.join(NOISES)}")
    draws = generator.standard_normal(photo.shape, np.float32) * amount
    noisy = photo + 255 * draws if kind == "gaussian" else photo * (1 + draws)
    return noisy.round().clip(0, 255).astype(np.uint8)


def gaussian(photo: np.ndarray, sigma: float) -> np.ndarray:
    """Each pixel becomes the mean of those around it, weighted by a Gaussian of `sigma` pixels."""
    return cv2.GaussianBlur(photo, (0, 0), sigma)


def median(photo: np.ndarray, size: int) -> np.ndarray:
    """Each value becomes the middle one of `size` × `size` around it; `size` is odd."""
    return cv2.medianBlur(photo, size)


def bilateral(photo: np.ndarray, sigma_space: float, sigma_colour: float) -> np.ndarray:
    """A Gaussian mean in which unlike colours count less (Tomasi & Manduchi 1998).

    `sigma_space` is in pixels, `sigma_colour` in grey levels.
    """
    return cv2.bilateralFilter(photo, -1, sigma_colour, sigma_space)


def psnr(photo: np.ndarray, other: np.ndarray) -> float:
    """Peak signal-to-noise ratio of two 8-bit pictures in decibels; infinite for equal ones."""
    error = np.mean((photo.astype(np.float32) - other) ** 2, dtype=np.float64)
    return float(10 * np.log10(255**2 / error)) if error else float("inf")
