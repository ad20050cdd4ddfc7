"""The tab that writes captions of a photo, reads them aloud and suggests hashtags."""

from dataclasses import asdict, dataclass

import gradio as gr
import models
from translations import texts

from phoclip_hf.page.events import for_people
from phoclip_hf.page.photo_field import photo_input
from phoclip_hf.page.samples import examples
from phoclip_hf.serving.captioner import MAX_CAPTIONS, Caption, Captioner
from phoclip_hf.serving.photos import PhotoSource, open_photo
from phoclip_hf.serving.tag_vocabulary import hashtag
from phoclip_hf.serving.tagging import Tag, Tagger

METHODS = ("beam", "greedy", "sample")
# What reads aloud gets the captions alone, one a line.
LINES = "(found) => phoclip.{action}((found?.confidences ?? []).map((c) => c.label).join('\\n'))"


@dataclass
class Description:
    """Captions and tags of a photo, both best first."""

    captions: list[Caption]
    tags: list[Tag]


def describe(
    photo: PhotoSource | None,
    count: int,
    method: str,
    temperature: float,
    captioner: Captioner,
    tagger: Tagger,
) -> Description:
    """At most `count` (1 to 5) different captions, and the tags that fit the photo and them.

    `method` is "beam" (likeliest), "greedy" (one caption, fast) or "sample" (varied).
    """
    image = open_photo(photo)
    count = 1 if method == "greedy" else min(max(int(count), 1), MAX_CAPTIONS)
    beams = 1 if method == "greedy" else 5
    captions = captioner.describe(image, count, method == "sample", temperature, beams)
    return Description(captions, tagger.tag(image, [caption.text for caption in captions]))


@for_people(texts)
def describe_event(
    photo: str | None,
    count: int,
    method: str,
    temperature: float,
    captioner: str | None = None,
    request: gr.Request | None = None,
) -> tuple[dict[str, float], str, list[dict]]:
    """Vietnamese captions of a photo with scores, and hashtags; by "beam", "greedy" or "sample".

    A caption's score is the geometric mean of its tokens' probabilities. Last come the tags behind
    the hashtags, each with its share of the probability over all tags.
    """
    found = describe(
        photo, count, method, temperature, models.captioner(captioner), models.tagger()
    )
    return (
        {caption.text: caption.score for caption in found.captions},
        " ".join(hashtag(tag.text) for tag in found.tags),
        [asdict(tag) | {"hashtag": hashtag(tag.text)} for tag in found.tags],
    )


def build(rows: list[list]) -> None:
    """Lay out the tab; `rows` are examples: a photo's path."""
    gr.Markdown(texts.label("describe_intro"))
    with gr.Row(equal_height=False):
        with gr.Column():
            photo = photo_input(texts)
            count = gr.Slider(1, MAX_CAPTIONS, 3, step=1, label=texts.label("count"))
            method = gr.Radio(
                [(texts.label(f"method_{method}"), method) for method in METHODS],
                value=METHODS[0],
                label=texts.label("method"),
            )
            choice = []
            if len(models.CAPTIONERS) > 1:
                names = list(models.CAPTIONERS)
                choice = [gr.Radio(names, value=names[0], label=texts.label("captioner"))]
            with gr.Accordion(texts.label("more"), open=False):
                temperature = gr.Slider(0.1, 1.5, 0.8, step=0.1, label=texts.label("temperature"))
            button = gr.Button(texts.label("describe"), variant="primary")
        with gr.Column():
            captions = gr.Label(
                label=texts.label("captions"), show_heading=False, elem_id="captions"
            )
            with gr.Row():
                speak = gr.Button(texts.label("speak"), elem_id="speak")
                stop = gr.Button(texts.label("stop_speaking"), elem_id="stop-speaking")
            gr.HTML(
                '<p id="speech-status" role="status"></p>'
                '<p id="spoken-captions" class="for-ears" role="status" lang="vi"></p>'
            )
            hashtags = gr.Textbox(
                label=texts.label("hashtags"),
                info=texts.label("hashtags_hint"),
                lines=2,
                interactive=False,
                buttons=["copy"],
                elem_id="hashtags",
            )
            tags = gr.JSON(label=texts.label("tags"), visible=False)
    # At the end, where there is one: calls that do not know of it stay as they are.
    inputs = [photo, count, method, temperature, *choice]
    outputs = [captions, hashtags, tags]
    announce = {"fn": None, "inputs": captions, "js": LINES.format(action="announce")}
    button.click(describe_event, inputs, outputs, api_name="describe").then(**announce)
    speak.click(None, captions, js=LINES.format(action="speak"))
    stop.click(None, js="phoclip.stopSpeaking")
    clicked = examples(texts, rows, [photo]).load_input_event
    clicked.then(describe_event, inputs, outputs, api_visibility="private").then(**announce)
