"""Vietnamese as people type it: without diacritics, in any case, without punctuation."""

import re
import unicodedata
from random import Random

PUNCTUATION = re.compile(r"[^\w\s]+")


def strip_diacritics(text: str) -> str:
    """Return the text in plain letters: "Con chó chạy trên đường" → "Con cho chay tren duong"."""
    letters = unicodedata.normalize("NFD", text)
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return bare.replace("đ", "d").replace("Đ", "D")


def typed_queries(text: str, rng: Random) -> list[str]:
    """Return the text as two people might type it: wholly without diacritics, and carelessly.

    The careless one leaves each word's diacritics out at an even chance, drops the punctuation at
    an even chance, and writes as it stands, small, or (one in six) in capitals.

    Args:
        text: Vietnamese, with spaces between syllables and not underscores.
        rng: draws the careless one.
    """
    words = [strip_diacritics(word) if rng.random() < 0.5 else word for word in text.split()]
    careless = " ".join(words)
    if rng.random() < 0.5:
        careless = " ".join(PUNCTUATION.sub(" ", careless).split()) or careless
    case = rng.choice((str, str, str.lower, str.lower, str.lower, str.upper))
    return [strip_diacritics(text), case(careless)]
