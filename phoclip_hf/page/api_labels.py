"""An API page that people can read: gr.I18n's labels as English text."""

import json
import re
from typing import Any

import gradio as gr
from gradio.i18n import I18nData

from phoclip_hf.page.translations import Translations

MARKER = re.compile(r"__i18n__(\{.*?\})")


class PlainApiBlocks(gr.Blocks):
    """Blocks whose API information names parameters in English; nothing is reported to anyone.

    Labels are translated in the browser; to the API page and `gradio_client` they would come as
    dictionaries that name a translation. Uploads are deleted an hour after they came.
    """

    def __init__(self, texts: Translations, **options: Any):
        settings = {"analytics_enabled": False, "delete_cache": (600, 3600), "fill_width": False}
        super().__init__(**{**settings, **options})
        self._texts = texts

    def get_api_info(self, *arguments: Any, **options: Any) -> dict:
        """The API information with every translation mark replaced by its English text."""
        info = plain(super().get_api_info(*arguments, **options), self._texts)
        for endpoint in info["named_endpoints"].values():
            for parameter in endpoint["parameters"]:
                # Ours take any words; a fixed choice is a Radio.
                if parameter["component"] == "Dropdown":
                    is_list = parameter["type"]["type"] == "array"
                    kind = {"type": "string"}
                    parameter["type"] = {"type": "array", "items": kind} if is_list else kind
                    parameter["python_type"]["type"] = "list[str]" if is_list else "str"
        return info


def plain(value: Any, texts: Translations) -> Any:
    """The same structure with translation marks replaced by English text."""
    if isinstance(value, I18nData):
        return texts.english(value.key)
    if isinstance(value, dict):
        if value.get("__type__") == "translation_metadata":
            return texts.english(value["key"])
        return {key: plain(item, texts) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item, texts) for item in value]
    if isinstance(value, str):
        return MARKER.sub(lambda match: texts.english(json.loads(match[1])["key"]), value)
    return value
