"""The fields that a filter may ask for: a table of an article's, and one of its reactions'."""

import re
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import get_args

from newswire_common.article import PubStatus, RevisionKind
from newswire_common.countries import ISO3
from newswire_common.filters import reading
from newswire_common.filters.keys import NO_KEYS, Key, Keying, coded, plain, slugs
from newswire_common.filters.kinds import (
    Choice,
    Date,
    Kind,
    Line,
    Name,
    Number,
    Prose,
    by_code,
    by_country,
    by_identifier,
    by_language,
    choice,
)
from newswire_common.filters.reading import moment, names, number, texts, values
from newswire_common.filters.view import Values, View
from newswire_common.naming import folded
from newswire_common.reaction import Act, Modality, Sector, Stance

_MEDIA_TOPIC = re.compile(r"medtop:[0-9]{8}", re.ASCII)

_TAGS = "enrichment.tags."
_TOPIC_CODES = values(folded, _TAGS + "topics.code")
_TOPIC_NAMES = names(_TAGS + "topics.name")
_PEOPLE = names(_TAGS + "people.name", "people")
_ORGANISATIONS = names(_TAGS + "organisations.name", "organisations")
_COUNTRIES = values(reading.country, _TAGS + "places.iso3")
_PLACE_NAMES = names(_TAGS + "places.name", "places")
_KEYWORDS = names(_TAGS + "keywords.text")
_CODES_AS_WORDS = names(_TAGS + "topics.code", _TAGS + "places.iso3")


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """``name`` as it is written, and what it ``says``. There is one object of each field."""

    name: str
    kind: Kind
    says: str
    read: Callable[[View], Values]
    keying: Keying = NO_KEYS

    def held(self, view: View, kinds: AbstractSet[str]) -> Iterator[Key]:
        """The keys, of these kinds, that an article or a reaction of it has by this field."""
        if kinds.isdisjoint({*self.keying.kinds, self.keying.start}):
            return iter(())
        found = view.values(self)
        if "~" in self.kind.signs:
            found = {*found, *(word for text in found for word in text.split())}
        return self.keying.held(found, kinds)


def _table(*fields: Field) -> Mapping[str, Field]:
    return {field.name: field for field in fields}


ARTICLE = _table(
    Field("id", Name(by_identifier), "the article's id", values(folded, "id"), plain("id")),
    Field("section", Name(), "the section it ran in", names("section"), slugs("section")),
    Field("source", Name(), "who sent it", names("source"), slugs("source")),
    Field("language", Name(by_language), "its language, BCP 47", reading.language,
          plain("language")),
    Field("topic", Name(by_code), "an IPTC Media Topic or one below it, by code or name",
          reading.joined(_TOPIC_CODES, _TOPIC_NAMES),
          coded("topic", _MEDIA_TOPIC.fullmatch, "topic-name")),
    Field("place", Name(by_country), "a place, by ISO 3166-1 alpha-3 code or name",
          reading.joined(_COUNTRIES, _PLACE_NAMES),
          coded("place", ISO3.__contains__, "place-name")),
    Field("person", Name(), "a person named in it", _PEOPLE, slugs("person")),
    Field("organisation", Name(), "an organisation named in it", _ORGANISATIONS,
          slugs("organisation")),
    Field("keyword", Name(), "a keyword of it", _KEYWORDS, plain("keyword", start=True)),
    Field("tag", Name(), "any of topic, place, person, organisation, keyword",
          reading.joined(_TOPIC_NAMES, _PEOPLE, _ORGANISATIONS, _PLACE_NAMES, _KEYWORDS,
                         _CODES_AS_WORDS), plain("tag", start=True)),
    Field("genre", Name(), "a genre that the source gave", names("genres"),
          plain("genre", start=True)),
    Field("headline", Prose(), "words of its headline", texts("headline"),
          plain("headline", start=True)),
    Field("summary", Prose(), "words of its summary", texts("summary"),
          plain("summary", start=True)),
    Field("body", Prose(cost=30), "words of its text", texts("body_text"),
          plain("body", start=True)),
    Field("by", Line(), "its byline, or words of it",
          reading.joined(names("by"), texts("by")), plain("by", start=True)),
    Field("urgency", Number(), "1 (most urgent) to 9", number("urgency")),
    Field("published_at", Date(), "when the source first published it", moment("published_at")),
    Field("updated_at", Date(), "when the source last changed it", moment("updated_at")),
    Field("story", Name(by_identifier), "the id of its story",
          values(folded, "enrichment.story.id"), plain("story")),
    Field("revision_kind", Choice(get_args(RevisionKind)), "what this version is to the one before",
          values(choice, "revision_kind")),
    Field("pub_status", Choice(get_args(PubStatus)), "whether it may be used",
          values(choice, "pub_status")),
)  # fmt: skip

_ACTORS = coded("reactions", ISO3.__contains__, "actor-name")
REACTION = _table(
    Field("actor", Name(by_country), "who reacted, by ISO 3166-1 alpha-3 code or name",
          reading.actor, _ACTORS),
    Field("actor_type", Choice(get_args(Sector)), "the actor's sector",
          values(choice, "actor_type")),
    Field("act", Choice(get_args(Act)), "what the actor did", values(choice, "act"), plain("act")),
    Field("stance", Choice(get_args(Stance)), "how the actor stands to it",
          values(choice, "stance"), plain("stance")),
    Field("polarity", Number(), "-1, 0 or 1; none for silence", number("polarity")),
    Field("intensity", Number(), "0 to 4", number("intensity")),
    Field("target", Name(), "`trigger` (the news), `claim`, or whom it is aimed at",
          names("target")),
    Field("modality", Choice(get_args(Modality)), "whether it is told as a fact",
          values(choice, "modality")),
    Field("awaiting", Name(by_country), "an actor who is still awaited", reading.awaited, _ACTORS),
    Field("speaker", Name(), "who spoke for the actor", names("attribution.speaker")),
    Field("quote", Prose(), "words of the actor's that are quoted", texts("quote.exact")),
)  # fmt: skip
