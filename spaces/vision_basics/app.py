"""Lessons in computer vision: one photo, five lessons, sliders that answer at once.

    python app.py

Importing this file builds `demo`; only running it opens a port.
"""

from pathlib import Path

import edges_tab
import filters_tab
import fourier_tab
import gradio as gr
import histograms_tab
import keypoints_tab
from lesson import LIVE
from pictures import uploaded
from translations import texts

from phoclip_hf.page.api_labels import PlainApiBlocks
from phoclip_hf.page.events import for_people
from phoclip_hf.page.launching import launch_options, share_heaps
from phoclip_hf.page.look import masthead
from phoclip_hf.page.photo_field import photo_input
from phoclip_hf.page.samples import drawn_photos, examples, gradio_photos

HERE = Path(__file__).parent
HEADER = masthead(
    "Thị giác máy tính", "Năm bài học, một tấm ảnh", "Computer vision: five lessons, one photo"
)
LESSONS = {
    "edges": edges_tab.build,
    "fourier": fourier_tab.build,
    "denoise": filters_tab.build,
    "histograms": histograms_tab.build,
    "keypoints": keypoints_tab.build,
}


@for_people(texts)
def check_event(photo: str | None, request: gr.Request) -> None:
    """Say once what is wrong with a photo, before five lessons do."""
    if photo:
        uploaded(photo)


def build() -> gr.Blocks:
    """The page: a photo on the left, a tab for each lesson on the right."""
    drawn = drawn_photos(HERE)
    samples = [*drawn, *gradio_photos("cheetah", "tower", "lion")]
    with PlainApiBlocks(texts, title="Thị giác máy tính") as demo:
        gr.HTML(HEADER)
        with gr.Row(equal_height=False):
            with gr.Column(scale=1, min_width=260):
                photo = photo_input(texts, height=260)
                examples(texts, [[path] for path in samples], [photo])
            with gr.Column(scale=3, min_width=280, elem_classes="lessons"), gr.Tabs():
                lessons = []
                for name, lay_out in LESSONS.items():
                    with gr.Tab(texts.label(f"tab_{name}"), id=name):
                        lessons.append(lay_out(photo))
        private = {"api_visibility": "private", "show_progress": "hidden"}
        checked = photo.change(check_event, photo, None, **{**private, **LIVE})
        for lesson in lessons:
            checked.success(lesson.show, lesson.inputs, lesson.outputs, **private)
        fields = [field for lesson in lessons for field in lesson.outputs]
        checked.failure(lambda: [None] * len(fields), None, fields, **private)
        demo.load(lambda: drawn[0], None, photo, **private)
    return demo


demo = build()

LAUNCH = launch_options(texts, [HERE / "lessons.css"])


if __name__ == "__main__":
    share_heaps()
    demo.launch(**LAUNCH)
