"""PhoCLIP in the browser: classify, search and describe photos in Vietnamese.

    python app.py

Importing this file builds `demo`; only running it loads checkpoints and opens a port.
"""

import ctypes
import os
import platform
import threading

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import classify
import demo_gallery
import describe
import gradio as gr
import index_panel
import search
from api_labels import PlainApiBlocks
from early_script import EarlyScript
from gradio.media import get_image
from models import HERE
from starlette.middleware import Middleware
from translations import i18n

FONTS = ["system-ui", "Segoe UI", "Roboto", "Noto Sans", "Helvetica Neue", "sans-serif"]

HEADER = """
<header class="masthead">
  <div><h1>PhoCLIP</h1>
    <p lang="vi">Ảnh và tiếng Việt trong cùng một không gian</p>
    <p lang="en">Pictures and Vietnamese in one space</p>
  </div>
  <nav aria-label="Ngôn ngữ · Language">
    <a href="?lang=vi" lang="vi" hreflang="vi">Tiếng Việt</a>
    <a href="?lang=en" lang="en" hreflang="en">English</a>
  </nav>
</header>
"""


def build() -> gr.Blocks:
    """The page with its three tabs."""
    drawn = sorted(str(path) for path in (HERE / "examples").glob("*.jpg"))
    cheetah, tower, lion = (get_image(name) for name in ("cheetah.jpg", "tower.jpg", "lion.jpg"))
    with PlainApiBlocks(
        title="PhoCLIP", analytics_enabled=False, delete_cache=(600, 3600), fill_width=False
    ) as demo:
        gr.HTML(HEADER)
        with gr.Tabs():
            with gr.Tab(i18n("tab_classify"), id="classify"):
                classify.build(
                    [
                        *([path, classify.LABELS] for path in drawn[:3]),
                        [cheetah, ["con báo", "con sư tử", "con chó", "con mèo"]],
                        [tower, ["toà tháp", "cây cầu", "ngôi nhà", "bãi biển"]],
                    ]
                )
            with gr.Tab(i18n("tab_search"), id="search"):
                on_load = search.build(
                    [
                        ["một con thuyền trên sông"],
                        ["con mèo nằm dưới gốc cây"],
                        ["xe máy trên đường"],
                        ["hai quả bóng đỏ"],
                    ]
                )
            with gr.Tab(i18n("tab_describe"), id="describe"):
                describe.build([[path] for path in (*drawn, cheetah, lion, tower)])
        demo.load(**on_load)
        demo.unload(index_panel.stop_event)
    return demo


demo = build()

LAUNCH = {
    "i18n": i18n,
    "theme": gr.themes.Soft(
        primary_hue="teal",
        secondary_hue="teal",
        neutral_hue="slate",
        radius_size="md",
        font=FONTS,
        font_mono=["ui-monospace", "Consolas", "monospace"],
    ),
    "css_paths": [HERE / "style.css"],
    "app_kwargs": {"middleware": [Middleware(EarlyScript)]},
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


if __name__ == "__main__":
    share_heaps()
    # The page first, so that it can say what is wrong with a checkpoint; then what takes seconds.
    demo.launch(**LAUNCH, prevent_thread_lock=True)
    threading.Thread(target=demo_gallery.warm_up, daemon=True).start()
    demo.block_thread()
