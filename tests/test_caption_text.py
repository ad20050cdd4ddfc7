"""Captions: mended where nothing is lost, refused with the reason where something is."""

import pytest
from releases import BAD_CAPTIONS, MENDED_CAPTIONS, MOJIBAKE

from phoclip_hf.data.intake.caption_rows import REASONS
from phoclip_hf.data.intake.caption_text import (
    BadCaption,
    clean_caption,
    clean_captions,
    is_mojibake,
)


@pytest.mark.parametrize("text, reason", BAD_CAPTIONS.items())
def test_what_is_lost_is_refused(text, reason):
    with pytest.raises(BadCaption) as caught:
        clean_caption(text)
    assert caught.value.reason == reason
    assert reason in REASONS


@pytest.mark.parametrize(
    "text, reason, detail",
    [
        (None, "empty_caption", "there is none"),
        (float("nan"), "empty_caption", "there is none"),
        (5, "not_text", "got int"),
        (["một"], "not_text", "got list"),
        ("n\ud83d", "broken_unicode", "U+D83D"),
        ("m\udce9o", "broken_unicode", "byte 0xe9 is not UTF-8"),
    ],
)
def test_the_detail_says_what_was_found(text, reason, detail):
    with pytest.raises(BadCaption, match=detail.replace("+", r"\+")) as caught:
        clean_caption(text)
    assert caught.value.reason == reason


@pytest.mark.parametrize("text, cleaned, mends", [(k, *v) for k, v in MENDED_CAPTIONS.items()])
def test_what_can_be_mended_is(text, cleaned, mends):
    assert clean_caption(text) == (cleaned, mends)


def test_a_good_caption_stays():
    for text in (
        "một con chó",
        "Cà phê sữa đá 😀",
        "👨\u200d👩\u200d👧 cả nhà",
        "khung_cảnh đẹp !",
    ):
        assert clean_caption(text) == (text, [])


def test_mojibake_is_told_and_kept_as_it_is():
    assert MOJIBAKE == "má»™t con chÃ³ cháº¡y"
    assert is_mojibake(MOJIBAKE)
    assert is_mojibake("trá»\x9di")  # trời: Windows-1252 has no letter for 0x9d
    for text in ("một con chó", "cà phê", "a cafe", "déjà vu", "Ã", "«à»", "5 €"):
        assert not is_mojibake(text)
    assert clean_caption(MOJIBAKE) == (MOJIBAKE, [])


def test_remarks_of_one_picture():
    read = clean_captions(["hai con mèo", "]", "hai con mèo ", None, MOJIBAKE])
    assert read.captions == ["hai con mèo", "]", "hai con mèo", MOJIBAKE]
    assert read.remarks == [
        ("no_words", "]"),
        ("repeated_caption", "hai con mèo"),
        ("mojibake", MOJIBAKE),
    ]
    assert [(text, error.reason) for text, error in read.refused] == [(None, "empty_caption")]
    assert read.mends == ["whitespace"]
