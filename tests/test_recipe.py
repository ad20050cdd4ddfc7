from pathlib import Path

import pytest

pytest.importorskip("yaml")

from phoclip_hf.data.augmentation import Augmentation
from phoclip_hf.training.recipe import Recipe, Source, Stage, TokenizerRecipe
from phoclip_hf.training.recipe_reading import load_recipe
from phoclip_hf.training.stages import Run

RECIPES = sorted((Path(__file__).parent.parent / "scripts" / "recipes").glob("*.yaml"))
BASE = """
sources:
  scenes: {drawn: {train: 8}}
tokenizer: {sources: [scenes]}
text_config: {model_type: roberta}
model: {}
stages:
  - {name: first, task: contrastive, sources: {scenes: 1}}
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "recipe.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_shipped_recipes_are_read(path: Path):
    assert load_recipe(path).stages


def test_unknown_key_names_the_nearest_known_one(tmp_path: Path):
    text = BASE.replace("task: contrastive,", "task: contrastive, label_smoting: 0.1,")
    with pytest.raises(
        ValueError, match=r"stages\[0\]: unknown key 'label_smoting'.*label_smoothing"
    ):
        load_recipe(write(tmp_path, text))


def test_missing_key_is_named(tmp_path: Path):
    with pytest.raises(ValueError, match="name"):
        load_recipe(write(tmp_path, BASE.replace("name: first, ", "")))


def test_unknown_source_and_later_stage_are_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="source 'photos'"):
        load_recipe(write(tmp_path, BASE.replace("{scenes: 1}", "{photos: 1}")))
    text = BASE.replace("sources: {scenes: 1}}", "sources: {scenes: 1}, start_from: second}")
    with pytest.raises(ValueError, match="'second', which is no earlier stage"):
        load_recipe(write(tmp_path, text))


def test_a_stage_starts_from_a_checkpoint_by_path_or_hub_id(tmp_path: Path):
    text = BASE.replace("sources: {scenes: 1}}", "sources: {scenes: 1}, start_from: org/phoclip}")
    recipe = load_recipe(write(tmp_path, text))
    run = Run(recipe, tmp_path, tmp_path / "runs")
    assert run.checkpoint(recipe.stages[0].start_from) == "org/phoclip"
    assert run.checkpoint("first") == tmp_path / "runs" / "first"
    text = text.replace("contrastive", "distillation").replace("start_from", "teacher")
    taught = load_recipe(write(tmp_path, text))
    assert taught.stages[0].teacher == "org/phoclip"


def test_a_source_is_a_path_or_drawn(tmp_path: Path):
    with pytest.raises(ValueError, match="exactly one"):
        load_recipe(write(tmp_path, BASE.replace("{train: 8}}", "{train: 8}, path: x}")))


def test_averaging_wants_two_stages_and_the_others_sources(tmp_path: Path):
    with pytest.raises(ValueError, match="no sources to learn from"):
        load_recipe(write(tmp_path, BASE.replace(", sources: {scenes: 1}}", "}")))
    text = BASE + "  - {name: mean, task: averaging, start_from: first}\n"
    with pytest.raises(ValueError, match="name `start_from`, `average_with`"):
        load_recipe(write(tmp_path, text))


def test_an_unknown_augmentation_or_loss_is_refused(tmp_path: Path):
    text = BASE.replace("task: contrastive,", "task: contrastive, augmentation: {rotaton: 5},")
    with pytest.raises(ValueError, match=r"augmentation: unknown key 'rotaton'.*'rotation'"):
        load_recipe(write(tmp_path, text))
    text = BASE.replace("task: contrastive,", "task: contrastive, loss: hinge,")
    with pytest.raises(ValueError, match="loss 'hinge' is none of softmax, sigmoid, soft_target"):
        load_recipe(write(tmp_path, text))


def test_a_source_may_take_the_first_captions_alone(tmp_path: Path):
    pytest.importorskip("datasets")
    from datasets import Dataset

    captions = [["một con mèo", "con mèo nhỏ"], ["xe máy"]]
    (tmp_path / "cats").mkdir()
    Dataset.from_dict({"image_id": ["a", "b"], "captions": captions}).to_parquet(
        tmp_path / "cats" / "train.parquet"
    )
    sources = {"first": Source(path="cats", captions=1), "all": Source(path="cats")}
    run = Run(Recipe(sources, TokenizerRecipe(), []), tmp_path, tmp_path / "run")
    assert run.table("all")["captions"][:] == captions
    assert run.table("first")["captions"][:] == [["một con mèo"], ["xe máy"]]


def test_statistics_that_stay_are_not_counted_anew(tmp_path: Path):
    both = "task: contrastive, freeze_batch_norm: true, reestimate_batch_norm: true,"
    with pytest.raises(ValueError, match="counts them anew: name one"):
        load_recipe(write(tmp_path, BASE.replace("task: contrastive,", both)))


def test_a_field_of_another_task_is_refused(tmp_path: Path):
    text = BASE.replace("task: contrastive,", "task: masked_language, ema_decay: 0.99,")
    with pytest.raises(ValueError, match="'first': ema_decay is for contrastive, and does nothing"):
        load_recipe(write(tmp_path, text))
    assert load_recipe(write(tmp_path, text.replace("0.99", "0.0")))  # as if it were left out


def test_an_alteration_of_what_is_kept_as_features_is_refused(tmp_path: Path):
    locked = "task: contrastive, lock_{}_tower: true, augmentation: {{min_scale: 0.5, {}: 0.1}},"
    for tower, name in (("image", "rotation"), ("text", "typed")):
        text = BASE.replace("task: contrastive,", locked.format(tower, name))
        with pytest.raises(ValueError, match=f"augmentation.{name} does nothing where"):
            load_recipe(write(tmp_path, text))
    text = BASE.replace("task: contrastive,", locked.format("image", "typed"))
    assert load_recipe(write(tmp_path, text)).stages[0].augmentation.typed == 0.1


def test_every_field_is_described_with_its_tasks():
    text = (Path(__file__).parent.parent / "docs" / "training.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:3] for line in text.splitlines() if line.startswith("| `")]
    for name, field in Stage.__dataclass_fields__.items():
        assert f"`{name}`" in text
        said = {
            task.strip() for names, some in rows if f"`{name}`" in names for task in some.split(",")
        }
        if "tasks" in field.metadata:
            assert said == {*field.metadata["tasks"]}, name
        else:
            assert said <= {"all"}, name
    assert not [name for name in Augmentation.__dataclass_fields__ if f"`{name}`" not in text]
    assert not [path.name for path in RECIPES if f"`{path.name}`" not in text]
