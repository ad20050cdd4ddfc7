"""Each picture is read once; what was read survives an interruption and a bad file."""

import numpy as np
import pytest
from PIL import Image

from phoclip_hf.data.duplicates.picture_records import Embedder, read_records
from phoclip_hf.data.duplicates.thumbnails import READ, picture_record
from phoclip_hf.data.scenes import draw_scene

COUNT, BAD = 10, 4


class Pictures:
    """Drawn scenes, one of them unreadable; counts what was asked for."""

    def __init__(self, fail_at: int | None = None):
        self.asked, self.fail_at = [], fail_at

    def read(self, start, stop):
        for row in range(start, min(stop, COUNT)):
            if row == self.fail_at:
                raise KeyboardInterrupt
            self.asked.append(row)
            bad = OSError("cut short")
            yield f"id-{row}", bad if row == BAD else draw_scene(row, size=48).image


def mean_colours(images) -> np.ndarray:
    colours = np.array([np.asarray(image, float).mean((0, 1)) for image in images])
    return colours / np.linalg.norm(colours, axis=1, keepdims=True)


EMBEDDER = Embedder(mean_colours, dimension=3, name="mean colour")


def test_resumed_equals_uninterrupted(tmp_path):
    whole = read_records(Pictures().read, COUNT, tmp_path / "whole", "v1", EMBEDDER, batch_size=2)
    with pytest.raises(KeyboardInterrupt):
        stopped = Pictures(fail_at=7)
        read_records(stopped.read, COUNT, tmp_path / "parts", "v1", EMBEDDER, batch_size=2)
    again = Pictures()
    parts = read_records(again.read, COUNT, tmp_path / "parts", "v1", EMBEDDER, batch_size=2)
    # The batch in which it stopped, and the one with the bad picture, which is tried again.
    assert again.asked == [4, 5, 6, 7, 8, 9]
    assert parts.records.tobytes() == whole.records.tobytes()
    assert (parts.embeds == whole.embeds).all()
    assert parts.problems == whole.problems == {BAD: "cut short"}


def test_what_comes_out(tmp_path):
    found = read_records(Pictures().read, COUNT, tmp_path, "v1", EMBEDDER)
    assert np.flatnonzero(found.records["state"] != READ).tolist() == [BAD]
    scene = draw_scene(3, size=48).image
    assert found.records[3].tobytes() == picture_record(scene).tobytes()
    assert found.records["size"][3].tolist() == [48, 48]
    assert found.embeds[3] == pytest.approx(mean_colours([scene])[0], abs=1e-3)
    assert not found.embeds[BAD].any()


def test_other_data_and_other_models_are_read_anew(tmp_path):
    read_records(Pictures().read, COUNT, tmp_path, "v1")
    for fingerprint, embedder, anew in (
        ("v1", None, [BAD]),
        ("v2", None, list(range(COUNT))),
        ("v1", EMBEDDER, list(range(COUNT))),
    ):
        pictures = Pictures()
        read_records(pictures.read, COUNT, tmp_path, fingerprint, embedder, batch_size=1)
        assert pictures.asked == anew


def test_names_cannot_leave_the_folder(tmp_path):
    folder = tmp_path / "cache"
    read_records(Pictures().read, COUNT, folder, "../../v1", Embedder(mean_colours, 3, "/../x"))
    assert len(list(folder.iterdir())) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]


def test_no_pictures(tmp_path):
    found = read_records(Pictures().read, 0, tmp_path, "none", EMBEDDER)
    assert (len(found.records), found.embeds.shape, found.problems) == (0, (0, 3), {})


def test_a_grey_picture_has_no_colour():
    assert picture_record(Image.new("L", (5, 5), 90))["colour"] == 0
    assert picture_record(Image.new("RGB", (5, 5), "red"))["colour"] > 100
