"""How our Spaces are launched: two languages, nothing asked of other hosts, modest memory."""

import ctypes
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware

from phoclip_hf.page.early_script import EarlyScript
from phoclip_hf.page.look import STYLE, theme
from phoclip_hf.page.translations import Translations


def launch_options(
    texts: Translations, styles: Sequence[Path] = (), scripts: Sequence[Path] = ()
) -> dict[str, Any]:
    """What `Blocks.launch` gets; `styles` and `scripts` are a Space's own, beside the shared."""
    return {
        "i18n": texts.i18n,
        "theme": theme(),
        "css_paths": [STYLE, *styles],
        "app_kwargs": {"middleware": [Middleware(EarlyScript, more=scripts)]},
        "max_file_size": "50mb",
        "footer_links": ["api"],
        "run_history": False,
        "ssr_mode": False,
        "enable_monitoring": False,
    }


def share_heaps() -> None:
    """Let all threads share two of glibc's heaps.

    By default each thread gets one of its own and keeps what it freed, some 100 MB in all.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(-8, 2)  # M_ARENA_MAX, malloc.h
