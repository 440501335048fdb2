"""The organisations that an article names."""

from newswire_common.article import Named
from newswire_enrich.tags.counting import Found, grouped, most_named
from newswire_enrich.tags.mention import Mention

_GENERIC = ("Ministry", "Parliament", "Department", "Senate", "Police", "Army", "Navy", "Court")


def organisations(found: Found) -> tuple[Named, ...]:
    """One tag an organisation, most named first. ``found`` are those of kind organisation.

    A body that every country has tags only where the text says whose it is: "the Foreign Ministry"
    is the "Chinese Foreign Ministry" that it names, if it names no other.
    """
    whole = _with_owners(found)
    return most_named(
        group.named(name, iso3)
        for (name, iso3), group in grouped(whole).items()
        if iso3 is not None or not is_generic(name)
    )


def _with_owners(found: Found) -> Found:
    """The mentions, with the owner of those that name none where the text names one alone."""
    owned: dict[str, set[tuple[str, str]]] = {}
    for part in found:
        for one in part:
            if one.iso3 and is_generic(one.name):
                owned.setdefault(_bare(one.name), set()).add((one.name, one.iso3))

    def owner(one: Mention) -> Mention:
        known = owned.get(one.name, set()) if one.iso3 is None else set()
        if len(known) != 1:
            return one
        ((name, iso3),) = known
        return one._replace(name=name, iso3=iso3)

    return Found(*([owner(one) for one in part] for part in found))


def _bare(name: str) -> str:
    """Without the demonym that it opens with: "Foreign Ministry" of "Chinese Foreign Ministry"."""
    words = name.split(" ")
    return " ".join(words[-2:]) if len(words) > 2 else name  # noqa: PLR2004 - portfolio and kind


def is_generic(name: str) -> bool:
    """Whether every country has one of that name."""
    return name.endswith(_GENERIC)
