"""Run Transformers' own common tests on PhoCLIP, and on a class of Transformers beside it.

    python scripts/conformance.py                # everything in tests/conformance
    python scripts/conformance.py tokenizers     # one file of it: test_tokenizers.py

The tests lie in the source package of the installed Transformers; pip fetches it once into
build/conformance. Interrupted, the same command goes on: a class that has run is not run again
until the code, its tests or Transformers change (`--fresh` runs all). Prints Markdown: a row for
each class, every failure, every reason for a skip. Exits 1 where a test fails that the class beside
it passes, or a skip has no explanation here.

What the source package lacks has empty stand-ins: its tests of `generate`, exporting and pipelines
do not run; tests/test_modeling_phocap.py and tests/test_round_trip.py hold ours.
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from tqdm.auto import tqdm

ROOT = Path(__file__).resolve().parent.parent
VERSION = version("transformers")
BUILD = ROOT / "build" / "conformance"
TESTS = ROOT / "tests" / "conformance"

# file: (class of ours, class of Transformers that its numbers stand beside)
SUITES = {
    "dual_encoders": (
        ("PhoCLIPModelTest", "CLIPModelTest"),
        ("PhoCLIPWithViTModelTest", "CLIPModelTest"),
        ("PhoCLIPTextModelTest", "CLIPTextModelTest"),
        ("PhoCLIPVisionModelTest", "CLIPVisionModelTest"),
    ),
    "captioners": (("PhoCapModelTest", "GitModelTest"),),
    "phoblip": (
        ("PhoBLIPRetrievalModelTest", "BlipRetrievalModelTest"),
        ("PhoBLIPPreTrainingModelTest", "BlipRetrievalModelTest"),
        ("PhoBLIPWriterModelTest", "BlipWriterModelTest"),
    ),
    "tokenizers": (("PhoCLIPTokenizerTest", "RobertaTokenizerTest"),),
    "processors": (
        ("PhoCLIPProcessorTest", "CLIPProcessorTest"),
        ("PhoCLIPImageProcessorTest", "CLIPImageProcessorTest"),
    ),
}

# What the source package's tests import and it does not hold.
STAND_INS = {
    "transformers_tests/__init__.py": "",
    "transformers_tests/exporters/test_export.py": "class ExportTesterMixin:\n    pass\n",
    "transformers_tests/generation/test_utils.py": "class GenerationTesterMixin:\n    pass\n",
    "transformers_tests/utils/test_configuration_utils.py": "config_common_kwargs = {}\n",
    "transformers_tests/fixtures/sample_text.txt": "",
    "fetch_hub_objects_for_ci.py": "def url_to_local_path(url):\n    return url\n",
}

# What a skip's message says: why that is right.
EXPLANATIONS = {
    r"accelerator|MPS": "needs a GPU, or several; runs where there is one",
    r"Flash Attention|kernels|deepspeed|librosa|Torchcodec": "a package that PhoCLIP does not use",
    r"test is slow": "slow for every model of theirs; RUN_SLOW=1 runs it",
    r"RoPE|base_model_class": "about rotary positions; these towers learn theirs",
    r"experts|grouped_mm|router": "no mixture of experts",
    r"decoder-only|sequence-to-sequence": "checks classes in Transformers' own lists only",
    r"_keep_in_fp32": "no weight must stay float32 in a float16 model",
    r"inputs_embeds": "takes ids only, as CLIP",
    r"sliding window": "no windowed attention",
    r"cache as input": "no cache: the language model's own `generate` writes the caption",
    r"TP plan": "no plan to split a layer over GPUs",
    r"conversion": "weights have one layout, nothing to convert",
    r"position embeddings": "nothing resizes positions, as in CLIP",
    r"not support SDPA|both a non-text": "a test each for one tower and for two: the other runs",
    r"test_resize_embeddings": "a picture tower has no tokens",
    r"support attentions|output.attentions": "a convolutional tower has no attention",
    r"attentions lie|give no attention": "attention maps are in each tower's output",
    r"capture.(hidden|outputs)": "a timm tower hands out hidden states in its own way",
    r"chat template": "no chat: a caption model takes no messages",
    r"(video_processor|feature_extractor) attribute": "no video, no sound",
    r"_get_num_multimodal_tokens": "a picture takes no place among the tokens",
    r"than 2 backends": "one backend is registered, torchvision's",
    r"No validation found|dict size or list": "the test does not apply to CLIP's image processor",
    r"differentiable loss|training tests": "a half has no loss",
    r"no bare model|not in MODEL_MAPPING": "a captioner has no bare model below its head",
    r"No integration expected": "expects a published checkpoint's tokens; ours are in tests/",
}


class Outcome(NamedTuple):
    """What one test came to: "passed", "skipped" or "failed", and its message."""

    result: str
    message: str


def main() -> int:
    """Read the command line, run, print the tables; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("suites", nargs="*", help=f"some of {', '.join(SUITES)}; default: all")
    parser.add_argument("--fresh", action="store_true", help="run again what has run already")
    arguments = parser.parse_args()
    if unknown := set(arguments.suites) - set(SUITES):
        parser.error(f"no suite {', '.join(sorted(unknown))}; expected some of {', '.join(SUITES)}")
    suite = fetch_suite()
    results = BUILD / "results" / fingerprint()
    chosen = {name: SUITES[name] for name in arguments.suites or SUITES}
    jobs = {(name, case): None for name, pairs in chosen.items() for pair in pairs for case in pair}
    outcomes: dict[str, dict[str, Outcome]] = {}
    for name, case in (progress := tqdm(jobs, unit="class", file=sys.stderr)):
        progress.set_description(case)
        outcomes[case] = run_class(suite, name, case, results, arguments.fresh)
    pairs = [pair for pairs in chosen.values() for pair in pairs]
    return 1 if print_tables(pairs, outcomes) else 0


def fetch_suite() -> Path:
    """Return the folder that holds Transformers' tests as the package `transformers_tests`."""
    suite = BUILD / VERSION
    if (suite / "complete").is_file():
        return suite
    BUILD.mkdir(parents=True, exist_ok=True)
    archive = BUILD / f"transformers-{VERSION}.tar.gz"
    if not archive.is_file():
        words = ["download", "--no-deps", "--no-binary", "transformers", "--dest", str(BUILD)]
        done = subprocess.run([sys.executable, "-m", "pip", *words, f"transformers=={VERSION}"])
        if done.returncode or not archive.is_file():
            sys.exit(f"pip fetched no {archive.name}: is there a network, is {VERSION} a release?")
    with tarfile.open(archive) as source:
        top = f"transformers-{VERSION}"
        information = source.extractfile(f"{top}/PKG-INFO").read().decode()
        if f"\nVersion: {VERSION}\n" not in information:
            sys.exit(f"{archive} is not Transformers {VERSION}: delete it and run this again.")
        for member in source.getmembers():
            if member.name.startswith(f"{top}/tests/"):
                member.name = member.name.replace(f"{top}/tests", "transformers_tests", 1)
                source.extract(member, suite, filter="data")
    for name, text in STAND_INS.items():
        path = suite / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (suite / "complete").touch()
    return suite


def fingerprint() -> str:
    """Return a digest of all that the outcome depends on: code, tests, versions."""
    digest = hashlib.sha256(f"{sys.version} {VERSION}".encode())
    ours = "phoclip_hf/*.py tests/conformance/*.py tests/tiny*.py tests/conf*.py"
    for pattern in ours.split():
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def run_class(suite: Path, name: str, case: str, results: Path, fresh: bool) -> dict[str, Outcome]:
    """Return test → outcome of one test class, run by pytest in a process of its own."""
    report = results / f"{case}.xml"
    if fresh or not report.is_file():
        results.mkdir(parents=True, exist_ok=True)
        unfinished = report.with_suffix(".unfinished")
        # The common tests have markers and warnings that our pyproject.toml does not allow.
        words = ["-o", "addopts=", "-o", "filterwarnings=ignore", "-q", "--tb=short"]
        words += [f"{TESTS}/test_{name}.py::{case}", f"--junitxml={unfinished}"]
        environment = {"OMP_NUM_THREADS": "1", **os.environ, "PYTHONPATH": str(suite)}
        log = report.with_suffix(".txt")
        with log.open("w", encoding="utf-8") as output:
            command = [sys.executable, "-m", "pytest", *words]
            done = subprocess.run(
                command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
        if done.returncode not in (0, 1):  # 1: tests failed
            sys.exit(f"pytest could not run {case} (exit status {done.returncode}); see {log}")
        unfinished.rename(report)
    return {test.get("name"): outcome(test) for test in ElementTree.parse(report).iter("testcase")}


def outcome(test: ElementTree.Element) -> Outcome:
    """Return what one `testcase` of pytest's JUnit report says."""
    for tag, result in (("failure", "failed"), ("error", "failed"), ("skipped", "skipped")):
        if (found := test.find(tag)) is not None:
            lines = (found.get("message") or "").splitlines() or [""]
            return Outcome(result, lines[0])
    return Outcome("passed", "")


def print_tables(
    pairs: list[tuple[str, str]], outcomes: dict[str, dict[str, Outcome]]
) -> list[str]:
    """Print rows, failures and skips; return what is not as it should be."""
    print(f"Transformers {VERSION}: its common tests, ours and theirs\n")
    print("| class | passed | skipped | failed | beside it | passed | skipped | failed |")
    print("|---|---:|---:|---:|---|---:|---:|---:|")
    for pair in pairs:
        print("|" + "|".join(f" {case} | {tally(outcomes[case])} " for case in pair) + "|")
    wrong = []
    print("\n| failure | beside it |\n|---|---|")
    for ours, theirs in pairs:
        for test, (result, message) in outcomes[ours].items():
            if result == "failed":
                beside = outcomes[theirs].get(test, Outcome("absent", "")).result
                print(f"| {ours} {test}: {cell(message)} | {beside} |")
                if beside != "failed":
                    wrong.append(f"{ours}.{test} fails and {theirs}.{test} does not")
    print("\n| skipped, ours | theirs | message | why |\n|---:|---:|---|---|")
    for message, (ours, theirs) in skips(pairs, outcomes).items():
        why = next((why for sign, why in EXPLANATIONS.items() if re.search(sign, message)), None)
        if ours and why is None:
            wrong.append(f"no explanation for the skip {message!r}")
        print(f"| {ours} | {theirs} | {cell(message)} | {why or ''} |")
    print("".join(f"\n- {line}" for line in wrong) or "\nNothing unexpected.")
    return wrong


def tally(tests: dict[str, Outcome]) -> str:
    """Return "passed | skipped | failed" in numbers."""
    results = [test.result for test in tests.values()]
    return " | ".join(str(results.count(name)) for name in ("passed", "skipped", "failed"))


def skips(
    pairs: list[tuple[str, str]], outcomes: dict[str, dict[str, Outcome]]
) -> dict[str, list[int]]:
    """Return message → [skips of ours, of theirs]; a class that stands beside two counts once."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for side in (0, 1):
        for case in dict.fromkeys(pair[side] for pair in pairs):
            for result, message in outcomes[case].values():
                if result == "skipped":
                    counts[nameless(message)][side] += 1
    return dict(sorted(counts.items()))


def nameless(message: str) -> str:
    """Return a skip's message without the class it names, so that ours and theirs are one row."""
    message = re.sub(r"<class '[\w.]+'>", "the model", message)
    return re.sub(r"\b\w+(?:Model|WithProjection|ForCausalLM|Generation)\b", "the model", message)


def cell(text: str) -> str:
    """Return `text` as it stands in a Markdown table."""
    return text.replace("|", "\\|")[:160]


if __name__ == "__main__":
    sys.exit(main())
