"""Says which actors a finding's phrases are, pronouns and "the two nations" included."""

from bisect import bisect_left
from collections.abc import Sequence

from newswire_enrich.reactions.actors import Discourse, Named, Party, party
from newswire_enrich.reactions.chunks import chunks_of
from newswire_enrich.reactions.findings import Finding
from newswire_enrich.reactions.heads import Phrase
from newswire_enrich.reactions.lists import list_starting_at
from newswire_enrich.reactions.reading import Document, Reading
from newswire_enrich.tags.mention import Mention

# "The two nations" are named within the last few sentences, or the reader would not know either.
_PAIR_REACH = 24
_BARE = 2  # "the museum"


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
    if _speaks_for_subject(reading, phrase):
        return _spoken_for(reading, phrase, discourse)
    found = party(reading, phrase)
    if found is None:
        return []
    recalled = discourse.recall(found)
    return [recalled._replace(of=_belongs_to(reading, phrase, discourse))]


def _speaks_for_subject(reading: Reading, phrase: Phrase) -> bool:
    """Whether it is a spokesperson, or a lawyer, who is not said whose but is meant somebody's."""
    if phrase.head != "noun" or phrase.noun is None:
        return False
    spokes = phrase.noun.lemma in reading.lexicon.words["spokes"]
    return spokes and (phrase.owner is None or phrase.owner.head == "pronoun")


def _spoken_for(reading: Reading, phrase: Phrase, discourse: Discourse) -> list[Party]:
    kind = phrase.owner.pronoun if phrase.owner else "thing"
    meant = discourse.meant_by(kind)
    if meant:
        return meant
    found = party(reading, phrase)
    return [found] if found else []


def _belongs_to(reading: Reading, phrase: Phrase, discourse: Discourse) -> str:
    """The key of whom the phrase says its actor is of, or leads; empty if it says of none."""
    owner = phrase.owner or phrase.place
    if owner is None:
        return ""
    if owner.head == "pronoun":
        meant = discourse.meant_by(owner.pronoun)
        sure = len(meant) == 1 and meant[0].named and not discourse.has_other_body(meant[0])
        return meant[0].key if sure else ""
    found = party(reading, owner)
    return discourse.recall(found).key if found else ""


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


def note_bodies(document: Document, reading: Reading, discourse: Discourse) -> None:
    """The lead names the company that is "the company" later, often as no subject."""
    for chunk in chunks_of(reading).items:
        phrase = chunk.phrase
        for each in (phrase, phrase and phrase.owner, phrase and phrase.place):
            if each and each.noun and each.noun.kind in {"body", "office"}:
                for found in parties_of(reading, document, [each], discourse):
                    _note_body(each, found, discourse)


def _note_body(phrase: Phrase, found: Party, discourse: Discourse) -> None:
    if phrase.named:
        discourse.note_body(found)
    if phrase.noun and phrase.end - phrase.start > _BARE:
        discourse.note_noun(phrase.noun.lemma, found)
