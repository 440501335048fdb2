"""A name found in the text: what tags count and reactions attribute."""

from typing import Literal, NamedTuple

Kind = Literal["place", "person", "organisation"]
Form = Literal["name", "demonym", "metonym", "surname", "acronym"]


class Mention(NamedTuple):
    """Code points ``[start, end)`` of the text say ``name`` (canonical, English).

    ``iso3`` (ISO 3166-1 alpha-3) is the country that the name is, belongs to, or stands for:
    "Seoul" is the place Seoul with KOR, form metonym where a capital or a seat of government may
    speak for its country ("Washington", "the White House", "Moscow", "Brussels").
    """

    start: int
    end: int
    text: str
    name: str
    kind: Kind
    form: Form
    iso3: str | None = None
    wikidata: str | None = None
