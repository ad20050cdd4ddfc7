"""What a species is called in Vietnamese, English and Latin."""

import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "species.json"


@dataclass(frozen=True)
class Species:
    """The names of a species.

    Attributes:
        vi: Vietnamese; the English one for a label that species.json does not know.
        en: English, the label of the classifier.
        latin: species, genus or family; None where nobody wrote it down.
        is_descriptive: whether no Vietnamese name is established and `vi` describes or translates.
    """

    vi: str
    en: str
    latin: str | None = None
    is_descriptive: bool = False


def read_species(path: Path = FILE) -> dict[str, Species]:
    """Label of the classifier → names."""
    named = json.loads(path.read_text(encoding="utf-8"))["species"]
    return {label: Species(en=label, **names) for label, names in named.items()}


SPECIES = read_species()


def species_of(label: str) -> Species:
    """The names of a label; another classifier's labels are their own names."""
    return SPECIES.get(label.lower()) or Species(vi=label, en=label)
