"""Transformers' common model tests on PhoCLIP, and beside it, with the same testers, on CLIP.

Attributes that no line here reads are the common tests' own settings.
"""

import unittest
from collections.abc import Callable

import torch
from tiny import IMAGE_SIZE, VOCABULARY, tiny_config
from transformers import (
    CLIPConfig,
    CLIPModel,
    CLIPTextConfig,
    CLIPTextModelWithProjection,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
    PreTrainedConfig,
)
from transformers_tests.test_configuration_common import ConfigTester
from transformers_tests.test_modeling_common import ModelTesterMixin, floats_tensor, ids_tensor

from phoclip_hf import (
    PhoCLIPConfig,
    PhoCLIPModel,
    PhoCLIPTextModelWithProjection,
    PhoCLIPVisionModelWithProjection,
)

BATCH, TOKENS, WIDTH = 5, 7, 32
TRANSFORMER = {
    "hidden_size": WIDTH,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
}
CLIP_TEXT = {**TRANSFORMER, "vocab_size": VOCABULARY, "max_position_embeddings": 72}
CLIP_VISION = {**TRANSFORMER, "image_size": IMAGE_SIZE, "patch_size": 32}  # 4 patches, 1 class


class TextTester:
    """Makes texts; `get_config` is a function, for the common tests change what it returns."""

    batch_size = BATCH
    seq_length = TOKENS
    hidden_size = WIDTH
    num_hidden_layers = 2
    num_attention_heads = 2
    is_training = False  # a half has no loss

    def __init__(self, get_config: Callable[[], PreTrainedConfig]):
        self.get_config = get_config

    def prepare_config_and_inputs_for_common(self) -> tuple[PreTrainedConfig, dict]:
        # ids from 4: below lie the special tokens
        texts = ids_tensor([BATCH, TOKENS], VOCABULARY - 4) + 4
        return self.get_config(), {"input_ids": texts, "attention_mask": torch.ones_like(texts)}


class VisionTester(TextTester):
    """Makes pictures for a vision transformer."""

    seq_length = 5

    def prepare_config_and_inputs_for_common(self) -> tuple[PreTrainedConfig, dict]:
        pictures = floats_tensor([BATCH, 3, IMAGE_SIZE, IMAGE_SIZE])
        return self.get_config(), {"pixel_values": pictures}


class ConvolutionTester(VisionTester):
    """Makes pictures for timm's test_resnet, whose first map is (batch, 32, 32, 32)."""

    seq_length = hidden_size = IMAGE_SIZE // 2
    expected_num_hidden_layers = 5  # the stem and four stages


class DualTester(TextTester):
    """Makes as many pictures as texts."""

    is_training = True

    def __init__(
        self, get_config: Callable[[], PreTrainedConfig], vision_tester: type[VisionTester]
    ):
        super().__init__(get_config)
        self.text_model_tester = TextTester(get_config)
        self.vision_model_tester = vision_tester(get_config)

    def prepare_config_and_inputs_for_common(self) -> tuple[PreTrainedConfig, dict]:
        config, inputs = self.text_model_tester.prepare_config_and_inputs_for_common()
        inputs |= self.vision_model_tester.prepare_config_and_inputs_for_common()[1]
        return config, inputs | {"return_loss": True}


class DualEncoderMixin(ModelTesterMixin):
    """What CLIP and PhoCLIP share: two towers, so no hidden states or attentions of their own."""

    additional_model_inputs = ["pixel_values"]
    vision_tester = VisionTester
    _is_composite = True

    @unittest.skip("attentions lie in each tower's output, as CLIP's own tests say")
    def test_attention_outputs(self):
        pass

    def setUp(self):
        self.model_tester = DualTester(self.get_config, self.vision_tester)
        self.config_tester = ConfigTester(
            self, config_class=type(self.get_config()), has_text_modality=False
        )

    def test_config(self):
        self.config_tester.run_common_tests()


class CLIPModelTest(DualEncoderMixin, unittest.TestCase):
    all_model_classes = (CLIPModel,)
    test_resize_embeddings = False  # CLIPModel has no `get_input_embeddings`

    def get_config(self) -> CLIPConfig:
        return CLIPConfig(text_config=CLIP_TEXT, vision_config=CLIP_VISION, projection_dim=16)


class PhoCLIPModelTest(DualEncoderMixin, unittest.TestCase):
    all_model_classes = (PhoCLIPModel,)
    vision_tester = ConvolutionTester
    test_can_init_all_missing_weights_before_2023 = True  # run it, though no year is in our files
    # A convolutional tower's last map is (batch, channels, height, width), no hidden size at its
    # end; PhoCLIPWithViTModelTest checks the shape.
    skip_test_image_features_output_shape = True

    @unittest.skip("timm towers give no attention maps; the class with a ViT runs this")
    def test_get_image_features_attentions(self):
        pass

    def get_config(self) -> PhoCLIPConfig:
        return tiny_config()


class PhoCLIPWithViTModelTest(DualEncoderMixin, unittest.TestCase):
    all_model_classes = (PhoCLIPModel,)
    test_can_init_all_missing_weights_before_2023 = True

    def get_config(self) -> PhoCLIPConfig:
        return tiny_config(vision_config={"model_type": "vit", **CLIP_VISION})


class CLIPTextModelTest(ModelTesterMixin, unittest.TestCase):
    all_model_classes = (CLIPTextModelWithProjection,)

    def setUp(self):
        self.model_tester = TextTester(lambda: CLIPTextConfig(**CLIP_TEXT, projection_dim=16))


class PhoCLIPTextModelTest(ModelTesterMixin, unittest.TestCase):
    all_model_classes = (PhoCLIPTextModelWithProjection,)
    _is_composite = True
    test_can_init_all_missing_weights_before_2023 = True

    def setUp(self):
        self.model_tester = TextTester(tiny_config)


class CLIPVisionModelTest(ModelTesterMixin, unittest.TestCase):
    all_model_classes = (CLIPVisionModelWithProjection,)
    test_resize_embeddings = False

    def setUp(self):
        self.model_tester = VisionTester(lambda: CLIPVisionConfig(**CLIP_VISION, projection_dim=16))


class PhoCLIPVisionModelTest(ModelTesterMixin, unittest.TestCase):
    all_model_classes = (PhoCLIPVisionModelWithProjection,)
    has_attentions = False
    test_resize_embeddings = False
    _is_composite = True
    test_can_init_all_missing_weights_before_2023 = True

    def setUp(self):
        self.model_tester = ConvolutionTester(tiny_config)

    # timm checkpoints its stages itself; the common test looks for layers of Transformers that do.
    def test_gradient_checkpointing_enable_disable(self):
        model = PhoCLIPVisionModelWithProjection(tiny_config())
        tower = model.vision_model.timm_model
        self.assertFalse(model.is_activation_checkpointing or tower.grad_checkpointing)
        model.activation_checkpointing_enable()
        self.assertTrue(model.is_activation_checkpointing and tower.grad_checkpointing)
        model.activation_checkpointing_disable()
        self.assertFalse(model.is_activation_checkpointing or tower.grad_checkpointing)
