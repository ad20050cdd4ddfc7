"""What to look for: words, a picture, or something between them."""

import numpy as np

from phoclip_hf.serving.errors import GalleryError


def blend_queries(
    image_vector: np.ndarray | None, text_vector: np.ndarray | None, text_weight: float = 0.5
) -> np.ndarray:
    """A unit vector between a picture and a text; either may be None, then the other counts alone.

    `text_weight` 0 is the picture alone, 1 the text alone. Raises GalleryError with neither.
    """
    if image_vector is None and text_vector is None:
        raise GalleryError("query_empty", "Nothing to look for: give words, a picture, or both.")
    if image_vector is None or text_vector is None:
        return image_vector if text_vector is None else text_vector
    vector = (1 - text_weight) * image_vector + text_weight * text_vector
    return vector / max(np.linalg.norm(vector), np.finfo(np.float32).tiny)
