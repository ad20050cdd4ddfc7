from phoclip_hf.evaluation.tables import metrics_table


def test_shares_in_per_cent_and_numbers_as_they_are():
    metrics = {"t2i_r1": 0.1234, "t2i_median_rank": 11.5, "t2i_queries": 5000.0, "cider_d": 0.8}
    table = metrics_table(metrics | {"tokenization": "syllables"}, "phoclip-mini")
    assert table.splitlines() == [
        "# phoclip-mini",
        "",
        "| | |",
        "|---|---|",
        "| t2i_r1 | 12.3 % |",
        "| t2i_median_rank | 11.5 |",
        "| t2i_queries | 5,000 |",
        "| cider_d | 0.8 |",
        "| tokenization | syllables |",
    ]


def test_full_and_deduplicated_side_by_side():
    metrics = {"top1": 0.5, "images": 8, "checkpoint": "blake2b:1"}
    metrics |= {"deduplicated": {"top1": 0.4, "images": 5}, "dropped": 3}
    lines = metrics_table(metrics, "m").splitlines()
    assert lines[2:7] == [
        "| | full | deduplicated |",
        "|---|---|---|",
        "| top1 | 50.0 % | 40.0 % |",
        "| images | 8 | 5 |",
        "| checkpoint | blake2b:1 |  |",
    ]
    assert lines[-1] == "3 pictures were dropped as duplicates."
