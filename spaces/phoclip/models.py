"""The checkpoints and the gallery of this Space: loaded once, on first use, for all visitors."""

import os
import threading
from functools import wraps
from pathlib import Path

from phoclip_hf.serving.captioner import PhoCapCaptioner
from phoclip_hf.serving.encoder import PhoCLIPEncoder
from phoclip_hf.serving.gallery import Gallery

HERE = Path(__file__).parent
ENCODER = os.environ.get("PHOCLIP_MODEL") or HERE / "checkpoints" / "phoclip-mini"
CAPTIONER = os.environ.get("PHOCLIP_CAPTIONER") or HERE / "checkpoints" / "phocap-mini"
GALLERY = os.environ.get("PHOCLIP_GALLERY") or HERE / ".gallery"
# On a Space strangers share one process: what they upload stays theirs (search.py).
IS_PUBLIC = "SPACE_ID" in os.environ


def once(load):
    """A function that calls `load` once, however many threads ask; after an error, again."""
    lock = threading.Lock()
    loaded = []

    @wraps(load)
    def get():
        with lock:
            if not loaded:
                loaded.append(load())
            return loaded[0]

    return get


@once
def encoder() -> PhoCLIPEncoder:
    """The dual encoder, chosen by PHOCLIP_MODEL."""
    return PhoCLIPEncoder(ENCODER)


@once
def captioner() -> PhoCapCaptioner:
    """The captioner, chosen by PHOCLIP_CAPTIONER."""
    return PhoCapCaptioner(CAPTIONER)


@once
def gallery() -> Gallery:
    """The collections that everyone on this server sees, at PHOCLIP_GALLERY."""
    return Gallery(GALLERY, encoder())
