"""Butterflies and moths by their names: a photo in, Vietnamese, English and Latin names out.

    python app.py

Importing this file builds `demo`; only running it opens a port. The model is an ONNX file: nothing
here needs torch.
"""

import gradio as gr
from classify import answer_event, classify_event
from models import HERE
from translations import texts

from phoclip_hf.page.api_labels import PlainApiBlocks
from phoclip_hf.page.launching import launch_options, share_heaps
from phoclip_hf.page.look import masthead
from phoclip_hf.page.photo_field import photo_input
from phoclip_hf.page.samples import drawn_photos, examples, gradio_photos

HEADER = masthead(
    "Bướm", "Bướm gì đây? 50 loài bướm và ngài", "Which butterfly? 50 butterflies and moths"
)


def build() -> gr.Blocks:
    """The page: a photo on the left, its species on the right."""
    samples = [*drawn_photos(HERE), *gradio_photos("cheetah", "tower")]
    private = {"api_visibility": "private"}
    with PlainApiBlocks(texts, title="Bướm") as demo:
        gr.HTML(HEADER)
        gr.Markdown(texts.label("intro"))
        with gr.Row(equal_height=False):
            with gr.Column(min_width=280):
                photo = photo_input(texts)
                button = gr.Button(texts.label("classify"), variant="primary")
                clicked = examples(texts, [[path] for path in samples], [photo]).load_input_event
            with gr.Column(min_width=280):
                answer = gr.HTML(elem_id="answer", min_height=120)
                data = gr.JSON(label=texts.label("data"), visible=False)
        given = gr.on(
            [button.click, photo.upload], classify_event, photo, data, api_name="classify"
        )
        for asked in (given, clicked.then(classify_event, photo, data, **private)):
            asked.success(answer_event, data, answer, show_progress="hidden", **private)
            asked.failure(lambda: "", None, answer, show_progress="hidden", **private)
        photo.clear(lambda: "", None, answer, show_progress="hidden", **private)
    return demo


demo = build()

LAUNCH = launch_options(texts, [HERE / "butterflies.css"])


if __name__ == "__main__":
    share_heaps()
    demo.launch(**LAUNCH)
