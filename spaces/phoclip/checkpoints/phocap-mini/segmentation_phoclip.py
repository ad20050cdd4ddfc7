"""Vietnamese text made ready for BPE: one spelling a word, its syllables joined by `_`."""

import os
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

SEGMENTERS = ("underthesea", "vncorenlp", "none")

# Soft hyphen, zero-width (non-)joiners and space, direction marks, word joiner, byte order mark.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")

_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng: as NFD writes them
_LETTERS = re.compile(r"[^\W\d_]+")
_SYLLABLE = re.compile(
    r"(?:qu|gi(?=[aeiouyăâêôơư])|ngh|ng|nh|gh|kh|ph|th|tr|ch|[bcdđghklmnpqrstvx])?"
    r"(?P<nucleus>[aeiouyăâêôơư]{1,3})(?P<coda>ch|ng|nh|[cmnpt])?",
    re.IGNORECASE,
)


def clean_text(text: str, lower_case: bool = False) -> str:
    """Return `text` in NFC, without invisible characters, single-spaced, lower-cased on request."""
    if lower_case:
        text = text.lower()
    text = _INVISIBLE.sub("", text)
    return " ".join(unicodedata.normalize("NFC", text).split())


def unify_tones(text: str) -> str:
    """Return `text` with the tone mark of every Vietnamese syllable where underthesea puts it.

    hoà → hòa, thuý → thúy (the first vowel of an open pair), hòang → hoàng (the last one before a
    final consonant), qúy → quý, gìa → già (`qu` and `gi` are consonants), tíên → tiến (ăâêôơư
    attract the mark). Base letters never change, and a word that is no Vietnamese syllable
    (Beyoncé) stays as it is. Expects NFC.
    """
    return _LETTERS.sub(lambda match: _place_tone(match[0]), text)


@lru_cache(maxsize=16384)
def _place_tone(word: str) -> str:
    if word.isascii() or len(word) > 7:  # 7: "nghiêng", the longest syllable
        return word
    letters, tones = [], []
    for letter in word:
        parts = unicodedata.normalize("NFD", letter)
        tones += [part for part in parts if part in _TONES]
        base = "".join(part for part in parts if part not in _TONES)
        letters.append(unicodedata.normalize("NFC", base))
    syllable = _SYLLABLE.fullmatch("".join(letters))
    if syllable is None or len(set(tones)) != 1:
        return word
    nucleus = syllable["nucleus"].lower()
    marked = [index for index, vowel in enumerate(nucleus) if vowel in "ăâêôơư"]
    if marked:
        position = marked[-1]
    elif syllable["coda"]:
        position = len(nucleus) - 1
    else:
        position = len(nucleus) // 3  # 0 of one or two vowels, the middle of three
    position += syllable.start("nucleus")
    letters[position] = unicodedata.normalize("NFC", letters[position] + tones[0])
    return "".join(letters)


def segment(text: str, segmenter: str) -> str:
    """Return cleaned `text` with words apart by spaces and the syllables of a word joined by `_`.

    Args:
        text: one text out of `clean_text`.
        segmenter: "underthesea" (unifies tone placement itself), "vncorenlp" (Java; its models in
            the folder that the environment variable VNCORENLP_DIR names) or "none" (white space
            alone).

    Raises:
        ValueError: another name.
        ImportError: the segmenter's package is not installed; the message names the pip command.
    """
    if segmenter not in SEGMENTERS:
        raise ValueError(f"segmenter is {segmenter!r}; expected one of {', '.join(SEGMENTERS)}.")
    if not text:
        return ""
    if segmenter == "underthesea":
        return _segment_cached(text) if len(text) <= 400 else _underthesea()(text, format="text")
    text = unify_tones(text)
    if segmenter == "vncorenlp":
        return unify_tones(" ".join(_vncorenlp().word_segment(text)))
    return text


# Labels in templates, and captions in every epoch, come again. 16,384 × 400 characters: < 40 MB.
@lru_cache(maxsize=16384)
def _segment_cached(text: str) -> str:
    return _underthesea()(text, format="text")


@lru_cache(maxsize=1)
def _underthesea() -> Callable[..., str]:
    try:
        from underthesea import word_tokenize
    except ImportError as error:
        raise ImportError(
            "The tokenizer's segmenter is 'underthesea', which is not installed: "
            "pip install underthesea. Text that is segmented already needs none: "
            "tokenizer(text, is_segmented=True)."
        ) from error
    return word_tokenize


@lru_cache(maxsize=1)
def _vncorenlp() -> object:
    try:
        import py_vncorenlp
    except ImportError as error:
        raise ImportError(
            "The tokenizer's segmenter is 'vncorenlp', which is not installed: "
            "pip install py_vncorenlp (it needs Java)."
        ) from error
    folder = os.environ.get("VNCORENLP_DIR")
    if not folder or not os.path.isdir(folder):
        raise FileNotFoundError(
            f"VNCORENLP_DIR is {folder!r}; expected the folder of VnCoreNLP's models. Fetch them "
            "once with py_vncorenlp.download_model(save_dir=folder) and set the variable."
        )
    working_folder = os.getcwd()  # py_vncorenlp changes it
    try:
        return py_vncorenlp.VnCoreNLP(annotators=["wseg"], save_dir=os.path.abspath(folder))
    finally:
        os.chdir(working_folder)
