"""What a drawn scene holds: things, counts, colours, positions; and the facts that follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from .scene_words import KINDS


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


@dataclass
class Plan:
    """A scene before it is drawn: place, hour, groups, and relations (name, index, index)."""

    place: str
    hour: str
    groups: list[Group]
    relations: set[tuple[str, int, int]] = field(default_factory=set)

    def facts(self) -> frozenset[str]:
        """Return everything a caption may assert about the scene, as strings."""
        facts = {f"place={self.place}", f"hour={self.hour}"}
        if self.place in ("road", "city"):
            facts.add("ground=street")
        for group in self.groups:
            kind = group.kind
            facts |= {f"is={kind}", f"{kind}:count={group.count}", f"{kind}:colour={group.colour}",
                      f"{kind}:act={group.act}"}  # fmt: skip
            if group.count > 1:
                facts.add(f"{kind}:many")
            for broad in KINDS[kind].also:
                facts.add(f"is={broad.rstrip('+')}")
                if broad in ("girl", "umbrella+"):
                    facts.add(f"{broad.rstrip('+')}:count={group.count}")
                if broad.endswith("+"):
                    facts.add(f"{broad[:-1]}:colour={group.colour}")
        for name, first, second in self.relations:
            facts.add(f"{name}:{self.groups[first].kind}>{self.groups[second].kind}")
        return frozenset(facts)


@dataclass(frozen=True)
class _Place:
    ground: tuple[str, ...]
    feet: tuple[float, float]  # farthest and nearest feet, picture heights
    landmark: tuple[str, ...] = ()
    landmark_feet: float = 0.66
    sky: tuple[str, ...] = ()
    hours: bool = True
    weight: float = 1.0


_FOOD = (
    "pho",
    "coffee",
    "banana",
    "orange",
    "apple",
    "watermelon",
    "banhchung",
    "teapot",
    "book",
    "vase",
)
PLACE_PLANS: dict[str, _Place] = {
    "river": _Place(("boat", "boat", "duck"), (0.66, 0.86), ("bridge",), 0.6, ("bird", "plane")),
    "sea": _Place(("sailboat", "sailboat", "ship"), (0.66, 0.86), ("lighthouse",), 0.7,
                  ("bird", "plane", "balloon"), weight=1.2),
    "beach": _Place(("ball", "umbrella", "crab", "dog", "boy", "girl", "umbrella_girl"), (0.76,
        0.94),
                    ("palm", "palm"), 0.78, ("bird", "kite", "plane"), weight=1.3),
    "meadow": _Place(("ball", "dog", "cat", "chicken", "rabbit", "pig", "cow", "flower", "boy",
        "girl",
                      "umbrella_girl", "bicycle"), (0.72, 0.95), ("tree", "house", "house",
                          "tree"), 0.68,
                     ("bird", "kite", "balloon", "plane", "butterfly", "butterfly"), weight=3.0),
    "road": _Place(("motorbike", "bicycle", "car", "bus", "truck"), (0.84, 0.96), ("house",
        "tree"), 0.69,
                   ("bird", "plane", "balloon"), weight=1.6),
    "city": _Place(("motorbike", "car", "bus", "truck", "bicycle"), (0.84, 0.96), (), 0.7,
        ("plane",), weight=1.2),
    "oldtown": _Place(("bicycle", "motorbike", "aodai", "cat", "dog"), (0.88, 0.97), (), 0.7,
                      ("lantern", "lantern"), weight=1.3),
    "paddy": _Place(("buffalo", "farmer", "egret", "aodai"), (0.86, 0.96), ("tree", "house",
        "pagoda"), 0.72,
                    ("bird", "kite"), weight=1.4),
    "pond": _Place(("lotus", "lotus", "duck"), (0.62, 0.9), (), 0.6, ("butterfly", "bird"),
        weight=1.0),
    "terraces": _Place(("buffalo", "farmer", "pig", "chicken"), (0.9, 0.97), ("house", "pagoda",
        "house"), 0.85,
                       ("bird", "balloon"), weight=1.1),
    "table": _Place((*_FOOD, "cat"), (0.8, 0.92), hours=False, weight=2.6),
    "underwater": _Place(("fish", "fish", "turtle"), (0.2, 0.9), hours=False, weight=1.0),
    "soccer": _Place(("soccer",), (0.86, 0.96), weight=0.35),
    "tennis": _Place(("tennis",), (0.88, 0.96), weight=0.35),
    "basketball": _Place(("basketball",), (0.88, 0.96), hours=False, weight=0.35),
    "baseball": _Place(("baseball",), (0.88, 0.96), weight=0.35),
}  # fmt: skip
_SHY_OF_RAIN = {"kite", "balloon", "butterfly"}
_ONE_WAY = {
    "car",
    "bus",
    "truck",
    "motorbike",
    "bicycle",
    "boat",
    "ship",
    "sailboat",
    "plane",
    "bird",
}


def make_plan(rng: Random) -> Plan:
    """Return a random scene: its things laid out without hiding each other."""
    names = list(PLACE_PLANS)
    place = rng.choices(names, [PLACE_PLANS[n].weight for n in names])[0]
    spec = PLACE_PLANS[place]
    hour = (
        rng.choices(["day", "sunset", "night", "rain"], [0.52, 0.2, 0.15, 0.13])[0]
        if spec.hours
        else "day"
    )
    kind = rng.choice(spec.ground)
    others = [
        k
        for k in dict.fromkeys(spec.ground)
        if k != kind and not {kind, k} <= {"girl", "umbrella_girl", "umbrella"}
    ]
    shapes = {"solo": 0.28}
    if others:
        shapes["pair"] = 0.3 if place != "table" else 0.6
    if spec.landmark:
        shapes["landmark"] = 0.3
    if spec.sky:
        shapes["sky"] = 0.26
        if spec.landmark:
            shapes["landmark sky"] = 0.1
    shape = rng.choices(list(shapes), list(shapes.values()))[0]
    plan = Plan(place, hour, [])
    flying = [
        k
        for k in spec.sky
        if hour == "day" or k not in _SHY_OF_RAIN or (hour == "sunset" and k != "butterfly")
    ]
    if "sky" in shape and not flying:
        shape = "solo"
    if place == "underwater":
        _swim(plan, rng, kind, rng.choice(others) if shape == "pair" else None)
        return plan
    if shape == "pair":
        _pair(plan, rng, spec, kind, rng.choice(others))
    elif "landmark" in shape:
        _landmark(plan, rng, spec, kind, rng.choice(spec.landmark))
    else:
        group = _group(rng, kind, hour, 4)
        plan.groups.append(group)
        _arrange(rng, group, 0.03, 0.97, spec.feet, 0.62 if "sky" not in shape else 0.46)
    if "sky" in shape:
        _fly(plan, rng, rng.choice(flying))
    return plan


def _group(rng: Random, kind: str, hour: str, most: int, layer: str = "ground") -> Group:
    spec = KINDS[kind]
    count = min(rng.choices([1, 2, 3, 4], [0.42, 0.27, 0.18, 0.13])[0], spec.most, most)
    act = rng.choice(list(spec.verbs))
    return Group(kind, rng.choice(spec.colours), act, count, layer)


def _arrange(
    rng: Random, group: Group, x0: float, x1: float, feet: tuple[float, float], tallest: float
) -> None:
    """Set the group's things side by side between `x0` and `x1`, in two rows if that is larger."""
    spec, count = KINDS[group.kind], group.count
    room = x1 - x0
    most = min(spec.width * rng.uniform(0.92, 1.15), tallest / spec.height)
    one_row = min(most * (1.0 if count == 1 else 0.9), room / count / spec.spread)
    rows = [count]
    scale = one_row
    if count > 2:
        depth = feet[1] - feet[0]
        half = (count + 1) // 2
        two_rows = min(most * 0.8, room / half / spec.spread, max(depth, 0.04) / spec.height * 1.25)
        if two_rows > one_row * 1.15:
            scale, rows = two_rows, [count - half, half]
    one_way, way = group.kind in _ONE_WAY, rng.random() < 0.5
    for row, number in enumerate(rows):
        y = rng.uniform(
            *(
                feet
                if len(rows) == 1
                else ((feet[0], feet[0] + 0.01) if row == 0 else (feet[1] - 0.01, feet[1]))
            )
        )
        if len(rows) == 1:
            y = max(y, min(feet[1], 0.1 + scale * spec.height))
        cell = room / number
        slack = max(0.0, cell - scale * spec.spread)
        pull = min(slack, scale * 0.5)  # keeps a group together
        start = x0 + rng.uniform(0.25, 0.75) * (room - number * (scale * spec.spread + pull))
        for i in range(number):
            x = start + (i + 0.5) * (scale * spec.spread + pull) + rng.uniform(-0.4, 0.4) * pull
            drop = rng.uniform(-0.012, 0.012) if len(rows) == 1 and count > 1 else 0.0
            flip = way if one_way else rng.random() < 0.5
            group.spots.append(
                Spot(x, min(y + drop, feet[1]), scale * rng.uniform(0.95, 1.0), flip)
            )


def _pair(plan: Plan, rng: Random, spec: _Place, kind: str, other: str) -> None:
    first, second = _group(rng, kind, plan.hour, 3), _group(rng, other, plan.hour, 2)
    share = [
        KINDS[g.kind].width * KINDS[g.kind].spread * (0.4 + 0.6 * g.count) for g in (first, second)
    ]
    cut = min(max(share[0] / sum(share), 0.34), 0.66)
    plan.groups += [first, second]
    if rng.random() < 0.5:
        spans, relation = ((0.03, 0.03 + 0.94 * cut), (0.03 + 0.94 * cut, 0.97)), "left"
    else:
        spans, relation = ((0.97 - 0.94 * cut, 0.97), (0.03, 0.97 - 0.94 * cut)), "right"
    for group, span in zip((first, second), spans, strict=True):
        _arrange(rng, group, span[0] + 0.01, span[1] - 0.01, spec.feet, 0.58)
    _side(plan, 0, 1, relation)


def _side(plan: Plan, first: int, second: int, relation: str) -> None:
    opposite = {"left": "right", "right": "left"}[relation]
    plan.relations |= {(relation, first, second), (opposite, second, first), ("beside", first,
        second),
                       ("beside", second, first)}  # fmt: skip


def _landmark(plan: Plan, rng: Random, spec: _Place, kind: str, mark: str) -> None:
    group = _group(rng, kind, plan.hour, 3)
    landmark = _group(rng, mark, plan.hour, 1, "landmark")
    plan.groups += [group, landmark]
    size, feet = KINDS[mark], spec.landmark_feet
    scale = min(size.width * rng.uniform(1.0, 1.2), (feet - 0.05) / size.height)
    if mark == "bridge":
        landmark.spots.append(Spot(rng.uniform(0.42, 0.58), feet, scale, False))
        _arrange(rng, group, 0.05, 0.95, (0.76, 0.9), 0.36)
        plan.relations |= {("front", 0, 1), ("beside", 0, 1), ("beside", 1, 0)}
        return
    under = mark in ("tree", "palm") and KINDS[kind].height < 1.2 and KINDS[kind].width < 0.52
    if under and rng.random() < 0.75:
        x, side = rng.uniform(0.3, 0.7), rng.choice([-1, 1])
        landmark.spots.append(Spot(x, feet, scale * 1.1, rng.random() < 0.5))
        group.count = min(group.count, 2)
        lean = 0.13 if side > 0 else -0.13
        _arrange(
            rng,
            group,
            max(0.02, x + lean - 0.24),
            min(0.98, x + lean + 0.26),
            (feet + 0.06, feet + 0.1),
            0.26,
        )
        plan.relations |= {("under", 0, 1), ("beside", 0, 1), ("beside", 1, 0)}
    elif mark in ("house", "pagoda") and rng.random() < 0.5:
        x = rng.uniform(0.32, 0.68)
        landmark.spots.append(Spot(x, feet, scale, False))
        _arrange(rng, group, 0.04, 0.96, (max(feet + 0.14, spec.feet[0]), spec.feet[1]), 0.34)
        plan.relations |= {("front", 0, 1), ("beside", 0, 1), ("beside", 1, 0)}
    else:
        left = rng.random() < 0.5
        wide = scale * max(1.0, size.spread)
        x = 0.02 + wide / 2 if left else 0.98 - wide / 2
        landmark.spots.append(Spot(x, feet, scale, left))
        span = (0.03 + wide, 0.97) if left else (0.03, 0.97 - wide)
        _arrange(rng, group, *span, spec.feet, 0.5)
        _side(plan, 0, 1, "right" if left else "left")


def _fly(plan: Plan, rng: Random, kind: str) -> None:
    """Add things in the air, in the free part of the sky."""
    group = _group(rng, kind, plan.hour, 3, "sky")
    tops = [s.y - s.scale * KINDS[g.kind].height for g in plan.groups for s in g.spots]
    spec = KINDS[kind]
    floor = min(max(min(tops) - 0.01, 0.26), 0.42)
    blocked = [s for g in plan.groups if g.layer == "landmark" for s in g.spots]
    x0, x1 = 0.04, 0.96
    if blocked and min(tops) < 0.2:
        spot = blocked[0]
        half = spot.scale * 0.55
        x0, x1 = (spot.x + half, 0.97) if spot.x < 0.5 else (0.03, spot.x - half)
        floor = 0.4
    room = x1 - x0
    if room < 0.5:
        group.count = min(group.count, 2)
    scale = min(spec.width, (floor - 0.03) / spec.height, room / group.count / 1.15)
    way = rng.random() < 0.5
    for i in range(group.count):
        cell = room / group.count
        slack = max(0.0, cell - scale * 1.1)
        x = x0 + (i + 0.5) * cell + rng.uniform(-0.4, 0.4) * slack
        free = max(0.0, floor - 0.03 - scale * spec.height)
        y = 0.03 + scale * spec.height + rng.random() * free
        if kind == "lantern":
            y = scale * spec.height * rng.uniform(0.88, 1.0)
        group.spots.append(
            Spot(
                x, y, scale * rng.uniform(0.9, 1.0), way if kind in _ONE_WAY else rng.random() < 0.5
            )
        )
    plan.groups.append(group)
    index = len(plan.groups) - 1
    plan.relations |= {("above", index, i) for i in range(index)}


def _swim(plan: Plan, rng: Random, kind: str, other: str | None) -> None:
    """Lay out swimmers anywhere under water."""
    first = _group(rng, kind, "day", 4 if other is None else 3)
    plan.groups.append(first)
    spans = [(0.03, 0.97)]
    if other is not None:
        plan.groups.append(_group(rng, other, "day", 1))
        left = rng.random() < 0.5
        spans = [(0.03, 0.52), (0.54, 0.97)] if left else [(0.48, 0.97), (0.03, 0.46)]
        _side(plan, 0, 1, "left" if left else "right")
    for group, (x0, x1) in zip(plan.groups, spans, strict=True):
        spec, way = KINDS[group.kind], rng.random() < 0.5
        columns = 1 if group.count == 1 or x1 - x0 < 0.6 else 2
        rows = -(-group.count // columns)
        width, height = (x1 - x0) / columns, 0.72 / rows
        scale = min(spec.width * rng.uniform(0.95, 1.15), width / 1.15, height / spec.height / 1.05)
        cells = [(c, r) for r in range(rows) for c in range(columns)]
        if group.count == 2 and columns == 2:
            cells = [(0, 0), (1, 0)]
        for column, row in cells[: group.count]:
            x = x0 + (column + 0.5) * width + rng.uniform(-0.4, 0.4) * max(0.0, width - scale * 1.1)
            y = (
                0.08
                + (row + 0.5) * height
                + 0.3 * scale
                + rng.uniform(-0.4, 0.4) * max(0.0, height - scale * spec.height)
            )
            group.spots.append(Spot(x, y, scale, way if rng.random() < 0.8 else not way))
