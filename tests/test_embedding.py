import pytest
import torch
from tiny import IMAGE_SIZE, VOCABULARY, tiny_model
from torch.nn.functional import normalize

from phoclip_hf.training.embedding import LIKE_LENGTHS, embed


@pytest.mark.parametrize("pooling", ["mean", "cls"])
@pytest.mark.parametrize("texts", [3, 3 * LIKE_LENGTHS + 5])
def test_padding_by_like_lengths_changes_no_text(pooling: str, texts: int):
    phoclip = tiny_model(text_pooling=pooling).eval()
    generator = torch.Generator().manual_seed(0)
    lengths = torch.randint(3, 30, (texts,), generator=generator)
    attention_mask = (torch.arange(30) < lengths[:, None]).long()
    ids = torch.randint(5, VOCABULARY, (texts, 30), generator=generator)
    ids = torch.where(attention_mask.bool(), ids, phoclip.config.text_config.pad_token_id)
    inputs = {"input_ids": ids, "attention_mask": attention_mask}
    whole = normalize(phoclip.get_text_features(**inputs).pooler_output, dim=-1)
    pixels = torch.zeros(texts, 3, IMAGE_SIZE, IMAGE_SIZE)
    _, read = embed(phoclip, inputs | {"pixel_values": pixels})
    torch.testing.assert_close(read, whole, rtol=1e-5, atol=1e-6)

    weights = list(phoclip.text_model.get_input_embeddings().parameters())
    asked = torch.randn(whole.shape, generator=generator)
    gradients = [torch.autograd.grad((text * asked).sum(), weights)[0] for text in (read, whole)]
    torch.testing.assert_close(*gradients, rtol=1e-4, atol=1e-6)
