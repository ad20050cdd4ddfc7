"""Drawn scenes: the same from the same seed, and captions that are true of their pictures."""

import hashlib
import json
import os
import runpy
import subprocess
import sys
import unicodedata
from pathlib import Path
from random import Random

import numpy as np
import pytest

from phoclip_hf.data.drawing.captions import write_captions
from phoclip_hf.data.drawing.kinds import KINDS
from phoclip_hf.data.drawing.layout import make_plan
from phoclip_hf.data.drawing.paint import NATURAL, paint_plan
from phoclip_hf.data.drawing.plan import Group, Plan, Spot
from phoclip_hf.data.drawing.words import COLOURS
from phoclip_hf.data.scenes import Scene, caption_fits, draw_scene, fit_table, scenes

COUNT = 300
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def drawn() -> list[Scene]:
    return list(scenes(COUNT, seed=7000, size=32))


def digest(scene: Scene) -> str:
    said = "\n".join(scene.captions) + scene.key
    return hashlib.sha256(scene.image.tobytes() + said.encode()).hexdigest()


def test_same_seed_same_bytes_other_seed_other_bytes():
    first = [digest(draw_scene(seed, 96)) for seed in range(12)]
    assert first == [digest(draw_scene(seed, 96)) for seed in range(12)]
    assert len(set(first)) == 12


@pytest.mark.slow
def test_a_fresh_process_draws_the_same_whatever_its_hash_seed():
    code = (
        "import hashlib; from phoclip_hf.data.scenes import scenes\n"
        "print(*[hashlib.sha256((s.image.tobytes() + ('\\n'.join(s.captions) + s.key).encode()))"
        ".hexdigest() for s in scenes(8, seed=40, size=64)])"
    )
    environment = {"PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    fresh = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert fresh.stdout.split() == [digest(scene) for scene in scenes(8, seed=40, size=64)]


@pytest.mark.parametrize("size", [64, 128, 224])
def test_size_changes_the_picture_not_the_content(size):
    scene = draw_scene(5, size)
    assert scene.image.size == (size, size) and scene.image.mode == "RGB"
    assert scene.captions == draw_scene(5, 32).captions and scene.key == draw_scene(5, 32).key


def test_a_size_too_small_is_refused():
    with pytest.raises(ValueError, match="size is 8 pixels; expected at least 16"):
        draw_scene(0, 8)


def test_captions_are_tidy_nfc_and_different(drawn):
    for scene in drawn:
        assert 3 <= len(scene.captions) <= 5 and len(set(scene.captions)) == len(scene.captions)
        assert len(scene.needs) == len(scene.captions)
        for caption in scene.captions:
            assert caption == unicodedata.normalize("NFC", caption)
            assert caption == " ".join(caption.split()) and " ," not in caption
            assert 2 <= len(caption.split()) <= 45


def test_every_caption_fits_its_own_scene(drawn):
    for scene in drawn:
        for caption, needs in zip(scene.captions, scene.needs, strict=True):
            assert needs and caption_fits(needs, scene), caption


def test_captions_discriminate(drawn):
    table = fit_table(drawn)
    assert table.shape == (sum(len(scene.captions) for scene in drawn), COUNT)
    own = [i for i, scene in enumerate(drawn) for _ in scene.captions]
    assert table[np.arange(len(own)), own].all()
    place = [j for scene in drawn for j in range(len(scene.captions))]
    fits = [table[np.array(place) == j].sum(axis=1).mean() for j in range(5)]
    print("scenes that fit a caption, by position, of 300:", [round(float(f), 2) for f in fits])
    assert fits[0] < 8 and fits[3] < 2 and fits[4] < 1.6


def test_equal_words_assert_equal_facts():
    seen: dict[str, frozenset[str]] = {}
    for seed in range(4000):
        rng = Random(seed)
        for caption, needs in write_captions(rng, make_plan(rng)):
            assert seen.setdefault(caption, needs) == needs, caption


def test_equal_keys_are_fit_by_the_same_captions():
    partners: dict[str, Scene] = {}
    twins = 0
    for scene in scenes(500, seed=20_000, size=16):
        partner = partners.setdefault(scene.key, scene)
        twins += partner is not scene
        assert all(caption_fits(needs, partner) for needs in scene.needs)
        assert all(caption_fits(needs, scene) for needs in partner.needs)
    assert twins > 0  # some contents repeat, drawn differently


def _plan(kind: str, colour: str, count: int, act: str, place: str, hour: str = "day") -> Plan:
    spots = [Spot(0.2 + 0.2 * i, 0.9, 0.2, False) for i in range(count)]
    return Plan(place, hour, [Group(kind, colour, act, count, "ground", spots)])


def test_no_caption_fits_a_scene_that_contradicts_it(drawn):
    """Whatever a caption says of colour, number, act, place or hour, another value refuses it."""
    refused = 0
    for scene in drawn:
        for needs in scene.needs:
            for need in needs:
                if "=" in need and not need.startswith("is="):
                    subject = need.split("=")[0]
                    values = {f for f in scene.facts if f.startswith(f"{subject}=")}
                    if len(values) == 1:  # e.g. vase and flower may lend each other colours
                        other = (scene.facts - values) | {f"{subject}=other"}
                        assert not needs <= other
                        refused += 1
    assert refused > 1000


@pytest.mark.parametrize(
    ("needs", "fits"),
    [
        ({"is=ball", "ball:colour=red", "ball:count=2"}, True),
        ({"is=ball", "ball:colour=blue"}, False),
        ({"is=ball", "ball:count=1"}, False),
        ({"is=ball", "place=beach"}, False),
        ({"is=ball", "hour=night"}, False),
        ({"is=cat"}, False),
    ],
)
def test_two_red_balls_on_a_meadow(needs, fits):
    facts = _plan("ball", "red", 2, "", "meadow").facts()
    assert (frozenset(needs) <= facts) is fits


def test_left_and_right_are_opposite_and_match_positions():
    checked = 0
    for seed in range(400):
        plan = make_plan(Random(seed))
        for name, i, j in plan.relations:
            if name in ("left", "right"):
                first = [spot.x for spot in plan.groups[i].spots]
                second = [spot.x for spot in plan.groups[j].spots]
                assert max(first) < min(second) if name == "left" else min(first) > max(second)
                assert ({"left": "right", "right": "left"}[name], j, i) in plan.relations
                checked += 1
        for group in plan.groups:
            assert len(group.spots) == group.count
            assert all(-0.05 < s.x < 1.05 and 0.1 < s.scale for s in group.spots), seed
    assert checked > 100


@pytest.mark.slow
def test_every_kind_appears_and_every_colour_can_be_seen():
    present = {f for s in scenes(700, seed=0, size=16) for f in s.facts if f.startswith("is=")}
    assert {f"is={kind}" for kind in KINDS} <= present
    assert len(KINDS) >= 45
    for kind, spec in KINDS.items():
        for colour in spec.colours:
            if not spec.paint:
                continue  # never named
            act = next(iter(spec.verbs))
            plan = Plan("meadow", "day", [Group(kind, colour, act, 1, "ground", [])])
            plan.groups[0].spots.append(Spot(0.5, 0.98, min(0.9, 0.9 / spec.height), False))
            pixels = np.asarray(paint_plan(plan, Random(1), 64), dtype=float)
            goal = np.array(NATURAL.get((kind, colour), COLOURS[colour]), dtype=float)
            near = np.abs(pixels - goal).max(axis=-1) < 45
            assert near.mean() > 0.015, (kind, colour, near.mean())


def test_the_script_writes_the_schema(tmp_path, monkeypatch):
    script = str(ROOT / "scripts" / "draw_scenes.py")
    arguments = [script, str(tmp_path), "--count", "3", "--size", "48", "--sheet"]
    monkeypatch.setattr(sys, "argv", arguments)
    runpy.run_path(script, run_name="__main__")
    lines = (tmp_path / "captions.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["image_id"] for row in rows] == ["scene-000000", "scene-000001", "scene-000002"]
    assert all((tmp_path / row["image"]).is_file() for row in rows)
    assert rows[1]["captions"] == list(draw_scene(1, 48).captions)
    assert (tmp_path / "sheet.png").is_file()
