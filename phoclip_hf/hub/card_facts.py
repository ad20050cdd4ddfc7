"""What no run can tell about a checkpoint: terms, sources, limits; one small YAML file."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml


@dataclass
class CardFacts:
    """What a person adds to a card; every field may be left out.

    Attributes:
        license: an id that the Hub knows, or "other" with a name and a link.
        license_name: of an "other" licence.
        license_link: an address, or a file of the repository.
        terms: a sentence in English on what the data's terms allow.
        terms_vi: the same in Vietnamese.
        base_model: Hub ids of the towers that training started from.
        datasets: Hub ids of what it was trained on.
        data: rows of `name`, `what` and `terms` on what it was trained on.
        command: the command that trained it.
        limits: further limits in English.
        limits_vi: the same in Vietnamese.
    """

    license: str = "other"
    license_name: str | None = None
    license_link: str | None = None
    terms: str | None = None
    terms_vi: str | None = None
    base_model: list[str] = field(default_factory=list)
    datasets: list[str] = field(default_factory=list)
    data: list[dict[str, str]] = field(default_factory=list)
    command: str | None = None
    limits: list[str] = field(default_factory=list)
    limits_vi: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for entry in fields(self):
            value = getattr(self, entry.name)
            if str(entry.type).startswith("list") != isinstance(value, list):
                raise ValueError(f"{entry.name} is {value!r}; expected {entry.type}.")
        for row in self.data:
            if not isinstance(row, dict) or set(row) != {"name", "what", "terms"}:
                raise ValueError(f"data holds {row!r}; expected `name`, `what` and `terms`.")


def load_facts(path: str | Path) -> CardFacts:
    """Return what a YAML file says; an unknown key raises ValueError."""
    try:
        raw: Any = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ValueError(f"{path} is no YAML: {error}") from error
    known = [entry.name for entry in fields(CardFacts)]
    if not isinstance(raw, dict) or (strange := [key for key in raw if key not in known]):
        what = f"unknown keys {strange}" if isinstance(raw, dict) else f"{type(raw).__name__}"
        raise ValueError(f"{path}: {what}; known keys: {', '.join(known)}.")
    try:
        return CardFacts(**raw)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
