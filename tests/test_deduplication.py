import numpy as np
import pytest

from phoclip_hf.evaluation.deduplication import DuplicatePair, deduplicated, read_pairs

IDS = ["a", "b", "c", "d", "e"]


def pairs(*words: str) -> list[DuplicatePair]:
    return [DuplicatePair(*word.split("-")) for word in words]


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        ([], "abcde"),
        (["a-x", "y-c"], "bde"),  # paired with pictures outside
        (["b-d"], "abce"),  # among themselves: the first stays
        (["d-b", "d-e"], "abc"),  # b, d and e are one picture
        (["a-b", "a-x"], "bcde"),  # a is known: b takes its place
        (["a-b", "b-c", "b-x"], "acde"),  # b is known; a and c are joined by nothing else
        (["a-a", "x-y"], "abcde"),
    ],
)
def test_what_stays(found, kept):
    keep = deduplicated(IDS, pairs(*found))
    assert keep.dtype == bool
    assert "".join(np.array(IDS)[keep]) == kept


def test_another_data_set_may_use_the_same_ids():
    pair = DuplicatePair("a", "b", "ktvic:test", "openviic:train")
    assert deduplicated(IDS, [pair]).tolist() == [True, False, True, True, True]
    # b of openviic is no test picture, and so a is known from elsewhere.
    keep = deduplicated(IDS, [pair], "ktvic:test")
    assert keep.tolist() == [False, True, True, True, True]
    pair = DuplicatePair("a", "a", "ktvic:train", "ktvic:test")
    assert deduplicated(IDS, [pair], "ktvic:test").sum() == 4
    assert deduplicated(IDS, [pair], "openviic:test").all()
    assert not deduplicated(IDS, [DuplicatePair("a", "x")], "ktvic:test")[0]


def test_an_id_of_two_pictures_is_refused():
    with pytest.raises(ValueError, match="1 of 3 ids are there twice"):
        deduplicated(["a", "b", "a"], [])


def test_pairs_are_read_by_column_name(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text('a,b,kind,score\n"1,jpg",2.jpg,near,0.97\n', encoding="utf-8")
    assert read_pairs(path) == [DuplicatePair("1,jpg", "2.jpg")]
    path.write_text("b,a_source,a,b_source,kind\n2,s,1,t,exact\n", encoding="utf-8")
    assert read_pairs(path) == [DuplicatePair("1", "2", "s", "t")]
    path.write_text("first,second\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="expected a and b"):
        read_pairs(path)
