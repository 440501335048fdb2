"""What enrichers answer, checked: nothing goes on that a later reader could not read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_common.article import Keyword, Named, Span, Topic
from newswire_enrich.enrichers import Derived
from newswire_enrich.enrichers.admission import DEEPEST, MOST_BYTES
from tests.support.enrichers import Make, each, errors, run, sets


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth - 1):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("extra", {1, 2}),
        ("extra", {1: 2}),
        pytest.param("extra", object(), id="no JSON"),
        ("extra", "\ud83d"),
        ("extra", 2**70),
        ("extra", "x" * MOST_BYTES),
        ("extra", nested(DEEPEST + 1)),
        ("extra", nested(300)),
        ("tags.people", 3),
        ("tags.people", [3]),
        ("tags.people", [{"name": 3}]),
        ("tags.people", [{}]),
        ("tags.people", [Named.model_construct(name=3)]),
        ("tags.people", [Named(name="\ud83d")]),
        ("tags.people", [Named(name="A", evidence=(Span(start=0, end=99),))]),
        ("tags.places", [Named(name="A", evidence=(Span(start=3, end=2),))]),
        ("tags.organisations", [Named(name="A" * MOST_BYTES)]),
        ("tags.keywords", [Keyword(text="a", weight=float("inf"))]),
        ("tags.keywords", [Keyword(text="a", weight=float("nan"))]),
        ("tags.topics", [{"code": "medtop:01000000", "name": "x"}]),
        ("tags.topics", [Topic.model_construct(code="medtop:01000000")]),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_no_reader_could_read_is_refused(make: Make, field: str, value: object) -> None:
    """Publish never meets a message that it must bury because of a plug-in."""
    article = make()
    (found,) = run([article], odd=sets(field, value))
    assert found.enrichment.tags == article.enrichment.tags
    assert found.enrichment.extra == {}
    assert list(errors(found)) == ["extra.odd" if field == "extra" else field]


@pytest.mark.parametrize("confidence", ["high", object(), float("nan"), float("inf"), -1, 2])
def test_a_confidence_that_is_none_is_refused(make: Make, confidence: Any) -> None:
    """As is its field: nobody knows what else is wrong."""
    odd = each(lambda _: {"extra": Derived(1, "x", confidence)})
    (article,) = run([make()], odd=odd)
    assert article.enrichment.extra == {}
    assert errors(article)


@pytest.mark.parametrize("answer", [None, 3, "extra", [("extra", 1)], {"extra": 1}, {"body": 2}])
def test_an_answer_of_another_kind_is_refused(make: Make, answer: Any) -> None:
    """Said in provenance, like any other failure."""
    (article,) = run([make()], odd=each(lambda _: answer))
    assert article.enrichment.extra == {}
    assert "extra.odd" in errors(article)


def test_a_field_that_it_did_not_declare_is_refused(make: Make) -> None:
    """And names nothing in provenance: metrics count by the fields that are known."""
    odd = each(lambda _: {"tags.people": Derived([], "x"), **dict.fromkeys(range(10_000))})
    odd.fields = ("extra",)
    (article,) = run([make()], odd=odd)
    assert list(errors(article)) == ["extra.odd"]


@given(value=st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=20,
))  # fmt: skip
def test_any_value_is_taken_or_refused(make: Make, value: object) -> None:
    """`run` reads every article back: it is there whole, or an error is."""
    (article,) = run([make()], any=sets("extra", value))
    assert ("any" in article.enrichment.extra) != bool(errors(article))
