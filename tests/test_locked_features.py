"""Kept features are what the model sees when it is served: same pixels, same normalisation."""

from pathlib import Path

import numpy as np
import torch
from datasets import Dataset
from PIL import Image
from tiny import IMAGE_SIZE, tiny_model

from phoclip_hf.processing_phoclip import image_processor_for
from phoclip_hf.training.locked_features import locked_features


def photos(count: int) -> Dataset:
    draws = np.random.default_rng(0).integers(0, 255, (count, IMAGE_SIZE, IMAGE_SIZE, 3), np.uint8)
    return Dataset.from_dict({"image": [Image.fromarray(pixels) for pixels in draws]})


def test_features_are_what_the_served_tower_sees(tmp_path: Path):
    model = tiny_model()
    # Weights that saw pixels of another spread than timm knows of the architecture.
    mean, std = [0.4, 0.5, 0.6], [0.2, 0.2, 0.3]
    assert model.vision_model.timm_model.pretrained_cfg["std"] != std
    model.vision_model.config.pretrained_cfg |= {"crop_pct": 1.0, "mean": mean, "std": std}
    table = photos(3)
    kept = locked_features(tmp_path, table, model.vision_model, image_size=IMAGE_SIZE)
    processor = image_processor_for(model)
    pixels = processor(images=list(table["image"]), return_tensors="pt")["pixel_values"]
    with torch.no_grad():
        served = model.vision_model(pixels).pooler_output.flatten(1).numpy()
    assert kept.shape == (3, 1, served.shape[1])
    apart = np.abs(kept[:, 0] - served).max() / np.abs(served).max()
    assert apart < 0.02  # half precision, computed under bfloat16


def test_a_tower_that_expects_other_pixels_has_features_of_its_own(tmp_path: Path):
    model, table = tiny_model(), photos(2)
    first = locked_features(tmp_path, table, model.vision_model, image_size=IMAGE_SIZE)
    model.vision_model.config.pretrained_cfg |= {"mean": [0.4, 0.4, 0.4]}
    other = locked_features(tmp_path, table, model.vision_model, image_size=IMAGE_SIZE)
    assert not np.array_equal(first, other)
    assert len(list(tmp_path.iterdir())) == 2
