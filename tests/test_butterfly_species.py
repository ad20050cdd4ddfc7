import json
from pathlib import Path

import pytest

SPECIES = Path(__file__).resolve().parent.parent / "spaces" / "butterflies" / "species.json"


def vietnamese_names() -> dict[str, str]:
    species = json.loads(SPECIES.read_text(encoding="utf-8"))["species"]
    return {name: entry["vi"] for name, entry in species.items()}


def test_every_species_has_a_name_of_its_own():
    names = vietnamese_names()
    assert len(names) == len(set(names.values())) == 50
    for english, name in names.items():
        kind = "ngài " if "moth" in english else "bướm "
        assert name.startswith(kind), f"{english}: {name}"


@pytest.mark.shared_data
def test_the_names_are_those_of_the_data(shared_data: Path):
    parquet = pytest.importorskip("pyarrow.parquet")
    for split in ("train", "validation", "test"):
        path = shared_data / "butterflies_50" / f"{split}.parquet"
        labels = set(parquet.read_table(path, columns=["label"])["label"].to_pylist())
        assert labels == set(vietnamese_names())
