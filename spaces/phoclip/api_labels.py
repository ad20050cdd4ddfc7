"""An API page that people can read: gr.I18n's labels as English text."""

import json
import re
from typing import Any

import gradio as gr
from gradio.i18n import I18nData
from translations import PAGE

MARKER = re.compile(r"__i18n__(\{.*?\})")


class PlainApiBlocks(gr.Blocks):
    """Blocks whose API information names parameters in English.

    Labels are translated in the browser; to the API page and `gradio_client` they would come as
    dictionaries that name a translation.
    """

    def get_api_info(self, *arguments: Any, **options: Any) -> dict:
        """The API information with every translation mark replaced by its English text."""
        info = plain(super().get_api_info(*arguments, **options))
        for endpoint in info["named_endpoints"].values():
            for parameter in endpoint["parameters"]:
                if parameter["component"] == "Dropdown":  # ours take words of one's own
                    is_list = parameter["type"]["type"] == "array"
                    kind = {"type": "string"}
                    parameter["type"] = {"type": "array", "items": kind} if is_list else kind
                    parameter["python_type"]["type"] = "list[str]" if is_list else "str"
        return info


def plain(value: Any) -> Any:
    """The same structure with translation marks replaced by English text."""
    if isinstance(value, I18nData):
        return PAGE[value.key][1]
    if isinstance(value, dict):
        if value.get("__type__") == "translation_metadata":
            return PAGE[value["key"]][1]
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return MARKER.sub(lambda match: PAGE[json.loads(match[1])["key"]][1], value)
    return value
