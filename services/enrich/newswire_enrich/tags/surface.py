"""What the gazetteer knows of a way to write a name, and where it stands in a text."""

from typing import Literal, NamedTuple

from newswire_enrich.tags.mention import Form, Kind, Mention

# "" is firm; "?" counts only beside firm evidence; "~" is a name that people bear too.
Mark = Literal["", "?", "~"]


class Surface(NamedTuple):
    """``kind`` is None for a longer name that only looks like a place ("Gulf of Mexico").

    ``rival`` is a country whose presence outdoes a name marked "~"; in a text of ``language`` one
    marked "?" is firm ("Island" is Iceland in German).
    """

    name: str
    kind: Kind | None
    form: Form
    iso3: str | None
    mark: Mark = ""
    rival: str | None = None
    language: str | None = None


class Candidate(NamedTuple):
    """A surface at the code points ``[start, end)``, before its doubts are settled."""

    start: int
    end: int
    surface: Surface

    def mention(self, text: str, kind: Kind) -> Mention:
        name, _, form, iso3 = self.surface[:4]
        return Mention(self.start, self.end, text[self.start : self.end], name, kind, form, iso3)
