"""The clause around a verb: its auxiliaries, and the phrases that are its subject or agent.

::

    Japan on Monday   has  not yet   condemned   the launch
    subject ◀─ when ─┤◀─ group ────┤  verb   ├─▶ object, agent after "by"
"""

from dataclasses import dataclass, field, replace

from newswire_common.reaction import Modality
from newswire_enrich.reactions.heads import Phrase
from newswire_enrich.reactions.inflection import BASE, FINITE, GERUND, PARTICIPLE, PAST
from newswire_enrich.reactions.lexicon import Lexicon
from newswire_enrich.reactions.lists import list_ending_at
from newswire_enrich.reactions.phrases import ending_at
from newswire_enrich.reactions.reading import Reading

_MAX_GROUP = 9
_MAX_FRAME = 16
_MAX_INSERTION = 40
_MAX_CIRCUMSTANCE = 8


@dataclass(slots=True)
class Group:
    """The words from ``start`` up to the verb, and what they say of it."""

    start: int
    finite: bool = True
    negated: bool = False
    yet: bool = False
    passive: bool = False
    copula: bool = False
    auxiliary: bool = False
    perfect: bool = False
    unwilling: bool = False
    will: bool = False
    framed: bool = False
    modality: Modality = "asserted"


@dataclass(slots=True)
class _Seen:
    """What the words left of a verb were, while they are read from right to left."""

    kinds: set[str] = field(default_factory=set)
    negated: bool = False
    yet: bool = False
    historical: bool = False
    infinitive: bool = False
    governed: str = ""


def group_before(reading: Reading, verb: int, tenses: int) -> Group:
    """The verb group that ends before token ``verb``, whose form may be any of ``tenses``."""
    seen = _Seen()
    index = verb - 1
    while index >= 0 and verb - index <= _MAX_GROUP and _absorb(reading, index, seen):
        index -= 1
    late = tenses & PARTICIPLE and not seen.kinds and "late-participle" in reading.lexicon.flags
    framed = _framed(reading, index + 1, seen) if late else None
    return framed or _group(index + 1, seen, tenses)


def _framed(reading: Reading, start: int, seen: _Seen) -> Group | None:
    """The group of a verb at the end of its clause: "hat den Beschluss nicht kritisiert"."""
    for index in range(start - 1, max(-1, start - 1 - _MAX_FRAME), -1):
        low = reading.lows[index]
        ordinal = low == "." and reading.lows[index - 1].isdigit()  # "am 3. Oktober"
        if not (low[-1].isalnum() or ordinal) or low in reading.lexicon.verbs:
            break
        kind = reading.lexicon.auxiliaries.get(low)
        if kind in {"have", "had"}:
            group = _group(index, replace(seen, kinds={kind}), PARTICIPLE)
            group.framed = True
            return group
    return None


def _absorb(reading: Reading, index: int, seen: _Seen) -> bool:
    """Take the word at ``index`` into ``seen``; False where the group begins after it."""
    low, lexicon = reading.lows[index], reading.lexicon
    if seen.infinitive and not seen.governed:
        return _governs(low, lexicon, seen)
    if low not in lexicon.group_words and not low.endswith("ly"):
        return False
    words = lexicon.words
    kind = lexicon.auxiliaries.get(low)
    if kind and not reading.calendar(index):
        seen.kinds.add(kind)
        seen.negated = seen.negated or low in lexicon.contracted
    elif low in words["negations"]:
        seen.negated = True
    elif low in words["infinitive"] and not seen.infinitive and not seen.kinds:
        seen.infinitive = True
    elif low in words["adverbs"] or (low.endswith("ly") and low not in lexicon.nouns):
        seen.yet = seen.yet or low in words["yet"]
        seen.historical = seen.historical or low in words["historical"]
    else:
        return False
    return True


def _governs(low: str, lexicon: Lexicon, seen: _Seen) -> bool:
    """Take what carries an infinitive: "expected to", "yet to", "refused to"."""
    for name in ("yet", "future", "willing", "unwilling"):
        if low in lexicon.words[name]:
            seen.governed = name
            seen.yet = seen.yet or name == "yet"
            return True
    return False


def _group(start: int, seen: _Seen, tenses: int) -> Group:
    if not (seen.kinds or seen.negated or seen.yet or seen.historical or seen.infinitive):
        return Group(start, finite=bool(tenses & FINITE))
    be, have = "be" in seen.kinds, bool(seen.kinds & {"have", "had"})
    governed = seen.governed
    return Group(
        start=start,
        finite=_is_finite(seen, tenses),
        negated=seen.negated or governed == "unwilling",
        yet=seen.yet,
        passive=be and not governed and bool(tenses & PARTICIPLE),
        copula=be,
        auxiliary=bool(seen.kinds) or bool(governed),
        perfect=have and not governed,
        unwilling=governed == "unwilling",
        will=bool(seen.kinds & {"will", "modal"}) and not governed,
        modality=_modality(seen),
    )


def _is_finite(seen: _Seen, tenses: int) -> bool:
    if seen.infinitive:
        return bool(seen.governed) and bool(tenses & BASE)
    if "be" in seen.kinds:
        return bool(tenses & (PARTICIPLE | GERUND))
    if seen.kinds & {"have", "had"}:
        return bool(tenses & (PARTICIPLE | PAST))
    if seen.kinds:
        return bool(tenses & BASE)
    return bool(tenses & FINITE)


def _modality(seen: _Seen) -> Modality:
    if seen.negated or seen.governed == "unwilling":
        return "negated"
    if seen.governed == "future" or "will" in seen.kinds:
        return "future"
    if "modal" in seen.kinds:
        return "hypothetical"
    past_of_past = "had" in seen.kinds and not seen.infinitive
    return "historical" if past_of_past or seen.historical else "asserted"


def subject_before(reading: Reading, end: int) -> list[Phrase]:
    """The phrases that are the subject of a verb group beginning at ``end``; [] if none is."""
    stop = _before_circumstance(reading, end)
    found = _subject_at(reading, stop)
    return found if found or stop == end else _subject_at(reading, end)


def _subject_at(reading: Reading, end: int) -> list[Phrase]:
    if reading.listed(end - 1, "relatives"):
        return list_ending_at(reading, end - 1 - (reading.lows[end - 2] == ","))
    if reading.lows[end - 1] in {",", "–", "—"}:
        return _around_insertion(reading, end - 1)
    return list_ending_at(reading, end)


def _before_circumstance(reading: Reading, end: int) -> int:
    """Where "on Monday", "in a statement", "earlier" between subject and verb begins."""
    index = end - 1
    if not (reading.listed(index, "circumstance_nouns") or reading.calendar(index)
            or reading.lows[index].isdigit()):  # fmt: skip
        return end
    while index >= 0 and end - index < _MAX_CIRCUMSTANCE and (
        reading.listed(index, "circumstance")
        or reading.listed(index, "circumstance_nouns")
        or reading.calendar(index)
        or reading.lows[index].isdigit()
    ):  # fmt: skip
        index -= 1
    return index + 1


def _around_insertion(reading: Reading, last_comma: int) -> list[Phrase]:
    """The subject of "Berg, who leads the union, said": what stands before the insertion.

    A name within it that describes a nameless subject takes its place: "His club, the Striders,".
    """
    for comma in range(last_comma - 1, max(0, last_comma - _MAX_INSERTION), -1):
        if reading.words[comma] not in {",", "–", "—"}:
            continue
        outer = list_ending_at(reading, comma)
        if outer:
            named = list_ending_at(reading, last_comma, comma + 1)
            if _lists(outer[-1], named, comma + 1):
                return named
            inner = ending_at(reading, last_comma)
            return [*outer[:-1], _fuller(outer[-1], inner, comma)]
    return []


def _lists(outer: Phrase, named: list[Phrase], start: int) -> bool:
    """Read "Two lenders, Orrin Bank and Velt Bank, said": those who are named said it."""
    plural = outer.noun is not None and outer.noun.plural and not outer.named
    return (
        plural and len(named) > 1 and named[0].start == start and all(each.named for each in named)
    )


def _fuller(outer: Phrase, inner: Phrase | None, comma: int) -> Phrase:
    if inner is None or inner.start != comma + 1:
        return outer
    if inner.named and not outer.named:
        owner = inner.owner or (outer.owner if outer.owner != inner else None)
        return replace(
            inner, start=outer.start, noun=inner.noun or outer.noun, role=outer.role, owner=owner
        )
    if outer.named and outer.noun is None and inner.head == "noun":
        return replace(outer, noun=inner.noun, role=(inner.start, inner.end), owner=inner.owner)
    return outer


def inherits(reading: Reading, end: int) -> bool:
    """Whether a verb group at ``end`` continues another's clause: "condemned it and called for"."""
    return reading.listed(end - 1, "conjunctions") or reading.lows[end - 1] in {"but", ","} or (
        reading.listed(end - 1, "breaks") and not reading.listed(end - 1, "relatives")
    )  # fmt: skip
