"""A folder of photos in, captions and tags of each out; interrupted, it goes on."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from phoclip_hf.serving.bulk_items import FolderPhotos, printable
from phoclip_hf.serving.captioner import Captioner
from phoclip_hf.serving.errors import ServingError
from phoclip_hf.serving.photo_journal import PhotoJournal
from phoclip_hf.serving.tag_vocabulary import hashtag
from phoclip_hf.serving.tagging import Tagger


@dataclass
class TaggedPhotos:
    """How far a run is, and what it knows."""

    total: int
    done: int = 0
    fresh: int = 0  # described in this run
    changed: int = 0  # of these, described before and changed since
    # {path, captions: [{text, score}], tags: [{text, score, hashtag}]}, in the order of the paths
    rows: list[dict[str, Any]] = field(default_factory=list)
    set_aside: list[dict[str, str]] = field(default_factory=list)  # path, key, reason


def tag_photos(
    photos: FolderPhotos,
    journal_path: Path,
    captioner: Captioner,
    tagger: Tagger,
    count: int = 1,
    beams: int = 5,
) -> Iterator[TaggedPhotos]:
    """Describe and tag each photo that the journal does not know; yields after each batch.

    The first yield tells what is known. Photos that cannot be read are tried again the next time,
    for a package or a permission may be there then.

    Args:
        photos: what lies below a folder.
        journal_path: a file that remembers what was made of each photo.
        captioner: writes; its `batch_size` is how many photos are opened at once.
        tagger: tags, and reads the captions for it.
        count: captions a photo, at most.
        beams: of the search; 1 is greedy.

    Raises:
        ValueError: the journal was begun with other checkpoints, tags, count or beams.
    """
    settings = {
        "captioner": captioner.fingerprint,
        "model or tags": tagger.fingerprint,
        "count": count,
        "beams": beams,
    }
    journal = PhotoJournal(journal_path, settings)
    stamps = {name: _stamp(photos.folder / name) for name in photos.names}
    known = {
        name: entry
        for name in photos.names
        if (entry := journal.get(printable(name), stamps[name])) is not None
    }
    missing = [number for number, name in enumerate(photos.names) if name not in known]
    progress = TaggedPhotos(len(photos), done=len(known))
    yield progress
    for start in range(0, len(missing), captioner.batch_size):
        numbers = missing[start : start + captioner.batch_size]
        opened = {}
        for number in numbers:
            for path, photo in photos.read(number, number + 1):
                if isinstance(photo, ServingError):
                    reason = printable(str(photo))
                    progress.set_aside.append({"path": path, "key": photo.key, "reason": reason})
                else:
                    opened[photos.names[number]] = photo
        entries = _describe(list(opened.values()), captioner, tagger, count, beams)
        for name, entry in zip(opened, entries, strict=True):
            progress.changed += printable(name) in journal
            journal.add(printable(name), stamps[name], entry)
            known[name] = entry
        progress.done += len(numbers)
        progress.fresh += len(entries)
        yield progress
    progress.rows = [
        {"path": printable(name), **known[name]} for name in photos.names if name in known
    ]
    yield progress


def _describe(
    images: list, captioner: Captioner, tagger: Tagger, count: int, beams: int
) -> list[dict[str, Any]]:
    if not images:
        return []
    captions = captioner.describe_each(images, count, beams)
    tags = tagger.tag_each(images, [[caption.text for caption in own] for own in captions])
    return [
        {
            "captions": [_rounded(asdict(caption)) for caption in own],
            "tags": [_rounded(asdict(tag)) | {"hashtag": hashtag(tag.text)} for tag in found],
        }
        for own, found in zip(captions, tags, strict=True)
    ]


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return values | {"score": round(values["score"], 4)}


def _stamp(path: Path) -> str:
    """Size and time of change of a file; empty where it is gone, or may not be looked at."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_size} {found.st_mtime_ns}"
