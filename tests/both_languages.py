"""What every Space's words must be: there in both languages, composed, with the same values."""

import string
import unicodedata

from phoclip_hf.page.translations import Translations


def fields(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def check_both_languages(texts: Translations) -> None:
    for key, words in (*texts.page.items(), *texts.messages.items()):
        vietnamese, english = words
        assert vietnamese and english, key
        assert vietnamese == unicodedata.normalize("NFC", vietnamese), key
    for key, (vietnamese, english) in texts.messages.items():
        assert fields(vietnamese) == fields(english), key
