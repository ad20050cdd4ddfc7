"""Transformers' common tokenizer tests on PhoCLIPTokenizer, and beside it on RoBERTa's."""

import functools
import json
import shutil
import tempfile
import unittest
from unittest import mock

from tiny import CAPTIONS
from tokenizers import ByteLevelBPETokenizer
from transformers import PreTrainedTokenizerBase, RobertaTokenizer, TokenizersBackend
from transformers_tests.test_tokenization_common import TokenizerTesterMixin

from phoclip_hf import PhoCLIPTokenizer

# The common tests speak English.
TEXTS = (*CAPTIONS, "He is very happy, this is a test", "lower newer, the new token words running")
VOCABULARY = 600


class TokenizerMixin(TokenizerTesterMixin):
    """Saves a tokenizer that was trained here, where the common tests download one."""

    from_pretrained_kwargs = {}

    @classmethod
    def setUpClass(cls):
        cls.from_pretrained_id = tempfile.mkdtemp()
        cls.build().save_pretrained(cls.from_pretrained_id)
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        shutil.rmtree(cls.from_pretrained_id[0])


class RobertaTokenizerTest(TokenizerMixin, unittest.TestCase):
    tokenizer_class = rust_tokenizer_class = RobertaTokenizer

    @classmethod
    def build(cls) -> PreTrainedTokenizerBase:
        trained = ByteLevelBPETokenizer()
        special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
        trained.train_from_iterator(TEXTS, VOCABULARY, 1, special_tokens=special)
        model = json.loads(trained.to_str())["model"]
        return RobertaTokenizer(model["vocab"], [tuple(merge) for merge in model["merges"]])


class PhoCLIPTokenizerTest(TokenizerMixin, unittest.TestCase):
    tokenizer_class = rust_tokenizer_class = PhoCLIPTokenizer

    @classmethod
    def build(cls) -> PreTrainedTokenizerBase:
        return PhoCLIPTokenizer.train(TEXTS, VOCABULARY, min_frequency=1)

    # Texts are truncated by default, which these two do not expect: Transformers' default here.

    @mock.patch.object(
        PhoCLIPTokenizer,
        "_get_padding_truncation_strategies",
        TokenizersBackend._get_padding_truncation_strategies,
    )
    def test_maximum_encoding_length_single_input(self):
        super().test_maximum_encoding_length_single_input()

    @mock.patch.object(
        PhoCLIPTokenizer,
        "_get_padding_truncation_strategies",
        TokenizersBackend._get_padding_truncation_strategies,
    )
    def test_maximum_encoding_length_pair_input(self):
        super().test_maximum_encoding_length_pair_input()

    # Special tokens in a text are text by default, so that nobody types "</s>": Transformers' here.

    def test_tokenize_special_tokens(self):
        self.get_tokenizer = functools.partial(self.get_tokenizer, split_special_tokens=False)
        super().test_tokenize_special_tokens()
