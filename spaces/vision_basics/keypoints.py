"""Points that can be found again: Harris corners, and ORB's corners with size and direction."""

from collections.abc import Sequence

import cv2
import numpy as np

LINE = (255, 60, 60)  # RGB


def harris(grey: np.ndarray, window: int, k: float) -> np.ndarray:
    """Harris's response (height, width): det M − k (trace M)², high at corners, below 0 on edges.

    M sums products of the derivatives over `window` × `window` pixels (Harris & Stephens 1988).
    """
    return cv2.cornerHarris(grey.astype(np.float32) / 255, window, 3, k)


def corners(response: np.ndarray, share: float, reach: int = 3) -> np.ndarray:
    """Places (corners, 2), x then y, of local maxima above `share` of the strongest response.

    None of them is exceeded within `reach` pixels.
    """
    strongest = response.max()
    if strongest <= 0:
        return np.empty((0, 2), np.int64)
    highest = cv2.dilate(response, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    rows, columns = np.nonzero((response == highest) & (response > share * strongest))
    return np.stack([columns, rows], axis=1)


def orb(grey: np.ndarray, count: int) -> tuple[Sequence[cv2.KeyPoint], np.ndarray]:
    """At most `count` keypoints and their descriptors (keypoints, 32), 256 bits each.

    FAST corners on a pyramid of 8 sizes, ranked by Harris's response, turned by their centre of
    brightness, described by compared pairs of pixels (Rublee et al. 2011).
    """
    found, descriptors = cv2.ORB_create(count).detectAndCompute(grey, None)
    return found, np.empty((0, 32), np.uint8) if descriptors is None else descriptors


def mark_corners(photo: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The RGB photo with a ring around each place (x, y)."""
    marked = photo.copy()
    for x, y in places.tolist():
        cv2.circle(marked, (x, y), 5, (255, 255, 255), 3, cv2.LINE_AA)
        cv2.circle(marked, (x, y), 5, LINE, 1, cv2.LINE_AA)
    return marked


def mark_keypoints(photo: np.ndarray, found: Sequence[cv2.KeyPoint]) -> np.ndarray:
    """The RGB photo with a circle as large as each keypoint and a line in its direction."""
    marked = photo.copy()
    for point in found:
        centre = np.array(point.pt)
        angle = np.radians(point.angle)
        end = centre + point.size / 2 * np.array([np.cos(angle), np.sin(angle)])
        x, y = centre.round().astype(int).tolist()
        cv2.circle(marked, (x, y), max(round(point.size / 2), 1), (40, 200, 120), 1, cv2.LINE_AA)
        cv2.line(marked, (x, y), end.round().astype(int).tolist(), LINE, 1, cv2.LINE_AA)
    return marked
