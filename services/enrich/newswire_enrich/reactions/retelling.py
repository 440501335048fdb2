"""What a statement turns out to be by its own words: a deed, a demand, a threat, a refusal."""

from bisect import bisect_left
from collections.abc import Sequence

from newswire_common.reaction import Modality
from newswire_enrich.reactions.constructions import must_be, threatened
from newswire_enrich.reactions.drafts import Draft
from newswire_enrich.reactions.findings import Finding
from newswire_enrich.reactions.quotes import Quote
from newswire_enrich.reactions.reading import Reading
from newswire_enrich.reactions.silence import DECLINED
from newswire_enrich.reactions.stance import Weight, cameo_of, polarity_of

SILENT = frozenset({"declined_comment", "no_comment_yet"})
DEEDS = frozenset({"endorsement", "action", "demand", "threat", "protest"})
_UNDONE = frozenset({"future", "hypothetical"})


def is_quoted(draft: Draft) -> bool:
    return draft.quote is not None and draft.quote.start != draft.quote.outer_start


def told_within(reading: Reading, draft: Draft, finding: Finding, weight: Weight) -> Draft:
    """``draft`` with what its speakers say of themselves: a deed of theirs, or a feeling."""
    if finding.sense.act in SILENT and draft.act == "statement":
        return draft._replace(act="declined_comment", stance="none", intensity=0, cue=None)
    if polarity_of(weight.stance) is None:
        return draft
    sides = {polarity_of(draft.stance), polarity_of(weight.stance)}
    if sides == {1, -1}:
        return draft._replace(stance="mixed")
    warned = draft.lemma in reading.lexicon.words["warning"]
    if draft.act != "statement" or (draft.stance != "neutral" and not warned):
        return draft
    act = finding.sense.act if finding.sense.act in DEEDS else draft.act
    if warned and (act == "statement" or weight.stance != "oppose"):
        return draft
    return draft._replace(
        act="threat" if warned else act,
        modality=_as_announced(finding) if act != "statement" else draft.modality,
        stance=weight.stance,
        intensity=weight.intensity,
        cue=weight.cue or None,
        cameo=cameo_of(weight.stance) if act == "statement" else finding.sense.cameo,
    )


def _as_announced(finding: Finding) -> Modality:
    """What speakers said that they "would" do is to come."""
    return "future" if finding.modality == "hypothetical" else finding.modality


def as_said(reading: Reading, finding: Finding, quotes: Sequence[Quote]) -> Finding:
    """``finding`` as what it is by the words that are said: a refusal, a demand, a threat."""
    if (
        finding.sense.act == "no_comment_yet"
        and not finding.perfect
        and _was_asked(reading, finding)
    ):
        return finding._replace(sense=DECLINED)
    if _on_condition(reading, finding):
        return _threat(finding)
    if finding.sense.frame != "say":
        return finding
    if _too_soon(reading) or any(_is_no_comment(reading, quote) for quote in quotes):
        return finding._replace(sense=DECLINED, stance="none", intensity=0, cue=None)
    stance = must_be(reading, finding, quotes) if finding.sense.act == "statement" else None
    if stance:
        demand = finding.sense._replace(act="demand", stance=stance, cameo="100")
        return finding._replace(sense=demand, stance=stance, intensity=3)
    return _threat(finding) if threatened(reading, finding.at, reading.size) else finding


def _threat(finding: Finding) -> Finding:
    sense = finding.sense._replace(act="threat", stance="oppose", cameo="130")
    return finding._replace(sense=sense, stance="oppose", intensity=3)


def _is_no_comment(reading: Reading, quote: Quote) -> bool:
    """Whether all that is quoted is “No comment”."""
    words = reading.lexicon.words
    match [low for low in reading.lows[slice(*tokens_of(reading, quote))] if low.isalnum()]:
        case [first, second]:
            return first in words["nothing"] and second in words["reply_nouns"]
    return False


def _too_soon(reading: Reading) -> bool:
    """Read "said it was too early to comment"."""
    return any(
        reading.listed(at, "too_soon") and reading.listed(at + 1, "infinitive")
        and reading.listed(at + 2, "refusals")
        for at in range(reading.size)
    )  # fmt: skip


def _on_condition(reading: Reading, finding: Finding) -> bool:
    """Read "will strike unless talks resume": a deed announced on a condition."""
    if finding.sense.act not in {"action", "protest"} or finding.modality not in _UNDONE:
        return False
    return finding.stance == "oppose" and not reading.lexicon.words["unless"].isdisjoint(
        reading.lows[finding.at :]
    )


def _was_asked(reading: Reading, finding: Finding) -> bool:
    """Who "asked for her view, said nothing" was asked, and refused."""
    asked = reading.lexicon.words["asked"]
    quiet = finding.sense.frame == "quiet"
    return quiet and not asked.isdisjoint(reading.lows[: finding.at])


def tokens_of(reading: Reading, quote: Quote) -> tuple[int, int]:
    """The tokens ``[start, end)`` that stand in ``quote``, as far as they are in the sentence."""
    return bisect_left(reading.starts, quote.start), bisect_left(reading.starts, quote.end)
