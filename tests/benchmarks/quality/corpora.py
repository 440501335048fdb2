"""Data sets that more than one measure reads. The folder of them: `NEWSWIRE_TEST_DATA`."""

import csv
import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

_IPTC = "iptc/IPTC-MediaTopic-NewsCodes-mappings.xlsx"
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LONGEST_FIELD = 10_000_000  # characters of an article in a table


class Story(NamedTuple):
    """A news text; ``label`` is its class or group where the set has one."""

    headline: str
    body: str
    label: str = ""


def masakhanews(data: Path, part: str = "dev") -> list[Story]:
    """English news of the BBC by class; ``part`` is "train" or "dev"."""
    path = data / "masakhanews" / f"eng-{part}.tsv"
    csv.field_size_limit(_LONGEST_FIELD)
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [Story(row["headline"], row["text"], row["category"]) for row in rows]


def bbc(data: Path) -> list[Story]:
    """BBC news of 2004 and 2005 by class, in the order of their files."""
    stories = []
    for path in sorted((data / "bbc").glob("*/*.txt")):
        headline, _, body = path.read_text(encoding="latin-1").partition("\n")
        stories.append(Story(headline.strip(), body.strip(), path.parent.name))
    return stories


def galaxy(data: Path, name: str = "wikinews_medium") -> list[Story]:
    """News articles, labelled with the number of the event they tell of."""
    events = json.loads((data / "galaxy" / f"{name}.json").read_text(encoding="utf-8"))
    return [
        Story(article.get("title") or "", article["text"], str(number))
        for number, event in enumerate(events)
        for article in event["articles"]
    ]


def iptc_terms(data: Path) -> list[dict[str, str]]:
    """The rows of the IPTC Media Topics, by the names of the columns; empty cells are left out."""
    with zipfile.ZipFile(data / _IPTC) as book:
        shared = [
            "".join(item.itertext(f"{_SHEET}t")) for item in _parse(book, "xl/sharedStrings.xml")
        ]
        sheet = _parse(book, "xl/worksheets/sheet1.xml")
    rows = [_cells(row, shared) for row in sheet.iter(f"{_SHEET}row")]
    columns = rows[1]
    return [
        {columns[column]: text for column, text in row.items() if text and column in columns}
        for row in rows[2:]
    ]


def _parse(book: zipfile.ZipFile, name: str) -> Any:
    return etree.fromstring(book.read(name))


def _cells(row: Any, shared: Sequence[str]) -> dict[str, str]:
    """The texts of a row by the letters of their columns."""
    cells = {}
    for cell in row:
        value = cell.find(f"{_SHEET}v")
        text = "".join(cell.itertext()) if value is None else value.text
        if cell.get("t") == "s":
            text = shared[int(text)]
        cells[re.sub(r"\d", "", cell.get("r"))] = text
    return cells
