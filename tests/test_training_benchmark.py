"""scripts/benchmarks/training: one start for all contenders, their losses, table and verdict."""

import json
import math
import sys
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from tiny import CAPTIONS, IMAGE_SIZE, tiny_inputs, tiny_model, tiny_tokenizer
from torch.nn.functional import normalize

sys.path.insert(0, str(Path(__file__).parent.parent / "scripts" / "benchmarks" / "training"))

import launch
import quality
import speed
from asked import CLOCKS, CONTENDERS, Job
from speed import Cell
from verdict import Verdict

FOLDER = Path(launch.__file__).parent


@pytest.fixture(scope="module", autouse=True)
def gone_again():
    """Take the benchmark's modules away afterwards: a Space has a `pictures` of its own."""
    yield
    for path in FOLDER.glob("*.py"):
        sys.modules.pop(path.stem, None)


def linear_model():
    """What `towers.write_initial` makes, tiny."""
    return tiny_model(projection_type="linear", text_pooling="mean")


def build(contender: str):
    """A peer's own model, with the two functions that measure it."""
    if contender == "ours":
        return linear_model()
    if contender == "transformers":
        import peer_transformers

        return peer_transformers.build(linear_model()).eval()
    peer = pytest.importorskip(f"peer_{contender}", reason="pip install -e '.[bench]'")
    return peer.space(peer.build(linear_model())).eval()


@pytest.mark.parametrize("contender", CONTENDERS)
def test_every_contender_starts_from_the_same_embeddings(contender):
    inputs = tiny_inputs(count=4)
    assert inputs["attention_mask"].min() == 0  # padding is there to be left out
    ours = linear_model()
    model = build(contender)
    with torch.no_grad():
        expected = ours(**inputs)
        images = model.get_image_features(inputs["pixel_values"]).pooler_output
        texts = model.get_text_features(inputs["input_ids"], inputs["attention_mask"]).pooler_output
    torch.testing.assert_close(normalize(images, dim=-1), expected.image_embeds, atol=1e-5, rtol=0)
    torch.testing.assert_close(normalize(texts, dim=-1), expected.text_embeds, atol=1e-5, rtol=0)


def test_every_loss_starts_equal_where_the_scale_is_equal():
    """Transformers', open_clip's and sentence-transformers' losses of one batch, at one scale."""
    pytest.importorskip("open_clip", reason="pip install -e '.[bench]'")
    from open_clip import ClipLoss
    from peer_transformers import build as transformers_build
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    inputs, ours = tiny_inputs(count=4), linear_model()
    with torch.no_grad():
        output = ours(**inputs)
        theirs = transformers_build(linear_model()).eval()(**inputs, return_loss=True).loss
        scale = ours.logit_scale.exp()
        clip = ClipLoss()(output.image_embeds, output.text_embeds, scale)
        ranking = MultipleNegativesRankingLoss(
            None,
            scale=scale.item(),
            directions=("query_to_doc", "doc_to_query"),
            partition_mode="per_direction",
        ).compute_loss_from_embeddings([output.text_embeds, output.image_embeds], None)
    for loss in (theirs, clip, ranking):
        assert loss.item() == pytest.approx(output.loss.item(), abs=1e-5)


def test_open_clip_frees_what_does_not_decay_and_locks_the_tower():
    peer = pytest.importorskip("peer_open_clip", reason="pip install -e '.[bench]'")
    clip = peer.build(linear_model())
    clip.lock_image_tower()
    free, decaying = peer.parameter_groups(clip, 0.1)
    assert (free["weight_decay"], decaying["weight_decay"]) == (0.0, 0.1)
    assert all(parameter.ndim < 2 for parameter in free["params"])
    trained = {id(parameter) for parameter in free["params"] + decaying["params"]}
    assert trained.isdisjoint(map(id, clip.visual.trunk.parameters()))
    assert id(clip.visual.head.proj.weight) in trained and id(clip.logit_scale) in trained


def test_tokens_are_padded_to_the_batch_or_to_the_longest_of_all():
    from pictures import CaptionTokens

    tokenizer = tiny_tokenizer()
    ids = dict(zip(CAPTIONS, tokenizer(list(CAPTIONS))["input_ids"], strict=True))
    tokens = CaptionTokens(tokenizer, ids)
    longest = max(map(len, ids.values()))
    short = min(CAPTIONS, key=lambda caption: len(ids[caption]))
    assert len(ids[short]) < longest
    assert tokens.padded([short])["input_ids"].tolist() == [ids[short]]
    padded = tokens.padded([short], to_longest=True)
    assert padded["input_ids"].shape == (1, longest)
    assert padded["attention_mask"].sum() == len(ids[short])


def test_the_clock_leaves_out_warm_up_and_the_last_step():
    from job import StepClock

    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=0.1)
    with StepClock(CLOCKS["cpu"]) as clock:
        for _ in range(3):
            parameter.grad = torch.ones(1)
            optimizer.step()
    optimizer.step()  # no longer counted
    assert len(clock.ends) == 3
    clock.ends = [0.0, 9.0, 11.0, 13.0, 15.0, 15.1]
    assert clock.step_seconds(warm_up=2) == 2.0
    assert clock.seconds() == pytest.approx(15.1 * 6 / 5)
    with pytest.raises(ValueError, match="6 steps, of which 5 are warm-up"):
        clock.step_seconds(warm_up=5)


def test_ours_fills_a_recipe_with_what_the_job_says():
    import ours

    recipe = ours.load_recipe(FOLDER / "ours_locked.yaml")
    stage = ours.filled(recipe, job(learning_rate=3e-3, epochs=7, seed=2, image_size=96)).stages[0]
    assert stage.arguments["learning_rate"] == pytest.approx(3e-3)
    assert (stage.arguments["num_train_epochs"], stage.arguments["max_steps"]) == (7, -1)
    assert (stage.image_size, stage.start_from, recipe.seed) == (96, "initial/0", 2)
    assert stage.lock_image_tower and list(stage.sources.values()) == [3]

    recipe = ours.load_recipe(FOLDER / "ours_unfrozen.yaml")
    before = recipe.stages[0].learning_rates["vision_model"]
    rate = recipe.stages[0].arguments["learning_rate"]
    stage = ours.filled(recipe, job(learning_rate=rate / 2, max_steps=5)).stages[0]
    assert stage.learning_rates["vision_model"] == pytest.approx(before / 2)
    assert stage.arguments["max_steps"] == 5


def job(**options) -> Job:
    given = {
        "contender": "ours",
        "mode": "unfrozen",
        "precision": "fp32",
        "data": "data",
        "initial": "initial/0",
        "tokens": "tokens.json",
        "output": "out",
        "learning_rate": 1e-3,
    }
    return Job(**given | options)


SPEEDS = {
    ("unfrozen", "fp32", "ours"): Cell(20.0, 0.0, 2e9),
    ("unfrozen", "fp32", "open_clip"): Cell(16.0, 0.0, 3e9),
    ("unfrozen", "fp32", "transformers"): Cell(10.0, 0.0, 3e9),
    ("locked", "fp32", "ours"): Cell(500.0, 40.0, 1e9),  # 40 + 30 × 1,000 / 500 = 100 s
    ("locked", "fp32", "open_clip"): Cell(30.0, 0.0, 2e9),  # 1,000 s
    ("locked", "fp32", "transformers"): Cell(25.0, 0.0, 2e9),
}


def test_speed_is_held_against_the_best_peer_and_the_feature_pass_counts():
    unfrozen, locked = speed.verdicts(SPEEDS, pictures=1000)
    assert (unfrozen.ratio, unfrozen.peer, unfrozen.holds) == (1.25, "open_clip", True)
    assert locked.ratio == pytest.approx(10.0) and locked.peer == "open_clip"
    slower = SPEEDS | {("locked", "fp32", "ours"): Cell(500.0, 41.0, 1e9)}
    assert not speed.verdicts(slower, pictures=1000)[1].holds
    lines = speed.render(SPEEDS, 1000).splitlines()
    assert lines[2] == "| unfrozen | fp32 | ours | 20.0 | 2.00 |  | 25.0 |"
    assert lines[5] == "| locked | fp32 | ours | 500.0 | 1.00 | 40 | 1.7 |"


def test_speed_takes_medians_and_the_contenders_take_turns():
    runs = [{"samples_per_second": s, "feature_seconds": 1.0, "peak_bytes": 5} for s in (1, 9, 3)]
    assert speed.cells({("locked", "fp32", "ours"): runs}) == {
        ("locked", "fp32", "ours"): Cell(3, 1.0, 5)
    }
    planned = list(speed.jobs(job(), ["ours", "open_clip"], ["fp32"], repeats=2))
    assert [name for name, _, _ in planned[:3]] == [
        "speed-unfrozen-fp32-ours-0",
        "speed-unfrozen-fp32-open_clip-0",
        "speed-locked-fp32-ours-0",
    ]
    assert len({one.output for _, _, one in planned}) == len(planned) == 8


def recalls(value: float) -> dict[str, float]:
    return dict.fromkeys(quality.RECALLS, value)


def result(value: float, seconds: float = 100.0, feature_seconds: float = 0.0) -> dict:
    metrics = {"validation": recalls(value), "test": recalls(value)}
    return {"metrics": metrics, "seconds": seconds, "feature_seconds": feature_seconds}


def test_the_search_keeps_the_mode_and_rate_that_validation_prefers():
    asked = []

    def pretend(name: str, one: Job) -> dict:
        asked.append(name)
        best = one.mode == "locked" and one.learning_rate == quality.LEARNING_RATES["ours"][2]
        return result(0.5 if best else 0.4)

    found = quality.searched(job(epochs=30), "ours", ("unfrozen", "locked"), 4, pretend)
    assert (found.mode, found.learning_rate) == ("locked", quality.LEARNING_RATES["ours"][2])
    assert len(set(asked)) == 8
    trainings = quality.over_seeds(found, ["initial-0", "initial-1"], pretend)
    assert asked[8] in asked[:8] and asked[9] not in asked[:8]  # seed 0 is the search's own
    assert [one["metrics"]["test"]["t2i_r1"] for one in trainings.results] == [0.5, 0.5]


def test_every_contender_searches_four_rates():
    assert quality.LEARNING_RATES.keys() == CONTENDERS.keys()
    assert {len(set(rates)) for rates in quality.LEARNING_RATES.values()} == {4}


def test_equal_minutes_become_epochs():
    ours = quality.Trainings(job(epochs=30), [result(0.4, 70.0, 10.0)])  # 2 s an epoch
    assert quality.for_minutes(ours, 130.0).epochs == 60
    assert quality.for_minutes(ours, 10_000.0).epochs == 90  # at most three times
    assert quality.for_minutes(ours, 5.0).epochs == 1


def test_quality_is_held_against_the_best_peer_over_the_seeds():
    reached = {
        "ours": quality.Trainings(job(), [result(0.46), result(0.48), result(0.44)]),
        "open_clip": quality.Trainings(job(), [result(0.40), result(0.40), result(0.40)]),
        "transformers": quality.Trainings(job(), [result(0.30)]),
    }
    both = quality.verdicts("equal epochs", reached)
    assert [verdict.peer for verdict in both] == ["open_clip"] * 2
    assert both[0].ratio == pytest.approx(1.15)
    assert str(both[0]).endswith("1.15 x open_clip, wanted 1.15 x")
    row = quality.render("equal epochs", reached).splitlines()[2]
    assert row.startswith("| ours | unfrozen | 0.001 | 1 | 1.7 | 46.0 ± 2.0 |")


def test_a_verdict_says_whether_it_holds():
    assert Verdict("x", 1.0, 1.0, "p").holds
    assert str(Verdict("x", 0.5, 1.0, "p")) == "MISSED: x: 0.50 x p, wanted 1 x"


@pytest.mark.parametrize(
    ("ratio", "smoke", "status"), [(1.2, False, 0), (0.9, False, 1), (0.9, True, 0)]
)
def test_the_exit_status_is_the_verdict(monkeypatch, tmp_path, ratio, smoke, status):
    import compare

    def prepared(arguments):
        return ["initial-0"], job(), 1000

    def spent(arguments, *rest):
        return [Verdict("speed", ratio, 1.0, "open_clip")]

    monkeypatch.setattr(compare, "prepare", prepared)
    monkeypatch.setattr(compare, "compare_speed", spent)
    arguments = ["compare.py", "--output", str(tmp_path), "--parts", "speed"]
    arguments += ["--smoke"] if smoke else []
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as ended:
        compare.main()
    assert ended.value.code == status


def test_what_is_done_is_read_back_and_a_failure_shows_its_log(monkeypatch, tmp_path):
    started = []

    def pretend(command, stdout, stderr, text):
        started.append(command)
        stderr.write("what went wrong")
        broken = json.loads(command[-1])["seed"] == 9
        return SimpleNamespace(returncode=int(broken), stdout='noise\n{"steps": 3}\n')

    monkeypatch.setattr(launch.subprocess, "run", pretend)
    assert launch.run("one", job(), tmp_path) == {"steps": 3}
    assert launch.run("one", job(), tmp_path) == {"steps": 3}
    assert len(started) == 1 and json.loads(started[0][-1]) == asdict(job())
    launch.run("one", job(epochs=2), tmp_path)  # another job under the same name is done anew
    assert len(started) == 2
    with pytest.raises(RuntimeError, match="what went wrong"):
        launch.run("two", job(seed=9), tmp_path)
    assert not (tmp_path / "two.json").exists()


@pytest.mark.slow
def test_every_contender_trains_and_is_measured(tmp_path):
    """The whole path of a job, on drawn pictures and a tiny model: all but the process."""
    import job as jobs
    import pictures
    from datasets import Dataset, Image, List, Value
    from PIL import Image as Pillow

    tokenizer = tiny_tokenizer()
    images = [Pillow.new("RGB", (80, 60), (40 * i, 9, 99)) for i in range(6)]
    table = Dataset.from_dict({"image": images, "captions": [[text] for text in CAPTIONS]})
    table = table.cast_column("image", Image()).cast_column("captions", List(Value("string")))
    for split in pictures.SPLITS:
        table.to_parquet(tmp_path / "data" / f"{split}.parquet")
    pictures.write_tokens(tmp_path / "data", tokenizer, tmp_path / "tokens.json")
    linear_model().save_pretrained(tmp_path / "initial")
    tokenizer.save_pretrained(tmp_path / "initial")
    for contender in CONTENDERS:
        module = contender if contender == "ours" else f"peer_{contender}"
        train = pytest.importorskip(module, reason="pip install -e '.[bench]'").train
        for mode in speed.MODES:
            asked = job(
                contender=contender,
                mode=mode,
                data=str(tmp_path / "data"),
                initial=str(tmp_path / "initial"),
                tokens=str(tmp_path / "tokens.json"),
                output=str(tmp_path / contender / mode),
                batch_size=3,
                max_steps=4,
                workers=0,
                measure=["test"],
                image_size=IMAGE_SIZE,
            )
            measured = jobs.measured(train, asked)
            assert measured.steps == 4, contender
            assert math.isclose(measured.samples_per_second, 3 / measured.step_seconds)
            assert (measured.feature_seconds > 0) == (contender == "ours" and mode == "locked")
            assert measured.metrics["test"]["t2i_r10"] == 1.0  # six pictures


def test_tables_numbers_and_pictures_are_written(monkeypatch, tmp_path, capsys):
    """The driver from plan to paper, with made-up results for the trainings."""
    import compare

    pace = {"ours": 40.0, "open_clip": 30.0}

    def pretend(name: str, one: Job) -> dict:
        made_up = result(0.5 if one.contender == "ours" else 0.4, seconds=10.0 * one.epochs)
        speeds = {"samples_per_second": pace[one.contender], "peak_bytes": 2e9}
        return made_up | speeds

    options = ["--output", str(tmp_path), "--precision", "fp32", "--repeats", "1", "--seeds", "2"]
    arguments = compare.parser().parse_args([*options, "--peers", "open_clip"])
    contenders = ["ours", "open_clip"]
    found = compare.compare_speed(arguments, contenders, job(), 1000, pretend)
    found += compare.compare_quality(arguments, contenders, ["initial-0", "i-1"], job(), pretend)
    assert [round(verdict.ratio, 2) for verdict in found] == [1.33, 1.33, 1.25, 1.25, 1.25, 1.25]
    assert [verdict.holds for verdict in found] == [True, False, True, True, True, True]
    printed = capsys.readouterr().out
    for part in ("speed", "quality"):
        assert (tmp_path / f"{part}.md").read_text(encoding="utf-8").strip() in printed
        assert (tmp_path / f"{part}.png").stat().st_size > 5000
    kept = json.loads((tmp_path / "speed.json").read_text())
    assert [row["holds"] for row in kept] == [True, False]
