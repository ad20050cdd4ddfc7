import pytest
import torch
from tiny import CAPTIONS, tiny_inputs
from tiny_phoblip import DECODE, blip_processor, blip_tokenizer, tiny_blip, tiny_writer
from transformers import AutoModelForImageTextToText, GenerationConfig, pipeline

from phoclip_hf import PhoBLIPForConditionalGeneration

BOS, PAD, EOS = 0, 1, 2


def telling_writer(seed: int = 0) -> PhoBLIPForConditionalGeneration:
    """A writer whose pictures and words matter: its weights are ten times as large."""
    writer = tiny_writer()
    generator = torch.Generator().manual_seed(seed)
    for parameter in writer.text_model.parameters():
        parameter.data.normal_(std=0.2, generator=generator)
    return writer


def states(writer: PhoBLIPForConditionalGeneration, count: int = 3) -> torch.Tensor:
    width = writer.text_model.encoder["layer"][0].crossattention.self.key.in_features
    return torch.randn(count, 4, width, generator=torch.Generator().manual_seed(3))


def test_cache_beams_and_sampling():
    writer = telling_writer()
    image_states = states(writer)
    for options in ({}, {"num_beams": 3}):
        cached = writer.generate(image_states=image_states, max_new_tokens=8, **options)
        plain = writer.generate(
            image_states=image_states, max_new_tokens=8, use_cache=False, **options
        )
        assert cached.tolist() == plain.tolist() and cached.shape == (3, 8)
        assert len({tuple(row.tolist()) for row in cached}) > 1  # pictures matter
    beams = writer.generate(
        image_states=image_states, num_beams=4, num_return_sequences=2, max_new_tokens=5
    )
    assert len(beams) == 6
    torch.manual_seed(0)
    sampled = writer.generate(
        image_states=image_states[:1], do_sample=True, num_return_sequences=8, max_new_tokens=6
    )
    assert len({tuple(row.tolist()) for row in sampled}) > 1
    assert not (cached == DECODE).all(dim=1).any() and writer.generation_config.max_new_tokens == 40


@pytest.mark.parametrize("side", ["right", "left"])
def test_a_batch_is_each_by_itself(side):
    writer, tokenizer = telling_writer(), blip_tokenizer()
    image_states = states(writer)
    begin = tokenizer(["một con chó", "hai", ""], padding=True, padding_side=side)
    ids, mask = torch.tensor(begin["input_ids"]), torch.tensor(begin["attention_mask"])
    assert (ids == PAD).any()
    for options in ({}, {"num_beams": 3}):
        options |= {"max_new_tokens": 6}
        together = writer.generate(
            image_states=image_states, input_ids=ids, attention_mask=mask, **options
        )
        for row, text in enumerate(["một con chó", "hai", ""]):
            alone = torch.tensor([tokenizer(text)["input_ids"]])
            picture = image_states[[row]]
            answer = writer.generate(image_states=picture, input_ids=alone, **options)
            assert answer[0].tolist() == together[row].tolist()
    empty = writer.generate(image_states=image_states[2:], max_new_tokens=6, num_beams=3)
    assert empty[0].tolist() == together[2].tolist()  # no beginning is an empty one


def test_generation_follows_the_logits_of_forward():
    writer = telling_writer()
    image_states = states(writer, 1)
    ids = writer.generate(image_states=image_states, max_new_tokens=5, do_sample=False)
    whole = torch.cat([torch.tensor([[BOS]]), ids], dim=1)
    logits = writer(image_states=image_states, input_ids=whole).logits
    assert logits[0, :-1].argmax(dim=-1).tolist() == ids[0].tolist()


def test_it_learns_and_says_what_it_learned():
    writer, tokenizer = tiny_writer(label_smoothing=0.0), blip_tokenizer()
    texts = tokenizer(list(CAPTIONS[:3]), padding=True, return_tensors="pt")
    image_states = states(writer)
    optimizer = torch.optim.AdamW(writer.parameters(), lr=5e-3)
    for _ in range(60):
        loss = writer(image_states=image_states, labels=texts.input_ids, **texts).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    ids = writer.generate(image_states=image_states)
    assert tokenizer.batch_decode(ids, skip_special_tokens=True) == list(CAPTIONS[:3])
    begin = tokenizer(["một con chó", "hai", ""], padding=True, return_tensors="pt")
    rest = tokenizer.batch_decode(
        writer.generate(image_states=image_states, **begin), skip_special_tokens=True
    )
    assert rest == ["chạy trên bãi cỏ", "quả bóng đỏ cạnh ngôi nhà", CAPTIONS[2]]


def test_hidden_states_attentions_and_errors():
    writer = tiny_writer()
    writer.set_attn_implementation("eager")
    inputs = tiny_inputs(2)
    tokens = inputs["input_ids"].shape[1]
    output = writer(**inputs, output_hidden_states=True, output_attentions=True)
    assert [tuple(state.shape) for state in output.hidden_states] == 3 * [(2, tokens, 32)]
    assert [tuple(maps.shape) for maps in output.attentions] == 2 * [(2, 2, tokens, tokens)]
    assert [maps.shape[:3] for maps in output.cross_attentions] == 2 * [(2, 2, tokens)]
    assert output.attentions[0][0].triu(1).abs().max() == 0  # nobody looks ahead
    with pytest.raises(ValueError, match="got neither"):
        writer.generate()
    with pytest.raises(ValueError, match="needs input_ids"):
        writer(pixel_values=inputs["pixel_values"])
    with pytest.raises(ValueError, match="3 pictures but 1 beginnings"):
        writer.generate(image_states=states(writer), input_ids=torch.tensor([[BOS]]))
    scored = writer.generate(
        inputs["pixel_values"], max_new_tokens=3, return_dict_in_generate=True, output_scores=True
    )
    assert scored.sequences.shape == (2, 3) and len(scored.scores) == 3
    bare = GenerationConfig(num_beams=2, max_new_tokens=3)  # without bos_token_id
    assert writer.generate(inputs["pixel_values"], generation_config=bare).shape == (2, 3)


def test_a_pretraining_checkpoint_writes_captions_of_full_length(tmp_path):
    tiny_blip().save_pretrained(tmp_path)  # it was not made to write, and holds no settings for it
    writer = PhoBLIPForConditionalGeneration.from_pretrained(tmp_path)
    assert writer.generation_config.max_new_tokens is None
    endless = {"pixel_values": tiny_inputs(1)["pixel_values"], "suppress_tokens": [EOS]}
    assert writer.generate(**endless).shape == (1, 40)
    assert writer.generate(**endless, max_new_tokens=3).shape == (1, 3)


def test_save_load_and_pipeline(tmp_path):
    from PIL import Image

    writer, inputs = tiny_writer(), tiny_inputs(2)
    writer.save_pretrained(tmp_path)
    blip_processor().save_pretrained(tmp_path)
    loaded, info = AutoModelForImageTextToText.from_pretrained(tmp_path, output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"]
    assert loaded.lm_head.decoder.weight is loaded.get_input_embeddings().weight
    torch.testing.assert_close(loaded(**inputs).logits, writer(**inputs).logits)

    image = Image.new("RGB", (90, 70), (200, 30, 30))
    pipe = pipeline("image-text-to-text", model=str(tmp_path))
    answer = pipe(image, text="", max_new_tokens=5)
    ids = writer.generate(**blip_processor()(images=image, return_tensors="pt"), max_new_tokens=5)
    caption = blip_tokenizer().batch_decode(ids, skip_special_tokens=True)[0]
    assert answer[0]["generated_text"].strip() == caption
