"""Reactions of one actor each, before they are compared with others and given their ids."""

from typing import NamedTuple

from newswire_common.reaction import Act, Modality, Stance
from newswire_enrich.reactions.actors import Party
from newswire_enrich.reactions.findings import Finding
from newswire_enrich.reactions.quotes import Quote
from newswire_enrich.reactions.reading import Reading
from newswire_enrich.reactions.stance import Weight, cameo_of

# Measured on no corpus: they order the records by how much had to be inferred for them.
_CONFIDENCE = {"before": 0.9, "agent": 0.9, "noun": 0.85, "after": 0.85, "elided": 0.75}
_PRONOUN_DISCOUNT = 0.15
_CONTENT_DISCOUNT = 0.1
_MODALITY_DISCOUNT = 0.1


class Draft(NamedTuple):
    """``verb`` and ``span``, the evidence, are code points of the text.

    ``speaks`` says that a quote which follows may be this actor's too.
    """

    party: Party
    act: Act
    stance: Stance
    intensity: int
    cue: str | None
    cameo: str | None
    target: str
    modality: Modality
    lemma: str
    verb: tuple[int, int] | None
    quote: Quote | None
    span: tuple[int, int]
    confidence: float
    reported_by: str | None = None
    speaks: bool = False


class Told(NamedTuple):
    """A finding with all that the sentence says of it; there is at least one party."""

    finding: Finding
    parties: list[Party]
    weight: Weight
    quotes: list[Quote]
    target: str
    reported_by: str | None


def drafts_of(reading: Reading, told: Told) -> list[Draft]:
    """One draft for each of the actors."""
    finding, weight, quotes = told.finding, told.weight, told.quotes
    quote = max(quotes, key=lambda each: each.end - each.start) if quotes else None
    of_one = Draft(
        party=told.parties[0],
        act=_act(finding, quotes),
        stance=weight.stance,
        intensity=weight.intensity,
        cue=weight.cue or None,
        cameo=_cameo(finding, weight),
        target=told.target,
        modality=finding.modality,
        lemma=finding.lemma,
        verb=(reading.starts[finding.at], reading.end(finding.at)),
        quote=quote or _indirect(reading, finding),
        span=_evidence(reading, quotes),
        confidence=_confidence(finding, weight),
        reported_by=told.reported_by,
        speaks=finding.sense.frame == "say" or quote is not None,
    )
    return [of_one, *(of_one._replace(party=each) for each in told.parties[1:])]


def _evidence(reading: Reading, quotes: list[Quote]) -> tuple[int, int]:
    """The sentence, and the quotes that reach beyond it."""
    start, end = reading.span
    for each in quotes:
        start, end = min(start, each.outer_start), max(end, each.outer_end)
    return start, end


def _act(finding: Finding, quotes: list[Quote]) -> Act:
    """Of an attitude "expressed" in the perfect, without the actor's words, the narrator tells."""
    summed_up = finding.sense.frame == "express" and finding.perfect and not quotes
    return "attitude_reported" if summed_up else finding.sense.act


def _cameo(finding: Finding, weight: Weight) -> str | None:
    if finding.sense.frame in {"express", "copula"} and finding.sense.act != "muted":
        return cameo_of(weight.stance)
    plain = finding.sense.cameo == "010" and finding.sense.target == "trigger"
    return cameo_of(weight.stance) if plain else finding.sense.cameo


def _indirect(reading: Reading, finding: Finding) -> Quote | None:
    """The words of "said that …" up to the end of the sentence, as the narrator puts them."""
    first = finding.at + 1
    if finding.sense.frame != "say" or finding.how != "before":
        return None
    if not reading.listed(first, "that"):
        return None
    last = reading.size - 1
    while last > first and not reading.words[last][-1].isalnum():
        last -= 1
    start, end = reading.starts[first + 1] if first < last else 0, reading.end(last)
    return Quote(start, end, start, end) if first < last else None


def _confidence(finding: Finding, weight: Weight) -> float:
    confidence = _CONFIDENCE[finding.how]
    if any(phrase.head == "pronoun" for phrase in finding.subject):
        confidence -= _PRONOUN_DISCOUNT
    if weight.stance != finding.stance:
        confidence -= _CONTENT_DISCOUNT
    if finding.modality != "asserted":
        confidence -= _MODALITY_DISCOUNT
    return round(confidence, 2)
