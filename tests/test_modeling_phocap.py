import math
from pathlib import Path

import pytest
import torch
from tiny import (
    CAPTIONS,
    VOCABULARY,
    tiny_captioner,
    tiny_inputs,
    tiny_like_clip,
    tiny_model,
    tiny_processor,
    tiny_tokenizer,
)
from torch.nn.functional import cross_entropy, normalize
from transformers import (
    AutoModelForImageTextToText,
    GPT2Config,
    GPT2LMHeadModel,
    pipeline,
)

from phoclip_hf import PhoCapConfig, PhoCapForConditionalGeneration

BOS, PAD, EOS = 0, 1, 2


def embeds(count: int = 3, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, 16, generator=torch.Generator().manual_seed(seed))


def taught(steps: int = 120) -> PhoCapForConditionalGeneration:
    """A captioner that has learned the tiny captions by heart, one for each embedding."""
    captioner, tokenizer = tiny_captioner(), tiny_tokenizer()
    texts = tokenizer(list(CAPTIONS[:3]), padding=True, return_tensors="pt")
    optimizer = torch.optim.AdamW(captioner.parameters(), lr=1e-2)
    for _ in range(steps):
        loss = captioner(image_embeds=embeds(), labels=texts.input_ids, **texts).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return captioner.eval()


def test_default_config_is_clipcaps():
    config = PhoCapConfig()
    assert (config.prefix_length, config.normalize_image_embeds) == (10, True)
    assert config.text_config.vocab_size == 64001
    assert [getattr(config.text_config, f"{n}_token_id") for n in ("bos", "pad", "eos")] == [
        0,
        1,
        2,
    ]
    assert config.image_config.vision_config.architecture == "resnet50"
    assert PhoCapConfig.from_dict(config.to_dict()).to_dict() == config.to_dict()


def test_mapping_is_clipcaps():
    captioner = tiny_captioner()
    image_embeds = embeds(2)
    mapping = captioner.mapping
    assert mapping.input_linear.weight.shape == (10 * 32 // 2, 16)
    assert mapping.input_linear.weight.std().item() == pytest.approx(0.25, rel=0.05)
    prefix = captioner.get_prefix(image_embeds=image_embeds)
    assert prefix.shape == (2, 10, 32)
    by_hand = mapping.output_linear(
        torch.tanh(mapping.input_linear(normalize(image_embeds, dim=-1)))
    )
    torch.testing.assert_close(prefix.flatten(1), by_hand)
    # length does not matter: raw features of `get_image_features` and unit ones give one prefix
    torch.testing.assert_close(captioner.get_prefix(image_embeds=image_embeds * 7), prefix)


def test_loss_is_over_the_caption_and_its_end_only():
    captioner = tiny_captioner()
    captioner.language_model.lm_head.weight.data.zero_()  # every token equally likely
    ids = torch.tensor([[BOS, 7, 8, EOS, PAD, PAD], [BOS, 7, 8, 9, 10, EOS]])
    mask = (ids != PAD).long()
    output = captioner(image_embeds=embeds(2), input_ids=ids, attention_mask=mask, labels=ids)
    assert output.loss.item() == pytest.approx(math.log(VOCABULARY), rel=1e-5)
    assert output.logits.shape == (2, 6, VOCABULARY)

    captioner = tiny_captioner()
    output = captioner(image_embeds=embeds(2), input_ids=ids, attention_mask=mask, labels=ids)
    # Eight tokens cost: 7, 8, </s> and 7, 8, 9, 10, </s>; each is predicted one position before.
    predicted = torch.cat([output.logits[0, :3], output.logits[1, :5]])
    expected = cross_entropy(predicted, torch.tensor([7, 8, EOS, 7, 8, 9, 10, EOS]))
    torch.testing.assert_close(output.loss, expected)


def test_padding_and_neighbours_change_no_loss():
    captioner = tiny_captioner()
    short, long = torch.tensor([[BOS, 7, EOS]]), torch.tensor([[BOS, 7, EOS, PAD, PAD]])
    alone = captioner(image_embeds=embeds(1), input_ids=short, labels=short).loss
    padded = captioner(
        image_embeds=embeds(1), input_ids=long, attention_mask=(long != PAD).long(), labels=long
    ).loss
    torch.testing.assert_close(alone, padded)


def test_it_learns_and_says_what_it_learned():
    captioner, tokenizer = taught(), tiny_tokenizer()
    ids = captioner.generate(image_embeds=embeds(), do_sample=False)
    assert tokenizer.batch_decode(ids, skip_special_tokens=True) == list(CAPTIONS[:3])
    assert not (ids == BOS).any()  # neither prefix nor prompt: only the caption, its end, padding
    first = captioner.generate(image_embeds=embeds()[:1])
    assert first[0, -1] == EOS

    # one by one, with beams, as in a batch
    for options in ({}, {"num_beams": 3}):
        together = captioner.generate(image_embeds=embeds(), **options)
        for row, image_embeds in zip(together, embeds(), strict=True):
            alone = captioner.generate(image_embeds=image_embeds[None], **options)[0]
            assert row[: len(alone)].tolist() == alone.tolist()
            assert (row[len(alone) :] == PAD).all()

    # the beginning of a caption is continued, whatever the padding; the processor's </s> is dropped
    begin = tokenizer(["một con chó", "hai", ""], padding=True, return_tensors="pt")
    ids = captioner.generate(image_embeds=embeds(), **begin)
    rest = tokenizer.batch_decode(ids, skip_special_tokens=True)
    assert rest[0] == "chạy trên bãi cỏ" and rest[1] == "quả bóng đỏ cạnh ngôi nhà"
    assert rest[2] == CAPTIONS[2]


def test_hidden_states_and_attentions_are_the_language_models():
    captioner = tiny_captioner()
    captioner.set_attn_implementation("eager")
    ids = torch.tensor([[0, 7, 8, 2], [0, 9, 2, 1], [0, 5, 6, 2]])
    plain = captioner(image_embeds=embeds(), input_ids=ids)
    assert plain.hidden_states is None and plain.attentions is None
    output = captioner(
        image_embeds=embeds(), input_ids=ids, output_hidden_states=True, output_attentions=True
    )
    positions = captioner.config.prefix_length + 4
    assert [tuple(states.shape) for states in output.hidden_states] == 3 * [(3, positions, 32)]
    assert [tuple(maps.shape) for maps in output.attentions] == 2 * [(3, 2, positions, positions)]
    logits = captioner.get_output_embeddings()(output.hidden_states[-1])
    torch.testing.assert_close(logits[:, -4:], plain.logits)


def test_cache_beams_and_sampling():
    captioner = tiny_captioner()
    greedy = captioner.generate(image_embeds=embeds(), max_new_tokens=12)
    uncached = captioner.generate(image_embeds=embeds(), max_new_tokens=12, use_cache=False)
    assert greedy.tolist() == uncached.tolist() and greedy.shape[1] <= 12
    beams = captioner.generate(
        image_embeds=embeds(), num_beams=4, num_return_sequences=2, max_new_tokens=6
    )
    assert len(beams) == 6
    torch.manual_seed(0)
    sampled = captioner.generate(
        image_embeds=embeds(1), do_sample=True, num_return_sequences=8, max_new_tokens=6
    )
    assert len({tuple(row.tolist()) for row in sampled}) > 1


def test_pictures_and_their_embeddings_give_the_same_captions():
    phoclip, inputs = tiny_model(), tiny_inputs(2)
    captioner = PhoCapForConditionalGeneration.from_parts(phoclip, tiny_language_model()).eval()
    features = phoclip.get_image_features(inputs["pixel_values"]).pooler_output
    by_picture = captioner.generate(pixel_values=inputs["pixel_values"], max_new_tokens=8)
    by_features = captioner.generate(image_embeds=features, max_new_tokens=8)
    assert by_picture.tolist() == by_features.tolist()
    loss = captioner(labels=inputs["input_ids"], **inputs).loss
    loss.backward()
    assert next(captioner.image_encoder.parameters()).grad is not None


def tiny_language_model(**special: int | None) -> GPT2LMHeadModel:
    torch.manual_seed(1)
    config = tiny_captioner().config.text_config
    return GPT2LMHeadModel(GPT2Config(**config.to_dict() | special)).eval()


def test_parts_keep_their_weights():
    phoclip, language_model = tiny_model(), tiny_language_model()
    before = {name: value.clone() for name, value in language_model.state_dict().items()}
    captioner = PhoCapForConditionalGeneration.from_parts(phoclip, language_model)
    torch.testing.assert_close(captioner.language_model.state_dict(), before)
    vision = captioner.image_encoder.vision_model.state_dict()
    torch.testing.assert_close(vision, phoclip.vision_model.state_dict())
    assert not hasattr(captioner.image_encoder, "text_model")


def test_a_captioner_of_parts_sees_no_later_token(tmp_path: Path):
    phoclip, language_model = tiny_model(), tiny_language_model()
    captioner = PhoCapForConditionalGeneration.from_parts(phoclip, language_model).eval()
    ids = torch.tensor([[0, 7, 9, 11, 2]])
    changed = torch.tensor([[0, 7, 9, 30, 31]])
    logits = captioner(image_embeds=embeds(1), input_ids=ids).logits
    later = captioner(image_embeds=embeds(1), input_ids=changed).logits
    torch.testing.assert_close(logits[:, :3], later[:, :3])
    assert not torch.allclose(logits[:, 3:], later[:, 3:])
    # The parts go on as they were, and what is saved answers alike.
    alone = language_model(changed).logits
    torch.testing.assert_close(language_model(ids).logits[:, :3], alone[:, :3])
    captioner.save_pretrained(tmp_path)
    again = AutoModelForImageTextToText.from_pretrained(tmp_path)
    torch.testing.assert_close(again(image_embeds=embeds(1), input_ids=ids).logits, logits)


@pytest.mark.parametrize("model_type", ["clip", "siglip"])
def test_any_model_like_clip_looks(model_type: str, tmp_path: Path):
    model = tiny_like_clip(model_type)
    pixels = tiny_inputs(2)["pixel_values"]
    with torch.no_grad():
        features = model.get_image_features(pixels).pooler_output
    captioner = PhoCapForConditionalGeneration.from_parts(model, tiny_language_model()).eval()
    assert captioner.config.image_width == features.shape[1]
    assert not any("text_model" in name for name, _ in captioner.named_parameters())
    torch.testing.assert_close(
        captioner.get_prefix(pixels), captioner.get_prefix(image_embeds=features)
    )
    captioner.save_pretrained(tmp_path)
    again = AutoModelForImageTextToText.from_pretrained(tmp_path)
    ids = captioner.generate(pixels, max_new_tokens=5)
    assert again.generate(pixels, max_new_tokens=5).tolist() == ids.tolist()


def test_only_models_like_clip_look():
    with pytest.raises(ValueError, match="GPT2LMHeadModel has no get_image_features"):
        PhoCapForConditionalGeneration.from_parts(tiny_language_model(), tiny_language_model())


def test_a_language_model_whose_begin_and_end_are_one_token():
    # As OpenAI's GPT-2 and those that were trained from it: no padding token, one for both ends.
    language_model = tiny_language_model(bos_token_id=EOS, eos_token_id=EOS, pad_token_id=None)
    captioner = PhoCapForConditionalGeneration.from_parts(tiny_model(), language_model).eval()
    captioner.language_model.lm_head.weight.data.zero_()
    ids, mask = torch.tensor([[EOS, 7, EOS, EOS]]), torch.tensor([[1, 1, 1, 0]])
    output = captioner(image_embeds=embeds(1), input_ids=ids, attention_mask=mask, labels=ids)
    assert output.loss.item() == pytest.approx(math.log(VOCABULARY), rel=1e-5)
    # Two tokens cost: 7 and the end. A begin that cost too would change this gradient.
    captioner = PhoCapForConditionalGeneration.from_parts(tiny_model(), tiny_language_model())
    captioner.config.text_config.bos_token_id = captioner.config.text_config.eos_token_id = EOS
    output = captioner(image_embeds=embeds(1), input_ids=ids, attention_mask=mask, labels=ids)
    expected = cross_entropy(output.logits[0, :2], torch.tensor([7, EOS]))
    torch.testing.assert_close(output.loss, expected)
    # The beginning may come without <s>, as GPT-2's tokenizer gives it.
    with_begin = captioner.generate(image_embeds=embeds(1), input_ids=ids[:, :2], max_new_tokens=4)
    without = captioner.generate(image_embeds=embeds(1), input_ids=ids[:, 1:2], max_new_tokens=4)
    assert with_begin.tolist() == without.tolist()


def test_the_transformer_maps_over_learned_constants():
    captioner = tiny_captioner(
        mapping_type="transformer",
        mapping_num_layers=2,
        mapping_num_heads=2,
        mapping_image_length=3,
        mapping_dropout=0.1,
    )
    mapping = captioner.mapping
    first = mapping.encoder.layers[0]
    for weight, std in (
        (mapping.input_linear.weight, 16**-0.5),
        (first.linear2.weight, 64**-0.5),
        (first.self_attn.in_proj_weight, (2 / (4 * 32)) ** 0.5),  # Xavier: 32 in, 96 out
        (mapping.constants, 1.0),
    ):
        assert weight.std().item() == pytest.approx(std, rel=0.15)
    assert mapping.input_linear.weight.shape == (3 * 32, 16)
    assert mapping.constants.shape == (10, 32)
    prefix = captioner.get_prefix(image_embeds=embeds(2))
    states = mapping.input_linear(normalize(embeds(2), dim=-1)).view(2, 3, 32)
    states = torch.cat([states, mapping.constants.expand(2, -1, -1)], dim=1)
    for layer in mapping.encoder.layers:  # pre-norm, as in ClipCap
        normed = layer.norm1(states)
        states = states + layer.self_attn(normed, normed, normed)[0]
        states = states + layer.linear2(layer.linear1(layer.norm2(states)).relu())
    torch.testing.assert_close(prefix, states[:, 3:], rtol=1e-4, atol=1e-5)
    # Every part learns, the first step included.
    captioner.train()
    ids = torch.tensor([[BOS, 7, EOS], [BOS, 8, EOS]])
    captioner(image_embeds=embeds(2), input_ids=ids, labels=ids).loss.backward()
    assert all(weight.grad.abs().sum() > 0 for weight in mapping.parameters())


def test_errors_say_what_was_given():
    captioner = tiny_captioner()
    with pytest.raises(ValueError, match="got neither"):
        captioner.generate()
    with pytest.raises(ValueError, match="got both"):
        captioner.get_prefix(torch.zeros(1, 3, 64, 64), embeds(1))
    with pytest.raises(ValueError, match=r"\(2, 5\), expected \(images, 16\)"):
        captioner.generate(image_embeds=torch.zeros(2, 5))
    with pytest.raises(ValueError, match="3 pictures but 1"):
        captioner.generate(image_embeds=embeds(), input_ids=torch.tensor([[BOS]]))
    with pytest.raises(Exception, match="mapping_num_heads=5 does not divide"):
        tiny_captioner(mapping_type="transformer", mapping_num_heads=5)
    with pytest.raises(Exception, match="prefix_length=0"):
        PhoCapConfig(prefix_length=0)


def test_save_load_and_pipeline(tmp_path):
    captioner = tiny_captioner()
    captioner.save_pretrained(tmp_path)
    tiny_processor().save_pretrained(tmp_path)
    loaded, info = AutoModelForImageTextToText.from_pretrained(tmp_path, output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"]
    weights = loaded.language_model
    assert weights.lm_head.weight is weights.transformer.wte.weight
    inputs = tiny_inputs(2)
    logits = captioner(**inputs).logits
    torch.testing.assert_close(loaded(**inputs).logits, logits, rtol=0, atol=1e-6)
    expected = captioner.generate(pixel_values=inputs["pixel_values"], max_new_tokens=8)
    ids = loaded.generate(pixel_values=inputs["pixel_values"], max_new_tokens=8)
    assert ids.tolist() == expected.tolist()

    from PIL import Image

    image = Image.new("RGB", (90, 70), (200, 30, 30))
    pipe = pipeline("image-text-to-text", model=str(tmp_path))
    answer = pipe(image, text="", max_new_tokens=5)
    processed = tiny_processor()(images=image, return_tensors="pt")
    ids = captioner.generate(**processed, max_new_tokens=5)
    caption = tiny_tokenizer().batch_decode(ids, skip_special_tokens=True)[0]
    assert answer[0]["generated_text"].strip() == caption


def test_gradient_checkpointing_and_frozen_config():
    captioner = tiny_captioner()
    captioner.gradient_checkpointing_enable()
    assert all(block.gradient_checkpointing for block in captioner.language_model.transformer.h)
    assert isinstance(captioner.config.text_config, GPT2Config)
    assert captioner.generation_config.max_new_tokens == 40
    assert captioner.generation_config.eos_token_id == EOS


def test_a_resized_vocabulary_reaches_both_ends():
    model = tiny_captioner()
    model.resize_token_embeddings(model.config.text_config.vocab_size + 3)
    rows = model.config.text_config.vocab_size
    assert model.get_input_embeddings().weight.shape[0] == rows
    assert model.get_output_embeddings().weight.shape[0] == rows
