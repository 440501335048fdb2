"""From a text to reaction records.

::

    text ─▶ quotes ─▶ sentences ─▶ those with a cue word ─▶ interpret ─▶ drafts
                                                                          │ − principals
    reactions ◀─ id, quote selectors, codes, evidence ◀─ one per actor × act × evidence
"""

from collections.abc import Iterable, Mapping, Sequence

from newswire_common.reaction import Reaction, When
from newswire_enrich.reactions.actors import Discourse
from newswire_enrich.reactions.continuation import continued
from newswire_enrich.reactions.drafts import Draft
from newswire_enrich.reactions.interpretation import interpret
from newswire_enrich.reactions.lexicon import lexicon_for
from newswire_enrich.reactions.lists import list_starting_at
from newswire_enrich.reactions.principals import LEAD_SENTENCES, Principals, find_principals
from newswire_enrich.reactions.reading import Document, Reading
from newswire_enrich.reactions.records import Key, plain, reactions_of
from newswire_enrich.reactions.resolution import parties_of
from newswire_enrich.reactions.sentences import Span, split
from newswire_enrich.reactions.stance import polarity_of
from newswire_enrich.tags.mention import Mention

# Ten thousand words: reactions stand in the news, not in the appendix of a 2 MB document.
MAX_TEXT = 60_000
MAX_REACTIONS = 300
# A subject that begins a sentence ends within so many code points.
_OPENING = 120
_HEADING = 80
_DENIAL = "016"


def find_reactions(
    text: str,
    headline: str,
    mentions: Sequence[Mention],
    as_of: When | None,
    language: str | None,
    countries: Mapping[str, str] | None = None,
) -> list[Reaction]:
    """The reactions asserted in ``text``, in order, each with offsets into it.

    ``mentions`` are those of ``text``, by start. ``as_of`` dates what has not been said yet.
    ``countries`` names each alpha-3 code, for actors that a capital stands for.
    A language without rules yields none. Linear in the length of the text, of which the first
    `MAX_TEXT` code points are read; at most `MAX_REACTIONS` records.
    """
    lexicon = lexicon_for(language)
    if lexicon is None:
        return []
    text = text[:MAX_TEXT]
    document = Document(text, mentions, lexicon, countries)
    ordinals = "ordinal-stops" in lexicon.flags
    spans = split(
        document.lines, document.quotes, lexicon.words["abbreviations"], ordinals=ordinals
    )
    discourse = Discourse()
    lead = {span: document.reading(span) for span in spans[:LEAD_SENTENCES]}
    principals = find_principals(document, headline, lead.values(), discourse)
    drafts = _drafts(document, spans, lead, discourse)
    kept = [draft for draft in drafts if _reacts(draft, principals)]
    return reactions_of(_merged(document, kept), text, lexicon.language, as_of)


def _drafts(
    document: Document, spans: Sequence[Span], lead: Mapping[Span, Reading], discourse: Discourse
) -> list[Draft]:
    drafts: list[Draft] = []
    unread: Span | None = None
    before: list[Draft] = []
    for span in spans:
        known = lead.get(span)
        tokens = document.tokens(span)
        if not document.may_react(tokens) or _asks(document, span):
            unread = span
            before = continued(document, span, before) if before else before
            drafts.extend(before)
            continue
        reading = known or document.reading(span, tokens)
        if unread and _has_pronoun(reading):
            _note_opening(document, unread, discourse)
        found = interpret(document, reading, discourse)
        before = found or (continued(document, span, before) if before else before)
        drafts.extend(before)
        unread = None if found else span
        if len(drafts) >= MAX_REACTIONS:
            break
    return drafts[:MAX_REACTIONS]


def _asks(document: Document, span: Span) -> bool:
    """Whether it is a question, or a heading: a short line of its own without a full stop."""
    text = document.text
    if text[span.end - 1] == "?":
        return True
    alone = text[max(0, span.start - 1) : span.start] in {"", "\n"}
    open_end = text[span.end - 1].isalnum() and text[span.end : span.end + 1] == "\n"
    return alone and open_end and span.end - span.start < _HEADING


def _has_pronoun(reading: Reading) -> bool:
    return not reading.lexicon.pronouns.keys().isdisjoint(reading.lows)


def _note_opening(document: Document, span: Span, discourse: Discourse) -> None:
    """Whom a sentence without a reaction began with may be the "she" of the next one."""
    end = span.end
    if end - span.start > _OPENING:
        end = max(span.start, document.text.rfind(" ", span.start, span.start + _OPENING))
    reading = document.reading(Span(span.start, end))
    parties = parties_of(reading, document, list_starting_at(reading, 0), discourse)
    if parties:
        discourse.note(parties)


def _reacts(draft: Draft, principals: Principals) -> bool:
    """Those who made the news do not react to it; they may deny what others claim of them."""
    denial = draft.cameo == _DENIAL and draft.target != "trigger"
    return denial or not principals.include(draft.party)


def _merged(document: Document, drafts: Iterable[Draft]) -> dict[Key, Draft]:
    merged: dict[Key, Draft] = {}
    evidence: dict[tuple[int, int], str] = {}
    for draft in drafts:
        if draft.span not in evidence:
            evidence[draft.span] = plain(document.text[slice(*draft.span)])
        key = Key(draft.party.key, draft.act, evidence[draft.span])
        earlier = merged.get(key)
        if earlier and _is_another(earlier, draft):
            key = key._replace(evidence=f"{key.evidence}\x1f{draft.lemma}")
            earlier = merged.get(key)
        merged[key] = _joined(earlier, draft) if earlier else draft
    return merged


def _is_another(first: Draft, second: Draft) -> bool:
    """Two verbs that take two sides are two reactions: "praised the sound, deplored the seats"."""
    sides = {polarity_of(first.stance), polarity_of(second.stance)}
    return sides == {1, -1} and "" != first.lemma != second.lemma != ""


def _joined(first: Draft, second: Draft) -> Draft:
    """One record for two acts of one kind in one sentence: the stronger, or mixed."""
    stronger = second if second.intensity > first.intensity else first
    if first.stance in {"neutral", "none"} and second.stance not in {"neutral", "none"}:
        stronger = second
    sides = {polarity_of(first.stance), polarity_of(second.stance)}
    stance = "mixed" if sides == {1, -1} else stronger.stance
    return stronger._replace(stance=stance, quote=first.quote or second.quote)
