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
from phoclip_hf.serving.reranker import PhoBLIPReranker, probabilities, ranking_scores

# So many of the first hits are looked at closely; the words of `rerank_hint` say it too.
RERANKED = 16


@dataclass
class Found:
    """Hits, best first, and the notes to show: key to values.

    `matching` maps the ids of those that were looked at closely to the probability that the words
    belong to them.
    """

    hits: list[Hit]
    notes: dict[str, dict[str, object]] = field(default_factory=dict)
    matching: dict[str, float] = field(default_factory=dict)


def search(
    words: str,
    photo: PhotoSource | None,
    text_weight: float,
    top_k: int,
    collection: str,
    gallery: Gallery,
    encoder: PhoCLIPEncoder,
    reranker: PhoBLIPReranker | None = None,
) -> Found:
    """The `top_k` photos of a collection nearest to words, to a photo, or to a point between them.

    `text_weight` is 0 for the photo alone, 1 for the words alone; it counts where both are given.
    A `reranker` sorts the first of them anew by the words: see `look_closer`.
    """
    words = " ".join(unicodedata.normalize("NFC", words or "").split())
    image_vector = None if photo is None else encoder.encode_images([open_photo(photo)])[0]
    text_vector: np.ndarray | None = encoder.encode_texts([words])[0] if words else None
    query = blend_queries(image_vector, text_vector, text_weight)
    if not collection:
        raise GalleryError("nothing_chosen", "No collection was chosen.")
    found = Found([])
    if reranker and not words:
        found.notes["rerank_needs_words"] = {}
        reranker = None
    proposed = max(top_k, RERANKED) if reranker and top_k >= 1 else top_k
    found.hits = gallery.search(collection, query, int(proposed))
    if not found.hits:
        raise GalleryError(
            "gallery_empty", f"The collection {collection!r} is empty.", title=collection
        )
    if reranker:
        look_closer(found, words, encoder.logit_scale, reranker)
        found.hits = found.hits[: int(top_k)]
    if words and encoder.is_cut(words):
        found.notes["text_cut"] = {"limit": encoder.max_tokens}
    return found


def look_closer(found: Found, words: str, logit_scale: float, reranker: PhoBLIPReranker) -> None:
    """Sort the first hits anew by how well the words match each; what follows them stays behind.

    It looks at thumbnails, all that a gallery keeps of a photo. Cosines still count, see
    `ranking_scores`, and with them a photo that is part of the query.
    """
    first, rest = found.hits[:RERANKED], found.hits[RERANKED:]
    states = reranker.image_states([open_photo(hit.thumbnail) for hit in first])
    odds = reranker.log_odds(states, [words])  # (first,)
    found.matching = dict(zip((hit.id for hit in first), probabilities(odds).tolist(), strict=True))
    scores = ranking_scores(odds, np.array([hit.score for hit in first]), logit_scale)
    order = np.argsort(-scores, kind="stable")
    found.hits = [first[place] for place in order] + rest


def shown(
    hits: list[Hit], cache: str, spoken: str, matching: dict[str, float] | None = None
) -> list[tuple[str, str]]:
    """Path of the thumbnail and scores with caption, for gr.Gallery."""
    comma = "," if spoken == "vi" else "."
    rows = []
    for hit in hits:
        path = save_bytes_to_cache(hit.thumbnail, f"{hit.id}.jpg", cache)
        score = f"{hit.score:.3f}".replace(".", comma).replace("-", "−")
        if matching and hit.id in matching:
            match = texts.say("match", spoken, percent=f"{100 * matching[hit.id]:.0f}")
            score = f"{match} · {score}"
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
    rerank: bool = False,
    request: gr.Request | None = None,
) -> tuple[list[tuple[str, str]], list[dict]]:
    """Photos of a collection nearest to Vietnamese words, to a photo, or to both."""
    spoken = language(request)
    collection = collection or collections_of.DEMO
    if collection == collections_of.DEMO:
        demo_gallery.ready(models.gallery())
    gallery = collections_of.gallery_of(collection, visitor)
    reranker = models.reranker() if rerank else None
    found = search(
        words, photo, text_weight, top_k, collection, gallery, models.encoder(), reranker
    )
    for key, values in found.notes.items():
        texts.page_note(key, spoken, **values)
    scores: list[dict] = [
        {"id": hit.id, "score": round(hit.score, 6), "caption": hit.caption} for hit in found.hits
    ]
    for row in scores:
        if row["id"] in found.matching:
            row["match"] = round(found.matching[row["id"]], 6)
    return shown(found.hits, get_upload_folder(), spoken, found.matching), scores


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
            rerank = []
            if models.RERANKER:
                hint = texts.label("rerank_hint")
                rerank = [gr.Checkbox(False, label=texts.label("rerank"), info=hint)]
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
    # At the end, where there is one: calls that do not know of it stay as they are.
    inputs = [words, photo, text_weight, top_k, collection, visitor, *rerank]
    outputs = [results, scores]
    gr.on([button.click, words.submit], search_event, inputs, outputs, api_name="search")
    clicked = examples(texts, rows, [words]).load_input_event
    clicked.then(search_event, inputs, outputs, api_visibility="private")
    return index_panel.build(collection, visitor)
