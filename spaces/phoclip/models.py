"""The checkpoints and the gallery of this Space: loaded once, on first use, for all visitors."""

import os
from functools import partial
from pathlib import Path

from phoclip_hf.page.loading import once
from phoclip_hf.serving.captioner import Captioner
from phoclip_hf.serving.encoder import PhoCLIPEncoder
from phoclip_hf.serving.errors import ServingError
from phoclip_hf.serving.gallery import Gallery
from phoclip_hf.serving.reranker import PhoBLIPReranker
from phoclip_hf.serving.tagging import Tagger


def by_name(ids: list[str]) -> dict[str, str]:
    """Each checkpoint under the last part of its id, or under the whole one where two share it."""
    ids = list(dict.fromkeys(id.strip() for id in ids if id.strip()))
    names = [Path(id).name for id in ids]
    return {name if names.count(name) == 1 else id: id for name, id in zip(names, ids, strict=True)}


HERE = Path(__file__).parent
ENCODER = os.environ.get("PHOCLIP_MODEL") or HERE / "checkpoints" / "phoclip-mini"
CAPTIONERS = by_name(os.environ.get("PHOCLIP_CAPTIONER", "").split(",")) or by_name(
    [str(HERE / "checkpoints" / "phocap-mini")]
)
# None is shipped: without the variable search has no second look.
RERANKER = os.environ.get("PHOCLIP_RERANKER")
GALLERY = os.environ.get("PHOCLIP_GALLERY") or HERE / ".gallery"
# On a Space strangers share one process: what they upload stays theirs (search.py).
IS_PUBLIC = "SPACE_ID" in os.environ


@once
def encoder() -> PhoCLIPEncoder:
    """The dual encoder, chosen by PHOCLIP_MODEL."""
    return PhoCLIPEncoder(ENCODER)


_captioners = {name: once(partial(Captioner, id)) for name, id in CAPTIONERS.items()}


def captioner(name: str | None = None) -> Captioner:
    """One of the captioners in PHOCLIP_CAPTIONER, by its name in CAPTIONERS, or the first."""
    name = name or next(iter(_captioners))
    if name not in _captioners:
        known = ", ".join(_captioners)
        raise ServingError(
            "captioner_unknown",
            f"There is no captioner {name!r}: expected one of {known}.",
            name=name,
            known=known,
        )
    return _captioners[name]()


@once
def tagger() -> Tagger:
    """What suggests tags: the dual encoder with the shipped vocabulary."""
    return Tagger(encoder())


@once
def reranker() -> PhoBLIPReranker | None:
    """The judge of pairs, chosen by PHOCLIP_RERANKER; None without it."""
    return PhoBLIPReranker(RERANKER) if RERANKER else None


@once
def gallery() -> Gallery:
    """The collections that everyone on this server sees, at PHOCLIP_GALLERY."""
    return Gallery(GALLERY, encoder())
