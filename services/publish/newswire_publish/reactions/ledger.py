"""The ledger of a story: what each of its articles says of reactions, and what follows from all.

::

    entries of articles ─▶ taken in, bounded ─▶ distinct records ─▶ transitions not told before

Pure: `newswire_publish.reactions.keeping` reads it and writes it back. What it says depends on the
articles alone, not on the order in which they came.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from newswire_common.article import Moment
from newswire_common.events import ReactionBefore, ReactionChange
from newswire_common.stored import Stored
from newswire_publish.reactions.records import Record, Silence, digest

MAX_ARTICLES = 300  # of one ledger; the earliest leave
MAX_RECORDS = 2_000  # of all its articles together, likewise
MAX_TOLD = 1_000  # transitions of one story
GONE_MS = 3_600_000  # how long a ledger knows that an article left: longer than any look takes


class Entry(Stored):
    """An article in the ledger, as of the look with ``ticket``. Without ``stays`` it has left.

    ``first_ms`` is its first publication, ``until_ms`` when the retention takes it (or when it is
    forgotten that it left), ``seq`` its place among those of the same millisecond.
    """

    ticket: int
    stays: bool = True
    version: int = 0
    accepted_ms: int = 0
    trace: str = ""
    first_ms: int = 0
    until_ms: int = 0
    seq: int = 0
    headline: str = ""
    published_at: Moment | None = None
    duplicates: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()
    silences: tuple[Silence, ...] = ()


Entries = Mapping[str, Entry]  # by the id of the article


@dataclass(frozen=True)
class Ledger:
    """``rev`` counts the changes; ``told`` are the keys of the transitions that were told."""

    rev: int = 0
    entries: Entries = field(default_factory=dict)
    told: tuple[str, ...] = ()


class Said(NamedTuple):
    """A record, the article that says it, and its place in time: the later is the greater."""

    record: Record
    article: str
    when: tuple[int, int]


class Transition(NamedTuple):
    """A change that ``article`` brought, told once by its ``key``."""

    key: str
    article: str
    change: ReactionChange


def taken_in(ledger: Ledger, news: Entries, now_ms: int) -> Ledger:
    """The ledger with what is newer in ``news``, within its bounds; the same one if nothing is."""
    newer = {
        article: entry
        for article, entry in news.items()
        if article not in ledger.entries or ledger.entries[article].ticket < entry.ticket
    }
    if not newer:
        return ledger
    rev = ledger.rev + 1
    for place, (article, entry) in enumerate(newer.items()):
        known = ledger.entries.get(article)
        seq = known.seq if known and known.seq else rev * MAX_ARTICLES + place
        newer[article] = entry.model_copy(update={"seq": seq})
    return Ledger(rev, _bounded(dict(ledger.entries) | newer, now_ms), ledger.told)


def _bounded(entries: Entries, now_ms: int) -> Entries:
    """Without what is past its time and, of too many, without the earliest."""
    kept: dict[str, Entry] = {}
    articles, records = Counter[bool](), 0
    for article, entry in sorted(entries.items(), key=lambda item: _order(item[1]), reverse=True):
        if entry.until_ms <= now_ms:
            continue
        articles[entry.stays] += 1
        records += len(entry.records)
        if articles[entry.stays] <= MAX_ARTICLES and records <= MAX_RECORDS:
            kept[article] = entry
    return kept


def in_order(entries: Entries) -> list[tuple[str, Entry]]:
    """The articles that are there, by their first publication."""
    there = ((article, entry) for article, entry in entries.items() if entry.stays)
    return sorted(there, key=lambda item: _order(item[1]))


def _order(entry: Entry) -> tuple[int, int]:
    return entry.first_ms, entry.seq


def copies_of(entries: Entries) -> dict[str, str]:
    """For each article that is there the first of those that it is a copy of, be it itself."""
    first: dict[str, str] = {article: article for article, _ in in_order(entries)}

    def root(article: str) -> str:
        while first[article] != article:
            article = first[article]
        return article

    rank = {article: place for place, article in enumerate(first)}
    for article, entry in in_order(entries):
        for other in entry.duplicates:
            if other in first:
                ends = sorted((root(article), root(other)), key=rank.__getitem__)
                first[ends[1]] = ends[0]
    return {article: root(article) for article in first}


def distinct(entries: Entries) -> list[Said]:
    """The records of a story in time, what syndicated copies repeat left out.

    A copy adds only what the others do not have: neither the same words of the same actor, nor as
    many records of that actor, act, target and stance.
    """
    copies, seen, found = copies_of(entries), set[object](), list[Said]()
    for article, entry in in_order(entries):
        counts: dict[object, int] = {}
        for record in entry.records:
            kind = (copies[article], record.actor, record.act, record.target, record.stance)
            counts[kind] = counts.get(kind, 0) + 1
            names = {record.same, (*kind, counts[kind])}
            if not names & seen:
                found.append(Said(record, article, (record.ms, entry.seq)))
            seen |= names
    return sorted(found, key=lambda said: said.when)


def transitions(ledger: Ledger) -> list[Transition]:
    """What changed in the story and has not been told, at the most what `MAX_TOLD` leaves."""
    said = distinct(ledger.entries)
    told = set(ledger.told)
    found = [*_broken_silences(ledger.entries, said), *_changed_sides(said)]
    return [one for one in found if one.key not in told][: max(0, MAX_TOLD - len(told))]


def _broken_silences(entries: Entries, said: Sequence[Said]) -> Iterator[Transition]:
    """The first statement of each actor who had not spoken before, once an actor."""
    first: dict[str, Said] = {}
    for one in said:
        if one.record.is_statement:
            for key in _speaks_for(one.record):
                first.setdefault(key, one)
    for actor, silences in _silences(entries).items():
        statement = first.get(actor)
        before = [one for one in silences if statement and one.when < statement.when]
        if statement and before:
            silent = max(before, key=lambda one: one.when)
            was = ReactionBefore(
                id=silent.id, article=silent.article, act="no_comment_yet", stance="none"
            )
            yield _transition(f"silence {actor}", statement, was, supersedes=silent.id)


class _Silent(NamedTuple):
    id: str
    article: str
    when: tuple[int, int]


def _silences(entries: Entries) -> dict[str, list[_Silent]]:
    found: dict[str, list[_Silent]] = {}
    for article, entry in in_order(entries):
        before: list[Silence | Record] = [*entry.silences]
        for one in [*before, *(record for record in entry.records if record.is_silence)]:
            silent = _Silent(one.id, article, (one.ms, entry.seq))
            found.setdefault(one.actor, []).append(silent)
    return found


def _speaks_for(record: Record) -> Iterable[str]:
    """A minister's statement ends the wait for their state too."""
    return (record.actor, record.state) if record.state else (record.actor,)


def _changed_sides(said: Iterable[Said]) -> Iterator[Transition]:
    """Statements of an actor who stood on the other side before, each side once a target."""
    stands: dict[tuple[str, str], Said] = {}
    for one in said:
        record = one.record
        if record.act != "statement" or not record.polarity or record.modality != "asserted":
            continue
        before = stands.get((record.actor, record.target))
        stands[record.actor, record.target] = one
        if before and before.when < one.when and before.record.polarity == -record.polarity:
            was = ReactionBefore(
                id=before.record.id,
                article=before.article,
                act=before.record.act,
                stance=before.record.stance,
            )
            key = f"side {record.polarity:+d} {record.actor} {record.target}"
            yield _transition(key, one, was)


def _transition(
    key: str, said: Said, was: ReactionBefore, supersedes: str | None = None
) -> Transition:
    record = said.record
    key = digest(key)  # a ledger keeps no name of an actor whose article was withdrawn
    change = ReactionChange(
        id=record.id, act=record.act, stance=record.stance, supersedes=supersedes, was=was
    )
    return Transition(key, said.article, change)
