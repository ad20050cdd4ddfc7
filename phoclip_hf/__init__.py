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
        from transformers import (
            AutoConfig,
            AutoModel,
            AutoModelForImageClassification,
            AutoModelForImageTextToText,
            AutoModelForPreTraining,
            AutoModelForZeroShotImageClassification,
            AutoProcessor,
            AutoTokenizer,
        )
    except ImportError:
        return
    from transformers import AutoImageProcessor, CLIPImageProcessor, ViTImageProcessor

    from .configuration_butterfly import ButterflyCNNConfig
    from .configuration_phoblip import PhoBLIPConfig
    from .configuration_phocap import PhoCapConfig
    from .configuration_phoclip import PhoCLIPConfig
    from .modeling_butterfly import ButterflyCNNForImageClassification
    from .modeling_phoblip_generation import PhoBLIPForConditionalGeneration
    from .modeling_phoblip_pretraining import PhoBLIPForPreTraining
    from .modeling_phoblip_retrieval import PhoBLIPForImageTextRetrieval
    from .modeling_phocap import PhoCapForConditionalGeneration
    from .modeling_phoclip import PhoCLIPModel
    from .modeling_phoclip_halves import (
        PhoCLIPTextModelWithProjection,
        PhoCLIPVisionModelWithProjection,
    )
    from .processing_phoclip import PhoCLIPProcessor
    from .tokenization_phoclip import PhoCLIPTokenizer

    for config in (PhoCLIPConfig, PhoCapConfig, PhoBLIPConfig):
        AutoConfig.register(config.model_type, config, exist_ok=True)
        AutoTokenizer.register(config, tokenizer_class=PhoCLIPTokenizer, exist_ok=True)
        AutoImageProcessor.register(
            config, image_processor_classes={"torchvision": CLIPImageProcessor}, exist_ok=True
        )
        AutoProcessor.register(config, PhoCLIPProcessor, exist_ok=True)
        config.register_for_auto_class("AutoConfig")
    AutoModel.register(PhoCLIPConfig, PhoCLIPModel, exist_ok=True)
    AutoModelForZeroShotImageClassification.register(PhoCLIPConfig, PhoCLIPModel, exist_ok=True)
    AutoModelForImageTextToText.register(
        PhoCapConfig, PhoCapForConditionalGeneration, exist_ok=True
    )
    AutoModel.register(PhoBLIPConfig, PhoBLIPForImageTextRetrieval, exist_ok=True)
    AutoModelForZeroShotImageClassification.register(
        PhoBLIPConfig, PhoBLIPForImageTextRetrieval, exist_ok=True
    )
    AutoModelForImageTextToText.register(
        PhoBLIPConfig, PhoBLIPForConditionalGeneration, exist_ok=True
    )
    AutoModelForPreTraining.register(PhoBLIPConfig, PhoBLIPForPreTraining, exist_ok=True)
    AutoConfig.register(ButterflyCNNConfig.model_type, ButterflyCNNConfig, exist_ok=True)
    AutoImageProcessor.register(
        ButterflyCNNConfig,
        image_processor_classes={"torchvision": ViTImageProcessor},
        exist_ok=True,
    )
    AutoModelForImageClassification.register(
        ButterflyCNNConfig, ButterflyCNNForImageClassification, exist_ok=True
    )
    ButterflyCNNConfig.register_for_auto_class("AutoConfig")
    ButterflyCNNForImageClassification.register_for_auto_class("AutoModelForImageClassification")
    PhoCLIPModel.register_for_auto_class("AutoModel")
    PhoCLIPVisionModelWithProjection.register_for_auto_class("AutoModel")
    PhoCLIPTextModelWithProjection.register_for_auto_class("AutoModel")
    PhoCapForConditionalGeneration.register_for_auto_class("AutoModelForImageTextToText")
    PhoBLIPForImageTextRetrieval.register_for_auto_class("AutoModel")
    PhoBLIPForConditionalGeneration.register_for_auto_class("AutoModelForImageTextToText")
    PhoBLIPForPreTraining.register_for_auto_class("AutoModelForPreTraining")
    PhoCLIPTokenizer.register_for_auto_class("AutoTokenizer")
    PhoCLIPProcessor.register_for_auto_class("AutoProcessor")


_register()
