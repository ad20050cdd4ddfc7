"""Vietnamese captions of a drawn scene, each with the facts that it asserts."""

from __future__ import annotations

from random import Random

from .kinds import KINDS
from .plan import Group, Plan
from .words import (
    BESIDE,
    BROADER,
    COLOUR_WORDS,
    HOURS,
    NUMBERS,
    OVER,
    PLACES,
    RELATIONS,
    SCENERY,
    UNDER,
)

Said = tuple[str, frozenset[str]]  # words, and the facts that they assert
_SILENT: Said = ("", frozenset())


def write_captions(rng: Random, plan: Plan) -> list[Said]:
    """Return three to five different captions, from short to full, with the facts they assert."""
    main = plan.groups[0]
    makers = (
        lambda: _short(rng, plan, rng.choice(plan.groups)),
        lambda: _join(_name(rng, main), _verb(rng, main, alone=True)),
        lambda: _placed(rng, plan, rng.choice(plan.groups)),
        lambda: _related(rng, plan) if len(plan.groups) > 1 else _dated(rng, plan, main),
        lambda: _full(rng, plan),
    )
    said: list[Said] = []
    for make in makers:
        for _ in range(4):
            caption = make()
            if caption[0] not in (text for text, _ in said):
                said.append(caption)
                break
    return said


def _say(text: str, *needs: str) -> Said:
    return text, frozenset(needs)


def _join(*parts: Said) -> Said:
    words = " ".join(" ".join(text for text, _ in parts if text).split()).replace(" ,", ",")
    return words, frozenset().union(*(needs for _, needs in parts))


def _classifier(rng: Random, kind: str) -> str:
    """Return the classifier, now and then its second form: "con chó", "chú chó"."""
    forms = KINDS[kind].classifier.split("/")
    return forms[-1] if rng.random() < 0.2 else forms[0]


def _name(rng: Random, group: Group, number: bool = True, colour: bool = True) -> Said:
    """Return a noun phrase for the group: "hai quả bóng đỏ", "chiếc thuyền", "những con cá"."""
    kind = KINDS[group.kind]
    noun = f"{_classifier(rng, group.kind)} {rng.choice(kind.nouns)}".strip()
    needs = [f"is={group.kind}"]
    if number:
        noun = f"{NUMBERS[group.count]} {noun}"
        needs.append(f"{group.kind}:count={group.count}")
    elif group.count > 1:
        noun = f"những {noun}"
        needs.append(f"{group.kind}:many")
    else:
        needs.append(f"{group.kind}:count=1")
    if colour and kind.paint:
        words = kind.words.get(group.colour, COLOUR_WORDS[group.colour])
        noun = f"{noun} {rng.choice(kind.paint).format(rng.choice(words))}"
        needs.append(f"{group.kind}:colour={group.colour}")
    if group.plays:  # "người mặc áo đỏ" alone could be anyone
        noun = f"{noun} {rng.choice(kind.verbs[group.act])}"
    return noun, frozenset(needs)


def _verb(rng: Random, group: Group, alone: bool = False) -> Said:
    """Return what the group does; `alone`, when no place follows, only what needs no place."""
    if group.plays:
        return _SILENT
    verbs = KINDS[group.kind].verbs
    phrases = verbs[group.act]
    if alone:
        phrases = tuple(p for p in phrases if p.startswith(("đang", "có người", "nóng", "sữa")))
    phrase = rng.choice(phrases) if phrases else ""
    return _say(phrase, *([f"{group.kind}:act={group.act}"] if len(verbs) > 1 and phrase else []))


def _place(rng: Random, plan: Plan, group: Group) -> Said:
    table = {"landmark": BESIDE, "sky": OVER}.get(group.layer, PLACES)
    return _say(*rng.choice(table.get(plan.place, PLACES[plan.place])))


def _hour(rng: Random, plan: Plan) -> Said:
    return _say(*rng.choice(HOURS[plan.hour]))


def _relation(rng: Random, plan: Plan, first: int, second: int) -> Said:
    """Return how group `first` lies to group `second`: "bên trái ngôi nhà mái đỏ"."""
    a, b = plan.groups[first], plan.groups[second]
    names = sorted(n for n, i, j in plan.relations if (i, j) == (first, second))
    exact = [n for n in names if n != "beside"]
    relation = rng.choice(exact if exact and rng.random() < 0.75 else names)
    fact = _say("", f"{relation}:{a.kind}>{b.kind}")
    if relation == "under":
        return _join(_say(rng.choice(UNDER[b.kind]), f"is={b.kind}"), fact)
    other = _name(rng, b, number=b.count > 1 or rng.random() < 0.3, colour=rng.random() < 0.6)
    return _join(_say(rng.choice(RELATIONS[relation])), fact, other)


def _short(rng: Random, plan: Plan, group: Group) -> Said:
    """Return few words: "mèo nằm trên bãi cỏ", "em bé trên bãi biển", "hoàng hôn trên sông"."""
    kind = KINDS[group.kind]
    broad = [name for name in kind.also if name in BROADER]
    if plan.hour in SCENERY and rng.random() < 0.12:
        place = _say(*rng.choice(PLACES[plan.place]))
        return _join(_say(rng.choice(SCENERY[plan.hour]), f"hour={plan.hour}"), place)
    way = rng.randrange(4)
    if way == 0 and not group.plays:
        classifier = "" if kind.classifier[:3] in ("con", "chi") else _classifier(rng, group.kind)
        noun = _say(f"{classifier} {rng.choice(kind.nouns)}", f"is={group.kind}")
        return _join(noun, _verb(rng, group), _place(rng, plan, group))
    if way == 1 and broad:
        choice = rng.choice(broad)
        return _join(_say(rng.choice(BROADER[choice]), f"is={choice}"), _place(rng, plan, group))
    return _name(rng, group, number=way == 2, colour=way != 2)


def _placed(rng: Random, plan: Plan, group: Group) -> Said:
    """Return the group and its place: "trên bãi cỏ có hai quả bóng", "ba con cá bơi dưới nước"."""
    who, place = _name(rng, group, colour=rng.random() < 0.6), _place(rng, plan, group)
    way = rng.randrange(6)
    if way == 0:
        return _join(place, _say("có"), who, _verb(rng, group, alone=True))
    if way == 1:
        return _join(_say("có"), who, _verb(rng, group), place)
    if way == 2:
        return _join(_say(rng.choice(["bức tranh vẽ", "hình ảnh"])), who, _verb(rng, group), place)
    return _join(who, _verb(rng, group), place)


def _related(rng: Random, plan: Plan) -> Said:
    """Return two groups and how one lies to the other, or both together: "... và ..."."""
    first, second = rng.sample(range(len(plan.groups)), 2)
    pairs = {(i, j) for _, i, j in plan.relations}
    if (first, second) not in pairs:
        first, second = second, first
    a, b = plan.groups[first], plan.groups[second]
    if (first, second) not in pairs or rng.random() < 0.25:
        colour = rng.random() < 0.7
        both = _join(_name(rng, a, colour=colour), _say("và"), _name(rng, b, colour=colour))
        grounded = a.layer == b.layer == "ground"
        return _join(both, _place(rng, plan, a)) if grounded and rng.random() < 0.6 else both
    who = _name(rng, a, number=rng.random() < 0.6, colour=rng.random() < 0.7)
    return _join(who, _verb(rng, a), _relation(rng, plan, first, second))


def _dated(rng: Random, plan: Plan, group: Group) -> Said:
    """Return the group and the hour: "hai con vịt bơi dưới ánh trăng"; by day, its place."""
    who = _name(rng, group, number=rng.random() < 0.7, colour=rng.random() < 0.7)
    if plan.hour == "day":
        return _join(_say("có"), who, _verb(rng, group), _place(rng, plan, group))
    return _join(who, _verb(rng, group, alone=True), _hour(rng, plan))


def _full(rng: Random, plan: Plan) -> Said:
    """Return the main group with number, colour, act, place, relation and hour."""
    group = plan.groups[0]
    who, verb = _name(rng, group), _verb(rng, group)
    tail = _place(rng, plan, group)
    partners = sorted({j for _, i, j in plan.relations if i == 0})
    if partners:
        relation = _relation(rng, plan, 0, rng.choice(partners))
        if relation[0].startswith("dưới") or rng.random() < 0.25:
            tail = relation
        else:
            tail = _join(tail, _say(","), relation)
    for index, other in enumerate(plan.groups):
        if other.layer == "sky":
            hung = "treo" if other.kind == "lantern" else "đang bay"
            above = _say("", f"above:{other.kind}>{group.kind}")
            tail = _join(tail, _say(", phía trên có"), _name(rng, plan.groups[index]), _say(hung))
            tail = _join(tail, above)
    if plan.hour == "day" and (plan.indoors or rng.random() < 0.85):
        return _join(who, verb, tail)
    hour = _hour(rng, plan)
    if "," in tail[0] or rng.random() < 0.3:
        return _join(hour, _say(","), who, verb, tail)
    return _join(who, verb, tail, hour)
