"""Names that people give to collections, made harmless."""

import re
import unicodedata

from phoclip_hf.serving.errors import GalleryError


def table_name(title: str) -> str:
    """The table of a collection: its title in ASCII letters, digits and hyphens, at most 40.

    «Ảnh gia đình» and «anh gia dinh» are one collection, and nothing that a stranger types
    reaches a path or a query otherwise. Raises GalleryError where nothing is left of the title.
    """
    plain = unicodedata.normalize("NFKD", title.lower().replace("đ", "d"))
    name = re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")[:40]
    if not name:
        raise GalleryError(
            "gallery_name",
            f"{title!r} is no name for a collection: expected at least one letter or digit.",
            title=title,
        )
    return name.rstrip("-")
