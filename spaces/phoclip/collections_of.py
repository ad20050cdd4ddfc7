"""Which collections a visitor has: everyone's, and on a public Space one of their own."""

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import models
from translations import texts

from phoclip_hf.serving.collection_names import table_name
from phoclip_hf.serving.errors import GalleryError
from phoclip_hf.serving.gallery import Gallery

DEMO = table_name(texts.say("collection_demo", "vi"))
OWN = table_name(texts.say("collection_own", "vi"))
SESSION_SECONDS = 3600


@dataclass
class Visitor:
    """One session on a public Space; its folder goes when the session does."""

    folder: str = field(default_factory=lambda: tempfile.mkdtemp(prefix="phoclip-visitor-"))

    def gallery(self) -> Gallery:
        """The visitor's own collections, which nobody else can name."""
        return Gallery(Path(self.folder), models.encoder())


def forget(visitor: Visitor | None) -> None:
    """Delete what a visitor uploaded."""
    if visitor is not None:
        shutil.rmtree(visitor.folder, ignore_errors=True)


def gallery_of(name: str, visitor: Visitor | None) -> Gallery:
    """Where the collection `name` lies for this visitor."""
    if models.IS_PUBLIC and name == OWN and visitor is not None:
        return visitor.gallery()
    return models.gallery()


def gallery_to_fill(title: str, visitor: Visitor | None) -> tuple[Gallery, str, Visitor | None]:
    """Gallery, title and visitor for new photos; on a public Space there is one title."""
    if models.IS_PUBLIC:
        visitor = visitor or Visitor()
        return visitor.gallery(), texts.say("collection_own", "vi"), visitor
    return models.gallery(), title, visitor


def may_delete(name: str, title: str) -> None:
    """Raise GalleryError where this visitor may not delete a collection."""
    if models.IS_PUBLIC and name != OWN:
        raise GalleryError(
            "gallery_kept", f"{title!r} belongs to everyone on a public Space.", title=title
        )


def title_of(name: str, gallery: Gallery, spoken: str) -> str:
    """What people call a collection."""
    if name in (DEMO, OWN):
        return texts.say("collection_demo" if name == DEMO else "collection_own", spoken)
    return gallery.collections().get(name, name)


def choices(visitor: Visitor | None, spoken: str) -> list[tuple[str, str]]:
    """Title with number of photos, and name, of every collection this visitor can search."""
    listed = [(models.gallery(), name) for name in models.gallery().collections()]
    if models.IS_PUBLIC and visitor is not None:
        listed += [(visitor.gallery(), name) for name in visitor.gallery().collections()]
    return [(f"{title_of(n, g, spoken)} ({g.count(n)})", n) for g, n in listed]
