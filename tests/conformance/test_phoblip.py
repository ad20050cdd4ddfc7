"""Transformers' common model tests on PhoBLIP, and beside it, with the same testers, on BLIP."""

import unittest

from test_captioners import CaptionerMixin
from test_dual_encoders import CLIP_VISION, TRANSFORMER, ConvolutionTester, DualEncoderMixin
from tiny import VOCABULARY
from tiny_phoblip import tiny_blip_config
from transformers import BlipConfig, BlipForConditionalGeneration, BlipForImageTextRetrieval

from phoclip_hf import (
    PhoBLIPConfig,
    PhoBLIPForConditionalGeneration,
    PhoBLIPForImageTextRetrieval,
    PhoBLIPForPreTraining,
)


def blip_config() -> BlipConfig:
    text = {**TRANSFORMER, "vocab_size": VOCABULARY, "max_position_embeddings": 72}
    text |= {"pad_token_id": 1, "bos_token_id": 0}
    return BlipConfig(text_config=text, vision_config=CLIP_VISION, image_text_hidden_size=16)


class JudgeMixin(DualEncoderMixin):
    """Models that take pictures and texts; neither BLIP's nor ours has one loss to be trained."""

    def setUp(self):
        super().setUp()
        self.model_tester.is_training = False
        prepare = self.model_tester.prepare_config_and_inputs_for_common

        def without_return_loss() -> tuple:
            config, inputs = prepare()
            inputs.pop("return_loss")
            return config, inputs

        self.model_tester.prepare_config_and_inputs_for_common = without_return_loss


class BlipRetrievalModelTest(JudgeMixin, unittest.TestCase):
    all_model_classes = (BlipForImageTextRetrieval,)

    def get_config(self) -> BlipConfig:
        return blip_config()


class PhoBLIPRetrievalModelTest(JudgeMixin, unittest.TestCase):
    all_model_classes = (PhoBLIPForImageTextRetrieval,)
    test_can_init_all_missing_weights_before_2023 = True

    def get_config(self) -> PhoBLIPConfig:
        return tiny_blip_config(vision_config={"model_type": "vit", **CLIP_VISION})


class PhoBLIPPreTrainingModelTest(DualEncoderMixin, unittest.TestCase):
    all_model_classes = (PhoBLIPForPreTraining,)
    vision_tester = ConvolutionTester
    test_can_init_all_missing_weights_before_2023 = True
    # A grid is a sequence here, as wide as the tower's features.
    skip_test_image_features_output_shape = True

    @unittest.skip("timm towers give no attention maps; the class with a ViT runs this")
    def test_get_image_features_attentions(self):
        pass

    def get_config(self) -> PhoBLIPConfig:
        return tiny_blip_config()


class BlipWriterModelTest(CaptionerMixin, unittest.TestCase):
    all_model_classes = (BlipForConditionalGeneration,)
    additional_model_inputs = ["input_ids"]
    prefix_length = 0
    _is_composite = True

    def get_config(self) -> BlipConfig:
        return blip_config()


class PhoBLIPWriterModelTest(CaptionerMixin, unittest.TestCase):
    all_model_classes = (PhoBLIPForConditionalGeneration,)
    additional_model_inputs = ["pixel_values"]
    prefix_length = 0
    _is_composite = True
    test_can_init_all_missing_weights_before_2023 = True

    def get_config(self) -> PhoBLIPConfig:
        return tiny_blip_config()

    @unittest.skip("a captioner has no bare model below its head, so base_model is itself")
    def test_model_base_model_prefix(self):
        pass
