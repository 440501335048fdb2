"""The organisations that an article names."""

from newswire_common.article import Named
from newswire_enrich.tags.counting import Found, grouped, most_named

_GENERIC = ("Ministry", "Parliament", "Department", "Senate", "Police", "Army", "Navy", "Court")


def organisations(found: Found) -> tuple[Named, ...]:
    """One tag an organisation, most named first. ``found`` are those of kind organisation.

    A body that every country has tags only where the text says whose it is.
    """
    return most_named(
        group.named(name, iso3)
        for (name, iso3), group in grouped(found).items()
        if iso3 is not None or not name.endswith(_GENERIC)
    )
