"""Who acted and on which side, in sentences coded by hand in PLOVER's gold standard (even half).

Each entry (Open Event Data Alliance, CC-BY-SA 4.0, from the CAMEO codebook's examples) is a
sentence with its actors, as text and as a code, and the class of what they did.

**Actor found**: one actor of our reactions, attributions or deeds in the sentence is one of the
entry's sources: it has its code as alpha-3 code, or all words of the shorter of the two names are
in the longer, articles and small words aside. A pronoun is nobody. The sentences stand alone and
tell of no other event, so that whoever acts in one made its news and is no *reactor*: that is why
deeds count, which reactions leave to the principals; ``reactor`` tells what reactions find alone.

**Polarity right**, of those found: the sign of the sum of the polarities of all that was found of
that actor is the sign of the entry's class (`SIGNS`). The sign follows CAMEO's scale of
cooperation and conflict: the classes that begin with its codes 03 and 05 to 08 cooperate, those
with 11 to 20 conflict. CONSULT, DEMAND and INVESTIGATE take no side and are left out: the codebook
scores a visit, a demand or an inquiry by who meets whom about what.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from newswire_enrich.attribution import find_attributions, find_deeds
from newswire_enrich.reactions import find_reactions
from newswire_enrich.tags.gazetteer import Gazetteer
from newswire_enrich.tags.mention import Mention

SIGNS: Mapping[str, int] = {
    "AGREE": 1, "SUPPORT": 1, "COOPERATE": 1, "AID": 1, "CONCEDE": 1, "RETREAT": 1,
    "DISAPPROVE": -1, "REJECT": -1, "THREATEN": -1, "PROTEST": -1, "MOBILIZE": -1, "SANCTION": -1,
    "COERCE": -1, "ASSAULT": -1, "FIGHT": -1,
}  # fmt: skip
_SMALL = frozenset({
    "a", "an", "the", "of", "in", "and", "for", "to", "by", "from", "former", "senior", "s",
})  # fmt: skip
_NOBODY = frozenset({
    "i", "we", "he", "she", "it", "they", "who", "which", "that", "his", "her", "its", "their",
    "you", "this", "these",
})  # fmt: skip
# The gold standard's codes that are not ISO 3166-1's.
_CODES = {"JAP": "JPN"}


class Actor(NamedTuple):
    """One that we found: its names, the codes of its states, and the polarity of its act."""

    names: Sequence[str]
    codes: frozenset[str]
    polarity: int


class _Judged(NamedTuple):
    found: bool
    sided: bool
    right: bool
    reactor: bool


def measure(data: Path) -> dict[str, float]:
    """Shares of the sentences with an actor found, and of those with the right polarity."""
    gazetteer = Gazetteer.load()
    entries = json.loads((data / "plover" / "gold_even.json").read_text(encoding="utf-8"))
    judged = [_judged(entry, gazetteer) for entry in entries if entry.get("source")]
    sided = [each for each in judged if each.found and each.sided]
    return {
        "actor_found": _share([each.found for each in judged]),
        "polarity_right": _share([each.right for each in sided]),
        "reactor_found": _share([each.reactor for each in judged]),
    }


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags)


def _judged(entry: Mapping[str, Any], gazetteer: Gazetteer) -> _Judged:
    text = entry["text"]
    mentions = gazetteer.find(text, "en")
    reactors = list(_reactors(text, mentions))
    mine = [actor for actor in (*reactors, *_others(text, mentions)) if _is_one_of(actor, entry)]
    net = sum(actor.polarity for actor in mine)
    sign = SIGNS.get(entry["event"], 0)
    return _Judged(
        found=bool(mine),
        sided=sign != 0,
        right=net * sign > 0,
        reactor=any(_is_one_of(actor, entry) for actor in reactors),
    )


def _reactors(text: str, mentions: Sequence[Mention]) -> Iterator[Actor]:
    for each in find_reactions(text, "", mentions, None, "en"):
        code = frozenset({each.actor.iso3} if each.actor.iso3 else ())
        yield Actor((each.actor.name, each.actor.mention), code, each.polarity or 0)


def _others(text: str, mentions: Sequence[Mention]) -> Iterator[Actor]:
    for said in find_attributions(text, "en"):
        if said.source:
            yield _at(text, mentions, said.source, 0)
    for deed in find_deeds(text, "en"):
        yield _at(text, mentions, deed.actor, deed.polarity)


def _at(text: str, mentions: Sequence[Mention], span: tuple[int, int], polarity: int) -> Actor:
    start, end = span
    codes = {each.iso3 for each in mentions if start <= each.start and each.end <= end}
    return Actor((text[start:end],), frozenset(code for code in codes if code), polarity)


def _is_one_of(actor: Actor, entry: Mapping[str, Any]) -> bool:
    return any(_is(actor, gold["actorText"], gold["code"]) for gold in entry["source"])


def _is(actor: Actor, name: str, code: str) -> bool:
    if _CODES.get(code, code) in actor.codes:
        return True
    wanted = _words(name)
    return any(
        words and wanted and (words <= wanted or wanted <= words)
        for words in map(_words, actor.names)
    )


def _words(name: str) -> frozenset[str]:
    plain = "".join(sign if sign.isalnum() else " " for sign in name.replace(".", "").casefold())
    return frozenset(plain.split()) - _SMALL - _NOBODY
