from pathlib import Path

import numpy as np
import pytest
import torch
from tiny import tiny_model, tiny_tokenizer

from phoclip_hf.training.embedding import embed
from phoclip_hf.training.locked_texts import locked_texts

CAPTIONS = [["con mèo", "một con chó chạy trên bãi cỏ"], ["xe máy ở trên đường"]]


@pytest.mark.parametrize("pooling", ["cls", "mean"])
def test_a_locked_tower_answers_as_the_tower_itself(tmp_path: Path, pooling: str):
    model, tokenizer = tiny_model(text_pooling=pooling), tiny_tokenizer()
    ids = [tokenizer(texts)["input_ids"] for texts in CAPTIONS]
    features = locked_texts(tmp_path, ids, model, tokenizer)
    assert [len(picture) for picture in features] == [2, 1]
    flat = [text for texts in CAPTIONS for text in texts]
    pixels = torch.zeros(3, 3, 64, 64)
    inputs = tokenizer(flat, padding=True, return_tensors="pt")
    _, expected = embed(model, {"pixel_values": pixels, **inputs})
    text_features = torch.from_numpy(np.concatenate(features)).float()
    _, texts = embed(model, {"pixel_values": pixels, "text_features": text_features})
    torch.testing.assert_close(texts, expected, rtol=0, atol=2e-3)  # float16 on disk


def test_it_is_kept_under_weights_and_captions(tmp_path: Path):
    model, tokenizer = tiny_model(), tiny_tokenizer()
    ids = [tokenizer(texts)["input_ids"] for texts in CAPTIONS]
    locked_texts(tmp_path, ids, model, tokenizer)
    (kept,) = tmp_path.iterdir()
    changed = kept.stat().st_mtime_ns
    assert isinstance(locked_texts(tmp_path, ids, model, tokenizer)[0], np.memmap)
    assert kept.stat().st_mtime_ns == changed
    locked_texts(tmp_path, ids[:1], model, tokenizer)
    locked_texts(tmp_path, ids, tiny_model(seed=1), tokenizer)
    assert len(list(tmp_path.iterdir())) == 3
