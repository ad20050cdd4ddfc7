"""Transformers' common processor tests on PhoCLIP's, and beside them on CLIP's."""

import json
import unittest
from typing import Any

from test_tokenizers import TEXTS, VOCABULARY
from tiny import tiny_config
from transformers import CLIPImageProcessor, CLIPProcessor, CLIPTokenizer
from transformers_tests.test_image_processing_common import (
    ImageProcessingTester,
    ImageProcessingTestMixin,
)
from transformers_tests.test_processing_common import ProcessorTesterMixin

from phoclip_hf import PhoCLIPProcessor, PhoCLIPTokenizer
from phoclip_hf.processing_phoclip import image_processor_for


class CLIPProcessorTest(ProcessorTesterMixin, unittest.TestCase):
    processor_class = CLIPProcessor

    @classmethod
    def _setup_image_processor(cls) -> CLIPImageProcessor:
        return CLIPImageProcessor()

    @classmethod
    def _setup_tokenizer(cls) -> CLIPTokenizer:
        return CLIPTokenizer().train_new_from_iterator(TEXTS, VOCABULARY)


class PhoCLIPProcessorTest(ProcessorTesterMixin, unittest.TestCase):
    processor_class = PhoCLIPProcessor

    @classmethod
    def _setup_image_processor(cls) -> CLIPImageProcessor:
        return image_processor_for(tiny_config())

    @classmethod
    def _setup_tokenizer(cls) -> PhoCLIPTokenizer:
        return PhoCLIPTokenizer.train(TEXTS, VOCABULARY, min_frequency=1)


class CLIPImageProcessorTester(ImageProcessingTester):
    """Names the class under test, which the common tests guess from the folder's name."""

    def __init__(self, parent: unittest.TestCase, **settings: Any):
        super().__init__(
            parent,
            **{"size": {"shortest_edge": 20}, "crop_size": {"height": 18, "width": 18}} | settings,
        )

    def _get_image_processing_classes(self) -> dict[str, type]:
        return {"torchvision": CLIPImageProcessor}


class CLIPImageProcessorTest(ImageProcessingTestMixin, unittest.TestCase):
    image_processor_tester_class = CLIPImageProcessorTester


class PhoCLIPImageProcessorTester(CLIPImageProcessorTester):
    """Gives the class what `image_processor_for` reads from a tower."""

    def __init__(self, parent: unittest.TestCase):
        made = json.loads(image_processor_for(tiny_config()).to_json_string())
        names = ("size", "crop_size", "resample", "image_mean", "image_std")
        super().__init__(parent, **{name: made[name] for name in names})


class PhoCLIPImageProcessorTest(ImageProcessingTestMixin, unittest.TestCase):
    image_processor_tester_class = PhoCLIPImageProcessorTester
