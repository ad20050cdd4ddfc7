"""A Space's words in Vietnamese and English, and who reads which.

The page is translated in the browser (gr.I18n; page.js puts the language of `?lang=` or of the
browser in place). Errors and notes are written by the server, so they are chosen by the request.
"""

from collections.abc import Mapping

import gradio as gr
from gradio.i18n import I18nData

from phoclip_hf.page import shared_words
from phoclip_hf.serving.errors import ServingError

LANGUAGES = ("vi", "en")
# Gradio translates whatever equals a key, also a field's value or what somebody has typed.
PREFIX = "page:"

Words = Mapping[str, tuple[str, str]]


class Translations:
    """Every sentence of a Space: its own `page` and `messages` beside those that all Spaces share.

    Both map a key to (Vietnamese, English); messages may hold `{fields}`. `i18n` is for `launch`.
    """

    def __init__(self, page: Words, messages: Words):
        self.page = {**shared_words.PAGE, **page}
        self.messages = {**shared_words.MESSAGES, **messages}
        self.i18n = gr.I18n(
            **{
                spoken: {PREFIX + key: words[index] for key, words in self.page.items()}
                for index, spoken in enumerate(LANGUAGES)
            }
        )

    def label(self, key: str) -> I18nData:
        """The page's words `key`, which the browser shows in its reader's language."""
        if key not in self.page:
            raise KeyError(f"{key!r} is no key of the page's words: add it in both languages.")
        return self.i18n(PREFIX + key)

    def english(self, marked: str) -> str:
        """The English words that a label stands for, by the key that Gradio knows it under."""
        return self.page[marked.removeprefix(PREFIX)][LANGUAGES.index("en")]

    def say(self, key: str, spoken: str, **values: object) -> str:
        """The server's sentence `key` in the language `spoken`, filled with `values`."""
        return self.messages[key][LANGUAGES.index(spoken)].format(**values)

    def page_error(self, error: Exception, spoken: str) -> gr.Error:
        """What the page shows for an error: a sentence for people, without a traceback."""
        if isinstance(error, ServingError):
            said = self.say(error.key, spoken, **error.values)
        else:
            said = self.say("unexpected", spoken, kind=type(error).__name__)
        return gr.Error(said, title=self.say("title_error", spoken), print_exception=False)

    def page_note(self, key: str, spoken: str, **values: object) -> None:
        """Show a passing note on the page."""
        gr.Info(self.say(key, spoken, **values), title=self.say("title_note", spoken))


def language(request: gr.Request | None) -> str:
    """The language of whoever asks: `?lang=` of the page, else the browser's, else Vietnamese."""
    if request is None:
        return "vi"
    asked = request.query_params.get("lang")
    if asked in LANGUAGES:
        return asked
    accepted = request.headers.get("accept-language", "")
    first = accepted.split(",")[0].strip().lower()
    return "en" if first and first != "*" and not first.startswith("vi") else "vi"
