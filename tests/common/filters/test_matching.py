"""What each field finds in an article, as a model and as the stored JSON."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newswire_common.article import EnrichedArticle
from newswire_common.filters import View, parse
from newswire_common.filters.patterns import Pattern
from tests.common.filters.articles import article, bare, made_up, reaction, stored, texts

MATCHING = [
    "id:C969C08F5A95A6F24F215AF26F3B7C19", "id:c969*", "story:c969c08f5a95a6f24f215af26f3b7c19",
    'section:"World News"', 'section:"WORLD news"', "section:world-news", "section:world*",
    "section:*news", "section:*", "source:desk.example", "source:desk*", "genre:current",
    "language:en", "language:EN-gb", "language:en_GB", "language:en*",
    "topic:medtop:20000530", "topic:medtop:11000000", 'topic:"armed conflict"', "topic:politics",
    "topic:medtop:*", "topic:polit*",
    "place:JPN", "place:jpn", "place:Tokyo", "place:rio", "place:valparaíso", "place:to*o",
    'person:"Vladimir Putin"', "person:*putin", 'person:"given person"',
    'organisation:"Dockers\' Union"', 'organisation:"dockers union"', "organisation:nato*",
    'organisation:"given body"', 'keyword:"mutual defence"', "keyword:*defence",
    "tag:nato*", "tag:politics", "tag:JPN", "tag:medtop:20000530", "tag:tokyo",
    'tag:"vladimir putin"', 'tag:"mutual defence"', 'tag:"nato *"',
    "headline~pact", 'headline~"the pact"', 'headline~"GRAVE concerns"', "headline~japan",
    "headline~conc*", "headline~*cerns", "headline~*once*", "headline:*", "summary~tokyo",
    'body~"has not yet"', 'body~"concerns seoul"', "body~協定", "body~日中",
    'by~"Ada Roe"', 'by:"by ada roe in tokyo"', "by:*roe*", "by:*",
    "urgency<=3", "urgency>=3", "urgency:3", "urgency<4", "urgency>2", "urgency:*",
    "revision_kind:correction", "revision_kind:corr*", "pub_status:usable",
    "published_at>=2026-11-01", "published_at<=2026-11-01", "published_at:2026-11-01",
    "published_at>2026-10-31", "published_at<2026-11-02", "published_at:*",
    "published_at>=2026-11-01T12:00:00Z", "published_at<=2026-11-01T12:00:00Z",
    "published_at:2026-11-01T12:00:00Z", "published_at>2026-10-31T23:59:59Z",
    "updated_at:2026-11-02", "updated_at>=2026-11-02", "updated_at<=2026-11-02",
    "updated_at:2026-11-02T10:30:00+01:00", "updated_at>2026-11-02T09:29:59.9Z",
    "reaction.stance:concern", "reaction.actor:JPN", "reaction.actor:Japan",
    "reaction.actor:Seoul", 'reaction.actor:"South Korea"', "reaction.actor:*korea",
    "reaction.act:no_comment_yet", "reaction.act:no-comment-yet", "reaction.act:no*",
    "reaction.actor_type:GOV", "reaction.polarity<0", "reaction.polarity:-1",
    "reaction.intensity>=3", "reaction.target:trigger", 'reaction.target:"North Korea"',
    "reaction.modality:historical", "reaction.awaiting:KOR", 'reaction.awaiting:"south korea"',
    "reaction.awaiting:*", "reaction.quote~grave", "reaction.quote:*",
    'reaction.speaker:"Hayashi Yoshimasa"',
    "reaction(actor:JPN polarity<0)", "reaction(actor:KOR awaiting:*)",
    "reaction(actor:CHN (stance:oppose OR stance:neutral))", "reaction(actor:CHN NOT polarity<0)",
    "reaction(NOT polarity:*)", "NOT reaction(actor:CHN polarity<0)",
    "section:x OR section:world-news", "NOT section:x", "section:x OR NOT source:x urgency:3",
]  # fmt: skip
NOT_MATCHING = [
    "id:c969", "section:world", "section:*world", "source:desk", "genre:*x", "language:e",
    "language:de", "language:en-us", "topic:medtop:16000000", "topic:20000530", "topic:conflict",
    "place:KOR", "place:japan", "place:JPN*", "person:putin", "person:tokyo", "organisation:nato",
    "keyword:defence", "tag:nato", "tag:desk.example", "headline~act", "headline~impact",
    'headline~"pact the"', "headline~pac", "headline~acts*", "summary~pact", "body~日協",
    'by:"Ada Roe"', 'by~"ada roe tokyo"', "urgency<3", "urgency>3", "urgency:4",
    "revision_kind:new", "pub_status:canceled",
    "published_at>2026-11-01", "published_at<2026-11-01", "published_at>=2026-11-02",
    "published_at<=2026-10-31", "published_at>2026-11-01T00:00:00Z",
    "published_at<2026-11-01T23:59:59Z", "updated_at<2026-11-02T09:30:00Z",
    "updated_at>2026-11-02", "updated_at:2026-11-02T09:30:01Z",
    "reaction.stance:oppose", "reaction.actor:USA", "reaction.actor:korea", "reaction.polarity>0",
    "reaction.awaiting:JPN", "reaction.quote~concern",
    "reaction(actor:JPN polarity:0)", "reaction(actor:KOR polarity<=0)",
    "reaction(actor:JPN actor:CHN)", "reaction.polarity<0 reaction.polarity>0",
    "section:world-news AND section:x", "NOT section:world-news", "NOT (section:x OR urgency:3)",
]  # fmt: skip


def both_forms(document: EnrichedArticle) -> list[Any]:
    return [document, stored(document), document.model_dump(mode="json")]


@pytest.mark.parametrize("text", MATCHING)
def test_a_filter_finds_what_it_describes(text: str) -> None:
    """Each field, sign and spelling that users are told of works, in either form of the article."""
    assert [parse(text).matches(one) for one in both_forms(article())] == [True] * 3


@pytest.mark.parametrize("text", NOT_MATCHING)
def test_a_filter_finds_nothing_else(text: str) -> None:
    """A subscriber gets no article that was not asked for."""
    assert [parse(text).matches(one) for one in both_forms(article())] == [False] * 3


@pytest.mark.parametrize(
    "text", [text for text in MATCHING if "NOT" not in text and " " not in text]
)
def test_what_is_unknown_matches_nothing(text: str) -> None:
    """An article without a value has none: neither a low urgency nor an old date."""
    assert not parse(text).matches({})


@settings(deadline=None)
@given(texts(), made_up())
def test_a_model_and_its_stored_json_match_the_same(text: str, document: EnrichedArticle) -> None:
    """It does not matter where in the pipeline a filter is asked."""
    found = parse(text)
    assert found.matches(document) == found.matches(stored(document))


@settings(deadline=None)
@given(texts(), texts(), made_up())
def test_and_or_and_not_are_those_of_logic(one: str, other: str, document: EnrichedArticle) -> None:
    """Brackets can be trusted, however terms are put together."""
    left, right = parse(one).matches(document), parse(other).matches(document)
    assert parse(f"({one}) AND ({other})").matches(document) == (left and right)
    assert parse(f"({one}) ({other})").matches(document) == (left and right)
    assert parse(f"({one}) OR ({other})").matches(document) == (left or right)
    assert parse(f"NOT ({one})").matches(document) == (not left)


@settings(deadline=None)
@given(
    st.sampled_from(["2026", "2026-11", "2026-11-01", "2026-11-01T12:30", "2026-11-01T12:30:00Z"]),
    st.dates().map(str) | st.datetimes().map(lambda at: at.isoformat(timespec="seconds") + "Z"),
)
def test_before_at_and_after_exclude_one_another(value: str, moment: str) -> None:
    """Of any two moments just one of <, : and > holds, and <= and >= are their opposites."""
    precision = {4: "year", 7: "month", 10: "day", 16: "minute"}.get(len(value), "second")
    document = bare(published_at={"value": value, "precision": precision})
    holds = {
        sign: parse(f"published_at{sign}{moment}").matches(document)
        for sign in ("<", ":", ">", "<=", ">=")
    }
    assert [holds["<"], holds[":"], holds[">"]].count(True) == 1
    assert (holds["<="], holds[">="]) == (not holds[">"], not holds["<"])


def test_a_date_that_is_none_is_unknown() -> None:
    """What a source wrote into its date field stops no delivery."""
    document = bare(published_at={"value": "soon", "precision": "day"})
    for one in both_forms(document):
        assert not parse("published_at:*").matches(one)


def test_a_code_of_a_country_is_never_taken_for_a_name() -> None:
    """`place:CHE` is Switzerland; who is called Che is found as a person."""
    named = {"places": [{"name": "Che"}], "people": [{"name": "Che"}]}
    document = bare(enrichment={"tags": named})
    assert not parse("place:CHE").matches(document)
    assert parse("person:che tag:che place:che*").matches(document)


def test_all_terms_in_brackets_hold_of_one_reaction() -> None:
    """Japan's support and China's opposition are not Japan's opposition."""
    two = [
        reaction("a", polarity=1),
        reaction("b", polarity=-1, actor={"name": "China", "iso3": "CHN"}),
    ]
    document = bare(enrichment={"reactions": two})
    assert parse("reaction.actor:JPN reaction.polarity<0").matches(document)
    assert not parse("reaction(actor:JPN polarity<0)").matches(document)


def test_one_view_serves_many_filters() -> None:
    """What was read and folded for one filter is there for the next."""
    view = View(article())
    assert parse("body~seoul").matches(view)
    field = parse("body~tokyo").tree.field  # type: ignore[union-attr]
    assert view.values(field) is view.values(field)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("a*b*c", "abc", True), ("a*b*c", "axxbyyc", True), ("a*b*c", "acb", False),
        ("a*a", "a", False), ("a*a", "aa", True), ("*ab*ab*", "abab", True),
        ("*ab*ab*", "aba", False), ("ab*ba", "aba", False), ("*", "", True), ("a*", "", False),
    ],
)  # fmt: skip
def test_stars_stand_for_any_characters(pattern: str, text: str, matches: bool) -> None:
    """No character of the text is used twice."""
    assert Pattern(tuple(pattern.split("*"))).matches(text) is matches


def test_a_pattern_of_many_stars_takes_no_longer_than_its_text_is_long() -> None:
    """No pattern goes back over what it has seen: 500 stars over 300 letters is nothing."""
    wanted = parse("person:" + "a*" * 498 + "b")
    document = bare(people=["a" * 300] * 200)
    began = time.process_time()
    assert not wanted.matches(document)
    assert time.process_time() - began < 0.2
