"""[Encode] and [Decode], the tokens that tell PhoBLIP's text transformer what to do."""

from transformers import AddedToken, PreTrainedTokenizerBase

# field of the config → token
MODE_TOKENS = {"encode_token_id": "[Encode]", "decode_token_id": "[Decode]"}


def add_mode_tokens(tokenizer: PreTrainedTokenizerBase) -> dict[str, int]:
    """Make the tokenizer know both tokens, and return their ids as fields of [`PhoBLIPConfig`].

    They are special: decoding leaves them out, and one that a person types is text like any other.
    """
    tokens = [AddedToken(t, special=True, normalized=False) for t in MODE_TOKENS.values()]
    tokenizer.add_special_tokens(
        {"extra_special_tokens": tokens}, replace_extra_special_tokens=False
    )
    return {field: tokenizer.convert_tokens_to_ids(t) for field, t in MODE_TOKENS.items()}
