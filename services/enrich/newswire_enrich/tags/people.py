"""The people that an article names in full, or by a surname that needs no more."""

from collections.abc import Mapping

from newswire_common.article import Named
from newswire_enrich.tags.counting import Found, grouped, most_named
from newswire_enrich.tags.mention import Mention


def people(found: Found) -> tuple[Named, ...]:
    """One tag a person, most named first. ``found`` are the mentions of kind person.

    A surname told by a title alone ("Mr Smith") tags only where the full name follows later.
    """
    full = {one.name.rpartition(" ")[2]: one for part in found for one in part if " " in one.name}
    known = Found(*([_known(one, full) for one in part] for part in found))
    named = Found(*([one for one in part if " " in one.name] for part in known))
    return most_named(group.named(name, iso3) for (name, iso3), group in grouped(named).items())


def _known(mention: Mention, full: Mapping[str, Mention]) -> Mention:
    """The mention with the full name that its surname has elsewhere."""
    known = full.get(mention.name)
    return mention._replace(name=known.name, iso3=known.iso3) if known else mention
