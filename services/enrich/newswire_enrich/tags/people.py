"""The people that an article names in full, or by a surname that needs no more."""

from collections import defaultdict

from newswire_common.article import Named
from newswire_enrich.tags.counting import Found, Group, most_named


def people(found: Found) -> tuple[Named, ...]:
    """One tag a person, most named first. ``found`` are the mentions of kind person.

    A surname told by a title alone ("Mr Smith") tags only where the full name follows later.
    """
    groups: defaultdict[tuple[str, str | None], Group] = defaultdict(Group)
    full = {one.name.rpartition(" ")[2]: one for part in found for one in part if " " in one.name}
    for group_of, part in (("headline", found.headline), ("body", found.body)):
        for mention in part:
            known = mention if " " in mention.name else full.get(mention.name)
            if known is not None:
                getattr(groups[known.name, known.iso3], group_of).append(mention)
    return most_named(group.named(name, iso3) for (name, iso3), group in groups.items())
