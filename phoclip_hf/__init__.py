"""PhoCLIP: Vietnamese image-text models for Hugging Face.

Public names load on first use, so that `import phoclip_hf` needs neither torch nor Transformers.
Where both are installed, importing registers the classes with Transformers' Auto classes, and with
its saving: `save_pretrained` writes the code beside the weights, a complete Hub repository.
"""

from importlib import import_module
from typing import Any

# Public name → the module that holds it.
_MODULES = {
    "PhoCLIPConfig": "configuration_phoclip",
    "PhoCLIPModel": "modeling_phoclip",
    "PhoCLIPTextModelWithProjection": "modeling_phoclip_halves",
    "PhoCLIPVisionModelWithProjection": "modeling_phoclip_halves",
    "PhoCLIPTokenizer": "tokenization_phoclip",
    "PhoCLIPProcessor": "processing_phoclip",
    "VIETNAMESE_TEMPLATES": "processing_phoclip",
    "contrastive_loss": "losses_phoclip",
    "sigmoid_loss": "losses_phoclip",
    "soft_target_loss": "losses_phoclip",
    "PhoCapConfig": "configuration_phocap",
    "PhoCapForConditionalGeneration": "modeling_phocap",
    "PhoBLIPConfig": "configuration_phoblip",
    "PhoBLIPForPreTraining": "modeling_phoblip_pretraining",
    "PhoBLIPForImageTextRetrieval": "modeling_phoblip_retrieval",
    "PhoBLIPForConditionalGeneration": "modeling_phoblip_generation",
    "add_mode_tokens": "tokens_phoblip",
    "ButterflyCNNConfig": "configuration_butterfly",
    "ButterflyCNNForImageClassification": "modeling_butterfly",
}

# Model → the Auto classes that load it; the first is written beside its weights.
_AUTO_CLASSES = {
    "PhoCLIPModel": ("AutoModel", "AutoModelForZeroShotImageClassification"),
    "PhoCapForConditionalGeneration": ("AutoModelForImageTextToText",),
    "PhoBLIPForPreTraining": ("AutoModelForPreTraining",),
    "PhoBLIPForImageTextRetrieval": ("AutoModel", "AutoModelForZeroShotImageClassification"),
    "PhoBLIPForConditionalGeneration": ("AutoModelForImageTextToText",),
    "ButterflyCNNForImageClassification": ("AutoModelForImageClassification",),
}
# Config → the image processor of its checkpoints.
_IMAGE_PROCESSORS = {
    "PhoCLIPConfig": "CLIPImageProcessor",
    "PhoCapConfig": "CLIPImageProcessor",
    "PhoBLIPConfig": "CLIPImageProcessor",
    "ButterflyCNNConfig": "ViTImageProcessor",
}
_WITHOUT_TEXT = {"ButterflyCNNConfig"}

__all__ = list(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'phoclip_hf' has no attribute {name!r}")
    try:
        value = getattr(import_module(f"phoclip_hf.{_MODULES[name]}"), name)
    except ModuleNotFoundError as error:
        raise ImportError(
            f"phoclip_hf.{name} needs {error.name}, which is not installed: "
            'pip install "phoclip_hf[model]"'
        ) from error
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})


def _register() -> None:
    """Make the Auto classes know our models; without torch or Transformers do nothing."""
    try:
        import torch  # noqa: F401
        import transformers
    except ImportError:
        return
    ours = __getattr__
    for name, image_processor in _IMAGE_PROCESSORS.items():
        config, pictures = ours(name), {"torchvision": getattr(transformers, image_processor)}
        transformers.AutoConfig.register(config.model_type, config, exist_ok=True)
        transformers.AutoImageProcessor.register(
            config, image_processor_classes=pictures, exist_ok=True
        )
        if name not in _WITHOUT_TEXT:
            tokenizer, processor = ours("PhoCLIPTokenizer"), ours("PhoCLIPProcessor")
            transformers.AutoTokenizer.register(config, tokenizer_class=tokenizer, exist_ok=True)
            transformers.AutoProcessor.register(config, processor, exist_ok=True)
        config.register_for_auto_class("AutoConfig")
    for name, auto_classes in _AUTO_CLASSES.items():
        model = ours(name)
        for auto_class in auto_classes:
            getattr(transformers, auto_class).register(model.config_class, model, exist_ok=True)
        model.register_for_auto_class(auto_classes[0])
    # These share PhoCLIP's config: here they load by their own names.
    ours("PhoCLIPVisionModelWithProjection").register_for_auto_class("AutoModel")
    ours("PhoCLIPTextModelWithProjection").register_for_auto_class("AutoModel")
    ours("PhoCLIPTokenizer").register_for_auto_class("AutoTokenizer")
    ours("PhoCLIPProcessor").register_for_auto_class("AutoProcessor")


_register()
