"""PhoCLIP in the browser: classify, search and describe photos in Vietnamese.

    python app.py

Importing this file builds `demo`; only running it loads checkpoints and opens a port.
"""

import os
import threading

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import classify
import demo_gallery
import describe
import gradio as gr
import index_panel
import search
from models import HERE
from translations import texts

from phoclip_hf.page.api_labels import PlainApiBlocks
from phoclip_hf.page.launching import launch_options, share_heaps
from phoclip_hf.page.look import masthead
from phoclip_hf.page.samples import drawn_photos, gradio_photos

HEADER = masthead(
    "PhoCLIP", "Ảnh và tiếng Việt trong cùng một không gian", "Pictures and Vietnamese in one space"
)


def build() -> gr.Blocks:
    """The page with its three tabs."""
    drawn = drawn_photos(HERE)
    cheetah, tower, lion = gradio_photos("cheetah", "tower", "lion")
    with PlainApiBlocks(texts, title="PhoCLIP") as demo:
        gr.HTML(HEADER)
        with gr.Tabs():
            with gr.Tab(texts.label("tab_classify"), id="classify"):
                classify.build(
                    [
                        *([path, classify.LABELS] for path in drawn[:3]),
                        [cheetah, ["con báo", "con sư tử", "con chó", "con mèo"]],
                        [tower, ["toà tháp", "cây cầu", "ngôi nhà", "bãi biển"]],
                    ]
                )
            with gr.Tab(texts.label("tab_search"), id="search"):
                on_load = search.build(
                    [
                        ["một con thuyền trên sông"],
                        ["con mèo nằm dưới gốc cây"],
                        ["xe máy trên đường"],
                        ["hai quả bóng đỏ"],
                    ]
                )
            with gr.Tab(texts.label("tab_describe"), id="describe"):
                describe.build([[path] for path in (*drawn, cheetah, lion, tower)])
        demo.load(**on_load)
        demo.unload(index_panel.stop_event)
    return demo


demo = build()

LAUNCH = launch_options(texts, [HERE / "tabs.css"], [HERE / "tabs.js"])


if __name__ == "__main__":
    share_heaps()
    # The page first, so that it can say what is wrong with a checkpoint; then what takes seconds.
    demo.launch(**LAUNCH, prevent_thread_lock=True)
    threading.Thread(target=demo_gallery.warm_up, daemon=True).start()
    demo.block_thread()
