"""Shares of a single split: exact, the same each time, never one picture on both sides."""

from collections import Counter

import pytest

from phoclip_hf.data.intake.split_shares import share_out

DIGESTS = [f"{number:032x}" for number in range(50)]
SHARES = {"test": 0.1, "validation": 0.2}


def test_shares_are_exact_and_repeatable():
    splits = share_out(DIGESTS, SHARES, seed=0)
    assert Counter(splits) == {"train": 35, "validation": 10, "test": 5}
    assert splits == share_out(DIGESTS, SHARES, seed=0)
    assert splits != share_out(DIGESTS, SHARES, seed=1)


def test_the_order_of_the_rows_does_not_matter():
    straight = dict(zip(DIGESTS, share_out(DIGESTS, SHARES, 0), strict=True))
    turned = dict(zip(DIGESTS[::-1], share_out(DIGESTS[::-1], SHARES, 0), strict=True))
    assert straight == turned


def test_equal_pictures_stay_together():
    digests = DIGESTS[:20] * 2 + [DIGESTS[0]] * 10
    for seed in range(20):
        by_digest = {}
        for digest, split in zip(digests, share_out(digests, SHARES, seed), strict=True):
            by_digest.setdefault(digest, set()).add(split)
        assert all(len(splits) == 1 for splits in by_digest.values())


def test_a_share_gets_one_picture_at_least():
    assert Counter(share_out(DIGESTS[:4], SHARES, 0)) == {"train": 2, "validation": 1, "test": 1}
    with pytest.raises(ValueError, match="2 pictures are too few.*nothing is left for train"):
        share_out(DIGESTS[:2], SHARES, 0)
    with pytest.raises(ValueError, match="nothing is left for"):
        share_out(DIGESTS[:1] * 9, SHARES, 0)


@pytest.mark.parametrize("shares", [{"test": 0}, {"test": 1.5}, {"test": 0.6, "validation": 0.4}])
def test_what_is_no_share_is_refused(shares):
    with pytest.raises(ValueError, match="between 0 and 1"):
        share_out(DIGESTS, shares, 0)
