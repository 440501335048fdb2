"""What a replay says: rows of what changed, and counts, for people and for programs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from newswire_local.printing import as_json_line, errors, out, table
from newswire_local.replay.renewal import Change, Renewal

MOST_ROWS = 1_000  # of the table; --json tells all
MOST_TROUBLES = 20  # said one by one
_MOST_CHARACTERS = 200  # of a value in the table
_COLUMNS = {"article": "Article", "field": "Field", "before": "Before", "after": "After"}
_COUNTS = {"field": "Field", "articles": "Articles"}
_LABELS = ("iso3", "code", "name", "text", "url", "headline")  # how an item is known, the first


@dataclass
class Report:
    """Collects what came of each article. ``json``: a line for each that changed, at once."""

    dry_run: bool
    json: bool
    looked: int = 0
    selected: int = 0
    changed: int = 0
    left: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    _rows: list[dict[str, str]] = field(default_factory=list)
    _more: int = 0

    def add(self, one: Renewal) -> None:
        """An article that was selected."""
        self.selected += 1
        if one.trouble:
            self.leave(one.kept.article_id, one.trouble)
        if not one.changes:
            return
        self.changed += 1
        self.fields.update(change.field for change in one.changes)
        if self.json:
            kept, changes = one.kept, [change._asdict() for change in one.changes]
            as_json_line({"id": kept.article_id, "version": kept.version, "changes": changes})
        elif self.dry_run:
            self._keep(one.kept.article_id, one.changes)

    def leave(self, article_id: str, trouble: str) -> None:
        """An article that is left as it is."""
        self.left += 1
        if self.left <= MOST_TROUBLES:
            told = f"{article_id} {trouble}; it is left as it is"
            errors().print(told, style="yellow", soft_wrap=True, markup=False)

    def _keep(self, article_id: str, changes: Sequence[Change]) -> None:
        room = MOST_ROWS - len(self._rows)
        self._more += max(0, len(changes) - room)
        for change in changes[:room]:
            before, after = in_short(change)
            row = {"article": article_id, "field": change.field, "before": before, "after": after}
            self._rows.append(row)

    def close(self, enricher: str) -> None:
        """Print what the whole came to."""
        counts = {name: getattr(self, name) for name in ("looked", "selected", "changed", "left")}
        if self.json:
            fields = dict(self.fields.most_common())
            summary = {**counts, "fields": fields, "dry_run": self.dry_run, "enricher": enricher}
            as_json_line({"summary": summary})
            return
        console = out()
        if self._rows:
            console.print(table(self._rows, _COLUMNS))
        if self._more:
            console.print(f"… and {self._more:,} rows more; --json tells them all")
        if self.fields:
            rows = [{"field": one, "articles": n} for one, n in self.fields.most_common()]
            console.print(table(rows, _COUNTS))
        done = "would change" if self.dry_run else "changed"
        told = f"{self.looked:,} articles looked at, {self.selected:,} selected, "
        console.print(f"{told}{self.changed:,} {done}, {self.left:,} left as they are")


def in_short(change: Change) -> tuple[str, str]:
    """Both values as a person reads them; where their names are the same, what else differs."""
    before, after = _named(change.before), _named(change.after)
    if before == after:
        before = _differing(change.before, change.after)
        after = _differing(change.after, change.before)
    return _cut(before), _cut(after)


def _named(value: Any) -> str:  # noqa: ANN401 - whatever JSON can say
    if isinstance(value, list):
        return ", ".join(map(_label, value)) or "-"
    return "-" if value is None else _label(value)


def _label(item: Any) -> str:  # noqa: ANN401 - whatever JSON can say
    if isinstance(item, str):
        return item
    if not isinstance(item, dict):
        return orjson.dumps(item).decode()
    if isinstance(item.get("actor"), dict):  # a reaction
        return " ".join((_label(item["actor"]), str(item.get("act")), str(item.get("stance"))))
    known = (str(item[name]) for name in _LABELS if item.get(name))
    return next(known, orjson.dumps(item).decode())


def _differing(value: Any, other: Any) -> str:  # noqa: ANN401 - whatever JSON can say
    if isinstance(value, list) and isinstance(other, list):
        value = [item for item in value if item not in other]
    return orjson.dumps(value).decode()


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"
