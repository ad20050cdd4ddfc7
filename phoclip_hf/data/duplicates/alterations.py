"""What was done to a picture to make its copy, read off how both lie on each other."""

import numpy as np

MARGIN = 0.025  # share of the side that a window may leave out and still be the whole
FRAME = 8.0  # grey levels of contrast that a frame may have
GREY, COLOURED = 1.5, 4.0  # mean chroma of a picture without colours, and with some
BRIGHTER, CONTRAST = 8.0, 0.12  # grey levels of mean brightness; change of gain


def alterations(
    records: np.ndarray, a: np.ndarray, b: np.ndarray, alignments: np.ndarray
) -> list[str]:
    """Return the main alteration of each pair: the first that holds of flipped, framed, cropped,
    grey, brightened (or darkened), resized, recompressed.

    Args:
        records: (pictures,) of RECORD.
        a: (pairs,) rows of records.
        b: the same, row by row the other picture of each pair.
        alignments: (pairs,) of ALIGNMENT.
    """
    return [
        _alteration(records[row_a], records[row_b], alignment)
        for row_a, row_b, alignment in zip(a, b, alignments, strict=True)
    ]


def _alteration(a: np.void, b: np.void, alignment: np.void) -> str:
    left, top, width, height = alignment["window"]
    if alignment["mirrored"]:
        return "flipped"
    if max(left, top, 1 - left - width, 1 - top - height) > MARGIN:
        holder = b if alignment["swapped"] else a
        outside = _outside(holder["grey"], left, top, width, height)
        return "framed" if len(outside) and outside.std() < FRAME else "cropped"
    chroma = sorted([float(a["colour"]), float(b["colour"])])
    if chroma[0] < GREY and chroma[1] > COLOURED:
        return "grey"
    change = float(a["grey"].mean()) - float(b["grey"].mean())
    if abs(change) > BRIGHTER or abs(alignment["gain"] - 1) > CONTRAST:
        return "brightened"
    return "resized" if (a["size"] != b["size"]).any() else "recompressed"


def _outside(grey: np.ndarray, left: float, top: float, width: float, height: float) -> np.ndarray:
    """Return the pixels outside the window, a pixel's breadth away from it."""
    side = len(grey)
    rows, columns = np.arange(side)[:, None] + 0.5, np.arange(side) + 0.5
    near_x = (columns > left * side - 1) & (columns < (left + width) * side + 1)
    near_y = (rows > top * side - 1) & (rows < (top + height) * side + 1)
    return grey[~(near_y & near_x)]
