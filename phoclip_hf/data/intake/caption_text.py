"""Captions as people write them: what can be mended is mended, what is lost is told."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# Zero-width space, word joiner, byte order mark, soft hyphen and marks of direction.
INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# How pandas and databases write an empty cell.
EMPTY_CELLS = {"nan", "none", "null", "n/a"}
# What the report calls each mend and each remark.
MENDS = {
    "nfc": "letters and their marks apart (NFD), composed to NFC",
    "invisible": "invisible characters left out",
    "control": "control characters left out",
    "whitespace": "line breaks, runs of spaces or spaces at the ends made one space or none",
}


class BadCaption(ValueError):
    """A caption that cannot be used; `reason` is a key of `caption_rows.REASONS`."""

    def __init__(self, reason: str, detail: str):
        super().__init__(detail)
        self.reason = reason


def clean_caption(text: Any) -> tuple[str, list[str]]:
    """Return the caption in NFC on one line, and the keys of MENDS that it took.

    Mojibake (see `is_mojibake`) is left as it is, for a later repair needs every character.
    Raises BadCaption where nothing is left or where characters are lost.
    """
    if text is None or (isinstance(text, float) and text != text):
        raise BadCaption("empty_caption", "there is none")
    if not isinstance(text, str):
        raise BadCaption("not_text", f"expected text, got {type(text).__name__}")
    if found := LONE_SURROGATE.search(text):
        code = ord(found.group())
        # Python's `surrogateescape` keeps a byte that is not UTF-8 as U+DC00 + byte.
        is_byte = 0xDC80 <= code <= 0xDCFF
        what = f"byte {code - 0xDC00:#04x} is not UTF-8" if is_byte else f"lone half U+{code:04X}"
        raise BadCaption("broken_unicode", what)
    if "\ufffd" in text:
        raise BadCaption("broken_unicode", "U+FFFD stands where a character was lost")
    if is_mojibake(text):
        return text.strip(), []
    mends, cleaned = [], text
    for key, mend in (
        ("nfc", lambda s: unicodedata.normalize("NFC", s)),
        ("invisible", lambda s: INVISIBLE.sub("", s)),
        ("control", lambda s: CONTROL.sub("", s)),
        ("whitespace", lambda s: " ".join(s.split())),
    ):
        before, cleaned = cleaned, mend(cleaned)
        mends += [key] * (before != cleaned)
    if not cleaned or cleaned.lower() in EMPTY_CELLS:
        raise BadCaption("empty_caption", f"it reads {cleaned!r}" if cleaned else "there is none")
    return cleaned, mends


@dataclass
class CleanCaptions:
    """A picture's captions, the mends they took, remarks (kind, caption), and what is refused."""

    captions: list[str] = field(default_factory=list)
    mends: list[str] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[Any, BadCaption]] = field(default_factory=list)


def clean_captions(texts: Iterable[Any]) -> CleanCaptions:
    """Return the captions of one picture, cleaned; the kinds of remark are in the report."""
    read = CleanCaptions()
    for text in texts:
        try:
            caption, mends = clean_caption(text)
        except BadCaption as error:
            read.refused.append((text, error))
            continue
        read.mends += mends
        for kind, holds in (
            ("mojibake", is_mojibake(caption)),
            ("no_words", not has_words(caption)),
            ("repeated_caption", caption in read.captions),
        ):
            read.remarks += [(kind, caption)] * holds
        read.captions.append(caption)
    return read


def has_words(text: str) -> bool:
    """Say whether there is a letter or a digit in the text."""
    return any(letter.isalnum() for letter in text)


def is_mojibake(text: str) -> bool:
    """Say whether the text is UTF-8 that somebody read as Windows-1252, as `má»™t` for `một`."""
    try:
        decoded = b"".join(map(_windows_1252, text)).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return False
    return decoded != text


def _windows_1252(letter: str) -> bytes:
    """Return the byte of a letter; the five that Windows-1252 leaves out are themselves."""
    return bytes([ord(letter)]) if letter in "\x81\x8d\x8f\x90\x9d" else letter.encode("cp1252")
