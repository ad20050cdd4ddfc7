import math
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny import VOCABULARY, tiny_config, tiny_inputs, tiny_model
from transformers import (
    AutoModel,
    AutoModelForZeroShotImageClassification,
    RobertaConfig,
    RobertaModel,
)

from phoclip_hf import (
    PhoCLIPConfig,
    PhoCLIPModel,
    PhoCLIPTextModelWithProjection,
    PhoCLIPVisionModelWithProjection,
)


def test_default_config_is_phobert_and_resnet50():
    config = PhoCLIPConfig()
    assert config.vision_config.architecture == "resnet50"
    assert (config.text_config.vocab_size, config.text_config.max_position_embeddings) == (
        64001,
        258,
    )
    assert (config.projection_dim, config.projection_dropout, config.text_pooling) == (
        512,
        0.1,
        "cls",
    )
    assert math.exp(config.logit_scale_init_value) == pytest.approx(1 / 0.07, rel=1e-4)
    assert PhoCLIPConfig.from_dict(config.to_dict()).to_dict() == config.to_dict()


def test_config_errors_name_the_field():
    with pytest.raises(Exception, match="projection_dim=0"):
        PhoCLIPConfig(projection_dim=0)
    with pytest.raises(Exception, match="projection_dropout=1"):
        PhoCLIPConfig(projection_dropout=1.0)
    with pytest.raises(Exception, match="text_pooling"):
        PhoCLIPConfig(text_pooling="last")


@pytest.mark.parametrize("build", [PhoCLIPModel, AutoModel.from_config])
@pytest.mark.parametrize("architecture", ["mobilenetv4_conv_small", "mobilenetv2_100"])
def test_a_fresh_timm_tower_can_be_trained(build, architecture):
    config = tiny_config(vision_config={"model_type": "timm_wrapper", "architecture": architecture})
    torch.manual_seed(0)
    model = build(config).eval()
    features = model.vision_model(torch.rand(2, 3, 96, 96)).pooler_output
    # 1e-24 with N(0, 0.02), the initialisation of Transformers for every convolution
    assert 1e-3 < features.std().item() < 1e3


def test_the_heads_are_the_seeds():
    head = tiny_model().visual_projection
    features = torch.randn(3, head.input_linear.in_features)
    projected = head.input_linear(features)
    update = head.output_linear(torch.nn.functional.gelu(projected))
    torch.testing.assert_close(head(features), head.layer_norm(projected + update))
    assert head.dropout.p == 0.1
    # at first each output has the size of its input: standard deviation 1/√in_features
    assert head.input_linear.weight.std().item() == pytest.approx(
        head.input_linear.in_features**-0.5, rel=0.1
    )
    linear = tiny_model(projection_type="linear").text_projection
    assert linear.weight.shape == (16, 32) and linear.bias is None


def test_outputs_are_clips():
    model, inputs = tiny_model(), tiny_inputs(3)
    with torch.no_grad():
        output = model(**inputs)
        image_features = model.get_image_features(inputs["pixel_values"]).pooler_output
        text_features = model.get_text_features(
            inputs["input_ids"], inputs["attention_mask"]
        ).pooler_output
    torch.testing.assert_close(output.image_embeds.norm(dim=-1), torch.ones(3))
    torch.testing.assert_close(output.text_embeds.norm(dim=-1), torch.ones(3))
    # LayerNorm gives 16 values a length of 4, so these are not normalised
    torch.testing.assert_close(
        image_features.norm(dim=-1), torch.full((3,), 4.0), rtol=1e-3, atol=0
    )
    torch.testing.assert_close(image_features / 4, output.image_embeds, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(text_features / 4, output.text_embeds, rtol=1e-3, atol=1e-4)
    expected = output.image_embeds @ output.text_embeds.t() / 0.07
    torch.testing.assert_close(output.logits_per_image, expected, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(output.logits_per_text, output.logits_per_image.t())
    assert list(output) == [
        "loss",
        "logits_per_image",
        "logits_per_text",
        "image_embeds",
        "text_embeds",
        "vision_model_output",
        "text_model_output",
    ]
    assert len(model(**inputs, return_dict=False)) == 7


def test_loss_only_where_pictures_and_texts_are_equal_in_number():
    model, inputs = tiny_model(), tiny_inputs(3)
    loss = model(**inputs).loss
    assert loss.item() == pytest.approx(math.log(3), abs=1.5)
    assert model(**inputs, return_loss=False).loss is None
    inputs["pixel_values"] = inputs["pixel_values"][:1]
    output = model(**inputs)
    assert output.loss is None and output.logits_per_image.shape == (1, 3)
    loss.backward()
    for weight in (next(model.vision_model.parameters()), model.logit_scale):
        assert weight.grad.abs().max() > 0


def test_one_modality_alone_gives_its_own_embeds():
    model, inputs = tiny_model(), tiny_inputs(2)
    image = model(pixel_values=inputs["pixel_values"])
    assert list(image) == ["image_embeds", "vision_model_output"]
    torch.testing.assert_close(image[0], model(**inputs).image_embeds)
    inputs.pop("pixel_values")
    assert list(model(**inputs)) == ["text_embeds", "text_model_output"]
    with pytest.raises(ValueError, match="got neither"):
        model()


@pytest.mark.parametrize("pooling", ["cls", "mean"])
def test_padding_changes_no_text(pooling):
    model = tiny_model(text_pooling=pooling)
    ids = torch.tensor([[0, 7, 8, 9, 2]])
    padded = torch.tensor([[0, 7, 8, 9, 2, 1, 1, 1]])
    mask = torch.tensor([[1, 1, 1, 1, 1, 0, 0, 0]])
    with torch.no_grad():
        alone = model.get_text_features(ids)
        together = model.get_text_features(padded, mask).pooler_output
    torch.testing.assert_close(alone.pooler_output, together, rtol=1e-4, atol=1e-5)
    states = alone.last_hidden_state
    pooled = states[:, 0] if pooling == "cls" else states.mean(dim=1)
    torch.testing.assert_close(model.text_projection(pooled), alone.pooler_output)
    assert model.text_model.pooler is None


def test_hidden_states_attentions_and_checkpointing():
    model, inputs = tiny_model(), tiny_inputs(2)
    model.set_attn_implementation("eager")
    output = model(**inputs, output_hidden_states=True, output_attentions=True)
    assert len(output.text_model_output.hidden_states) == 3  # embeddings and two layers
    assert len(output.text_model_output.attentions) == 2
    assert len(output.vision_model_output.hidden_states) >= 3

    plain = model(**inputs).loss
    model.gradient_checkpointing_enable()
    assert model.vision_model.timm_model.grad_checkpointing
    assert all(layer.gradient_checkpointing for layer in model.text_model.encoder.layer)
    model.train()
    for module in model.modules():  # as in eval mode, but with checkpoints
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eval()
    torch.testing.assert_close(model(**inputs).loss, plain)


def test_a_timm_half_says_whether_it_checkpoints():
    half = PhoCLIPVisionModelWithProjection(tiny_config())
    assert not half.is_activation_checkpointing
    half.activation_checkpointing_enable()
    assert half.is_activation_checkpointing
    half.activation_checkpointing_disable()
    assert not half.is_activation_checkpointing


def test_save_and_load(tmp_path: Path):
    model, inputs = tiny_model(), tiny_inputs(2)
    model.save_pretrained(tmp_path)
    expected = model(**inputs).logits_per_image
    for auto in (AutoModel, AutoModelForZeroShotImageClassification, PhoCLIPModel):
        loaded, info = auto.from_pretrained(tmp_path, output_loading_info=True)
        assert not info["missing_keys"] and not info["unexpected_keys"]
        torch.testing.assert_close(loaded(**inputs).logits_per_image, expected, rtol=0, atol=1e-6)

    vision = PhoCLIPVisionModelWithProjection.from_pretrained(tmp_path)
    text = PhoCLIPTextModelWithProjection.from_pretrained(tmp_path)
    features = model.get_image_features(inputs["pixel_values"]).pooler_output
    torch.testing.assert_close(vision(inputs["pixel_values"]).image_embeds, features)
    text_inputs = {name: inputs[name] for name in ("input_ids", "attention_mask")}
    features = model.get_text_features(**text_inputs).pooler_output
    torch.testing.assert_close(text(**text_inputs).text_embeds, features)


def test_half_the_model_loads_without_a_word(tmp_path: Path):
    tiny_model().save_pretrained(tmp_path)
    for half in (PhoCLIPVisionModelWithProjection, PhoCLIPTextModelWithProjection):
        _, info = half.from_pretrained(tmp_path, output_loading_info=True)
        assert not info["missing_keys"] and not info["unexpected_keys"]


def test_half_precision_file_loads_as_the_config_says(tmp_path: Path):
    tiny_model().save_pretrained(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    weights = {k: v.half() if v.is_floating_point() else v for k, v in weights.items()}
    save_file(weights, tmp_path / "model.safetensors", metadata={"format": "pt"})
    loaded = PhoCLIPModel.from_pretrained(tmp_path)
    assert {p.dtype for p in loaded.parameters()} == {torch.float32}
    assert loaded(**tiny_inputs(2)).loss.dtype == torch.float32


def test_other_towers_of_transformers():
    vit = {
        "model_type": "vit",
        "hidden_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "image_size": 64,
        "patch_size": 32,
    }
    resnet = {
        "model_type": "resnet",
        "embedding_size": 8,
        "hidden_sizes": [8, 24],
        "depths": [1, 1],
    }
    bert = {
        "model_type": "distilbert",
        "dim": 32,
        "n_layers": 1,
        "n_heads": 2,
        "hidden_dim": 32,
    }
    inputs = tiny_inputs(2)
    for vision, width in ((vit, 32), (resnet, 24)):
        model = tiny_model(vision_config=vision)
        assert model.visual_projection.input_linear.in_features == width
        assert model(**inputs).logits_per_image.shape == (2, 2)
    assert tiny_model(text_config=bert | {"vocab_size": VOCABULARY})(**inputs).loss > 0

    model = tiny_model(vision_config=vit)
    model.set_attn_implementation("eager")
    for config in (model.vision_model.config, model.text_model.config):
        config.output_hidden_states = config.output_attentions = True
    output = model(**inputs)  # no flag is passed: each tower's config says it
    assert len(output.vision_model_output.hidden_states) == 2  # embeddings and one layer
    assert len(output.vision_model_output.attentions) == 1
    assert len(output.text_model_output.hidden_states) == 3
    silent = model.get_image_features(inputs["pixel_values"], output_hidden_states=False)
    assert silent.hidden_states is None


def test_built_towers_attend_to_no_padding():
    whole, inputs = tiny_model(), tiny_inputs(3)
    assert not inputs["attention_mask"].all()
    config = PhoCLIPConfig(
        vision_config=whole.vision_model.config,
        text_config=whole.text_model.config,
        projection_dim=16,
    )
    model = PhoCLIPModel(config, vision_model=whole.vision_model, text_model=whole.text_model)
    torch.testing.assert_close(
        model.eval().text_model(inputs["input_ids"], inputs["attention_mask"])[0],
        tiny_model().text_model(inputs["input_ids"], inputs["attention_mask"])[0],
    )


@pytest.mark.shared_data
def test_from_text_vision_pretrained(shared_data: Path, tmp_path: Path):
    text = RobertaModel(RobertaConfig(**tiny_config().text_config.to_dict()))
    text.save_pretrained(tmp_path / "text")
    vision_id = str(shared_data / "backbones" / "mobilenetv2-imagenet")
    model = PhoCLIPModel.from_text_vision_pretrained(
        str(tmp_path / "text"), vision_id, projection_dim=24
    ).eval()
    assert {p.dtype for p in model.parameters()} == {torch.float32}  # the file holds float16
    assert model.config.vision_config.num_labels == 0
    assert model.visual_projection.input_linear.in_features == 1280

    words = model.text_model.embeddings.word_embeddings.weight
    torch.testing.assert_close(words, text.embeddings.word_embeddings.weight)
    pixels = torch.rand(2, 3, 96, 96)
    tower = AutoModel.from_pretrained(vision_id, dtype=torch.float32).eval()
    expected = tower(pixels).pooler_output
    torch.testing.assert_close(model.vision_model(pixels).pooler_output, expected)

    model.save_pretrained(tmp_path / "both")
    saved = (tmp_path / "both" / "config.json").read_text()
    assert str(tmp_path) not in saved and str(shared_data) not in saved and "tench" not in saved
    loaded = AutoModel.from_pretrained(tmp_path / "both")
    torch.testing.assert_close(loaded.vision_model(pixels).pooler_output, expected)
