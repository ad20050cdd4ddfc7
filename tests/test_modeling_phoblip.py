"""PhoBLIP's towers against BLIP of Transformers, its three losses, and what a checkpoint keeps."""

import pytest
import torch
from test_round_trip import close, run
from tiny import VOCABULARY, tiny_inputs, tiny_model, tiny_tokenizer
from tiny_phoblip import (
    DECODE,
    ENCODE,
    blip_processor,
    blip_tokenizer,
    tiny_blip,
    tiny_matcher,
    tiny_writer,
)
from torch.nn.functional import cross_entropy
from transformers import (
    AutoConfig,
    AutoModel,
    BlipConfig,
    BlipForConditionalGeneration,
    BlipForImageTextRetrieval,
    BlipVisionConfig,
    BlipVisionModel,
    pipeline,
)

from phoclip_hf import (
    PhoBLIPConfig,
    PhoBLIPForConditionalGeneration,
    PhoBLIPForImageTextRetrieval,
    PhoBLIPForPreTraining,
    add_mode_tokens,
    modeling_phoblip_pretraining,
)
from phoclip_hf.losses_phoblip import hard_negatives

BOS, PAD, EOS = 0, 1, 2
IDS = torch.tensor([[BOS, 7, 8, 9, EOS], [BOS, 5, EOS, PAD, PAD]])
MASK = (IDS != PAD).long()

VISION = {"hidden_size": 24, "intermediate_size": 48, "num_hidden_layers": 2}
VISION |= {"num_attention_heads": 2, "image_size": 32, "patch_size": 16}
TEXT = {"vocab_size": 40, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
TEXT |= {"num_attention_heads": 2, "layer_norm_eps": 1e-5, "pad_token_id": PAD}


def blip_of_transformers(cls: type) -> torch.nn.Module:
    torch.manual_seed(0)
    text = TEXT | {"max_position_embeddings": 20, "bos_token_id": BOS, "label_smoothing": 0.1}
    config = BlipConfig(text_config=text, vision_config=VISION, image_text_hidden_size=16)
    blip = cls(config).eval()
    for parameter in blip.parameters():
        parameter.data.normal_(std=0.2)
    return blip


def with_weights_of(blip: torch.nn.Module, cls: type, attention: str) -> torch.nn.Module:
    """Return a PhoBLIP with BLIP's weights; BLIP has no bias-free heads, so theirs become zero."""
    AutoConfig.register("blip_vision_model", BlipVisionConfig, exist_ok=True)
    AutoModel.register(BlipVisionConfig, BlipVisionModel, exist_ok=True)
    numbers = TEXT | {"model_type": "roberta", "max_position_embeddings": 22, "type_vocab_size": 1}
    numbers |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    config = PhoBLIPConfig(
        vision_config=VISION | {"model_type": "blip_vision_model"},
        text_config=numbers,
        projection_dim=16,
        projection_type="linear",
        image_pooling="cls",
        encode_token_id=38,
        decode_token_id=39,
    )
    ours = cls(config).eval()
    names = {
        "text_encoder.": "text_model.",
        "text_decoder.bert.": "text_model.",
        ".attention.": f".{attention}.",
        "vision_proj.": "visual_projection.",
        "text_proj.": "text_projection.",
        "itm_head.": "matching_head.",
        "text_decoder.cls.predictions.transform.LayerNorm.": "lm_head.layer_norm.",
        "text_decoder.cls.predictions.transform.": "lm_head.",
        "text_decoder.cls.predictions.": "lm_head.",
    }
    weights = {}
    for name, value in blip.state_dict().items():
        if name.endswith("_proj.bias"):
            continue
        if not name.startswith("vision_model."):
            for theirs, new in names.items():
                name = name.replace(theirs, new)
        if name.endswith("position_embeddings.weight"):  # RoBERTa's start after the padding's id
            value = torch.cat([torch.zeros(PAD + 1, value.shape[1]), value])
        weights[name] = value
    weights["text_model.embeddings.token_type_embeddings.weight"] = torch.zeros(1, 32)
    missing, unexpected = ours.load_state_dict(weights, strict=False)
    assert set(missing) <= {"logit_scale"} and not unexpected
    return ours


def pictures() -> torch.Tensor:
    return torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(1))


@torch.no_grad()
def test_embeds_and_matching_are_blips():
    blip = blip_of_transformers(BlipForImageTextRetrieval)
    for head in (blip.vision_proj, blip.text_proj):
        head.bias.zero_()
    ours = with_weights_of(blip, PhoBLIPForImageTextRetrieval, "attention")
    encode = IDS.masked_fill(IDS == BOS, 38)
    expected = blip(encode, pictures(), attention_mask=MASK).itm_score
    cosines = blip(IDS, pictures(), use_itm_head=False, attention_mask=MASK).itm_score
    output = ours(IDS, pictures(), MASK)
    close(output.matching_logits, expected)
    close(output.matching_scores, expected.softmax(dim=-1)[:, 1])
    close(output.image_embeds @ output.text_embeds.t(), cosines)
    assert (expected[0] - expected[1]).abs().max() > 1e-2  # the weights do say something


@torch.no_grad()
def test_the_decoder_is_blips():
    blip = blip_of_transformers(BlipForConditionalGeneration)
    ours = with_weights_of(blip, PhoBLIPForConditionalGeneration, "causal_attention")
    decode, labels = IDS.masked_fill(IDS == BOS, 39), IDS.masked_fill(IDS == PAD, -100)
    expected = blip(pictures(), decode, MASK, labels=labels)
    output = ours(pictures(), IDS, MASK, labels=IDS)
    close(output.logits[MASK.bool()], expected.logits[MASK.bool()])
    close(output.loss, expected.loss)


def test_default_config():
    config = PhoBLIPConfig()
    assert (config.text_config.vocab_size, config.vision_config.architecture) == (64003, "resnet50")
    assert (config.queue_size, config.momentum, config.soft_label_share) == (2048, 0.995, 0.4)
    assert config.label_smoothing == 0.1
    assert PhoBLIPConfig.from_dict(config.to_dict()).to_dict() == config.to_dict()
    for wrong, message in (
        ({"text_config": {"model_type": "gpt2"}}, "'gpt2' model"),
        ({"encode_token_id": 64003}, "encode_token_id=64003, but text_config.vocab_size=64003"),
        ({"queue_size": -1}, "queue_size=-1"),
        ({"momentum": 1.5}, "momentum=1.5"),
        ({"logit_bias_init_value": -10}, "has no bias"),
    ):
        with pytest.raises(Exception, match=message):
            PhoBLIPConfig(**wrong)


@torch.no_grad()
def test_the_three_losses_are_those_of_their_parts():
    model, inputs = tiny_blip(), tiny_inputs(4)
    image_ids = torch.tensor([0, 0, 1, 2])
    output = model(**inputs, image_ids=image_ids)
    assert output.loss == output.itc_loss + output.itm_loss + output.lm_loss

    # Before the first step the momentum encoders are the model itself, and the queue is empty.
    images, texts = output.image_embeds, output.text_embeds
    same = (image_ids[:, None] == image_ids).float()
    hard = same / same.sum(dim=1, keepdim=True)
    losses = []
    for logits in (images @ texts.t(), texts @ images.t()):
        logits = logits * model.logit_scale.exp()
        losses.append(cross_entropy(logits, 0.4 * logits.softmax(dim=1) + 0.6 * hard))
    close(output.itc_loss, sum(losses) / 2)

    matcher = tiny_matcher()
    matcher.load_state_dict(model.state_dict(), strict=False)
    wrong = output.logits_per_image.masked_fill(same.bool(), -torch.inf)
    rows = range(4)
    by_picture = [(row, int(wrong[row].argmax())) for row in rows]
    by_text = [(int(wrong[:, row].argmax()), row) for row in rows]
    expected = []
    for image, text in [(row, row) for row in rows] + by_picture + by_text:
        pair = {name: inputs[name][[text]] for name in ("input_ids", "attention_mask")}
        pixels = inputs["pixel_values"][[image]]
        expected.append(matcher(pixel_values=pixels, **pair).matching_logits)
    close(output.matching_logits, torch.cat(expected))
    labels = torch.tensor([1] * 4 + [0] * 8)
    close(output.itm_loss, cross_entropy(torch.cat(expected), labels))

    writer = tiny_writer()
    writer.load_state_dict(model.state_dict(), strict=False)
    close(output.lm_loss, writer(**inputs, labels=inputs["input_ids"]).loss)


@torch.no_grad()
def test_a_picture_is_never_its_own_negative():
    model, inputs = tiny_blip().train(), tiny_inputs(4)
    taken, match = [], model.match

    def spy(image_states, input_ids, attention_mask):
        own = model.get_image_features(inputs["pixel_values"]).last_hidden_state
        # which of the batch each picture and text of the pairs is
        images = torch.cdist(image_states.flatten(1), own.flatten(1)).argmin(dim=1)
        texts = (input_ids[:, None] == inputs["input_ids"]).all(dim=-1).int().argmax(dim=1)
        taken.extend(zip(images.tolist(), texts.tolist(), strict=True))
        return match(image_states, input_ids, attention_mask)

    model.vision_model.eval()  # or batch normalisation would blur the pictures
    model.match = spy
    for _ in range(3):
        model(**inputs, image_ids=torch.tensor([5, 5, 9, 9]))
    assert len(taken) == 3 * 12
    negatives = {pair for start in (0, 12, 24) for pair in taken[start + 4 : start + 12]}
    assert negatives and all(image // 2 != text // 2 for image, text in negatives)

    taken.clear()  # one picture only: nothing is wrong, and only the true pairs are asked
    output = model(**inputs, image_ids=torch.zeros(4, dtype=torch.long))
    assert taken == [(row, row) for row in range(4)] and output.itm_loss.isfinite()
    taken.clear()
    true = torch.ones(4, 4, dtype=torch.bool)
    true[0, 1] = False
    model(**inputs, positives=true)
    assert taken[4:] == [(0, 1), (0, 1)]


def test_gradients_momentum_and_queue_go_where_they_should(tmp_path):
    model, inputs = tiny_blip(soft_label_warmup_steps=4).train(), tiny_inputs(4)
    slow = dict(model.momentum.named_parameters())
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
    ids = torch.arange(4)
    model(**inputs, image_ids=ids).loss.backward()
    trained = {n: p for n, p in model.named_parameters() if not n.startswith("momentum.")}
    assert all(parameter.grad is not None for parameter in trained.values())
    assert all(p.grad is None and not p.requires_grad for p in slow.values())
    assert model.queue.image_ids.tolist() == [0, 1, 2, 3, -1, -1]

    name = "text_model.encoder.layer.0.attention.self.query.weight"
    before = slow[name].clone()
    torch.testing.assert_close(before, trained[name])
    optimizer.step()
    model(**inputs, image_ids=ids + 4)
    torch.testing.assert_close(slow[name], (2 * before + 9 * trained[name]) / 11)
    assert model.queue.image_ids.tolist() == [6, 7, 2, 3, 4, 5]
    assert model._warmed_up(4) == pytest.approx(2 / 4)

    model.eval()
    model.save_pretrained(tmp_path)
    loaded, info = PhoBLIPForPreTraining.from_pretrained(tmp_path, output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"]
    assert loaded.queue.image_ids.tolist() == [6, 7, 2, 3, 4, 5] and loaded.momentum.steps == 2
    assert not any(parameter.requires_grad for parameter in loaded.momentum.parameters())
    close(loaded(**inputs, image_ids=ids).loss, model(**inputs, image_ids=ids).loss)
    for one in (model, loaded):  # both go on at the same place
        one.train()
        one(**inputs, image_ids=ids + 10)
        assert one.queue.image_ids.tolist() == [6, 7, 10, 11, 12, 13]


def test_a_pretrained_checkpoint_serves_the_other_two(tmp_path, caplog):
    model, inputs = tiny_blip(), tiny_inputs(3)
    model.save_pretrained(tmp_path)
    for cls in (PhoBLIPForImageTextRetrieval, PhoBLIPForConditionalGeneration):
        loaded, info = cls.from_pretrained(tmp_path, output_loading_info=True)
        assert not info["missing_keys"] and not info["unexpected_keys"]
        weights = model.state_dict()
        assert all(torch.equal(value, weights[n]) for n, value in loaded.state_dict().items())
    assert "newly initialized" not in caplog.text and "not used" not in caplog.text
    matcher = PhoBLIPForImageTextRetrieval.from_pretrained(tmp_path)
    matcher.save_pretrained(tmp_path / "matcher")  # without momentum, queue and decoder
    again = PhoBLIPForPreTraining.from_pretrained(tmp_path / "matcher")
    close(again(**inputs).itc_loss, model(**inputs).itc_loss)  # momentum starts from the weights


@torch.no_grad()
def test_matching_takes_one_for_all_and_refuses_what_is_no_pair():
    model, inputs = tiny_matcher(), tiny_inputs(3)
    pixels, ids, mask = inputs["pixel_values"], inputs["input_ids"], inputs["attention_mask"]
    states = model.get_image_features(pixels).last_hidden_state
    by_text = model.match(states, ids[:1], mask[:1])  # what re-ranking does
    each = torch.cat([model.match(states[[i]], ids[:1], mask[:1]) for i in range(3)])
    close(by_text, each)
    output = model(ids, pixels[:1], mask)
    assert output.logits_per_image.shape == (1, 3) and output.matching_scores.shape == (3,)
    assert model(ids, pixels[:2], mask).matching_scores is None
    assert model(ids, pixels, mask, return_matching=False).matching_scores is None
    assert set(model(pixel_values=pixels)) == {"image_embeds", "vision_model_output"}
    close(model(ids[2:], pixels[2:], mask[2:]).matching_logits, model(**inputs).matching_logits[2:])
    with pytest.raises(ValueError, match="2 pictures and 3 texts are no pairs"):
        model.match(states[:2], ids)
    with pytest.raises(ValueError, match="needs pixel_values"):
        model()
    with pytest.raises(ValueError, match="2 pictures and 3 texts"):
        tiny_blip()(ids, pixels[:2], mask)


def test_from_phoclip_sees_and_reads_as_phoclip():
    phoclip, tokenizer, inputs = tiny_model(), tiny_tokenizer(), tiny_inputs(3)
    model = PhoBLIPForPreTraining.from_phoclip(phoclip, tokenizer, queue_size=4).eval()
    assert model.config.decode_token_id == tokenizer.convert_tokens_to_ids("[Decode]") == DECODE
    with torch.no_grad():
        output, expected = model(**inputs), phoclip(**inputs)
    close(output.logits_per_image, expected.logits_per_image)
    layer = model.text_model.encoder["layer"][1]
    assert torch.equal(layer.attention.self.key.weight, layer.causal_attention.self.key.weight)


def test_a_tokenizer_is_adopted_and_embeddings_grow():
    model, tokenizer = tiny_blip(), blip_tokenizer()
    tokenizer.add_tokens([f"từ_{i}" for i in range(20)])
    model.adopt_tokenizer(tokenizer)
    rows = len(tokenizer)
    assert rows > VOCABULARY and model.config.text_config.vocab_size == rows
    assert model.get_output_embeddings().weight is model.get_input_embeddings().weight
    assert model.lm_head.bias.shape == model.lm_head.decoder.bias.shape == (rows,)
    slow = model.momentum.text_model.get_input_embeddings().weight
    assert torch.equal(slow[VOCABULARY:], model.get_input_embeddings().weight[VOCABULARY:])
    assert not slow.requires_grad
    inputs = tiny_inputs(2)
    inputs["input_ids"][0, 1] = rows - 1
    assert model.train()(**inputs).loss.isfinite()


def test_mode_tokens_are_special():
    tokenizer = blip_tokenizer()
    assert add_mode_tokens(tokenizer) == {"encode_token_id": ENCODE, "decode_token_id": DECODE}
    assert tokenizer.decode([DECODE, 7, EOS], skip_special_tokens=True) == tokenizer.decode([7])
    assert not {ENCODE, DECODE} & set(tokenizer("[Decode] con chó [Encode]").input_ids)


def test_other_towers_give_a_sequence():
    from transformers import ViTConfig

    vit = ViTConfig(**VISION | {"image_size": 64})
    swin = {"model_type": "timm_wrapper", "architecture": "swin_tiny_patch4_window7_224"}
    swin["model_args"] = {"img_size": 64, "embed_dim": 8, "depths": [1, 1], "num_heads": [1, 2]}
    swin["model_args"]["window_size"] = 4
    for vision, shape in ((vit, (2, 17, 24)), (swin, (2, 64, 16))):
        model = tiny_matcher(vision_config=vision)
        inputs = tiny_inputs(2)
        output = model(**inputs)
        assert output.vision_model_output.last_hidden_state.shape == shape
        assert output.matching_logits.shape == (2, 2)


def test_negatives_turn_from_any_to_the_most_alike(monkeypatch: pytest.MonkeyPatch):
    model, inputs = tiny_blip(hard_negative_warmup_steps=4), tiny_inputs(4)
    drawn_by: list[torch.Tensor] = []

    def draw(logits: torch.Tensor, *arguments: torch.Tensor | bool):
        drawn_by.append(logits)
        return hard_negatives(logits, *arguments)

    monkeypatch.setattr(modeling_phoblip_pretraining, "hard_negatives", draw)
    for share in (0.25, 0.5, 0.75, 1, 1):
        logits = model.train()(**inputs).logits_per_image
        torch.testing.assert_close(drawn_by[-2], share * logits)
        torch.testing.assert_close(drawn_by[-1], share * logits.t())
    evaluated = tiny_blip(hard_negative_warmup_steps=4).eval()(**inputs)
    torch.testing.assert_close(drawn_by[-2], evaluated.logits_per_image)


def test_texts_look_at_grids_of_a_vits_scale():
    model, pixels = tiny_matcher(), tiny_inputs(2)["pixel_values"]
    states = model.get_image_features(pixels).last_hidden_state
    torch.testing.assert_close(states.mean(dim=-1), torch.zeros(states.shape[:2]))
    variance = states.var(dim=-1, unbiased=False)
    torch.testing.assert_close(variance, torch.ones_like(variance), rtol=0, atol=0.01)
    tower = model.vision_model(pixels).last_hidden_state  # (images, width, rows, columns)
    order = tower.flatten(2).transpose(1, 2).argmax(dim=-1)
    assert states.argmax(dim=-1).equal(order)


def test_gradient_checkpointing_changes_nothing():
    plain, checkpointed, inputs = tiny_blip(), tiny_blip(), tiny_inputs(2)
    checkpointed.activation_checkpointing_enable()
    runs = []
    inside = checkpointed.text_model.encoder["layer"][0].intermediate
    inside.register_forward_pre_hook(lambda *_: runs.append(None))
    for model in (plain, checkpointed):
        torch.manual_seed(0)
        model.train()(**inputs, image_ids=torch.arange(2)).loss.backward()
    assert len(runs) == 6  # the text alone, beside a picture and written: each of them twice
    for name, parameter in plain.named_parameters():
        if parameter.requires_grad:
            torch.testing.assert_close(checkpointed.get_parameter(name).grad, parameter.grad)


def test_a_tuple_is_in_the_order_of_the_fields():
    model, matcher, inputs = tiny_blip(), tiny_matcher(), tiny_inputs(2)
    image_ids = torch.arange(2)
    losses, named = (
        model(**inputs, image_ids=image_ids, return_dict=return_dict)
        for return_dict in (False, True)
    )
    torch.testing.assert_close(losses[0], named.loss)
    torch.testing.assert_close(losses[-1], named.lm_loss)
    scores, named = (matcher(**inputs, return_dict=return_dict) for return_dict in (False, True))
    torch.testing.assert_close(scores[0], named.logits_per_image)
    torch.testing.assert_close(scores[-1], named.matching_logits)


def test_an_output_layer_that_a_checkpoint_lacks_starts_at_zero():
    for model in (tiny_blip(), tiny_writer()):
        model.lm_head.bias.data.fill_(torch.nan)
        model._init_weights(model.lm_head)
        assert not model.lm_head.bias.any()


def test_zero_shot_pipeline(tmp_path):
    from PIL import Image

    model = tiny_matcher()
    model.save_pretrained(tmp_path)
    processor = blip_processor()
    processor.save_pretrained(tmp_path)
    image, labels = Image.effect_noise((90, 70), 80).convert("RGB"), ["con mèo", "con thuyền"]
    pipe = pipeline("zero-shot-image-classification", model=str(tmp_path))
    answers = pipe(image, candidate_labels=labels, hypothesis_template="{}")
    inputs = processor(images=image, text=labels, padding=True, return_tensors="pt")
    with torch.no_grad():
        scores = model(**inputs).logits_per_image.softmax(dim=-1)[0].tolist()
    by_label = {answer["label"]: answer["score"] for answer in answers}
    assert [by_label[label] for label in labels] == pytest.approx(scores, abs=1e-5)


ROUND_TRIP = """
    import torch
    from PIL import Image
    from transformers import (
        AutoModel, AutoModelForImageTextToText, AutoModelForPreTraining,
        AutoModelForZeroShotImageClassification, pipeline,
    )
    door = dict(trust_remote_code=True)
    inputs = torch.load(out + "/inputs.pt")
    result = {}
    with torch.no_grad():
        for folder in folders:
            if not folder.endswith("writer"):
                matcher = AutoModel.from_pretrained(folder, **door)
                assert type(matcher).__module__.startswith("transformers_modules."), type(matcher)
                result[folder + " matching"] = matcher(**inputs).matching_logits
                AutoModelForZeroShotImageClassification.from_pretrained(folder, **door)
            if not folder.endswith("matcher"):
                writer = AutoModelForImageTextToText.from_pretrained(folder, **door)
                result[folder + " writing"] = writer(**inputs).logits
        whole = AutoModelForPreTraining.from_pretrained(folders[0], **door)
        result["loss"] = whole(**inputs).loss
    pipe = pipeline("image-text-to-text", model=folders[0], **door)
    pipe(Image.new("RGB", (80, 60), "red"), text="", max_new_tokens=4)
    torch.save(result, out + "/result.pt")
"""


@pytest.mark.slow
def test_both_doors(tmp_path):
    whole, inputs = tiny_blip(), tiny_inputs(2)
    whole.save_pretrained(tmp_path / "whole")
    for name, cls in (
        ("matcher", PhoBLIPForImageTextRetrieval),
        ("writer", PhoBLIPForConditionalGeneration),
    ):
        cls.from_pretrained(tmp_path / "whole").save_pretrained(tmp_path / name)
    folders = [str(tmp_path / name) for name in ("whole", "matcher", "writer")]
    for folder in folders:
        blip_processor().save_pretrained(folder)
    torch.save(inputs, tmp_path / "inputs.pt")
    run(ROUND_TRIP, tmp_path, "phoclip_hf", out=str(tmp_path), folders=folders)
    result = torch.load(tmp_path / "result.pt")
    with torch.no_grad():
        close(result["loss"], whole(**inputs).loss)
        matcher = PhoBLIPForImageTextRetrieval.from_pretrained(folders[0])
        writer = PhoBLIPForConditionalGeneration.from_pretrained(folders[0])
        for folder in (folders[0], folders[1]):
            close(result[f"{folder} matching"], matcher(**inputs).matching_logits)
        for folder in (folders[0], folders[2]):
            close(result[f"{folder} writing"], writer(**inputs).logits)
