"""The countries that an article is about.

A country counts by where it is named: in the headline or the lead, or as what a sentence opens
with, it tags at once; named in passing it has to come back. In a short text every name counts.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from newswire_common.article import Named
from newswire_enrich.tags.counting import MOST_TAGS, Found, Group
from newswire_enrich.tags.mention import Mention

_IN_HEADLINE = 2.0
_IN_LEAD = 1.5
_OPENING = 1.5  # "Japan has expressed …": what a sentence is about
_IN_PASSING = 1.0
_DEMONYM = 0.75  # of its place's weight: "a Japanese car" says less than "Japan"
_NEEDED = 1.5
_NEEDED_IN_SHORT_TEXT = 0.75
_SHORT_TEXT = 800  # characters, about 130 words
_LEAD = 300  # characters, when the first paragraph is longer or shorter than that
_OPENING_WINDOW = 40  # characters before a name that show whether it opens a sentence
_JOINING = (", ", " and ", " and the ", ", and ", " or ", " und ", " et ", " y ", " e ", " en ")
_SENTENCE_ENDS = ".!?:;)\"'\u2018\u2019\u201c\u201d"


def places(found: Found, text: str, countries: Mapping[str, str]) -> tuple[Named, ...]:
    """The salient countries, the heaviest first. ``countries`` names each alpha-3 code.

    ``found`` are the mentions of kind place; ``text`` is the body that the body's refer to.
    """
    groups: defaultdict[str, Group] = defaultdict(Group)
    weights: defaultdict[str, float] = defaultdict(float)
    for mention in found.headline:
        if mention.iso3:
            groups[mention.iso3].headline.append(mention)
            weights[mention.iso3] += _IN_HEADLINE * _share(mention)
    for mention, weight in _weighed(found.body, text):
        if mention.iso3:
            groups[mention.iso3].body.append(mention)
            weights[mention.iso3] += weight * _share(mention)
    needed = _NEEDED_IN_SHORT_TEXT if len(text) < _SHORT_TEXT else _NEEDED
    salient = [iso3 for iso3, weight in weights.items() if weight >= needed]
    salient.sort(key=lambda iso3: (-weights[iso3], iso3))
    return tuple(groups[iso3].named(countries[iso3], iso3) for iso3 in salient[:MOST_TAGS])


def _share(mention: Mention) -> float:
    return _DEMONYM if mention.form == "demonym" else 1.0


def _weighed(mentions: Sequence[Mention], text: str) -> Iterator[tuple[Mention, float]]:
    """Each mention with the weight of its place; "Finland and Iceland" open a sentence together."""
    lead = _lead_end(text)
    last, weight = 0, _IN_PASSING
    for mention in mentions:
        before = text[max(0, mention.start - _OPENING_WINDOW) : mention.start]
        if mention.start < lead:
            weight = _IN_LEAD
        elif not (weight == _OPENING and text[last : mention.start] in _JOINING):
            weight = _OPENING if _opens_sentence(before) else _IN_PASSING
        last = mention.end
        yield mention, weight


def _opens_sentence(before: str) -> bool:
    """Whether only an article and a word ("Meanwhile, the …") stand between a sentence's start."""
    before = before.removesuffix("the ").removesuffix("The ")
    if _ends_sentence(before):
        return True
    rest, _, opener = before.rstrip(", ").rpartition(" ")
    return opener[:1].isupper() and _ends_sentence(rest + " ")


def _ends_sentence(before: str) -> bool:
    bare = before.rstrip()
    return not bare or "\n" in before[len(bare) :] or bare[-1] in _SENTENCE_ENDS


def _lead_end(text: str) -> int:
    """The end of the first paragraph, or of a little more or less where that is no paragraph."""
    paragraph = text.find("\n\n", _LEAD // 3)
    return paragraph if 0 <= paragraph <= 2 * _LEAD else _LEAD
