import json
import unicodedata

import numpy as np
import pytest
import timm
import torch
from PIL import Image
from tiny import CAPTIONS, tiny_config, tiny_model, tiny_processor
from transformers import AutoImageProcessor, AutoProcessor, AutoTokenizer, ViTConfig

from phoclip_hf import VIETNAMESE_TEMPLATES, PhoCLIPProcessor
from phoclip_hf.processing_phoclip import image_processor_for


def picture(width: int, height: int) -> Image.Image:
    """A smooth coloured picture with an edge in it."""
    y, x = np.mgrid[0:height, 0:width]
    red, green = 255 * x / width, 255 * y / height
    blue = 128 + 127 * np.sin(x / 9) * (y > height / 3)
    return Image.fromarray(np.stack([red, green, blue], axis=-1).astype(np.uint8))


@pytest.mark.parametrize("size", [(300, 300), (400, 300), (240, 500), (64, 64)])
@pytest.mark.parametrize("architecture", ["resnet50", "mobilenetv4_conv_small", "mobilenetv2_100"])
def test_pixels_are_timms(size, architecture):
    config = tiny_config(
        vision_config={"model_type": "timm_wrapper", "architecture": architecture}
    ).vision_config
    image = picture(*size)
    pixels = image_processor_for(config)(image, return_tensors="pt").pixel_values[0]
    data = timm.data.resolve_data_config(timm.get_pretrained_cfg(architecture).to_dict())
    expected = timm.data.create_transform(**data, is_training=False)(image)
    assert pixels.shape == expected.shape
    # An odd margin is halved upwards by torchvision and downwards here: at most one pixel apart.
    differences = [
        (pixels[:, dy:, dx:] - expected[:, : 224 - dy, : 224 - dx]).abs()
        for dy in (0, 1)
        for dx in (0, 1)
    ]
    best = min(differences, key=torch.Tensor.mean)
    # one level of 256 is 1/255/0.225 = 0.017; torch and PIL round differently when resampling
    assert best.mean() < 0.01 and best.max() < 0.07
    if architecture == "mobilenetv2_100" and size == (300, 300):  # 256 - 224 is even
        assert best is differences[0]


def test_the_towers_own_numbers_win():
    processor = image_processor_for(tiny_model())  # a model, its config or its tower's config
    assert processor.size.shortest_edge == 73  # 64 pixels / 0.875, rounded down
    assert (processor.crop_size.height, processor.crop_size.width) == (64, 64)
    assert list(processor.image_mean) == [0.5, 0.5, 0.5]
    assert image_processor_for(tiny_config()).to_dict() == processor.to_dict()


def test_squashed_towers_are_squashed():
    config = tiny_config()
    config.vision_config.pretrained_cfg |= {"crop_mode": "squash", "crop_pct": 1.0}
    image = picture(200, 100)
    pixels = image_processor_for(config)(image, return_tensors="pt").pixel_values[0]
    small = image.resize((64, 64), Image.BICUBIC)
    expected = torch.tensor(np.array(small)).permute(2, 0, 1) / 255 * 2 - 1
    assert (pixels - expected).abs().max() < 0.03


def test_an_unknown_tower_is_an_error():
    with pytest.raises(ValueError, match="ViTConfig"):
        image_processor_for(ViTConfig())
    config = tiny_config(
        vision_config={
            "model_type": "timm_wrapper",
            "architecture": "resnet50",
            "pretrained_cfg": {"crop_mode": "border"},
        }
    )
    with pytest.raises(ValueError, match="border"):
        image_processor_for(config)


def test_pictures_and_texts_become_model_inputs():
    processor = tiny_processor()
    inputs = processor(
        images=[picture(90, 60), picture(60, 90)],
        text=list(CAPTIONS[:2]),
        padding=True,
        return_tensors="pt",
    )
    assert set(inputs) == {"pixel_values", "input_ids", "attention_mask"}
    assert inputs.pixel_values.shape == (2, 3, 64, 64)
    assert tiny_model()(**inputs).logits_per_image.shape == (2, 2)
    assert set(processor(images=picture(60, 60), return_tensors="pt")) == {"pixel_values"}
    assert set(processor(text="con chó")) == {"input_ids", "attention_mask"}
    decoded = processor.batch_decode(inputs.input_ids, skip_special_tokens=True)
    assert decoded == list(CAPTIONS[:2])
    assert processor.post_process_image_text_to_text(inputs.input_ids) == list(CAPTIONS[:2])


def test_save_and_load(tmp_path):
    processor = tiny_processor()
    processor.save_pretrained(tmp_path)
    tiny_config().save_pretrained(tmp_path)
    loaded = AutoProcessor.from_pretrained(tmp_path)
    assert type(loaded) is PhoCLIPProcessor
    image = picture(90, 60)
    expected = processor(images=image, text=CAPTIONS[0], return_tensors="pt")
    pixels = AutoImageProcessor.from_pretrained(tmp_path)(image, return_tensors="pt").pixel_values
    ids = AutoTokenizer.from_pretrained(tmp_path)(CAPTIONS[0], return_tensors="pt").input_ids
    assert torch.equal(pixels, expected.pixel_values) and torch.equal(ids, expected.input_ids)
    again = loaded(images=image, text=CAPTIONS[0], return_tensors="pt")
    assert torch.equal(again.pixel_values, pixels) and torch.equal(again.input_ids, ids)
    # the folder's map of code stays in the folder
    assert "auto_map" in json.loads((tmp_path / "processor_config.json").read_text())
    assert loaded.to_dict() == processor.to_dict()
    assert "auto_map" not in processor.image_processor.to_dict()


def test_saving_keeps_an_image_processors_own_code_map(tmp_path):
    processor = tiny_processor()
    own = {"AutoImageProcessor": "image_processing_own.OwnImageProcessor"}
    processor.image_processor.auto_map = dict(own)
    processor.save_pretrained(tmp_path)
    assert processor.image_processor.auto_map == own


def test_templates_are_vietnamese_with_one_place_for_the_label():
    for template in VIETNAMESE_TEMPLATES:
        assert template.count("{}") == 1
        assert unicodedata.is_normalized("NFC", template)
