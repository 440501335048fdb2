"""A phrase that names or describes somebody, as the rules pass it on."""

from dataclasses import dataclass
from typing import Literal

from newswire_enrich.reactions.vocabulary import Noun, PronounKind
from newswire_enrich.tags.mention import Mention

Head = Literal["mention", "name", "noun", "pronoun"]


@dataclass(slots=True)
class Phrase:
    """Tokens ``[start, end)``; ``core`` is the span of the name or of the head noun.

    ``noun`` is the head noun, or the description before a name ("mayor", "airline"); ``role`` is
    its span; ``owner`` is whose it is, or whom it is of or for; ``place`` is where it sits;
    ``thing`` says that the noun is of nobody who can act.
    """

    start: int
    end: int
    head: Head
    core: tuple[int, int]
    mention: Mention | None = None
    noun: Noun | None = None
    role: tuple[int, int] | None = None
    pronoun: PronounKind | None = None
    owner: "Phrase | None" = None
    place: "Phrase | None" = None
    thing: bool = False

    @property
    def named(self) -> bool:
        return self.head in {"name", "mention"}

    @property
    def plural(self) -> bool:
        return self.noun is not None and self.noun.plural and self.head == "noun"
