"""What a version changed: where, and whether its readers would care."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_common.article import Span
from newswire_common.codec import decode_event
from newswire_common.streams import EVENTS
from newswire_publish.library.revision import MAX_CHANGES, Text, revision_of, text_of
from tests.publish.desk import Desk, enriched, killed

STORY = "The minister met the press on Monday. “We regret the delay,” she said in Tallinn."


def kind(before: str, after: str) -> str:
    old, new = text_of({"body_text": before}), text_of({"body_text": after})
    return revision_of(old, new, corrected=False).kind


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (STORY.replace("  ", " ").replace("minister", "Minister"), "trivial"),
        (STORY + "\n", "trivial"),
        (STORY.replace("Monday.", "Monday;"), "trivial"),
        (STORY.replace("minister", "minster"), "trivial"),
        (STORY.replace("delay,”", "delay”,"), "trivial"),
        (STORY.replace("Monday", "Sunday"), "substantive"),
        (STORY.replace("met", "shunned"), "substantive"),
        (STORY.replace("press on", "press not on"), "substantive"),
        (STORY + " She left at noon.", "substantive"),
        (STORY.replace("regret", "welcome"), "quote-changed"),
        (STORY.replace("the delay", "every delay"), "quote-changed"),
        (STORY.replace("“We regret the delay,” she", "She"), "quote-changed"),
    ],
)
def test_a_class_says_how_much_a_change_matters(after: str, expected: str) -> None:
    """Typing errors are no news; other words are; and the words of a quotation most of all."""
    assert kind(STORY, after) == expected


@pytest.mark.parametrize(("old", "new"), [("cost 5 euros", "cost 6 euros"), ("is", "was"),
                                          ("Marin said", "Maris said")])  # fmt: skip
def test_a_letter_in_a_number_a_name_or_a_short_word_is_no_typing_error(old: str, new: str) -> None:
    """One character may be the whole of the news."""
    assert kind(f"It {old} at last.", f"It {new} at last.") == "substantive"


def test_a_reaction_s_quote_counts_where_no_marks_do() -> None:
    """The spans that enrichment found are quotations too."""
    body = "He called it a grave error in parliament."
    span = {"start": body.index("grave"), "end": body.index(" in parl")}
    document = {"body_text": body, "enrichment": {"reactions": [{"quote": span}, {}]}}
    after = text_of({"body_text": body.replace("grave", "slight")})
    assert revision_of(text_of(document), after, corrected=False).kind == "quote-changed"


def test_the_source_s_own_word_for_it_counts_first() -> None:
    """A correction is one, however small."""
    assert revision_of(Text("a", "b", ()), Text("a", "b.", ()), corrected=True).kind == "correction"


def test_the_spans_cut_the_change_out_of_both_texts() -> None:
    """Code points, also behind characters that take several bytes."""
    before, after = "Né 😀 on Monday in Riga.", "Né 😀 on Friday night in Riga."
    revision = revision_of(Text("", before, ()), Text("", after, ()), corrected=False)
    cut = [(before[c.before.start : c.before.end], after[c.after.start : c.after.end])
           for c in revision.changes]  # fmt: skip
    assert "".join(old for old, _ in cut).split() == ["Monday"]
    assert " ".join(new for _, new in cut).split() == ["Friday", "night"]


words = st.lists(st.sampled_from(["a", "Bb", "ccc", "“", "”", ".", "\n", "😀", "é", "don't"]))


@given(words, words)
def test_applying_the_changes_gives_the_new_words(before: list[str], after: list[str]) -> None:
    """Spans are in order, within their texts, and all that differs is in them."""
    old, new = " ".join(before), " ".join(after)
    changes = revision_of(
        text_of({"body_text": old}), text_of({"body_text": new}), corrected=False
    ).changes
    assert len(changes) <= MAX_CHANGES
    built, place = "", 0
    for change in changes:
        assert place <= change.before.start <= change.before.end <= len(old)
        built += old[place : change.before.start] + new[change.after.start : change.after.end]
        place = change.before.end
    assert (built + old[place:]).split() == new.split() or "".join(
        (built + old[place:]).split()
    ) == "".join(new.split())


@pytest.mark.parametrize("size", [10_000, 30_000])
def test_a_whole_new_text_of_any_length_is_one_change(size: int) -> None:
    """Time and memory are bounded: nobody reads a diff of everything."""
    old, new = " ".join(map(str, range(size))), " ".join(map(str, range(size, 2 * size)))
    before, after = text_of({"body_text": old}), text_of({"body_text": new})
    [change] = revision_of(before, after, corrected=False).changes
    assert change.before == Span(start=0, end=len(before.body))


async def test_an_update_s_event_says_what_it_changed(desk: Desk) -> None:
    """The first publication and a withdrawal say nothing of it; a version in between does."""
    await desk.publish(
        enriched(body_text=STORY),
        enriched(version=2, body_text=STORY.replace("Monday", "Sunday")),
        killed(version=3),
    )
    first, second, last = await desk.events()
    assert first.revision is None
    assert last.revision is None
    assert second.revision
    assert second.revision.kind == "substantive"
    assert second.revision.headline_changed
    [change] = second.revision.changes
    assert STORY[change.before.start : change.before.end] == "Monday"


async def test_versions_of_one_batch_are_compared_with_each_other(desk: Desk) -> None:
    """The version before may not be stored yet."""
    entries = await desk.take(enriched(body_text="Old."), enriched(version=2, body_text="New."))
    await desk.stage.handle(desk.client, desk.partitions[0], entries)
    _, raw = (await desk.client.xrange(desk.partitions[0].stream(EVENTS)))[-1]
    assert orjson.loads(raw[b"revision"])["kind"] == "substantive"
    assert decode_event(0, "1-1", raw).revision
