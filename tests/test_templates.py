import unicodedata

import pytest

from phoclip_hf.evaluation.templates import TEMPLATES, fill_templates, read_templates


def test_at_least_40_distinct_composed_templates_with_one_place_for_the_label():
    assert len(TEMPLATES) >= 40
    assert len({template.lower() for template in TEMPLATES}) == len(TEMPLATES)
    for template in TEMPLATES:
        assert template.count("{}") == 1, template
        assert template == " ".join(unicodedata.normalize("NFC", template).split())
        assert template == template.lower() and not template.endswith(".")


def test_the_library_s_six_are_among_them():
    processing = pytest.importorskip("phoclip_hf.processing_phoclip")
    assert set(processing.VIETNAMESE_TEMPLATES) <= set(TEMPLATES)


def test_a_label_is_put_in_as_it_is():
    prompts = fill_templates(["ảnh chụp {}", "{} trong ảnh"], "{0.__class__} và {}")
    assert prompts == ["ảnh chụp {0.__class__} và {}", "{0.__class__} và {} trong ảnh"]


def test_templates_of_a_file():
    assert read_templates(["ảnh {}\n", "", "  một  bức ảnh {} ", "ảnh {}"]) == [
        "ảnh {}",
        "một bức ảnh {}",
    ]
    for lines, message in (
        (["ảnh {}", "ảnh chụp"], "line 2 is 'ảnh chụp'"),
        (["{} và {}"], "line 1"),
        (["", " "], "no template was given"),
    ):
        with pytest.raises(ValueError, match=message):
            read_templates(lines)
