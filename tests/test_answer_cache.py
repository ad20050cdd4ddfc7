import numpy as np
import pytest

from phoclip_hf.evaluation.answer_cache import cached_embeds, cached_texts, digest

ROWS = np.arange(70, dtype=np.float32).reshape(35, 2)


def test_embeds_are_encoded_once_and_go_on_after_an_interruption(tmp_path):
    path, asked = tmp_path / "cache" / "images.f32", []

    def encode(start: int, stop: int) -> np.ndarray:
        asked.append((start, stop))
        if start == 20 and asked.count((20, 30)) == 1:
            raise KeyboardInterrupt
        return ROWS[start:stop].astype(np.float64)

    with pytest.raises(KeyboardInterrupt):
        cached_embeds(path, 35, 2, encode, chunk=10)
    with path.open("ab") as file:
        file.write(b"\0" * 5)  # part of a row
    np.testing.assert_array_equal(cached_embeds(path, 35, 2, encode, chunk=10), ROWS)
    assert asked == [(0, 10), (10, 20), (20, 30), (20, 30), (30, 35)]
    again = cached_embeds(path, 35, 2, encode, chunk=10)
    assert len(asked) == 5
    assert isinstance(again, np.memmap) and not again.flags.writeable
    with pytest.raises(ValueError, match="35 rows and 9 were expected"):
        cached_embeds(path, 9, 2, encode)


def test_texts_are_kept_by_key_whatever_their_order(tmp_path):
    path, written = tmp_path / "captions.jsonl", []

    def write(row: int) -> str:
        written.append(row)
        return f"con chó [{row}]\n"

    assert cached_texts(path, ["x", "y"], write) == ["con chó [0]\n", "con chó [1]\n"]
    with path.open("a", encoding="utf-8") as file:
        file.write('\n["z", "con m')  # cut short
    keys = ["z", "y", "x", "z"]
    expected = ["con chó [0]\n", "con chó [1]\n", "con chó [0]\n", "con chó [0]\n"]
    assert cached_texts(path, keys, write) == expected
    assert cached_texts(path, keys, write) == expected
    assert written == [0, 1, 0]  # z once


def test_digest_tells_parts_apart():
    assert digest(["ab", "c"]) != digest(["a", "bc"]) != digest(["abc"])
    assert digest(["ảnh", b"\0"]) == digest(["ảnh", b"\0"])
    assert len(digest([])) == 16
