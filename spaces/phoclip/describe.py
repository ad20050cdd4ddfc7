"""The tab that writes captions of a photo and reads them aloud."""

import gradio as gr
import models
from translations import texts

from phoclip_hf.page.events import for_people
from phoclip_hf.page.photo_field import photo_input
from phoclip_hf.page.samples import examples
from phoclip_hf.serving.captioner import MAX_CAPTIONS, PhoCapCaptioner
from phoclip_hf.serving.photos import PhotoSource, open_photo


def describe(
    photo: PhotoSource | None,
    count: int,
    method: str,
    temperature: float,
    captioner: PhoCapCaptioner,
) -> list[str]:
    """At most `count` (1 to 5) different captions, best first; `method` is "beam" or "sample"."""
    count = min(max(int(count), 1), MAX_CAPTIONS)
    return captioner.describe(open_photo(photo), count, method == "sample", temperature)


@for_people(texts)
def describe_event(
    photo: str | None, count: int, method: str, temperature: float, request: gr.Request
) -> str:
    """Vietnamese captions of a photo, one a line; by "beam" (likeliest) or "sample" (varied)."""
    return "\n".join(describe(photo, count, method, temperature, models.captioner()))


def build(rows: list[list]) -> None:
    """Lay out the tab; `rows` are examples: a photo's path."""
    gr.Markdown(texts.label("describe_intro"))
    with gr.Row(equal_height=False):
        with gr.Column():
            photo = photo_input(texts)
            count = gr.Slider(1, MAX_CAPTIONS, 3, step=1, label=texts.label("count"))
            method = gr.Radio(
                [(texts.label("method_beam"), "beam"), (texts.label("method_sample"), "sample")],
                value="beam",
                label=texts.label("method"),
            )
            with gr.Accordion(texts.label("more"), open=False):
                temperature = gr.Slider(0.1, 1.5, 0.8, step=0.1, label=texts.label("temperature"))
            button = gr.Button(texts.label("describe"), variant="primary")
        with gr.Column():
            captions = gr.Textbox(
                label=texts.label("captions"), lines=5, interactive=False, elem_id="captions"
            )
            with gr.Row():
                speak = gr.Button(texts.label("speak"), elem_id="speak")
                stop = gr.Button(texts.label("stop_speaking"), elem_id="stop-speaking")
            gr.HTML(
                '<p id="speech-status" role="status"></p>'
                '<p id="spoken-captions" class="for-ears" role="status" lang="vi"></p>'
            )
    inputs = [photo, count, method, temperature]
    announce = {"fn": None, "inputs": captions, "js": "phoclip.announce"}
    button.click(describe_event, inputs, captions, api_name="describe").then(**announce)
    speak.click(None, captions, js="phoclip.speak")
    stop.click(None, js="phoclip.stopSpeaking")
    clicked = examples(texts, rows, [photo]).load_input_event
    clicked.then(describe_event, inputs, captions, api_visibility="private").then(**announce)
