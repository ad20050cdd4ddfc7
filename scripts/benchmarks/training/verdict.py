"""A measured ratio against its target, and how a table says so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass
class Verdict:
    """What was to be reached, and what was.

    Attributes:
        what: in words.
        ratio: ours over the best peer's.
        target: the least that will do.
        peer: the best one.
    """

    what: str
    ratio: float
    target: float
    peer: str

    @property
    def holds(self) -> bool:
        """Whether the target is reached."""
        return self.ratio >= self.target

    def __str__(self) -> str:
        word = "holds" if self.holds else "MISSED"
        return f"{word}: {self.what}: {self.ratio:.2f} x {self.peer}, wanted {self.target:g} x"


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
