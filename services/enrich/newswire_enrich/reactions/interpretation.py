"""Reads one sentence for reactions.

::

    words ─▶ findings (silence, attitudes, verbs) ─▶ who ─▶ quotes and content ─▶ drafts
                                                     ▲
                               discourse: pronouns, "the company", the sentence before
"""

from bisect import bisect_left
from collections.abc import Sequence

from newswire_enrich.reactions.actors import Discourse, Party
from newswire_enrich.reactions.assertions import accordance_at, attitude_at, verb_at
from newswire_enrich.reactions.drafts import Draft, Told, drafts_of
from newswire_enrich.reactions.findings import Finding
from newswire_enrich.reactions.quotes import Quote
from newswire_enrich.reactions.reading import Document, Reading
from newswire_enrich.reactions.resolution import parties_of, target_of
from newswire_enrich.reactions.silence import DECLINED, silent_noun
from newswire_enrich.reactions.stance import Weight, cameo_of, denied, polarity_of, weigh

# A sentence with more acts than this is a list of something else.
_MAX_FINDINGS = 16
_MAX_CUES = 48
_SPEECH = frozenset({"say", "label", "object", "free", "express"})
_SPOKEN_ACTS = frozenset({"statement", "demand", "threat", "endorsement"})
_OWN_ACTS = frozenset({"statement", "attitude_reported", "endorsement", "action"})


def interpret(document: Document, reading: Reading, discourse: Discourse) -> list[Draft]:
    """The reactions that the sentence asserts; ``discourse`` learns who was spoken of."""
    findings = _findings(reading)
    quotes = _quotes_by_finding(reading, findings)
    sentence = _Sentence(document, reading, discourse)
    for number, found in enumerate(findings):
        end = findings[number + 1].floor if number + 1 < len(findings) else reading.size
        finding = _as_said(reading, found, quotes[number])
        weight = _weight(reading, finding, end, quotes[number])
        if weight is not None:
            sentence.take(finding, weight, quotes[number])
    return sentence.drafts


class _Sentence:
    """What has been read of a sentence: its drafts, the last subject, who is being quoted."""

    def __init__(self, document: Document, reading: Reading, discourse: Discourse) -> None:
        self.drafts: list[Draft] = []
        self._document = document
        self._reading = reading
        self._discourse = discourse
        self._previous: list[Party] = []
        self._outer: list[int] = []
        self._said_at = -1

    def take(self, finding: Finding, weight: Weight, quotes: list[Quote]) -> None:
        """Turn ``finding`` into drafts, or into a part of the statement that holds it."""
        parties = [each for each in self._subject(finding) if _may_act(finding, each)]
        if not parties:
            return
        if self._outer and _is_own_word(finding, parties, self.drafts[self._outer[0]]):
            self._fold(finding, weight)
            return
        target = target_of(self._reading, self._document, finding, self._discourse, parties)
        told = Told(finding, parties, weight, quotes, target, self._reporter(finding, parties))
        made = drafts_of(self._reading, told)
        if finding.sense.frame == "say":
            self._outer = list(range(len(self.drafts), len(self.drafts) + len(made)))
            self._said_at = finding.at
        self.drafts.extend(made)
        self._previous = parties
        self._discourse.note(parties)

    def _subject(self, finding: Finding) -> list[Party]:
        if finding.how == "elided":
            return self._previous
        return parties_of(self._reading, self._document, finding.subject, self._discourse)

    def _reporter(self, finding: Finding, parties: Sequence[Party]) -> str | None:
        """Who said that these parties did it: "Berg said that Norway had condemned …"."""
        if not self._outer:
            return None
        begins = self._said_at + 1
        begins += self._reading.listed(begins, "that")
        outer = self.drafts[self._outer[0]].party
        other = finding.how == "before" and all(each.key != outer.key for each in parties)
        return outer.actor.name if other and finding.floor == begins else None

    def _fold(self, finding: Finding, weight: Weight) -> None:
        """Give the statement the side that its own words take: "said it would not accept"."""
        if finding.modality == "negated":
            weight = denied(Weight(finding.stance, finding.intensity, finding.cue or ""))
            if weight.stance == "neutral":
                return
        for number in self._outer:
            draft = self.drafts[number]
            if draft.stance == "neutral" and polarity_of(weight.stance) is not None:
                self.drafts[number] = draft._replace(
                    stance=weight.stance,
                    intensity=weight.intensity,
                    cue=weight.cue or None,
                    cameo=cameo_of(weight.stance),
                )


def _findings(reading: Reading) -> list[Finding]:
    found: list[Finding] = []
    quoted, names = reading.quoted, reading.names
    marked = [at for at in reading.cues if not quoted[at] and names[at] is None]
    for index in marked[:_MAX_CUES]:
        finding = _finding_at(reading, index)
        if finding:
            found.append(finding)
        if len(found) == _MAX_FINDINGS:
            break
    return found


def _finding_at(reading: Reading, index: int) -> Finding | None:
    """What the first rule tells that knows the cue at ``index``; most cues are verbs alone."""
    found, low, lexicon = None, reading.lows[index], reading.lexicon
    if low in lexicon.silent:
        found = silent_noun(reading, index)
    if found is None and low in lexicon.adjectives:
        found = attitude_at(reading, index)
    if found is None and low in lexicon.words["accordance"]:
        found = accordance_at(reading, index)
    return verb_at(reading, index) if found is None and low in lexicon.verbs else found


def _may_act(finding: Finding, party: Party) -> bool:
    wanted = finding.sense.sector
    if wanted is None:
        return True
    return party.plural if wanted == "plural" else party.sector == wanted


def _quotes_by_finding(reading: Reading, findings: Sequence[Finding]) -> list[list[Quote]]:
    """Each quote goes to the nearest act of speech: after its verb, or before "X said"."""
    held: list[list[Quote]] = [[] for _ in findings]
    for quote in reading.quotes:
        nearest, distance = None, len(reading.text)
        for number, finding in enumerate(findings):
            away = _distance(reading, finding, quote)
            if away is not None and away < distance:
                nearest, distance = number, away
        if nearest is not None:
            held[nearest].append(quote)
    return held


def _distance(reading: Reading, finding: Finding, quote: Quote) -> int | None:
    if finding.sense.frame not in _SPEECH or finding.sense.act not in _SPOKEN_ACTS:
        return None
    start, end = reading.starts[finding.at], reading.ends[finding.at]
    if quote.outer_start >= end:
        return quote.outer_start - end
    trailing = finding.sense.frame == "say" or finding.how == "after"
    return start - quote.outer_end if trailing else None


def _weight(reading: Reading, finding: Finding, end: int, quotes: Sequence[Quote]) -> Weight | None:
    """The stance of the act itself; of a plain statement, that of its words."""
    if finding.modality == "negated":
        return Weight("none", 0, "")
    own = Weight(finding.stance, finding.intensity, finding.cue or "")
    if finding.stance != "neutral" or finding.sense.frame not in {"say", "label"}:
        return own
    weights = [weigh(reading, finding.at + 1, end)]
    weights += [weigh(reading, *tokens_of(reading, quote)) for quote in quotes]
    told = [weight for weight in weights if weight]
    if told:
        return max(told, key=lambda weight: weight.intensity)
    return own if finding.sense.frame == "say" or quotes else None


def tokens_of(reading: Reading, quote: Quote) -> tuple[int, int]:
    """The tokens ``[start, end)`` that stand in ``quote``, as far as they are in the sentence."""
    return bisect_left(reading.starts, quote.start), bisect_left(reading.starts, quote.end)


def _as_said(reading: Reading, finding: Finding, quotes: Sequence[Quote]) -> Finding:
    """``finding``, a refusal if all that is quoted is “No comment”."""
    words = reading.lexicon.words
    for quote in quotes:
        match [low for low in reading.lows[slice(*tokens_of(reading, quote))] if low.isalnum()]:
            case [first, second] if first in words["nothing"] and second in words["reply_nouns"]:
                return finding._replace(sense=DECLINED, stance="none", intensity=0, cue=None)
    return finding


def _is_own_word(finding: Finding, parties: list[Party], outer: Draft) -> bool:
    """In "the union said it opposes the plan", the second verb tells what the first one said.

    So does "the firm" in what its chief executive said.
    """
    if finding.sense.act not in _OWN_ACTS:
        return False
    if any(phrase.head == "pronoun" for phrase in finding.subject):
        return any(each.key == outer.party.key for each in parties)
    house = all(not each.named and each.sector == outer.party.sector for each in parties)
    return house and outer.party.person == "yes"
