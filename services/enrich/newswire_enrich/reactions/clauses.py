"""The verb group: its auxiliaries, and what they say of time, negation and modality.

::

    Japan on Monday   has  not yet   condemned   the launch
                    ├◀─ group ────┤  verb
"""

from dataclasses import dataclass, field, replace

from newswire_common.reaction import Modality
from newswire_enrich.reactions.inflection import BASE, FINITE, GERUND, PARTICIPLE, PAST
from newswire_enrich.reactions.reading import Reading
from newswire_enrich.reactions.vocabulary import Lexicon

_MAX_GROUP = 9
_PERFECT = frozenset({"have", "had"})
_MODAL = frozenset({"modal", "will"})
_MAX_FRAME = 16


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
    if tenses & GERUND and reading.listed(verb - 2, "shrinking"):
        return _shrunk_from(reading, verb)
    seen = _Seen()
    index = verb - 1
    while index >= 0 and verb - index <= _MAX_GROUP and _absorb(reading, index, seen):
        index -= 1
    if "english-endings" not in reading.lexicon.flags and not seen.kinds:
        tenses = tenses & ~BASE or BASE  # an infinitive is no finite verb
    late = (
        tenses & (PARTICIPLE | BASE)
        and not seen.kinds
        and "late-participle" in reading.lexicon.flags
    )
    framed = _framed(reading, index + 1, seen, tenses) if late else None
    return framed or _group(index + 1, seen, tenses)


def _shrunk_from(reading: Reading, verb: int) -> Group:
    """The group of "stopped short of condemning", "refrained from criticising"."""
    start = verb - 2
    if reading.lows[start] not in reading.lexicon.forms:
        start -= 1
    group = group_before(reading, start, FINITE | PARTICIPLE)
    group.negated, group.unwilling, group.finite = True, True, True
    group.modality = "negated"
    return group


def _framed(reading: Reading, start: int, seen: _Seen, tenses: int) -> Group | None:
    """The group of a verb at the end of its clause: "hat den Beschluss nicht kritisiert"."""
    for index in range(start - 1, max(-1, start - 1 - _MAX_FRAME), -1):
        low = reading.lows[index]
        ordinal = low == "." and reading.lows[index - 1].isdigit()  # "am 3. Oktober"
        if not (low[-1].isalnum() or ordinal) or low in reading.lexicon.verbs:
            break
        kind = reading.lexicon.auxiliaries.get(low)
        if kind and kind in (_PERFECT if tenses & PARTICIPLE else _MODAL):
            group = _group(index, replace(seen, kinds={kind}), tenses)
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
