"""Reads one sentence for reactions.

::

    words ─▶ findings (silence, attitudes, verbs) ─▶ who ─▶ quotes and content ─▶ drafts
                                                     ▲
                               discourse: pronouns, "the company", the sentence before
"""

from collections.abc import Sequence

from newswire_enrich.reactions.actors import Discourse, Party
from newswire_enrich.reactions.assertions import (
    able,
    attitude_at,
    greeted_again,
    verb_at,
)
from newswire_enrich.reactions.constructions import adverbial_at, feeling_at, threatened
from newswire_enrich.reactions.drafts import Draft, Told, drafts_of
from newswire_enrich.reactions.findings import Finding
from newswire_enrich.reactions.quotes import Quote
from newswire_enrich.reactions.reading import Document, Reading
from newswire_enrich.reactions.resolution import note_bodies, parties_of, target_of
from newswire_enrich.reactions.retelling import (
    DEEDS,
    SILENT,
    as_said,
    is_quoted,
    tokens_of,
    told_within,
)
from newswire_enrich.reactions.silence import silent_noun
from newswire_enrich.reactions.sources import accordance_at, colon_at
from newswire_enrich.reactions.stance import Weight, combined, denied, weigh
from newswire_enrich.reactions.subjects import main_subject

# A sentence with more acts than this is a list of something else.
_MAX_FINDINGS = 16
_MAX_CUES = 48
_SAME_CLAUSE = 12
_CLAUSE_REACH = 5  # "told parliament on Monday that"
_SPEECH = frozenset({"say", "label", "object", "free", "express"})
_SPOKEN_ACTS = frozenset({"statement", "demand", "threat", "endorsement"})
_OWN_ACTS = DEEDS | SILENT | {"statement", "attitude_reported"}


def interpret(document: Document, reading: Reading, discourse: Discourse) -> list[Draft]:
    """The reactions that the sentence asserts; ``discourse`` learns who was spoken of."""
    findings = _findings(reading)
    if findings:
        note_bodies(document, reading, discourse)
    quotes = _quotes_by_finding(reading, findings)
    sentence = _Sentence(document, reading, discourse)
    for number, found in enumerate(findings):
        end = findings[number + 1].floor if number + 1 < len(findings) else reading.size
        finding = as_said(reading, found, quotes[number])
        weight = _weight(reading, finding, end, quotes[number])
        if weight is not None:
            sentence.take(finding, weight, quotes[number])
    return [draft for at, draft in enumerate(sentence.drafts) if at not in sentence.passed_on]


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
        self._folding = False
        self.passed_on: set[int] = set()

    def take(self, finding: Finding, weight: Weight, quotes: list[Quote]) -> None:
        """Turn ``finding`` into drafts, or into a part of the statement that holds it."""
        parties = [each for each in self._subject(finding) if _may_act(finding, each)]
        if not parties:
            return
        own = self._outer and _is_own_word(finding, parties, self.drafts[self._outer[0]])
        if own or (self._folding and finding.how == "elided"):
            self._folding = True
            self._fold(finding, weight)
            return
        self._folding = False
        target = target_of(self._reading, self._document, finding, self._discourse, parties)
        reporter = self._reporter(finding, parties)
        if reporter and weight.stance != "neutral":
            self._pass_on()
        told = Told(finding, parties, weight, quotes, target, reporter)
        made = drafts_of(self._reading, told)
        if finding.sense.frame == "say":
            self._outer = list(range(len(self.drafts), len(self.drafts) + len(made)))
            self._said_at = finding.at
        self.drafts.extend(made)
        self._previous = parties
        self._discourse.note(parties)

    def _subject(self, finding: Finding) -> list[Party]:
        if finding.how == "elided":
            return self._previous or self._main_subject(finding)
        return parties_of(self._reading, self._document, finding.subject, self._discourse)

    def _main_subject(self, finding: Finding) -> list[Party]:
        phrases = [
            each
            for each in main_subject(self._reading, finding.floor)
            if able(self._reading, each, finding.sense)
        ]
        return parties_of(self._reading, self._document, phrases, self._discourse)

    def _pass_on(self) -> None:
        """Who only tells what others said has said nothing of their own."""
        for number in self._outer:
            draft = self.drafts[number]
            if draft.stance == "neutral" and draft.act == "statement" and not is_quoted(draft):
                self.passed_on.add(number)

    def _reporter(self, finding: Finding, parties: Sequence[Party]) -> str | None:
        """Who said that these parties did it: "Berg said that Norway had condemned …"."""
        if not self._outer:
            return None
        begins = self._said_at + 1
        for at in range(begins, begins + _CLAUSE_REACH):
            if self._reading.listed(at, "that"):
                begins = at + 1
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
            self.drafts[number] = told_within(self._reading, self.drafts[number], finding, weight)


def _told_already(found: Sequence[Finding], finding: Finding) -> bool:
    """Whether the verb of "walked out in protest" has been read as what it is."""
    return any(
        each.sense.act in {"action", "protest", "threat"} and finding.at - each.at < _SAME_CLAUSE
        for each in found
    )


def _findings(reading: Reading) -> list[Finding]:
    found: list[Finding] = []
    quoted, names = reading.quoted, reading.names
    marked = [at for at in reading.cues if not quoted[at] and names[at] is None]
    for index in marked[:_MAX_CUES]:
        finding = _finding_at(reading, index)
        if finding:
            if finding.sense.frame == "deed" and _told_already(found, finding):
                continue
            found.append(finding)
            again = greeted_again(reading, finding)
            found.extend([again] if again else [])
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
    if low == ":":
        found = colon_at(reading, index)
    if found is None and low in lexicon.adverbials:
        found = adverbial_at(reading, index)
    if found is None and low in lexicon.attitude_nouns:
        found = feeling_at(reading, index)
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
    start, end = reading.starts[finding.at], reading.end(finding.at)
    if quote.outer_start >= end:
        return quote.outer_start - end
    trailing = finding.sense.frame == "say" or finding.how == "after"
    return start - quote.outer_end if trailing else None


def _weight(reading: Reading, finding: Finding, end: int, quotes: Sequence[Quote]) -> Weight | None:
    """The stance of the act itself; of a plain statement, that of its words."""
    if finding.modality == "negated":
        return Weight("none", 0, "")
    own = Weight(finding.stance, finding.intensity, finding.cue or "")
    sense = finding.sense
    if finding.stance != "neutral" or not (sense.frame in {"say", "label"} or sense.weighs):
        return own
    weights = [weigh(reading, finding.at + 1, end)]
    weights += [weigh(reading, *tokens_of(reading, quote)) for quote in quotes]
    told = combined([weight for weight in weights if weight])
    if told:
        return told
    if sense.frame == "say":
        if finding.how == "after" and finding.lemma in reading.lexicon.words["accordance"]:
            return own if quotes else None
        return None if sense.judged else threatened(reading, finding.at, end) or own
    return (
        own._replace(stance="oppose")
        if quotes and (sense.frame == "label" or sense.weighs)
        else None
    )


def _is_own_word(finding: Finding, parties: list[Party], outer: Draft) -> bool:
    """In "the union said it opposes the plan", the second verb tells what the first one said.

    So does "the firm" in what its chief executive said.
    """
    if finding.sense.act not in _OWN_ACTS or finding.how == "agent":
        return False
    if any(phrase.head == "pronoun" for phrase in finding.subject):
        return any(each.key == outer.party.key for each in parties)
    if any(phrase.owner and phrase.owner.head == "pronoun" for phrase in finding.subject):
        return True  # "that its members felt betrayed"
    house = all(not each.named and each.sector == outer.party.sector for each in parties)
    return house and outer.party.person == "yes"
