"""What a drawn scene holds: things, counts, colours, positions; and the facts that follow."""

from __future__ import annotations

from dataclasses import dataclass, field

from .kinds import KINDS

_PLAYED = {"soccer": "white", "basketball": "orange"}  # balls large enough to name


@dataclass
class Spot:
    """Where one thing stands: feet at (`x`, `y`), `scale` its width, in picture widths."""

    x: float
    y: float
    scale: float
    flip: bool


@dataclass
class Group:
    """One to four things of one kind, colour and act, in one `layer` (ground, landmark, sky)."""

    kind: str
    colour: str
    act: str
    count: int
    layer: str
    spots: list[Spot] = field(default_factory=list)

    @property
    def plays(self) -> bool:
        """Return whether these are sportspeople, who are named by what they play."""
        return self.kind in ("soccer", "tennis", "basketball", "baseball")


@dataclass
class Plan:
    """A scene before it is drawn: place, hour, groups, and relations (name, index, index)."""

    place: str
    hour: str
    groups: list[Group]
    relations: set[tuple[str, int, int]] = field(default_factory=set)

    @property
    def indoors(self) -> bool:
        """Return whether the scene has no sky."""
        return self.place in ("table", "underwater", "basketball")

    def facts(self) -> frozenset[str]:
        """Return everything a caption may assert about the scene, as strings."""
        facts = {f"place={self.place}", f"hour={self.hour}"}
        if self.place in ("road", "city"):
            facts.add("ground=street")
        if any(group.plays for group in self.groups):
            facts.add("ground=court")
        for group in self.groups:
            kind = group.kind
            facts |= {f"is={kind}", f"{kind}:count={group.count}"}
            facts |= {f"{kind}:colour={group.colour}", f"{kind}:act={group.act}"}
            if group.count > 1:
                facts.add(f"{kind}:many")
            for broad in KINDS[kind].also:
                facts.add(f"is={broad.rstrip('+')}")
                if broad in ("girl", "umbrella+"):
                    facts.add(f"{broad.rstrip('+')}:count={group.count}")
                if broad.endswith("+"):
                    facts.add(f"{broad[:-1]}:colour={group.colour}")
            if (kind, group.act) == ("bicycle", "ride"):
                facts.add("is=hat")
            if kind in _PLAYED:
                facts |= {"is=ball", f"ball:count={group.count}", f"ball:colour={_PLAYED[kind]}"}
        for name, first, second in self.relations:
            facts.add(f"{name}:{self.groups[first].kind}>{self.groups[second].kind}")
        return frozenset(facts)
