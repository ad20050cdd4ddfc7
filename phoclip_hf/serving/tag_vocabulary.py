"""Vietnamese tags: a vocabulary with how common each tag is, hashtags, and tags in sentences."""

import math
import re
import unicodedata
from collections.abc import Iterable
from importlib.resources import files

# Before a noun: «con chó» is said, #chó is written.
CLASSIFIERS = ("con", "cái", "chiếc")
# Here the first word is a part of the name: «đường» alone is sugar as well.
WHOLE = frozenset(("con đường", "con hẻm", "con người", "con gái", "con trai"))


def everyday_tags() -> dict[str, float]:
    """The tags that this package brings along, in `tags_vi.txt`."""
    text = files(__package__).joinpath("tags_vi.txt").read_text(encoding="utf-8")
    return read_vocabulary(text.splitlines())


def read_vocabulary(lines: Iterable[str]) -> dict[str, float]:
    """Each tag, NFC, with the number of photos in a thousand that it is expected on.

    A line is `tag` or `tag | number`, 1 where it is left out; blank lines and those that begin with
    # do not count. ValueError names the first line with a number that is none, above 0, or a tag
    that was there before, or says that no tag is left.
    """
    tags: dict[str, float] = {}
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        line = unicodedata.normalize("NFC", line).lstrip("\ufeff").strip()
        if not line or line.startswith("#"):
            continue
        name, bar, common = (part.strip() for part in line.partition("|"))
        tag = " ".join(name.split())
        try:
            value = float(common) if bar else 1.0
        except ValueError:
            value = math.nan
        if not tag or not 0 < value < math.inf:
            raise ValueError(
                f"line {number} is {line!r}; expected a tag, or a tag, | and how many photos in a "
                "thousand it is expected on, above 0"
            )
        if before := seen.get(tag.casefold()):
            raise ValueError(f"line {number}, {tag!r}, repeats line {before}: remove one of them")
        seen[tag.casefold()] = number
        tags[tag] = value
    if not tags:
        raise ValueError("no tag was given; expected one a line, such as 'bãi biển'")
    return tags


def bare(tag: str) -> str:
    """A tag without its classifier: chó for «con chó», but «con đường» as it is."""
    first, _, rest = tag.partition(" ")
    is_classifier = rest and first.casefold() in CLASSIFIERS and tag.casefold() not in WHOLE
    return rest if is_classifier else tag


def hashtag(tag: str) -> str:
    """A tag as it is written on social networks: lower case, diacritics kept, no spaces.

    «bãi biển» is #bãibiển and «con chó» #chó. What is neither letter nor digit ends a hashtag, and
    so is left out. ValueError where nothing else is there.
    """
    word = re.sub(r"[\W_]", "", bare(unicodedata.normalize("NFC", tag.strip()))).lower()
    if not word:
        raise ValueError(f"{tag!r} holds no letter or digit to make a hashtag of")
    return f"#{word}"


def occurs_in(tag: str, sentences: Iterable[str]) -> bool:
    """Whether a sentence says a tag, with its classifier or without, as whole words."""
    needle = f" {_words(bare(tag))} "
    return any(needle in f" {_words(sentence)} " for sentence in sentences)


def _words(text: str) -> str:
    """Lower-case words between single spaces; the underscores of segmented ones are spaces too."""
    text = unicodedata.normalize("NFC", text).lower().replace("_", " ")
    return " ".join(re.findall(r"\w+", text))
