import numpy as np
import torch

from phoclip_hf.data.true_pairs import as_bits, pair_keys, true_pairs


def rows(pictures: list[int], captions: list[int], **bits: list) -> dict[str, torch.Tensor]:
    entries = [
        {"picture_key": picture, "caption_key": caption}
        | {name: values[index] for name, values in bits.items()}
        for index, (picture, caption) in enumerate(zip(pictures, captions, strict=True))
    ]
    return pair_keys(entries)


def test_the_same_words_under_two_pictures_are_true_pairs_of_both():
    keys = rows([0, 1, 2], [7, 8, 7])
    assert true_pairs(keys, keys).int().tolist() == [[1, 0, 1], [0, 1, 0], [1, 0, 1]]


def test_two_captions_of_one_picture_are_both_true():
    keys = rows([5, 6, 5], [1, 2, 3])
    assert true_pairs(keys, keys).int().tolist() == [[1, 0, 1], [0, 1, 0], [1, 0, 1]]


def test_a_scene_is_a_true_pair_of_every_caption_that_holds_in_it():
    names = [f"fact {number}" for number in range(30)]  # four bytes of bits
    facts = [frozenset(names), frozenset(names[:20])]
    needs = [[frozenset(names[:25])], [frozenset(names[3:9])]]
    held, asserted = as_bits(facts, needs)
    keys = rows([0, 1], [1, 2], facts=list(held), needs=[row[0] for row in asserted])
    assert true_pairs(keys, keys).tolist() == [[True, True], [False, True]]


def test_local_rows_meet_the_columns_of_every_rank():
    here, there = rows([0, 1], [1, 2]), rows([2, 1, 3], [2, 9, 8])
    assert true_pairs(here, there).int().tolist() == [[0, 0, 0], [1, 1, 0]]


def test_bits_agree_with_sets():
    generator = np.random.default_rng(0)
    names = np.array([f"f{number}" for number in range(40)])
    facts = [frozenset(names[generator.random(40) < 0.7]) for _ in range(20)]
    needs = [[frozenset(names[generator.random(40) < 0.06])] for _ in range(20)]
    held, asserted = as_bits(facts, needs)
    keys = rows(
        list(range(20)), list(range(20)), facts=list(held), needs=[row[0] for row in asserted]
    )
    expected = [[i == j or needs[j][0] <= facts[i] for j in range(20)] for i in range(20)]
    assert true_pairs(keys, keys).tolist() == expected
    assert 20 < sum(map(sum, expected)) < 400
