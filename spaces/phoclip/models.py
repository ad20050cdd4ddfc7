"""The checkpoints and the gallery of this Space: loaded once, on first use, for all visitors."""

import os
from pathlib import Path

from phoclip_hf.page.loading import once
from phoclip_hf.serving.captioner import PhoCapCaptioner
from phoclip_hf.serving.encoder import PhoCLIPEncoder
from phoclip_hf.serving.gallery import Gallery

HERE = Path(__file__).parent
ENCODER = os.environ.get("PHOCLIP_MODEL") or HERE / "checkpoints" / "phoclip-mini"
CAPTIONER = os.environ.get("PHOCLIP_CAPTIONER") or HERE / "checkpoints" / "phocap-mini"
GALLERY = os.environ.get("PHOCLIP_GALLERY") or HERE / ".gallery"
# On a Space strangers share one process: what they upload stays theirs (search.py).
IS_PUBLIC = "SPACE_ID" in os.environ


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
