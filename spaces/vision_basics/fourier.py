"""Frequencies: a picture as a sum of waves, and what is left when some of them are taken away.

Frequencies are in cycles per pixel: 0 is the mean grey level, 0.5 the finest stripes that pixels
can hold. Spectra and masks have frequency 0 in the middle.
"""

import numpy as np

SHAPES = ("ideal", "gaussian", "butterworth")


def spectrum(grey: np.ndarray) -> np.ndarray:
    """The discrete Fourier transform (height, width), complex, not normalised."""
    return np.fft.fftshift(np.fft.fft2(grey))


def picture(spectrum: np.ndarray) -> np.ndarray:
    """The picture (height, width) that has this spectrum; what is left imaginary is dropped."""
    return np.fft.ifft2(np.fft.ifftshift(spectrum)).real


def frequencies(shape: tuple[int, int]) -> np.ndarray:
    """Distance of each place of a spectrum (height, width) from frequency 0, cycles per pixel."""
    height, width = shape
    vertical = np.fft.fftshift(np.fft.fftfreq(height))[:, None]
    horizontal = np.fft.fftshift(np.fft.fftfreq(width))[None, :]
    return np.hypot(vertical, horizontal)


def low_pass(shape: tuple[int, int], kind: str, cutoff: float, order: int = 2) -> np.ndarray:
    """A mask (height, width) between 0 and 1 that keeps frequencies below `cutoff`.

    With D the frequency and c the cut-off: "ideal" is 1 for D ≤ c and 0 beyond; "gaussian" is
    exp(−D² / 2c²), exp(−1/2) at the cut-off; "butterworth" is 1 / (1 + (D/c)²ⁿ) with n the
    `order`, 1/2 at the cut-off (Gonzalez & Woods, Digital Image Processing, 4th ed., section 4.8).
    """
    distance = frequencies(shape)
    if kind == "ideal":
        return (distance <= cutoff).astype(float)
    if kind == "gaussian":
        return np.exp(-(distance**2) / (2 * cutoff**2))
    if kind == "butterworth":
        return 1 / (1 + (distance / cutoff) ** (2 * order))
    raise ValueError(f"the filter {kind!r} is unknown: expected one of {', '.join(SHAPES)}")


def high_pass(shape: tuple[int, int], kind: str, cutoff: float, order: int = 2) -> np.ndarray:
    """What `low_pass` takes away: one minus its mask."""
    return 1 - low_pass(shape, kind, cutoff, order)


def phase_only(spectrum: np.ndarray) -> np.ndarray:
    """The picture (height, width) with the same phase and all magnitudes 1.

    Where everything lies is kept, how strong each wave is forgotten (Oppenheim & Lim 1981).
    """
    return picture(np.exp(1j * np.angle(spectrum)))
