"""The gold standard of reactions: paragraphs annotated by hand, read and checked.

    paragraphs.json -> load -> Paragraph(records=(Record, ...)) -> problems -> []

What the labels mean is in docs/reactions.md, how they are frozen in README.md beside this file.
"""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from newswire_common.reaction import Act, Modality, Stance

HERE = Path(__file__).parent
WORDS = range(30, 161)
MOST_RECORDS = 5

# Acts of which the guide leaves one stance; what is negated has none, whatever the act.
STANCES_OF = {
    "declined_comment": {"none"},
    "no_comment_yet": {"none"},
    "muted": {"neutral"},
    "threat": {"oppose"},
    "protest": {"oppose"},
    "endorsement": {"support"},
}
EVALUATIVE = set(get_args(Stance)) - {"none"}


@dataclass(frozen=True, slots=True)
class Record:
    """One reaction as annotated; ``mention`` is in the body, ``also`` are names as good."""

    actor: str
    act: str
    stance: str
    mention: str | None = None
    also: tuple[str, ...] = ()
    iso3: str | None = None
    modality: str = "asserted"
    quote: str | None = None
    reported_by: str | None = None
    awaiting: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text of 30 to 160 words with all its reactions, or none."""

    id: str
    language: str
    body: str
    records: tuple[Record, ...]
    principals: tuple[str, ...] = ()
    headline: str = ""
    note: str = ""

    def place(self, quote: str) -> tuple[int, int]:
        """Start and end of a quote in code points of the body; ValueError where it is not in it."""
        start = self.body.index(quote)
        return start, start + len(quote)


def load(path: Path = HERE / "paragraphs.json") -> tuple[Paragraph, ...]:
    """All paragraphs of a file; TypeError for a field that is unknown or missing."""
    return tuple(_paragraph(item) for item in json.loads(path.read_text("utf-8")))


def load_annotations(path: Path) -> dict[str, tuple[Record, ...]]:
    """Records by the paragraph's id, from a file of ``{"id": …, "records": […]}`` alone."""
    items = json.loads(path.read_text("utf-8"))
    return {item["id"]: tuple(_record(record) for record in item["records"]) for item in items}


def counts(paragraphs: Iterable[Paragraph]) -> Counter[str]:
    """How many records there are of each act, stance and modality."""
    records = [record for paragraph in paragraphs for record in paragraph.records]
    labels = (label for one in records for label in (one.act, one.stance, one.modality))
    return Counter(labels)


def problems(paragraphs: Sequence[Paragraph]) -> list[str]:
    """What contradicts the guide or itself, a line each with the paragraph's id."""
    ids = Counter(paragraph.id for paragraph in paragraphs)
    found = [f"{name}: {times} times" for name, times in ids.items() if times > 1]
    for paragraph in paragraphs:
        wrong = [*_of_paragraph(paragraph)]
        for record in paragraph.records:
            wrong += [*_of_labels(record), *_of_text(paragraph, record)]
        found += [f"{paragraph.id}: {what}" for what in wrong]
    return found


def _paragraph(item: dict[str, Any]) -> Paragraph:
    records = tuple(_record(record) for record in item["records"])
    return Paragraph(**{**item, "records": records, "principals": tuple(item["principals"])})


def _record(item: dict[str, Any]) -> Record:
    return Record(**{**item, "also": tuple(item.get("also", ()))})


def _of_paragraph(paragraph: Paragraph) -> Iterator[str]:
    words = len(paragraph.body.split())
    if words not in WORDS:
        yield f"{words} words"
    if paragraph.body != unicodedata.normalize("NFC", paragraph.body):
        yield "the body is not NFC"
    if len(paragraph.records) > MOST_RECORDS:
        yield f"{len(paragraph.records)} records"
    text = f"{paragraph.headline}\n{paragraph.body}".casefold()
    for principal in paragraph.principals:
        if principal.casefold() not in text:
            yield f"principal not in the text: {principal}"
    for record in paragraph.records:
        if record.actor in paragraph.principals:
            yield f"a principal reacts: {record.actor}"


def _of_labels(record: Record) -> Iterator[str]:
    if record.act not in get_args(Act) or record.stance not in get_args(Stance):
        yield f"no such label: {record.act}, {record.stance}"
    if record.modality not in get_args(Modality):
        yield f"no such modality: {record.modality}"
    negated = record.modality == "negated"
    allowed = {"none"} if negated else STANCES_OF.get(record.act, EVALUATIVE)
    if record.stance not in allowed:
        yield f"{record.act} of {record.actor} cannot be {record.stance}"
    if record.iso3 is not None and not (len(record.iso3) == 3 and record.iso3.isupper()):
        yield f"not an ISO 3166-1 alpha-3 code: {record.iso3}"


def _of_text(paragraph: Paragraph, record: Record) -> Iterator[str]:
    for part in (record.mention or record.actor, record.reported_by):
        if part is not None and part not in paragraph.body:
            yield f"not in the body: {part}"
    if record.quote is not None and paragraph.body.count(record.quote) != 1:
        yield f"not once in the body: {record.quote}"
    spoken = any(
        other.act == "statement" and other.actor == record.actor for other in paragraph.records
    )
    if record.awaiting != (record.act == "no_comment_yet" and not spoken):
        yield f"awaiting of {record.actor} is wrong"
