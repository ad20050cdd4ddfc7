"""The collection that is there from the start: scenes that this project draws."""

import threading

import collections_of
import models
from translations import texts

from phoclip_hf.data.scenes import scenes
from phoclip_hf.serving.gallery import Gallery, Photo

COUNT = 300
SEED = 3_000_000  # no scene that the model was trained or measured with (data/sources.py)
SIZE = 224  # pixels

_lock = threading.Lock()


def ready(gallery: Gallery) -> None:
    """Return when the drawn scenes are in the gallery; they are drawn and indexed if need be.

    A collection of another checkpoint, or one that was cut short, is made anew.
    """
    title = texts.say("collection_demo", "vi")
    with _lock:
        names = gallery.collections()
        if collections_of.DEMO in names:
            if gallery.fits(title) and gallery.count(title) == COUNT:
                return
            gallery.delete(title)
        drawn = (
            Photo(scene.image, scene.captions[-1], scene.key)
            for scene in scenes(COUNT, seed=SEED, size=SIZE)
        )
        for _ in gallery.add(title, drawn):
            pass


def warm_up() -> None:
    """Load everything before the first visitor asks, and say what is wrong on the console."""
    loads = [models.encoder, lambda: ready(models.gallery()), models.captioner, models.tagger]
    for load in (*loads, models.reranker):
        try:
            load()
        except Exception as error:
            print(f"PhoCLIP: {error}", flush=True)
