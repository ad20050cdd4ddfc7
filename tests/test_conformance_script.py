"""scripts/conformance.py: what it reads in pytest's report, and when it says that all is well."""

import runpy
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "conformance.py"))
REPORT = """<testsuite>
  <testcase name="test_save"/>
  <testcase name="test_hidden"><failure message="no hidden_states&#10;second line"/></testcase>
  <testcase name="test_broken"><error message="setUp"/></testcase>
  <testcase name="test_gpu"><skipped message="test requires accelerator"/></testcase>
</testsuite>"""
PAIRS = [("OursTest", "TheirsTest")]


def outcomes(text: str) -> dict[str, tuple[str, str]]:
    cases = ElementTree.fromstring(text).iter("testcase")
    return {case.get("name"): SCRIPT["outcome"](case) for case in cases}


def test_the_report_is_read():
    assert outcomes(REPORT) == {
        "test_save": ("passed", ""),
        "test_hidden": ("failed", "no hidden_states"),
        "test_broken": ("failed", "setUp"),
        "test_gpu": ("skipped", "test requires accelerator"),
    }
    assert SCRIPT["tally"](outcomes(REPORT)) == "1 | 1 | 2"


def test_a_failure_is_allowed_where_theirs_fails_too(capsys):
    both = {"OursTest": outcomes(REPORT), "TheirsTest": outcomes(REPORT)}
    assert SCRIPT["print_tables"](PAIRS, both) == []
    printed = capsys.readouterr().out
    assert "| OursTest | 1 | 1 | 2 | TheirsTest | 1 | 1 | 2 |" in printed
    assert "| OursTest test_hidden: no hidden_states | failed |" in printed

    better = outcomes(REPORT) | {"test_hidden": SCRIPT["Outcome"]("passed", "")}
    assert SCRIPT["print_tables"](PAIRS, {"OursTest": outcomes(REPORT), "TheirsTest": better}) == [
        "OursTest.test_hidden fails and TheirsTest.test_hidden does not"
    ]
    assert SCRIPT["print_tables"](PAIRS, {"OursTest": better, "TheirsTest": both["OursTest"]}) == []


def test_a_skip_needs_an_explanation(capsys):
    odd = {"test_gpu": SCRIPT["Outcome"]("skipped", "the moon is full")}
    assert SCRIPT["print_tables"](PAIRS, {"OursTest": odd, "TheirsTest": {}}) == [
        "no explanation for the skip 'the moon is full'"
    ]
    # what only theirs skips is theirs to explain
    assert SCRIPT["print_tables"](PAIRS, {"OursTest": {}, "TheirsTest": odd}) == []
    assert "| 0 | 1 | the moon is full |" in capsys.readouterr().out


def test_one_reason_is_one_row_whatever_class_it_names():
    first = SCRIPT["Outcome"]("skipped", "PhoCLIPModel does not support SDPA")
    second = SCRIPT["Outcome"]("skipped", "CLIPModel does not support SDPA")
    pair = {"OursTest": {"test_sdpa": first}, "TheirsTest": {"test_sdpa": second}}
    assert SCRIPT["skips"](PAIRS, pair) == {"the model does not support SDPA": [1, 1]}


def test_every_suite_names_classes_that_exist():
    for name, pairs in SCRIPT["SUITES"].items():
        text = (ROOT / "tests" / "conformance" / f"test_{name}.py").read_text(encoding="utf-8")
        for case in {case for pair in pairs for case in pair}:
            assert f"class {case}(" in text
