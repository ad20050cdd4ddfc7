"""The part of the search tab that fills collections, and deletes them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import collections_of
import gradio as gr
import models
from translations import texts

from phoclip_hf.page.events import for_people
from phoclip_hf.page.translations import language
from phoclip_hf.serving.collection_names import table_name
from phoclip_hf.serving.errors import GalleryError
from phoclip_hf.serving.gallery import AddProgress, Gallery, Photo
from phoclip_hf.serving.hub_photos import MAX_ROWS, hub_photos

MAX_FILES = 1000
NAMED = 20  # bad files that are named one by one
stop_asked: set[str | None] = set()  # session hashes


def index(gallery: Gallery, title: str, photos: Iterable[Photo]) -> Iterator[AddProgress]:
    """Fill a collection; yields after each batch, and at least once."""
    progress = AddProgress()
    yield progress
    yield from gallery.add(title, photos)


def report(progress: AddProgress, title: str, spoken: str) -> str:
    """What happened, in Markdown: counts first, then each file left aside, and why."""
    counts = texts.say(
        "indexed",
        spoken,
        added=progress.added,
        title=title,
        repeated=progress.repeated,
        skipped=len(progress.skipped),
    )
    lines = []
    for name, error in progress.skipped[:NAMED]:
        reason = texts.say(error.key, spoken, **error.values)
        lines.append("- " + texts.say("skipped", spoken, name=name, reason=reason))
    if len(progress.skipped) > NAMED:
        lines.append("- …")
    return "\n".join([counts, "", *lines]).strip()


def fill(
    title: str,
    photos: Iterable[Photo],
    expected: int,
    visitor: collections_of.Visitor | None,
    request: gr.Request,
    bar: gr.Progress,
) -> Iterator[tuple]:
    """Status, counts and visitor after each batch; `expected` photos fill the bar."""
    spoken = language(request)
    gallery, title, visitor = collections_of.gallery_to_fill(title, visitor)
    stop_asked.discard(request.session_hash)
    for progress in index(gallery, title, photos):
        bar((progress.seen, expected), desc=texts.say("indexing", spoken, seen=progress.seen))
        counts = {
            "collection": table_name(title),
            "added": progress.added,
            "repeated": progress.repeated,
            "skipped": [[name, error.key] for name, error in progress.skipped],
        }
        if request.session_hash in stop_asked:
            stopped = texts.say("stopped", spoken, title=title, count=gallery.count(title))
            yield stopped, counts, visitor
            return
        yield texts.say("indexing", spoken, seen=f"{progress.seen}/{expected}"), counts, visitor
    yield report(progress, title, spoken), counts, visitor


@for_people(texts)
def index_event(
    files: list[str] | None,
    title: str,
    visitor: collections_of.Visitor | None,
    request: gr.Request,
    bar: gr.Progress = gr.Progress(),  # noqa: B008  Gradio finds it by its default
) -> Iterator[tuple]:
    """Put photos into a named collection (on a public Space: into the session's own)."""
    if not files:
        raise GalleryError("files_none", "No photos were chosen.")
    if len(files) > MAX_FILES:
        raise GalleryError(
            "files_many",
            f"{len(files)} photos were given, at most {MAX_FILES} are taken at once.",
            count=len(files),
            limit=MAX_FILES,
        )
    photos = [Photo(path, Path(path).stem, Path(path).name) for path in files]
    yield from fill(title, photos, len(photos), visitor, request, bar)


@for_people(texts)
def index_dataset_event(
    dataset: str,
    rows: int,
    title: str,
    visitor: collections_of.Visitor | None,
    request: gr.Request,
    bar: gr.Progress = gr.Progress(),  # noqa: B008  Gradio finds it by its default
) -> Iterator[tuple]:
    """Put the first photos of a dataset on the Hub into a named collection."""
    rows = min(max(int(rows), 1), MAX_ROWS)
    photos = hub_photos(dataset or "", rows)
    yield from fill(title, photos, rows, visitor, request, bar)


@for_people(texts)
def delete_event(name: str, visitor: collections_of.Visitor | None, request: gr.Request) -> str:
    """Delete a collection and every photo in it."""
    spoken = language(request)
    gallery, title = chosen(name, visitor, spoken)
    gallery.delete(name)
    return texts.say("deleted", spoken, title=title)


@for_people(texts)
def ask_event(
    name: str, visitor: collections_of.Visitor | None, request: gr.Request
) -> tuple[dict, str]:
    """Ask whether a collection should really go."""
    spoken = language(request)
    gallery, title = chosen(name, visitor, spoken)
    question = texts.say("delete_sure", spoken, title=title, count=gallery.count(name))
    return gr.update(visible=True), question


def chosen(name: str, visitor: collections_of.Visitor | None, spoken: str) -> tuple[Gallery, str]:
    """Gallery and title of a collection that this visitor may delete."""
    if not name:
        raise GalleryError("nothing_chosen", "No collection was chosen.")
    gallery = collections_of.gallery_of(name, visitor)
    title = collections_of.title_of(name, gallery, spoken)
    collections_of.may_delete(name, title)
    return gallery, title


def stop_event(request: gr.Request) -> None:
    """Let this session's indexing end after the batch it is at; what was added stays."""
    stop_asked.add(request.session_hash)


@for_people(texts)
def collections_event(
    name: str,
    visitor: collections_of.Visitor | None,
    counts: dict | None,
    request: gr.Request,
) -> dict:
    """The collections to choose from, as they are now; the one just filled is chosen."""
    name = (counts or {}).get("collection", name)
    listed = collections_of.choices(visitor, language(request))
    names = [name for _, name in listed]
    if name not in names:
        name = collections_of.DEMO if collections_of.DEMO in names else next(iter(names), None)
    return gr.update(choices=listed, value=name)


def build(collection: gr.Dropdown, visitor: gr.State) -> dict:
    """Lay out the panel under the search, which fills and deletes `collection`.

    Returns what `Blocks.load` needs to list the collections when a page opens.
    """
    private = {"api_visibility": "private"}
    with gr.Accordion(texts.label("index_own"), open=False):
        gr.Markdown(texts.label("index_public" if models.IS_PUBLIC else "index_local"))
        title = gr.Textbox(
            label=texts.label("collection_name"),
            placeholder=texts.label("collection_name_hint"),
            visible=not models.IS_PUBLIC,
            max_lines=1,
        )
        with gr.Row(equal_height=False):
            with gr.Column(min_width=280):
                files = gr.File(label=texts.label("files"), file_count="multiple", height=180)
                add = gr.Button(texts.label("index"), variant="primary")
            with gr.Column(min_width=280):
                dataset = gr.Textbox(
                    label=texts.label("dataset"),
                    placeholder=texts.label("dataset_hint"),
                    max_lines=1,
                )
                rows = gr.Slider(10, MAX_ROWS, 300, step=10, label=texts.label("rows"))
                add_dataset = gr.Button(texts.label("index_dataset"))
        status = gr.Markdown(label=texts.label("status"), elem_id="index-status", min_height=48)
        counts = gr.JSON(label=texts.label("counts"), visible=False)
        with gr.Row():
            stop = gr.Button(texts.label("cancel"))
            delete = gr.Button(texts.label("delete"), variant="stop")
        with gr.Group(visible=False) as sure:
            question = gr.Markdown(elem_classes="question")
            with gr.Row():
                really = gr.Button(texts.label("delete_really"), variant="stop")
                keep = gr.Button(texts.label("delete_not"))

    refresh = {
        "fn": collections_event,
        "inputs": [collection, visitor, counts],
        "outputs": collection,
        "show_progress": "hidden",
        **private,
    }
    filled = [status, counts, visitor]
    for event in (
        add.click(
            index_event, [files, title, visitor], filled, api_name="index", show_progress_on=status
        ),
        add_dataset.click(
            index_dataset_event,
            [dataset, rows, title, visitor],
            filled,
            api_name="index_dataset",
            show_progress_on=status,
        ),
    ):
        event.then(**refresh)
    # Not `cancels`: it would cut a batch short and leave the page without a last word.
    stop.click(stop_event, queue=False, **private)
    delete.click(ask_event, [collection, visitor], [sure, question], **private)
    keep.click(lambda: gr.update(visible=False), None, sure, queue=False, **private)
    really.click(delete_event, [collection, visitor], status, api_name="delete_collection").then(
        lambda: gr.update(visible=False), None, sure, queue=False, **private
    ).then(**refresh)
    return refresh
