"""Reads noun phrases: what is named, what describes it, whose it is.

::

    the  conservation group  Blue Shelf         Norway  's  foreign ministry
         └── role, noun ──┘  └ core ──┘         └ owner ┘   └─ noun, core ─┘
"""

from newswire_enrich.reactions.heads import Head, Phrase
from newswire_enrich.reactions.reading import Reading
from newswire_enrich.reactions.vocabulary import Noun, PronounKind
from newswire_enrich.tags.mention import Mention

_MAX_OWNERS = 4


def phrase_of(
    reading: Reading, tags: list[str], start: int, end: int, depth: int = 0
) -> Phrase | None:
    """The phrase that the nominal tokens ``[start, end)`` make; None where nothing heads it."""
    while end > start and tags[end - 1] in "'d":
        end -= 1
    if start >= end:
        return None
    if _is_pair(reading, start, end):
        return Phrase(start, end, "pronoun", (start, end), pronoun="pair")
    owner, begin = _possessor(reading, tags, start, end, depth)
    while begin < end - 1 and tags[begin] == "d":
        begin += 1
    if "head-first" in reading.lexicon.flags and tags[begin] == "n":
        phrase = _head_first(reading, tags, begin, end)
    elif tags[end - 1] == "N":
        phrase = _named(reading, tags, begin, end)
    else:
        phrase = _described(reading, tags, begin, end)
    phrase.start = start
    phrase.owner = phrase.owner or owner
    return phrase


def _is_pair(reading: Reading, start: int, end: int) -> bool:
    """Read "The two nations", "both clubs": who they are was said before."""
    return (
        end - start > 1
        and reading.listed(end - 1, "pair_nouns")
        and reading.listed(end - 2, "pair_words")
        and (end - start == 2 or reading.listed(start, "determiners"))  # noqa: PLR2004 - both, clubs
    )


def _possessor(
    reading: Reading, tags: list[str], start: int, end: int, depth: int
) -> tuple[Phrase | None, int]:
    """Whose the phrase is, and where the rest of it begins."""
    for mark in range(end - 2, start, -1) if "'" in tags[start:end] else ():
        if tags[mark] != "'":
            continue
        if _within_name(reading, tags, mark, end):
            return None, start
        owner = phrase_of(reading, tags, start, mark, depth + 1) if depth < _MAX_OWNERS else None
        return owner, mark + 1
    if reading.lows[start] in reading.lexicon.words["possessives"]:
        span = (start, start + 1)
        return Phrase(*span, "pronoun", span, pronoun=_whose(reading, start)), start + 1
    return None, start


def _whose(reading: Reading, index: int) -> PronounKind:
    if reading.listed(index, "their"):
        return "plural"
    return "person" if reading.listed(index, "his") else "thing"


def _within_name(reading: Reading, tags: list[str], mark: int, end: int) -> bool:
    """The apostrophe of "Cyclists' Association": between a capital and a body's noun."""
    if tags[mark - 1] != "N" or tags[end - 1] != "N" or reading.names[mark - 1] is not None:
        return False
    noun = reading.lexicon.noun(reading.lows[end - 1])
    return noun is not None and noun.kind == "body"


def _named(reading: Reading, tags: list[str], begin: int, end: int) -> Phrase:
    first = end - 1
    while first > begin and tags[first - 1] in "N'" and not _owns(reading, first - 1):
        first -= 1
    described = _without_titles(reading, first, end)
    core = (described, end)
    if _is_post(reading, tags, begin, core):
        return _described(reading, tags, begin, end)
    mention = _mention(reading, core)
    noun = reading.lexicon.noun(reading.lows[described - 1]) if described > begin else None
    if noun is None:
        noun = _body_of(reading, core)
    head: Head = "mention" if mention else "name"
    role = (begin, described) if described > begin else None
    phrase = Phrase(begin, end, head, core, mention, noun, role)
    if first > begin and _owns(reading, first - 1):
        phrase.owner = _bare(reading, first - 1)
    return phrase


def _is_post(reading: Reading, tags: list[str], begin: int, core: tuple[int, int]) -> bool:
    """Read "The Bishop" is whoever holds the post; "Bishop" alone may be a name."""
    noun = reading.lexicon.nouns.get(reading.lows[core[0]])
    alone = core[1] - core[0] == 1 and begin > 0 and tags[begin - 1] == "d"
    person = noun is not None and noun.kind in {"role", "office"}
    return alone and begin == core[0] and person and reading.names[core[0]] is None


def _without_titles(reading: Reading, first: int, end: int) -> int:
    """Where the name itself begins: behind "Dr", "General", "Foreign Minister"."""
    cut = first
    while cut < end - 1 and reading.capital(cut + 1) | (reading.lows[cut + 1] == "."):
        noun = reading.lexicon.nouns.get(reading.lows[cut])
        office = noun is not None and noun.kind in {"role", "office"} and not noun.plural
        if not (reading.listed(cut, "titles") or office or _leads_to_title(reading, cut, end)):
            break
        cut += 1 + (reading.lows[cut + 1] == ".")
    return min(cut, end - 1)


def _leads_to_title(reading: Reading, index: int, end: int) -> bool:
    """The Foreign of "Foreign Minister Holm"."""
    return index + 2 < end and reading.listed(index + 1, "titles") and not reading.listed(
        index, "titles"
    )  # fmt: skip


def _owns(reading: Reading, index: int) -> bool:
    """A demonym before a name is whose, not who: "Russian President", "Kenyan runner"."""
    mention = reading.names[index]
    return mention is not None and mention.kind == "place" and mention.form == "demonym"


def _mention(reading: Reading, core: tuple[int, int]) -> Mention | None:
    mention = reading.names[core[1] - 1]
    if mention is None or mention.start > reading.starts[core[1] - 1]:
        return None
    cut = mention.start < reading.starts[core[0]] and not reading.listed(core[0] - 1, "particles")
    whole = mention.start <= reading.starts[core[0]]
    return mention if (whole and not cut) or mention.kind == "person" else None


def _body_of(reading: Reading, core: tuple[int, int]) -> Noun | None:
    """The Union of "Harbour Union", the Federation of "Federation of Property Owners"."""
    for index in (core[1] - 1, core[0]):
        noun = reading.lexicon.noun(reading.lows[index])
        if noun is not None and noun.kind in {"body", "office"} and core[1] - core[0] > 1:
            return noun
    return None


def _bare(reading: Reading, index: int) -> Phrase:
    span = (index, index + 1)
    return Phrase(index, index + 1, "mention", span, mention=reading.names[index])


def _described(reading: Reading, tags: list[str], begin: int, end: int) -> Phrase:
    """A phrase that ends in a common noun: "the Evening Lantern newspaper", "health officials"."""
    last = end - 1
    noun = reading.lexicon.noun(reading.lows[last])
    names = [index for index in range(begin, last) if tags[index] == "N"]
    singular = noun is not None and noun.kind == "body" and not noun.plural
    if singular and names and names[-1] == last - 1 and _is_own_name(reading, names[0], last):
        return Phrase(begin, end, "name", (names[0], last), noun=noun, role=(last, end))
    phrase = Phrase(begin, end, "noun", (last, end), noun=noun, role=(last, end))
    phrase.thing = reading.lows[last] in reading.lexicon.words["things"]
    if names:
        phrase.owner = _owner_in(reading, names)
    elif last > begin and reading.listed(last, "spokes"):
        before = reading.lexicon.noun(reading.lows[last - 1])
        span = (last - 1, last)
        if before is not None:
            phrase.owner = Phrase(begin, last, "noun", span, noun=before, role=span)
    return phrase


def _is_own_name(reading: Reading, first: int, last: int) -> bool:
    """Whether the names before "newspaper" are its own, and not those of a country."""
    return not _owns(reading, last - 1) and _mention(reading, (first, last)) is None


def _owner_in(reading: Reading, names: list[int]) -> Phrase:
    core = (names[0], names[-1] + 1)
    mention = _mention(reading, core) or reading.names[names[-1]]
    return Phrase(*core, "mention" if mention else "name", core, mention=mention)


def _head_first(reading: Reading, tags: list[str], begin: int, end: int) -> Phrase:
    """Read "Le compositeur Aurélien Cassegrain", "la federación"; adjectives follow the noun."""
    noun = reading.lexicon.noun(reading.lows[begin])
    first = next((index for index in range(begin, end) if tags[index] == "N"), None)
    joined = first is not None and all(tags[index] == "N" for index in range(first, end))
    if first is None or not joined or _owns(reading, first):
        span = (begin, begin + 1)
        phrase = Phrase(begin, end, "noun", span, noun=noun, role=span)
        phrase.thing = reading.lows[begin] in reading.lexicon.words["things"]
        return phrase
    core = (_without_titles(reading, first, end), end)
    mention = _mention(reading, core)
    return Phrase(begin, end, "mention" if mention else "name", core, mention, noun, (begin, first))
