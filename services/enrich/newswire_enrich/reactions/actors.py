"""Turns a noun phrase into an actor: who it is, for whom it speaks, and whom a pronoun means.

A state speaks through its name, its capital, its government and their nameless officials, and is
one actor (key ``KOR``); a person with a name is an actor of their own, with the state kept beside.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from newswire_common.reaction import Sector
from newswire_enrich.reactions.heads import Phrase
from newswire_enrich.reactions.reading import Reading
from newswire_enrich.reactions.tagging import tags_of
from newswire_enrich.reactions.vocabulary import Noun
from newswire_enrich.tags.mention import Mention

# An actor's mention is a name or a short phrase; a longer one was read wrongly.
_MAX_MENTION = 160
_STATE_SECTORS = frozenset({"GOV", "MIL"})


Personhood = Literal["yes", "no", "maybe"]


class Named(NamedTuple):
    """What a record tells of its actor: the fields of `newswire_common.reaction.Actor`."""

    mention: str
    name: str
    iso3: str | None = None
    wikidata: str | None = None
    metonym_of: str | None = None


class Party(NamedTuple):
    """An actor with what attribution needs: ``key`` is one per actor, whatever it is called.

    A name of which nothing else is known is ``maybe`` a person: both "he" and "it" may mean it.
    """

    key: str
    actor: Named
    sector: Sector
    speaker: str | None = None
    role: str | None = None
    person: Personhood = "no"
    plural: bool = False
    named: bool = True
    start: int = 0
    end: int = 0
    of: str = ""


def party(reading: Reading, phrase: Phrase) -> Party | None:
    """The actor that ``phrase`` names; None for pronouns and for offices of nobody known."""
    if phrase.head == "pronoun" or phrase.thing:
        return None
    if phrase.noun and phrase.noun.lemma in reading.lexicon.words["spokes"] and not phrase.named:
        return _spoken_for(reading, phrase)
    if phrase.mention and phrase.mention.kind == "place":
        return _state(reading, phrase, phrase.mention)
    country = _country(phrase)
    if phrase.head == "noun" and country and _speaks_for_state(phrase):
        return _state(reading, phrase, country)
    return _named(reading, phrase, country)


def _spoken_for(reading: Reading, phrase: Phrase) -> Party | None:
    """Resolve "a spokesperson for Halden Steel" to Halden Steel, said by a spokesperson."""
    owner = phrase.owner or phrase.place
    found = party(reading, owner) if owner else None
    if found is None:
        return _named(reading, phrase, None)
    start, end = _offsets(reading, phrase)
    return found._replace(
        speaker=_text(reading, phrase.start, phrase.end),
        role=_core_text(reading, phrase),
        start=start,
        end=end,
    )


def _state(reading: Reading, phrase: Phrase, mention: Mention) -> Party:
    """A place that speaks: the country it stands for, or itself where we know of none."""
    start, end = _offsets(reading, phrase)
    office = phrase.noun.lemma if phrase.noun and phrase.head == "noun" else None
    actor = Named(
        mention=_text(reading, phrase.start, phrase.end),
        name=reading.document.name_of(mention),
        iso3=mention.iso3,
        wikidata=mention.wikidata,
        metonym_of=mention.iso3 if mention.form == "metonym" else None,
    )
    return Party(
        key=mention.iso3 or mention.name.casefold(),
        actor=actor,
        sector=phrase.noun.sector if phrase.noun and office else "GOV",
        speaker=actor.mention if office else None,
        role=_core_text(reading, phrase) if office else None,
        plural=bool(phrase.noun and phrase.noun.plural),
        start=start,
        end=end,
    )


def _named(reading: Reading, phrase: Phrase, country: Mention | None) -> Party:
    start, end = _offsets(reading, phrase)
    mention = phrase.mention
    name = mention.name if mention else _text(reading, *_name_span(reading, phrase))
    if phrase.head == "name" and phrase.core[1] - phrase.core[0] == 1:
        name = reading.document.full_names.get(name, name)
    person = _personhood(phrase, mention)
    actor = Named(
        mention=_text(reading, phrase.start, phrase.end),
        name=name,
        iso3=(mention.iso3 if mention else None) or (country.iso3 if country else None),
        wikidata=mention.wikidata if mention else None,
    )
    return Party(
        key=name.casefold(),
        actor=actor,
        sector=_sector(phrase, mention),
        speaker=name if person == "yes" else None,
        role=_text(reading, *phrase.role) if phrase.role and phrase.head != "noun" else None,
        person=person,
        plural=bool(phrase.noun and phrase.noun.plural and phrase.head == "noun"),
        named=phrase.named,
        start=start,
        end=end,
    )


def _name_span(reading: Reading, phrase: Phrase) -> tuple[int, int]:
    """The name alone; of a nameless phrase the whole, without its article."""
    if phrase.head != "noun":
        return phrase.core
    start = phrase.start
    while start < phrase.core[0] and (
        tags_of(reading)[start] == "d" or reading.listed(start, "quantities")
    ):
        start += 1
    return start, phrase.end


def _country(phrase: Phrase) -> Mention | None:
    """The place that the phrase belongs to or sits in, through its owners."""
    for related in (phrase.owner, phrase.place):
        if related is None:
            continue
        mention = related.mention
        if mention and mention.kind == "place" and mention.iso3:
            return mention
        deeper = _country(related) if related.head == "noun" else None
        if deeper:
            return deeper
    return None


def _speaks_for_state(phrase: Phrase) -> bool:
    return phrase.noun is not None and phrase.noun.kind == "office"


def _personhood(phrase: Phrase, mention: Mention | None) -> Personhood:
    if mention and mention.kind != "place":
        return "yes" if mention.kind == "person" else "no"
    noun = phrase.noun
    if noun is None:
        return "maybe" if phrase.head == "name" else "no"
    if noun.kind == "body" or (noun.plural and phrase.head == "noun"):
        return "no"
    return "yes" if noun.kind == "role" or phrase.head == "name" else "maybe"


def _sector(phrase: Phrase, mention: Mention | None) -> Sector:
    if phrase.noun:
        return phrase.noun.sector
    if mention and mention.kind == "person" and mention.iso3 and phrase.role:
        return "GOV"
    return "UNK"


def _offsets(reading: Reading, phrase: Phrase) -> tuple[int, int]:
    return reading.starts[phrase.start], reading.end(phrase.end - 1)


def _text(reading: Reading, start: int, end: int) -> str:
    return " ".join(reading.cut(start, end).split())[:_MAX_MENTION]


def _core_text(reading: Reading, phrase: Phrase) -> str:
    noun: Noun | None = phrase.noun
    start = phrase.role[0] if phrase.role and phrase.head == "noun" else phrase.core[0]
    return _text(reading, start, phrase.core[1]) or (noun.lemma if noun else "")


class Discourse:
    """Who has been spoken of, so far as pronouns and "the company" may mean them."""

    def __init__(self) -> None:
        self._subjects: list[Party] = []
        self._group: list[Party] = []
        self._pair: list[Party] = []
        self._person: Party | None = None
        self._thing: Party | None = None
        self._by_sector: dict[str, Party] = {}
        self._by_noun: dict[str, Party] = {}

    def note(self, parties: Sequence[Party]) -> None:
        """Remember the subject of a clause."""
        self._subjects = list(parties)
        if len(parties) > 1 or parties[0].plural:
            self._group = list(parties)
        if len(parties) == 2:  # noqa: PLR2004 - a pair is two
            self._pair = list(parties)
        for each in parties:
            if each.person != "no":
                self._person = each
            if each.person != "yes" and not each.plural:
                self._thing = each
            if each.named and each.person != "yes" and each.sector != "UNK":
                self._by_sector[each.sector] = each

    def note_noun(self, noun: str, body: Party) -> None:
        """Remember "the highways department", which is "the department" later."""
        self._by_noun[noun] = body

    def note_body(self, body: Party) -> None:
        """Remember a company or club that is named, though no subject."""
        if body.named and body.person != "yes" and body.sector != "UNK":
            self._by_sector[body.sector] = body

    def has_other_body(self, party: Party) -> bool:
        """Whether "its" may be another's than ``party``'s: the company it has fined."""
        return any(each.key != party.key for each in self._by_sector.values())

    def meant_by(self, pronoun: str | None) -> list[Party]:
        """The parties that a pronoun of this kind refers to; [] when there are none."""
        if pronoun == "plural":
            return self._group or ([] if self._person else self._subjects)
        if pronoun == "pair":
            return self._pair
        if pronoun == "either":
            return self._subjects[:1]
        single = self._person if pronoun == "person" else self._thing
        return [single] if single and pronoun in {"person", "thing"} else []

    def recall(self, nameless: Party) -> Party:
        """The named one that "the company" means, else ``nameless`` itself."""
        mention = nameless.actor.mention
        article, _, noun = mention.partition(" ")
        bare = noun and " " not in noun and article.lower() == "the"
        if not bare or nameless.named or nameless.plural or nameless.person == "yes":
            return nameless
        named = self._by_noun.get(noun) or self._by_sector.get(nameless.sector)
        if named is None:
            return nameless
        actor = named.actor._replace(mention=mention)
        return named._replace(actor=actor, start=nameless.start, end=nameless.end)
