"""Tiny PhoBLIP models with random weights, on the towers of tests/tiny.py."""

import torch
from tiny import tiny_config, tiny_tokenizer

from phoclip_hf import (
    PhoBLIPConfig,
    PhoBLIPForConditionalGeneration,
    PhoBLIPForImageTextRetrieval,
    PhoBLIPForPreTraining,
    PhoCLIPProcessor,
    PhoCLIPTokenizer,
    add_mode_tokens,
)

IDS = add_mode_tokens(tiny_tokenizer())
ENCODE, DECODE = IDS.values()


def tiny_blip_config(**options) -> PhoBLIPConfig:
    values = tiny_config().to_dict()
    numbers = {
        "vision_config": values["vision_config"],
        "text_config": values["text_config"],
        "projection_dim": 16,
        "queue_size": 6,
        **IDS,
    }
    return PhoBLIPConfig(**numbers | options)


def tiny_blip(cls: type = PhoBLIPForPreTraining, seed: int = 0, **options):
    torch.manual_seed(seed)
    return cls(tiny_blip_config(**options)).eval()


def tiny_matcher(**options) -> PhoBLIPForImageTextRetrieval:
    return tiny_blip(PhoBLIPForImageTextRetrieval, **options)


def tiny_writer(**options) -> PhoBLIPForConditionalGeneration:
    return tiny_blip(PhoBLIPForConditionalGeneration, **options)


def blip_tokenizer() -> PhoCLIPTokenizer:
    tokenizer = tiny_tokenizer()
    add_mode_tokens(tokenizer)
    return tokenizer


def blip_processor() -> PhoCLIPProcessor:
    return PhoCLIPProcessor.from_tower(tiny_config(), blip_tokenizer())
