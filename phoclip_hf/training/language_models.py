"""The language model that a stage begins with, and the tokenizer that it speaks through."""

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from .recipe import Stage
from .stages import Run


def begin_language_model(run: Run, stage: Stage) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return the language model that a stage names, and its tokenizer.

    `text` is an earlier language_modeling stage, a folder below the data or a Hub id, each with
    its weights; without it the `text_config` of the stage's `model` is built with random ones, and
    speaks through the recipe's tokenizer.
    """
    if stage.text is None:
        if "text_config" not in stage.model:
            raise ValueError(
                f"Stage {stage.name!r}: name the language model, `text`, or its numbers, "
                "`model: {text_config: …}`."
            )
        numbers = {"vocab_size": len(run.tokenizer)} | stage.model["text_config"]
        config = AutoConfig.for_model(**numbers)
        return AutoModelForCausalLM.from_config(config, dtype=torch.float32), run.tokenizer
    is_ours = any(stage.text == earlier.name for earlier in run.recipe.stages)
    path = str(run.folder(stage.text)) if is_ours else run.local_or_hub(stage.text)
    model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32, use_safetensors=True)
    tokenizer = run.tokenizer if is_ours else AutoTokenizer.from_pretrained(path)
    if tokenizer.pad_token_id is None:  # OpenAI's GPT-2 has none; a mask hides what it fills
        tokenizer.pad_token = tokenizer.eos_token
    if len(tokenizer) > (rows := model.get_input_embeddings().num_embeddings):
        raise ValueError(
            f"Stage {stage.name!r}: {stage.text} knows {rows} tokens, its tokenizer has "
            f"{len(tokenizer)}: they are not of one model."
        )
    return model, tokenizer
