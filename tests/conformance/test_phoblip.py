"""Transformers' common model tests on PhoBLIP, and beside it, with the same testers, on BLIP."""

import unittest
from collections.abc import Iterator
from unittest import mock

import pytest
import torch
from test_captioners import CaptionerMixin
from test_dual_encoders import CLIP_VISION, TRANSFORMER, ConvolutionTester, DualEncoderMixin
from tiny import VOCABULARY
from tiny_phoblip import tiny_blip_config
from torch import nn
from transformers import (
    BlipConfig,
    BlipForConditionalGeneration,
    BlipForImageTextRetrieval,
    set_seed,
)

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


class TowerOutputsMixin:
    """Models that hand out hidden states and attentions in each tower's output, as CLIP's do."""

    def test_retain_grad_hidden_states_attentions(self):
        config, inputs = self.model_tester.prepare_config_and_inputs_for_common()
        self._set_subconfig_attributes(config, "output_hidden_states", True)
        config.text_config.output_attentions = True
        timm = config.vision_config.model_type == "timm_wrapper"  # which gives no attention maps
        config.vision_config.output_attentions = not timm
        model = self.all_model_classes[0]._from_config(config, attn_implementation="eager")
        output = model(**inputs)
        image, text = output.vision_model_output, output.text_model_output
        kept = [image.hidden_states[0], text.hidden_states[0], text.attentions[0]]
        kept += [] if timm else [image.attentions[0]]
        for state in kept:
            state.retain_grad()
        output[0].flatten()[0].backward()  # the loss, or the first pair's logit
        for state in kept:
            self.assertGreater(state.grad.abs().max(), 0)


class BlipRetrievalModelTest(JudgeMixin, unittest.TestCase):
    all_model_classes = (BlipForImageTextRetrieval,)

    def get_config(self) -> BlipConfig:
        return blip_config()


class PhoBLIPRetrievalModelTest(TowerOutputsMixin, JudgeMixin, unittest.TestCase):
    all_model_classes = (PhoBLIPForImageTextRetrieval,)
    test_can_init_all_missing_weights_before_2023 = True

    def get_config(self) -> PhoBLIPConfig:
        return tiny_blip_config(vision_config={"model_type": "vit", **CLIP_VISION})


def named_trained_modules(model: nn.Module, *args, **kwargs) -> Iterator[tuple[str, nn.Module]]:
    """Yield what `named_modules` does, without the momentum encoders."""
    for name, module in nn.Module.named_modules(model, *args, **kwargs):
        if not name.startswith("momentum"):
            yield name, module


# The momentum encoders get no gradients, so there is nothing for them to compute again.
without_momentum = mock.patch.object(PhoBLIPForPreTraining, "named_modules", named_trained_modules)


class PhoBLIPPreTrainingModelTest(TowerOutputsMixin, DualEncoderMixin, unittest.TestCase):
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

    @without_momentum
    def test_gradient_checkpointing_enable_disable(self):
        super().test_gradient_checkpointing_enable_disable()

    @without_momentum
    def test_peft_gradient_checkpointing_enable_disable(self):
        super().test_peft_gradient_checkpointing_enable_disable()

    # The common test runs the last of a layer's forwards again in the place of each. The three here
    # differ, in causality and in the picture, so this one compares every gradient instead.
    def test_training_gradient_checkpointing_use_reentrant_true(self):
        config, inputs = self.model_tester.prepare_config_and_inputs_for_common()
        set_seed(42)
        plain = PhoBLIPForPreTraining(config)
        checkpointed = PhoBLIPForPreTraining(config)
        checkpointed.load_state_dict(plain.state_dict())
        checkpointed.activation_checkpointing_enable(
            activation_checkpointing_kwargs={"use_reentrant": True}
        )
        calls = []
        inside = checkpointed.text_model.encoder["layer"][0].intermediate
        inside.register_forward_pre_hook(lambda *_: calls.append(torch.is_grad_enabled()))
        for model in (plain, checkpointed):
            set_seed(42)
            model.train()(**inputs).loss.backward()
        self.assertEqual(calls, 3 * [False] + 3 * [True])  # once more each, with gradients
        trained = {name for name, weight in plain.named_parameters() if weight.requires_grad}
        for name in trained:
            expected = plain.get_parameter(name).grad
            torch.testing.assert_close(checkpointed.get_parameter(name).grad, expected, msg=name)

    # No checkpoint holds position ids, so none are ever missing; the common test wants all that a
    # pattern names to be missing. So this one names the rest of `momentum`.
    @mock.patch.object(
        PhoBLIPForPreTraining,
        "_keys_to_ignore_on_load_missing",
        [r"^momentum\.(?!text_model\.embeddings\.(position|token_type)_ids$)", r"^queue\."],
    )
    def test_model_weights_reload_no_missing_tied_weights(self):
        super().test_model_weights_reload_no_missing_tied_weights()


class BlipWriterModelTest(CaptionerMixin, unittest.TestCase):
    all_model_classes = (BlipForConditionalGeneration,)
    additional_model_inputs = ["input_ids"]
    prefix_length = 0
    _is_composite = True

    def get_config(self) -> BlipConfig:
        return blip_config()


class PhoBLIPWriterModelTest(CaptionerMixin, unittest.TestCase):
    all_model_classes = (PhoBLIPForConditionalGeneration,)
    additional_model_inputs = ["input_ids"]
    prefix_length = 0
    _is_composite = True
    test_can_init_all_missing_weights_before_2023 = True

    def get_config(self) -> PhoBLIPConfig:
        return tiny_blip_config()

    # Looks for a warning, which scripts/conformance.py tells pytest to leave out.
    @pytest.mark.filterwarnings("always")
    def test_bc_cache_name_forward(self):
        super().test_bc_cache_name_forward()

    @unittest.skip("a captioner has no bare model below its head, so base_model is itself")
    def test_model_base_model_prefix(self):
        pass
