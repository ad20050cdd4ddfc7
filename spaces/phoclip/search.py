"""The tab that finds photos by words, by a picture, or by both."""

import unicodedata
from dataclasses import dataclass, field

import collections_of
import demo_gallery
import gradio as gr
import index_panel
import models
import numpy as np
from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder
from translations import texts

from phoclip_hf.page.events import for_people
from phoclip_hf.page.photo_field import photo_input
from phoclip_hf.page.samples import examples
from phoclip_hf.page.translations import language
from phoclip_hf.serving.encoder import PhoCLIPEncoder
from phoclip_hf.serving.errors import GalleryError
from phoclip_hf.serving.gallery import MAX_RESULTS, Gallery, Hit
from phoclip_hf.serving.photos import PhotoSource, open_photo
from phoclip_hf.serving.queries import blend_queries


@dataclass
class Found:
    """Hits, best first, and the notes to show: key to values."""

    hits: list[Hit]
    notes: dict[str, dict[str, object]] = field(default_factory=dict)


def search(
    words: str,
    photo: PhotoSource | None,
    text_weight: float,
    top_k: int,
    collection: str,
    gallery: Gallery,
    encoder: PhoCLIPEncoder,
) -> Found:
    """The `top_k` photos of a collection nearest to words, to a photo, or to a point between them.

    `text_weight` is 0 for the photo alone, 1 for the words alone; it counts where both are given.
    """
    words = " ".join(unicodedata.normalize("NFC", words or "").split())
    image_vector = None if photo is None else encoder.encode_images([open_photo(photo)])[0]
    text_vector: np.ndarray | None = encoder.encode_texts([words])[0] if words else None
    query = blend_queries(image_vector, text_vector, text_weight)
    if not collection:
        raise GalleryError("nothing_chosen", "No collection was chosen.")
    found = Found(gallery.search(collection, query, int(top_k)))
    if not found.hits:
        raise GalleryError(
            "gallery_empty", f"The collection {collection!r} is empty.", title=collection
        )
    if words and encoder.is_cut(words):
        found.notes["text_cut"] = {"limit": encoder.max_tokens}
    return found


def shown(hits: list[Hit], cache: str, spoken: str) -> list[tuple[str, str]]:
    """Path of the thumbnail and score with caption, for gr.Gallery."""
    comma = "," if spoken == "vi" else "."
    rows = []
    for hit in hits:
        path = save_bytes_to_cache(hit.thumbnail, f"{hit.id}.jpg", cache)
        score = f"{hit.score:.3f}".replace(".", comma).replace("-", "−")
        rows.append((path, f"{score} · {hit.caption}" if hit.caption else score))
    return rows


@for_people(texts)
def search_event(
    words: str = "",
    photo: str | None = None,
    text_weight: float = 0.5,
    top_k: int = 12,
    collection: str = collections_of.DEMO,
    visitor: collections_of.Visitor | None = None,
    request: gr.Request | None = None,
) -> tuple[list[tuple[str, str]], list[dict]]:
    """Photos of a collection nearest to Vietnamese words, to a photo, or to both."""
    spoken = language(request)
    collection = collection or collections_of.DEMO
    if collection == collections_of.DEMO:
        demo_gallery.ready(models.gallery())
    gallery = collections_of.gallery_of(collection, visitor)
    found = search(words, photo, text_weight, top_k, collection, gallery, models.encoder())
    for key, values in found.notes.items():
        texts.page_note(key, spoken, **values)
    scores = [
        {"id": hit.id, "score": round(hit.score, 6), "caption": hit.caption} for hit in found.hits
    ]
    return shown(found.hits, get_upload_folder(), spoken), scores


def build(rows: list[list]) -> dict:
    """Lay out the tab; `rows` are examples of words. Returns what `Blocks.load` needs for it."""
    gr.Markdown(texts.label("search_intro"))
    visitor = gr.State(
        None,
        time_to_live=collections_of.SESSION_SECONDS,
        delete_callback=collections_of.forget,
    )
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=300):
            collection = gr.Dropdown(
                [(collections_of.DEMO, collections_of.DEMO)],
                value=collections_of.DEMO,
                label=texts.label("collection"),
                allow_custom_value=True,
            )
            words = gr.Textbox(
                label=texts.label("words"),
                placeholder=texts.label("words_hint"),
                max_lines=4,
                autofocus=False,
            )
            with gr.Accordion(texts.label("photo_query"), open=False):
                photo = photo_input(texts, height=220)
                text_weight = gr.Slider(
                    0,
                    1,
                    0.5,
                    step=0.05,
                    label=texts.label("text_weight"),
                    info=texts.label("text_weight_hint"),
                )
            top_k = gr.Slider(1, MAX_RESULTS, 12, step=1, label=texts.label("top_k"))
            button = gr.Button(texts.label("search"), variant="primary")
        with gr.Column(scale=3, min_width=300):
            results = gr.Gallery(
                label=texts.label("results"),
                show_label=False,
                columns=4,
                object_fit="contain",
                height="auto",
                buttons=["fullscreen"],
                elem_id="results",
            )
            scores = gr.JSON(label=texts.label("scores"), visible=False)
    inputs = [words, photo, text_weight, top_k, collection, visitor]
    outputs = [results, scores]
    gr.on([button.click, words.submit], search_event, inputs, outputs, api_name="search")
    clicked = examples(texts, rows, [words]).load_input_event
    clicked.then(search_event, inputs, outputs, api_visibility="private")
    return index_panel.build(collection, visitor)
