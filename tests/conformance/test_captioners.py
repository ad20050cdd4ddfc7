"""Transformers' common model tests on PhoCap, and beside it, with the same tester, on GIT."""

import unittest
from collections.abc import Callable
from typing import Any
from unittest import mock

import torch
from tiny import IMAGE_SIZE, VOCABULARY, tiny_config
from transformers import GitConfig, GitForCausalLM, PreTrainedConfig
from transformers_tests.generation.test_utils import GenerationTesterMixin
from transformers_tests.test_configuration_common import ConfigTester
from transformers_tests.test_modeling_common import ModelTesterMixin, floats_tensor, ids_tensor

from phoclip_hf import PhoCapConfig, PhoCapForConditionalGeneration

BATCH, TOKENS, WIDTH = 5, 7, 32
TRANSFORMER = {
    "hidden_size": WIDTH,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
}


class CaptionTester:
    """Makes pictures with captions; `get_config` is a function, for the tests change the config."""

    batch_size = BATCH
    seq_length = TOKENS
    hidden_size = WIDTH
    num_hidden_layers = 2
    num_attention_heads = 2
    is_training = True

    def __init__(self, get_config: Callable[[], PreTrainedConfig], prefix_length: int):
        self.get_config = get_config
        # what the language model reads: the picture's positions, then the caption
        self.encoder_seq_length = prefix_length + TOKENS

    def prepare_config_and_inputs_for_common(self) -> tuple[PreTrainedConfig, dict]:
        # ids from 4: below lie the special tokens
        captions = ids_tensor([BATCH, TOKENS], VOCABULARY - 4) + 4
        return self.get_config(), {
            "input_ids": captions,
            "attention_mask": torch.ones_like(captions),
            "pixel_values": floats_tensor([BATCH, 3, IMAGE_SIZE, IMAGE_SIZE]),
        }


class CaptionerMixin(ModelTesterMixin, GenerationTesterMixin):
    """What both captioners share: labels are the captions themselves."""

    prefix_length: int

    def setUp(self):
        self.model_tester = CaptionTester(self.get_config, self.prefix_length)
        self.config_tester = ConfigTester(
            self, config_class=type(self.get_config()), has_text_modality=False
        )

    def test_config(self):
        self.config_tester.run_common_tests()

    def _prepare_for_class(
        self, inputs_dict: dict[str, Any], model_class: type, return_labels: bool = False
    ) -> dict[str, Any]:
        inputs = super()._prepare_for_class(inputs_dict, model_class)
        return {**inputs, "labels": inputs["input_ids"]} if return_labels else inputs


class GitModelTest(CaptionerMixin, unittest.TestCase):
    all_model_classes = (GitForCausalLM,)
    additional_model_inputs = ["pixel_values"]
    prefix_length = 5  # 4 patches and the class token

    def get_config(self) -> GitConfig:
        vision = {**TRANSFORMER, "image_size": IMAGE_SIZE, "patch_size": 32}
        return GitConfig(vision_config=vision, vocab_size=VOCABULARY, **TRANSFORMER)


class PhoCapModelTest(CaptionerMixin, unittest.TestCase):
    all_model_classes = (PhoCapForConditionalGeneration,)
    additional_model_inputs = ["input_ids"]
    prefix_length = 10
    _is_composite = True
    test_can_init_all_missing_weights_before_2023 = True  # run it, though no year is in our files

    def get_config(self) -> PhoCapConfig:
        # of its own: a built model's config has chosen an attention, which these tests change
        text = {"model_type": "gpt2", "n_embd": WIDTH, "n_layer": 2, "n_head": 2}
        tokens = {"vocab_size": VOCABULARY, "bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 1}
        return PhoCapConfig(image_config=tiny_config().to_dict(), text_config=text | tokens)

    # For code outside its package Transformers skips the initialisation of modules without weights
    # of their own, and with it GPT-2's scaled `c_proj`; a captioner built fresh has it. Off here.
    @mock.patch.object(
        PhoCapForConditionalGeneration, "is_custom_code", staticmethod(lambda: False)
    )
    def test_can_init_all_missing_weights(self):
        super().test_can_init_all_missing_weights()

    @unittest.skip("a captioner has no bare model below its head, so base_model is itself")
    def test_model_base_model_prefix(self):
        pass
