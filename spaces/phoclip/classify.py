"""The tab that compares one photo with labels nobody trained for."""

import re
import unicodedata
from dataclasses import dataclass, field

import gradio as gr
import models
import numpy as np
from translations import texts

from phoclip_hf.page.events import for_people
from phoclip_hf.page.photo_field import photo_input
from phoclip_hf.page.samples import examples
from phoclip_hf.page.translations import language
from phoclip_hf.serving.encoder import PhoCLIPEncoder
from phoclip_hf.serving.errors import ServingError
from phoclip_hf.serving.photos import PhotoSource, open_photo

MAX_LABELS = 1000
SHOWN = 20
LABELS = [
    "chơi bóng chày",
    "có người đang chơi tennis",
    "có một con thuyền ở dưới nước",
    "có xe máy ở trên đường",
]
TEMPLATES = ["{}", "ảnh chụp {}", "một bức ảnh: {}"]


@dataclass
class Classification:
    """Probability by label, best first, and the notes to show: key to values."""

    probabilities: dict[str, float]
    notes: dict[str, dict[str, object]] = field(default_factory=dict)


def classify(
    photo: PhotoSource | None, labels: list[str], templates: list[str], encoder: PhoCLIPEncoder
) -> Classification:
    """Softmax over the labels of logit scale times cosine (Radford et al. 2021, section 3.1).

    A label's vector is the mean of its unit vectors over the templates, at unit length. Labels may
    hold several, separated by commas, semicolons or new lines; repeated ones count once.
    """
    labels, repeated = clean_labels(labels)
    templates = [template.strip() for template in templates if template.strip()] or ["{}"]
    check(labels, templates)
    image_embeds = encoder.encode_images([open_photo(photo)])  # (1, dimension)
    texts = [template.replace("{}", label) for label in labels for template in templates]
    text_embeds = encoder.encode_texts(texts).reshape(len(labels), len(templates), -1).mean(1)
    text_embeds /= np.linalg.norm(text_embeds, axis=1, keepdims=True)
    logits = encoder.logit_scale * (text_embeds @ image_embeds[0])  # (labels,)
    chances = np.exp(logits - logits.max())
    chances /= chances.sum()
    order = np.argsort(-chances, kind="stable")
    result = Classification({labels[i]: float(chances[i]) for i in order})
    if repeated:
        result.notes["labels_repeated"] = {"count": repeated}
    if cut := sum(map(encoder.is_cut, labels)):
        result.notes["label_cut"] = {"count": cut, "limit": encoder.max_tokens}
    if len(labels) > SHOWN:
        result.notes["labels_hidden"] = {"count": len(labels), "shown": SHOWN}
    return result


def clean_labels(labels: list[str]) -> tuple[list[str], int]:
    """Labels in NFC without surplus spaces, each once, and the number of repeated ones."""
    pieces = [piece for label in labels for piece in re.split(r"[,;\n]", label)]
    pieces = [" ".join(unicodedata.normalize("NFC", piece).split()) for piece in pieces]
    pieces = [piece for piece in pieces if piece]
    unique = {piece.casefold(): piece for piece in reversed(pieces)}
    kept = [piece for piece in dict.fromkeys(map(str.casefold, pieces))]
    return [unique[key] for key in kept], len(pieces) - len(kept)


def check(labels: list[str], templates: list[str]) -> None:
    """Raise ServingError for labels or templates that give no answer worth reading."""
    if not labels:
        raise ServingError("labels_none", "No labels were given: give at least two.")
    if len(labels) == 1:
        raise ServingError(
            "labels_one", "One label always gets 100 %: give at least two.", label=labels[0]
        )
    if len(labels) > MAX_LABELS:
        raise ServingError(
            "labels_many",
            f"{len(labels)} labels were given, at most {MAX_LABELS} are compared at once.",
            count=len(labels),
            limit=MAX_LABELS,
        )
    for template in templates:
        if "{}" not in template:
            raise ServingError(
                "template_without_place",
                f"The template {template!r} lacks {{}}, the place of the label.",
                template=template,
            )


@for_people(texts)
def classify_event(
    photo: str | None, labels: list[str], templates: str, request: gr.Request
) -> dict[str, float]:
    """Probability of each Vietnamese label for a photo. Templates: one a line, {} for the label."""
    result = classify(photo, labels or [], (templates or "").splitlines(), models.encoder())
    for key, values in result.notes.items():
        texts.page_note(key, language(request), **values)
    return result.probabilities


def split_labels(labels: list[str]) -> dict:
    """What the labels become after a list was pasted into them; nothing where none was."""
    pieces = clean_labels(labels or [])[0]
    return gr.update(value=pieces) if pieces != labels else gr.skip()


def build(rows: list[list]) -> None:
    """Lay out the tab; `rows` are examples: a photo's path and labels."""
    gr.Markdown(texts.label("classify_intro"))
    with gr.Row(equal_height=False):
        with gr.Column():
            photo = photo_input(texts)
            labels = gr.Dropdown(
                choices=LABELS,
                value=LABELS,
                label=texts.label("labels"),
                info=texts.label("labels_hint"),
                multiselect=True,
                allow_custom_value=True,
                elem_id="labels",
            )
            with gr.Accordion(texts.label("more"), open=False):
                templates = gr.Textbox(
                    "\n".join(TEMPLATES),
                    label=texts.label("templates"),
                    info=texts.label("templates_hint"),
                    lines=3,
                )
            button = gr.Button(texts.label("classify"), variant="primary")
        with gr.Column():
            probabilities = gr.Label(label=texts.label("probabilities"), num_top_classes=SHOWN)
    inputs = [photo, labels, templates]
    button.click(classify_event, inputs, probabilities, api_name="classify")
    labels.change(  # Enter on a word of one's own is no `input` event
        split_labels, labels, labels, show_progress="hidden", queue=False, api_visibility="private"
    )
    shown = {"visible_columns": [0], "elem_id": "classify-examples"}
    examples(texts, rows, [photo, labels], **shown).load_input_event.then(
        classify_event, inputs, probabilities, api_visibility="private"
    )
