"""Captions as the metrics read them: a string in, tokens out, under a name that results carry."""

import unicodedata

TOKENIZATIONS = ("syllables", "words")


def tokenize_caption(caption: str, tokenization: str = "syllables") -> list[str]:
    """Return the tokens of a Vietnamese caption.

    Both tokenizations lower the case, compose letters (NFC), drop invisible characters and turn
    punctuation into space, the underscores of a segmented text included. "syllables" splits at
    white space; "words" has underthesea join the syllables of a word (`con chó chạy` is 2 words,
    `con_chó` and `chạy`) and so depends on its version.

    Raises:
        ValueError: another tokenization.
        ImportError: "words" without underthesea; the message names the pip command.
    """
    if tokenization not in TOKENIZATIONS:
        raise ValueError(
            f"tokenization is {tokenization!r}; expected one of {', '.join(TOKENIZATIONS)}"
        )
    composed = unicodedata.normalize("NFC", caption.lower())
    text = "".join(_spaced(character) for character in composed)
    if tokenization == "syllables":
        return text.split()
    try:
        from underthesea import word_tokenize
    except ImportError as error:
        raise ImportError(
            'tokenization="words" needs underthesea, which is not installed: '
            'pip install underthesea. "syllables" needs nothing.'
        ) from error
    return word_tokenize(" ".join(text.split()), format="text").split()


def _spaced(character: str) -> str:
    """Return a space for punctuation, nothing for an invisible character, or what was given."""
    category = unicodedata.category(character)
    if category.startswith("P"):
        return " "
    return "" if category == "Cf" else character  # Cf: zero-width, soft hyphen, direction marks
