"""The text of scraped pages, whatever a theme puts above, between and below the paragraphs."""

import pytest

from newswire_ingest.parsing.found import Origin
from newswire_ingest.parsing.furniture import byline_of, credits_of, dateline_of, day_of
from newswire_ingest.parsing.text import page_of_text

WEB = Origin("agency", "https://agency.example/1")
BODY = "The harbours of Norsund and Vik reopened on Tuesday, three days after the storm had passed."


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (f"Head\nBy Ida Berg | March 3, 2026\n\n{BODY}",
         {"by": "Ida Berg", "published_at": "2026-03-03"}),
        (f"Head\nPublished: Tuesday, March 3, 2026, 10:15 am - Updated March 4, 2026\n{BODY}",
         {"published_at": "2026-03-03", "updated_at": "2026-03-04"}),
        (f"World\nTwo harbours reopen\nBy Ida Berg and Nils Dahl\nMarch 3, 2026\n{BODY}",
         {"section": "World", "headline": "Two harbours reopen", "by": "Ida Berg and Nils Dahl"}),
        (f"Head\nWorld | 3 March 2026 | 5 min read\n{BODY}",
         {"section": "World", "published_at": "2026-03-03"}),
        (f"Head\nVon Ida Berg\n{BODY}", {"by": "Ida Berg"}),
        (f"You are here: Home > World > Head\nHead\n{BODY}", {"section": "World"}),
        (f"Head\nNORSUND, Norway (AP) — {BODY}", {"dateline": "NORSUND, Norway (AP)"}),
        (f"Head\nNorsund, March 3 (Reuters) - {BODY}", {"dateline": "Norsund, March 3 (Reuters)"}),
        (f"Head\nShare\n{BODY}\nAdvertisement", {}),
        (f"Head\nShare this:\n\n{BODY}\n\nAlso Read: Council votes on a breakwater", {}),
        (f"Head\n{BODY}\nRelated Posts\nThis title\nThat title\nComments are closed.", {}),
        (f"Head\n{BODY}\nMost Popular\nThis title\nThat title", {}),
    ],
)  # fmt: skip
def test_every_part_is_where_it_belongs(text: str, fields: dict[str, str]) -> None:
    """The fields are filled, and the body is the one paragraph and nothing else."""
    draft, _ = page_of_text(text, WEB)
    assert {name: getattr(draft, name) for name in fields} == fields
    assert draft.body_text == BODY


def test_an_invitation_within_the_text_is_a_link() -> None:
    """It interrupts the article; what it offers is kept beside it."""
    draft, blocks = page_of_text(f"Head\n{BODY}\nREAD ALSO: Council votes\n{BODY}", WEB)
    assert draft.body_text == f"{BODY}\n\n{BODY}"
    assert [link.title for link in draft.associations] == ["Council votes"]
    assert [block.kind for block in blocks] == ["check-also"]


def test_boxes_of_several_links_are_related_ones() -> None:
    """One link is "Check Also", a list is "Related"."""
    _, blocks = page_of_text(f"Head\n{BODY}\nYou May Also Like\nThis\nThat", WEB)
    assert [(block.kind, block.text) for block in blocks] == [
        ("related", "You May Also Like\nThis\nThat")
    ]


@pytest.mark.parametrize(
    "line",
    [
        "By noon all of them had left the harbour",
        "By Tuesday the harbours will be open, the authority said.",
        "World leaders meet on March 3, 2026 in Vik",
        "Von Anfang an war klar",
        "Update",
        "A - B",
        "",
    ],
)
def test_a_sentence_is_no_credit(line: str) -> None:
    """What could be text is text."""
    assert credits_of(line) is None


@pytest.mark.parametrize(
    "paragraph",
    ["BREAKING — The harbour is closed", "NATO – the alliance – said", "Apple (AAPL) - Shares fell",
     "The storm (in 2025) - Worse", "A — B", "Norsund — The harbour", ""],
)  # fmt: skip
def test_not_everything_before_a_dash_is_a_place(paragraph: str) -> None:
    """A dateline is in capitals or names its agency."""
    assert dateline_of(paragraph) == ("", 0)


def test_days_and_names_as_people_write_them() -> None:
    """Weekday, time of day and labels are no part of a date; particles are part of a name."""
    assert day_of("Thursday, June 20, 2024 10:15 AM GMT") == "2024-06-20"
    assert day_of("20 Jun 2024, 10:15") == "2024-06-20"
    assert day_of("10:15") is day_of("June") is None
    assert byline_of("By Ana de la Cruz, Ida Berg & Nils Dahl") == (
        "Ana de la Cruz, Ida Berg & Nils Dahl"
    )
    assert byline_of("BY IDA BERG ida@gazette.example") == "IDA BERG"
