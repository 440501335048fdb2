"""Says which actors a finding's phrases are, pronouns and "the two nations" included."""

from bisect import bisect_left
from collections.abc import Sequence

from newswire_enrich.reactions.actors import Discourse, Named, Party, party
from newswire_enrich.reactions.findings import Finding
from newswire_enrich.reactions.heads import Phrase
from newswire_enrich.reactions.lists import list_starting_at
from newswire_enrich.reactions.reading import Document, Reading
from newswire_enrich.tags.mention import Mention

# "The two nations" are named within the last few sentences, or the reader would not know either.
_PAIR_REACH = 24


def parties_of(
    reading: Reading, document: Document, phrases: Sequence[Phrase], discourse: Discourse
) -> list[Party]:
    """The actors that ``phrases`` name or refer to, each once."""
    found: dict[str, Party] = {}
    for phrase in phrases:
        for each in _of_phrase(reading, document, phrase, discourse, ()):
            found.setdefault(each.key, each)
    return list(found.values())


def target_of(
    reading: Reading,
    document: Document,
    finding: Finding,
    discourse: Discourse,
    subject: Sequence[Party],
) -> str:
    """What the act is aimed at: the trigger, a claim, or the actors that are its object."""
    if finding.sense.target != "object":
        return finding.sense.target
    keys = tuple(each.key for each in subject)
    targets: dict[str, str] = {}
    for phrase in list_starting_at(reading, finding.at + 1):
        for each in _of_phrase(reading, document, phrase, discourse, keys):
            if each.key not in keys:
                targets.setdefault(each.key, each.actor.name)
    return " and ".join(targets.values()) or "trigger"


def _of_phrase(
    reading: Reading,
    document: Document,
    phrase: Phrase,
    discourse: Discourse,
    besides: tuple[str, ...],
) -> list[Party]:
    if phrase.head == "pronoun":
        start = reading.starts[phrase.start]
        if phrase.pronoun == "pair":
            return _pair_before(document, start, besides) or discourse.meant_by("pair")
        return discourse.meant_by(phrase.pronoun)
    found = party(reading, phrase)
    return [discourse.recall(found)] if found else []


def _pair_before(document: Document, position: int, besides: tuple[str, ...]) -> list[Party]:
    """The nearest "A and B" before ``position`` that holds none of the keys ``besides``."""
    last = bisect_left(document.mention_starts, position) - 1
    for index in range(last, max(0, last - _PAIR_REACH), -1):
        first, second = document.mentions[index - 1], document.mentions[index]
        between = document.text[first.end : second.start].strip().lower()
        if between not in document.lexicon.words["conjunctions"] or first.iso3 == second.iso3:
            continue
        pair = [_party_of(document, mention) for mention in (first, second)]
        if not any(each.key in besides for each in pair):
            return pair
    return []


def _party_of(document: Document, mention: Mention) -> Party:
    state = mention.kind == "place" and mention.iso3
    return Party(
        key=state or mention.name.casefold(),
        actor=Named(
            mention=mention.text,
            name=document.name_of(mention),
            iso3=mention.iso3,
            wikidata=mention.wikidata,
            metonym_of=mention.iso3 if mention.form == "metonym" else None,
        ),
        sector="GOV" if state else "UNK",
        person="yes" if mention.kind == "person" else "no",
        start=mention.start,
        end=mention.end,
    )
