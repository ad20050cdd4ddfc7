"""Compose a scene: pick what it holds and set everything where nothing hides another."""

from __future__ import annotations

from random import Random

from .kinds import KINDS
from .place_plans import PLACE_PLANS, PlacePlan
from .plan import Group, Plan, Spot

_FAIR_WEATHER = {"kite", "balloon", "butterfly"}
_WHEELS = {"car", "bus", "truck", "motorbike", "bicycle"}
_ONE_WAY = _WHEELS | {"boat", "ship", "sailboat", "plane", "bird"}  # one group, one direction
_SMALLEST = 0.17  # picture widths: 22 pixels of 128


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
        if hour == "day" or k not in _FAIR_WEATHER or (hour == "sunset" and k != "butterfly")
    ]
    if "sky" in shape and not flying:
        shape = "solo"
    if place == "underwater":
        _swim(plan, rng, kind, rng.choice(others) if shape == "pair" else None)
        return plan
    if shape == "pair":
        _pair(plan, rng, spec, kind, rng.choice(others))
    elif "landmark" in shape:
        _landmark(
            plan, rng, spec, kind, rng.choice(spec.landmark), 0.27 if "sky" in shape else 0.05
        )
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
    spec, room = KINDS[group.kind], x1 - x0
    most = min(spec.width * rng.uniform(0.92, 1.15), tallest / spec.height)
    scale, rows = _fit(group.kind, group.count, room, most, feet[1] - feet[0])
    while group.count > 1 and scale < max(_SMALLEST, 0.4 * most):  # fewer, but large enough to see
        group.count -= 1
        scale, rows = _fit(group.kind, group.count, room, most, feet[1] - feet[0])
    one_way, way = group.kind in _ONE_WAY, rng.random() < 0.5
    for row, number in enumerate(rows):
        y = feet[row]
        if len(rows) == 1:
            y = max(rng.uniform(*feet), min(feet[1], 0.1 + scale * spec.height))
        cell = room / number
        slack = max(0.0, cell - scale * spec.spread)
        pull = min(slack, scale * 0.5)  # keeps a group together
        start = x0 + rng.uniform(0.25, 0.75) * (room - number * (scale * spec.spread + pull))
        for i in range(number):
            x = start + (i + 0.5) * (scale * spec.spread + pull) + rng.uniform(-0.4, 0.4) * pull
            drop = rng.uniform(-0.014, 0.014) if group.count > 1 else 0.0
            flip = way if one_way else rng.random() < 0.5
            group.spots.append(
                Spot(x, min(y + drop, feet[1]), scale * rng.uniform(0.95, 1.0), flip)
            )


def _fit(
    kind: str, count: int, room: float, most: float, depth: float
) -> tuple[float, tuple[int, ...]]:
    """Return the largest width for `count` things and how many stand in each row."""
    spec = KINDS[kind]
    one_row = min(most * (1.0 if count == 1 else 0.9), room / count / spec.spread)
    half = (count + 1) // 2
    two_rows = min(most * 0.8, room / half / spec.spread, max(depth, 0.04) / spec.height * 1.25)
    if count > 2 and two_rows > one_row * 1.15:
        return two_rows, (count - half, half)
    return one_row, (count,)


def _pair(plan: Plan, rng: Random, spec: PlacePlan, kind: str, other: str) -> None:
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
    plan.relations |= {(relation, first, second), (opposite, second, first)}
    plan.relations |= {("beside", first, second), ("beside", second, first)}


def _landmark(
    plan: Plan, rng: Random, spec: PlacePlan, kind: str, mark: str, headroom: float
) -> None:
    group = _group(rng, kind, plan.hour, 3)
    landmark = _group(rng, mark, plan.hour, 1, "landmark")
    plan.groups += [group, landmark]
    size, feet = KINDS[mark], spec.landmark_feet
    scale = min(size.width * rng.uniform(1.0, 1.2), (feet - headroom) / size.height)
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
    x0, x1 = 0.04, 0.96
    room = x1 - x0
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
