"""From a photo to the species that it may show: data for programs, an answer for people."""

from dataclasses import asdict
from typing import Any

import gradio as gr
import models
from answer import answer
from species import species_of
from translations import texts

from phoclip_hf.page.events import for_people
from phoclip_hf.page.translations import language
from phoclip_hf.serving.onnx_classifier import OnnxClassifier
from phoclip_hf.serving.photos import PhotoSource, open_photo

SHOWN = 5


def classify(photo: PhotoSource | None, classifier: OnnxClassifier) -> dict[str, Any]:
    """The five most probable species, most probable first, and whether it is a butterfly at all.

    `species` holds a dictionary each: `vi`, `en`, `latin`, `is_descriptive`, `confidence` (0 to 1).
    `is_familiar` is None, and so is `score`, where the classifier has no threshold.
    """
    found = classifier.classify(open_photo(photo), SHOWN)
    named = [{**asdict(species_of(label)), "confidence": share} for label, share in found.top]
    return {"species": named, "is_familiar": found.is_familiar, "score": found.score}


@for_people(texts)
def classify_event(photo: str | None, request: gr.Request) -> dict[str, Any]:
    """Five species with names and confidence (0 to 1); is_familiar: does it look like any."""
    return classify(photo, models.classifier())


@for_people(texts)
def answer_event(found: dict[str, Any], request: gr.Request) -> str:
    """What `classify` found, as the page shows it."""
    return answer(found, language(request))
