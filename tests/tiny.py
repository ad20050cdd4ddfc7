"""Tiny models with random weights, built in a second from a config; nothing is downloaded."""

import torch
from transformers import AutoConfig, AutoModel, GPT2Config, PreTrainedModel

from phoclip_hf import (
    PhoCapConfig,
    PhoCapForConditionalGeneration,
    PhoCLIPConfig,
    PhoCLIPModel,
    PhoCLIPProcessor,
    PhoCLIPTokenizer,
)

CAPTIONS = (
    "một con chó chạy trên bãi cỏ",
    "hai quả bóng đỏ cạnh ngôi nhà",
    "con mèo nằm dưới gốc cây",
    "có một con thuyền ở dưới nước",
    "có người đang chơi tennis",
    "xe máy ở trên đường",
)
IMAGE_SIZE = 64  # pixels
VOCABULARY = 320


def tiny_config(**options) -> PhoCLIPConfig:
    vision = {
        "model_type": "timm_wrapper",
        "architecture": "test_resnet",
        "pretrained_cfg": {
            "input_size": [3, IMAGE_SIZE, IMAGE_SIZE],
            "mean": [0.5, 0.5, 0.5],
            "std": [0.5, 0.5, 0.5],
            "crop_pct": 0.875,
            "interpolation": "bicubic",
        },
    }
    text = {
        "model_type": "roberta",
        "vocab_size": VOCABULARY,
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "max_position_embeddings": 72,
        "type_vocab_size": 1,
    }
    return PhoCLIPConfig(
        **{"vision_config": vision, "text_config": text, "projection_dim": 16} | options
    )


def tiny_model(seed: int = 0, **options) -> PhoCLIPModel:
    torch.manual_seed(seed)
    return PhoCLIPModel(tiny_config(**options)).eval()


def tiny_tokenizer() -> PhoCLIPTokenizer:
    return PhoCLIPTokenizer.train(CAPTIONS, VOCABULARY, segmenter="none", min_frequency=1)


def tiny_processor() -> PhoCLIPProcessor:
    return PhoCLIPProcessor.from_tower(tiny_config(), tiny_tokenizer())


def tiny_captioner(seed: int = 0, **options) -> PhoCapForConditionalGeneration:
    torch.manual_seed(seed)
    text = GPT2Config(
        vocab_size=VOCABULARY,
        n_positions=64,
        n_embd=32,
        n_layer=2,
        n_head=2,
        bos_token_id=0,
        eos_token_id=2,
        pad_token_id=1,
    )
    config = PhoCapConfig(image_config=tiny_config().to_dict(), text_config=text, **options)
    return PhoCapForConditionalGeneration(config).eval()


def tiny_like_clip(model_type: str = "clip") -> PreTrainedModel:
    """A dual encoder of Transformers, "clip" or "siglip"."""
    sizes = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
    }
    config = AutoConfig.for_model(
        model_type,
        vision_config=sizes | {"image_size": IMAGE_SIZE, "patch_size": 32},
        text_config=sizes | {"vocab_size": 50},
        **({"projection_dim": 24} if model_type == "clip" else {}),
    )
    return AutoModel.from_config(config).eval()


def tiny_inputs(count: int = 2, seed: int = 1) -> dict[str, torch.Tensor]:
    """`count` random pictures and the first `count` captions, as the model takes them."""
    generator = torch.Generator().manual_seed(seed)
    texts = tiny_tokenizer()(list(CAPTIONS[:count]), padding=True, return_tensors="pt")
    pixels = torch.randn(count, 3, IMAGE_SIZE, IMAGE_SIZE, generator=generator)
    return {"pixel_values": pixels, **texts}
