"""What is drawn of a training's log."""

from pathlib import Path

from phoclip_hf.training.curves import draw_curves, panels

LOG = [
    {"loss": 2.0, "grad_norm": 1.5, "learning_rate": 1e-3, "epoch": 1.0, "step": 10},
    {"eval_train_loss": 1.5, "eval_train_top1": 0.5, "epoch": 1.0, "step": 10},
    {"eval_photos_t2i_r1": 0.25, "eval_runtime": 3.0, "step": 10},
    {"loss": 1.0, "step": 20},
    {"train_loss": 1.75, "train_runtime": 60.0, "step": 20},
]


def test_a_panel_for_every_family_of_numbers():
    assert panels(LOG) == {
        "loss": {"loss": [(10, 2.0), (20, 1.0)], "train_loss": [(10, 1.5)]},
        "gradient norm": {"grad_norm": [(10, 1.5)]},
        "accuracy": {"train_top1": [(10, 0.5)]},
        "photos text to image": {"photos_t2i_r1": [(10, 0.25)]},
    }


def test_the_picture_is_written_where_there_is_something_to_draw(tmp_path: Path):
    draw_curves([{"epoch": 1.0, "step": 1}], tmp_path / "empty.png")
    assert not (tmp_path / "empty.png").exists()
    draw_curves(LOG, tmp_path / "new" / "curves.png")
    assert (tmp_path / "new" / "curves.png").stat().st_size > 1000
