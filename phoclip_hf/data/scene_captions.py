"""Vietnamese captions of a drawn scene, each with the facts that it asserts."""

from __future__ import annotations

from random import Random

from .scene_plan import Group, Plan
from .scene_words import BESIDE, BROADER, COLOUR_WORDS, HOURS, KINDS, NUMBERS, OVER, PLACES

Said = tuple[str, frozenset[str]]  # words, and the facts they assert
_PLAYERS = ("soccer", "tennis", "basketball", "baseball")
_SILENT: Said = ("", frozenset())


def _join(*parts: Said) -> Said:
    words = " ".join(" ".join(text for text, _ in parts if text).split()).replace(" ,", ",")
    return words, frozenset().union(*(needs for _, needs in parts))


def _say(text: str, *needs: str) -> Said:
    return text, frozenset(needs)


def name_group(rng: Random, group: Group, number: bool = True, colour: bool = True) -> Said:
    """Return a noun phrase for the group: "hai quả bóng đỏ", "chiếc thuyền", "những con cá"."""
    kind = KINDS[group.kind]
    noun = f"{kind.classifier} {rng.choice(kind.nouns)}".strip()
    needs = [f"is={group.kind}"]
    if number:
        noun = f"{NUMBERS[group.count]} {noun}"
        needs.append(f"{group.kind}:count={group.count}")
    elif group.count > 1:
        noun = f"{rng.choice(['những', 'mấy'])} {noun}"
        needs.append(f"{group.kind}:many")
    else:
        needs.append(f"{group.kind}:count=1")
    if colour and kind.paint:
        words = kind.words.get(group.colour, COLOUR_WORDS[group.colour])
        noun = f"{noun} {rng.choice(kind.paint).format(rng.choice(words))}"
        needs.append(f"{group.kind}:colour={group.colour}")
    if group.kind in _PLAYERS:
        noun = f"{noun} {rng.choice(kind.verbs[group.act])}"
    return noun, frozenset(needs)


def _verb(rng: Random, group: Group) -> Said:
    if group.kind in _PLAYERS:
        return _SILENT
    verbs = KINDS[group.kind].verbs
    phrase = rng.choice(verbs[group.act])
    return (
        phrase,
        frozenset([f"{group.kind}:act={group.act}"] if len(verbs) > 1 and phrase else []),
    )


def _place(rng: Random, plan: Plan, group: Group) -> Said:
    table = PLACES
    if group.layer == "landmark" and plan.place in BESIDE:
        table = BESIDE
    elif group.layer == "sky" and plan.place in OVER:
        table = OVER
    return _say(*rng.choice(table[plan.place]))


def _hour(rng: Random, plan: Plan) -> Said:
    return _say(*rng.choice(HOURS[plan.hour]))


def _relation(rng: Random, plan: Plan, first: int, second: int) -> Said:
    """Return how group `first` lies to group `second`, named: "bên trái ngôi nhà mái đỏ"."""
    a, b = plan.groups[first], plan.groups[second]
    names = sorted(n for n, i, j in plan.relations if (i, j) == (first, second))
    strong = [n for n in names if n != "beside"]
    relation = rng.choice(strong if strong and rng.random() < 0.75 else names)
    fact = _say("", f"{relation}:{a.kind}>{b.kind}")
    other = name_group(rng, b, number=b.count > 1 or rng.random() < 0.3, colour=rng.random() < 0.6)
    if relation == "under":
        words = {
            "tree": ["dưới gốc cây", "dưới bóng cây", "dưới tán cây"],
            "palm": ["dưới gốc dừa", "dưới bóng dừa"],
        }
        return _join(_say(rng.choice(words[b.kind]), f"is={b.kind}"), fact)
    words = {
        "left": ["bên trái", "ở bên trái", "phía bên trái"],
        "right": ["bên phải", "ở bên phải", "phía bên phải"],
        "beside": ["cạnh", "bên cạnh", "gần"],
        "front": ["trước", "phía trước", "ở phía trước"],
        "above": ["phía trên", "bên trên", "ở phía trên"],
    }[relation]
    return _join(_say(rng.choice(words)), fact, other)


def _short(rng: Random, plan: Plan, group: Group) -> Said:
    kind = KINDS[group.kind]
    way = rng.randrange(4)
    if way == 0 and group.kind not in _PLAYERS and len(kind.nouns) > 0:
        classifier = "" if kind.classifier in ("con", "chiếc") else kind.classifier
        return _join(
            _say(f"{classifier} {rng.choice(kind.nouns)}", f"is={group.kind}"),
            _verb(rng, group),
            _place(rng, plan, group),
        )
    broad = [b for b in kind.also if b in BROADER]
    if way == 1 and broad:
        choice = rng.choice(broad)
        return _join(
            _say(rng.choice(BROADER[choice]), f"is={choice}"), _place(rng, plan, plan.groups[0])
        )
    if way == 2:
        return name_group(rng, group, number=True, colour=False)
    return name_group(rng, group, number=False, colour=True)


def _placed(rng: Random, plan: Plan, group: Group) -> Said:
    colour = rng.random() < 0.6
    who = name_group(rng, group, number=True, colour=colour)
    place = _place(rng, plan, group)
    way = rng.randrange(6)
    if way == 0:
        return _join(place, _say("có"), who)
    if way == 1:
        return _join(_say("có"), who, _verb(rng, group), place)
    if way == 2:
        return _join(_say(rng.choice(["bức tranh vẽ", "hình ảnh", "khung cảnh có"])), who, place)
    return _join(who, _verb(rng, group), place)


def _related(rng: Random, plan: Plan) -> Said:
    first, second = rng.sample(range(len(plan.groups)), 2)
    pairs = [(i, j) for _, i, j in plan.relations]
    if (first, second) not in pairs:
        first, second = second, first
    a, b = plan.groups[first], plan.groups[second]
    if (first, second) not in pairs or rng.random() < 0.25:
        colour = rng.random() < 0.7
        both = _join(name_group(rng, a, True, colour), _say("và"), name_group(rng, b, True, colour))
        return _join(both, _place(rng, plan, plan.groups[0])) if rng.random() < 0.5 else both
    who = name_group(rng, a, number=rng.random() < 0.6, colour=rng.random() < 0.7)
    return _join(who, _verb(rng, a), _relation(rng, plan, first, second))


def _full(rng: Random, plan: Plan) -> Said:
    group = plan.groups[0]
    who = name_group(rng, group, number=True, colour=True)
    hour = _hour(rng, plan) if plan.hour != "day" and rng.random() < 0.8 else _SILENT
    tail: Said = _SILENT
    partners = [j for _, i, j in plan.relations if i == 0]
    flying = [i for i, g in enumerate(plan.groups) if g.layer == "sky"]
    if partners:
        tail = _relation(rng, plan, 0, rng.choice(sorted(set(partners))))
        if rng.random() < 0.7 and "dưới" not in tail[0]:
            tail = _join(_place(rng, plan, group), _say(","), tail)
    else:
        tail = _place(rng, plan, group)
    if flying:
        bird = plan.groups[flying[0]]
        hung = "treo" if bird.kind == "lantern" else "bay"
        tail = _join(tail, _say(","), _say("phía trên có"), name_group(rng, bird), _say(hung),
                     _say("", *(f"above:{bird.kind}>{group.kind}",)))  # fmt: skip
        if hour[0]:
            return _join(hour, _say(","), who, _verb(rng, group), tail)
        return _join(who, _verb(rng, group), tail)
    if hour[0] and rng.random() < 0.35 and not hour[0].startswith("dưới"):
        return _join(hour, _say(","), who, _verb(rng, group), tail)
    return _join(who, _verb(rng, group), tail, hour)


def _scenery(rng: Random, plan: Plan, group: Group) -> Said:
    who = name_group(rng, group, number=rng.random() < 0.7, colour=rng.random() < 0.7)
    if plan.place in ("table", "underwater", "basketball") or plan.hour == "day":
        return _join(_say("có"), who, _place(rng, plan, group))
    return _join(who, _verb(rng, group), _hour(rng, plan))


def write_captions(rng: Random, plan: Plan) -> list[Said]:
    """Return three to five different captions, from short to full, with the facts they assert."""
    main = plan.groups[0]
    anyone = rng.choice(plan.groups)
    makers = [
        lambda: _short(rng, plan, anyone),
        lambda: _join(name_group(rng, main, True, True), _verb(rng, main)),
        lambda: _placed(rng, plan, rng.choice(plan.groups)),
        lambda: _related(rng, plan) if len(plan.groups) > 1 else _scenery(rng, plan, main),
        lambda: _full(rng, plan),
    ]
    said: list[Said] = []
    for make in makers:
        for _ in range(4):
            caption = make()
            if caption[0] not in [text for text, _ in said]:
                said.append(caption)
                break
    return said
