"""What people read: the species as a list, the reader's language first; a note when in doubt."""

from collections.abc import Mapping
from html import escape
from typing import Any

from translations import texts

from phoclip_hf.page.numbers import decimal
from phoclip_hf.page.translations import LANGUAGES

LEAST = 0.001  # confidences below are shown as smaller than this one
NOTE = '<p class="not-a-butterfly"><strong>{question}</strong> {reason}</p>'
ROW = """
<li style="--share: {share:.4f}">
  <span class="name" lang="{spoken}">{name}</span> <span class="confidence">{confidence}</span>
  <span class="names"><span lang="{other}">{other_name}</span>{latin}</span>
</li>"""


def answer(found: Mapping[str, Any], spoken: str) -> str:
    """HTML of what `classify` found, for a reader of `spoken`."""
    parts = []
    is_strange = found["is_familiar"] is False
    if is_strange:
        question, reason = (texts.say(key, spoken) for key in ("not_a_butterfly", "only_guesses"))
        parts.append(NOTE.format(question=question, reason=reason))
    rows = "".join(row(species, spoken) for species in found["species"])
    parts.append(f'<ol class="species{" doubtful" * is_strange}">{rows}\n</ol>')
    if any(species["is_descriptive"] for species in found["species"]):
        parts.append(f'<p class="footnote">{texts.say("descriptive", spoken)}</p>')
    return f'<div role="status" lang="{spoken}">{"".join(parts)}</div>'


def row(species: Mapping[str, Any], spoken: str) -> str:
    """One species: its name in the language `spoken`, its confidence, its other names."""
    [other] = set(LANGUAGES) - {spoken}
    names = {language: capitalised(species[language]) for language in LANGUAGES}
    if species["is_descriptive"]:
        names["vi"] += " *"
    latin = f' · <i lang="la">{escape(species["latin"])}</i>' if species["latin"] else ""
    return ROW.format(
        share=species["confidence"],
        spoken=spoken,
        name=escape(names[spoken]),
        confidence=percent(species["confidence"], spoken),
        other=other,
        other_name=escape(names[other]),
        latin=latin,
    )


def percent(share: float, spoken: str) -> str:
    """A share from 0 to 1 as per cent with one decimal, as HTML."""
    number = decimal(100 * max(share, LEAST), spoken)
    return "&lt; " * (share < LEAST) + texts.say("percent", spoken, number=number)


def capitalised(name: str) -> str:
    """The name with a capital first letter, the others as they are."""
    return name[:1].upper() + name[1:]
