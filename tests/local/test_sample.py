"""The bundled sample: valid, hand count true, every path of an article on show."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from newswire_common.article import ArticleDraft, Moment
from newswire_local import sample

Draft = dict[str, Any]
Key = tuple[str, str]

SECTIONS = {"World", "Business", "Politics", "Sport", "Science", "Technology", "Culture"}
STORIES = {
    "fisheries pact": ("South Pacific Fisheries Pact|Valparaíso|Pacífico Sur", 6),
    "port strike": ("Behrendsen", 5),
    "earthquake": ("Naryn", 4),
    "rate cut": ("3,25 Prozent|Czech National Bank", 3),
    "chip merger": ("Corvane", 4),
    "football cup": ("Tavares Lomba", 4),
    "volcano": ("Öræfajökull", 4),
    "referendum": ("Agua Clara", 3),
}
REACTIONS = {
    "direct quote": r"“[^”]{25,}” [^.]{3,60} said|,” [^.]{3,80} said",
    "partial quote": r"expressed “grave concerns”",
    "not yet": r"ha(?:s|ve) not yet commented",
    "declined": r"declined to comment",
    "no answer": r"did not respond to a request for comment",
    "muted": r"response has been muted",
    "demand": r"demanded",
    "threat": r"threatened",
    "condemnation": r"condemned",
    "support": r"welcomed|supported",
    "rejection": r"rejected",
    "protest": r"protested",
    "deed": r"recalled its \w+ attaché",
    "German": r"begrüßte|verurteilte|nicht geäußert",
    "French": r"a salué|a condamné|pas encore réagi",
    "Spanish": r"condenó|todavía no se ha pronunciado",
    "government": r"foreign ministry spokesperson",
    "company": r"Nordsund Line said",
    "union": r"union [^.]{0,40}(?:condemned|supported|demanded|threatened)",
    "court": r"General Court ruled",
    "athlete": r"Tavares Lomba said",
    "NGO": r"conservation group Long Swell",
    "regulator": r"Federal Trade Commission declined",
    "opposition": r"opposition party New Pasture accused",
}


def _key(draft: Draft) -> Key:
    return draft["source"], draft.get("guid") or draft["url"]


def _text(draft: Draft) -> str:
    html = re.sub(r"<[^>]+>", "", draft.get("body_html", ""))
    return f"{draft.get('body_text', '')}{html}"


def _grams(text: str, size: int) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return set(zip(*(words[start:] for start in range(size)), strict=False))


def _outcomes(drafts: list[Draft]) -> Iterator[tuple[Draft, str, list[Draft]]]:
    """Each draft with its outcome and the versions taken before it: the rules in ten lines."""
    taken: dict[Key, list[Draft]] = defaultdict(list)
    for draft in drafts:
        before = taken[_key(draft)]
        newest = max((d.get("source_version", 0) for d in before), default=0)
        if not before:
            outcome = "created"
        elif draft == before[-1]:
            outcome = "unchanged"
        else:
            outcome = "stale" if draft.get("source_version", newest) < newest else "revised"
        yield draft, outcome, list(before)
        if outcome in {"created", "revised"}:
            before.append(draft)


def _event(draft: Draft, outcome: str, before: list[Draft]) -> str | None:
    if outcome in {"unchanged", "stale"} or "embargoed_until" in draft:
        return None
    if draft.get("revision_kind") == "kill":
        return "article.withdrawn"
    if not before:
        return "article.published"
    corrects = draft.get("revision_kind") == "correction"
    return "article.corrected" if corrects else "article.updated"


@pytest.fixture(scope="module")
def drafts() -> list[Draft]:
    return sample.drafts()


@pytest.fixture(scope="module")
def articles(drafts: list[Draft]) -> list[Draft]:
    """One draft for each article: the newest version with a body."""
    newest = {
        _key(draft): draft
        for draft, outcome, _ in _outcomes(drafts)
        if outcome in {"created", "revised"} and _text(draft)
    }
    return list(newest.values())


@pytest.fixture(scope="module")
def copy(drafts: list[Draft]) -> str:
    return "\n\n".join(map(_text, drafts))


def test_every_line_is_a_valid_draft(drafts: list[Draft]) -> None:
    """The demo never sends a line that ingest would refuse."""
    for draft in drafts:
        ArticleDraft.model_validate(draft)


def test_expected_figures_agree_with_an_independent_tally(drafts: list[Draft]) -> None:
    """The hand count that the demo's exit code rests on is true of the file."""
    expected = sample.expected()
    outcomes = Counter(outcome for _, outcome, _ in _outcomes(drafts))
    outcomes["created"] += len(sample.pages())
    events = Counter(filter(None, (_event(*step) for step in _outcomes(drafts))))
    events["article.published"] += len(sample.pages())
    assert expected.accepted == outcomes
    assert expected.events == events
    assert expected.withdrawn == events["article.withdrawn"]
    assert expected.withheld == sum("embargoed_until" in draft for draft in drafts)
    assert expected.visible == (outcomes["created"] - expected.withdrawn - expected.withheld)


def test_outcomes_on_show_are_all_four(drafts: list[Draft]) -> None:
    """A newcomer sees created, revised, unchanged (an identical line) and stale."""
    by_outcome = {outcome: draft for draft, outcome, _ in _outcomes(drafts)}
    assert set(by_outcome) == {"created", "revised", "unchanged", "stale"}
    assert drafts.count(by_outcome["unchanged"]) == 2


def test_an_update_says_more_than_the_version_before(drafts: list[Draft]) -> None:
    """An update adds text, so that its difference can be shown."""
    updates = [
        (d, b[-1])
        for d, o, b in _outcomes(drafts)
        if o == "revised" and d.get("revision_kind") == "update"
    ]
    assert updates
    assert all(len(_text(new)) > len(_text(old)) for new, old in updates)


def test_an_update_ends_a_silence(drafts: list[Draft]) -> None:
    """A story shows the passage from no comment to condemnation that `reaction.changed` is for."""
    old, new = (d for d in drafts if d.get("guid") == "kst-20261110-0047")
    assert "Ecuador has not yet commented" in old["body_text"]
    assert "Ecuador condemned" in new["body_text"]
    assert "not yet commented" not in new["body_text"]


def test_a_correction_says_what_it_corrects(drafts: list[Draft]) -> None:
    """A corrected figure is gone from headline and body, and the note names it."""
    (correction,) = (d for d in drafts if d.get("revision_kind") == "correction")
    assert "41" in correction["correction_note"]
    assert "41" not in correction["headline"] + correction["body_text"]


def test_a_kill_follows_a_published_version_and_carries_no_text(drafts: list[Draft]) -> None:
    """The kill has the same identity and headline, a note to editors, and nothing to print."""
    ((kill, before),) = [
        (d, b) for d, _, b in _outcomes(drafts) if d.get("revision_kind") == "kill"
    ]
    assert before[-1]["headline"] == kill["headline"]
    assert _text(before[-1])
    assert kill["ed_note"].startswith("KILL")
    assert not _text(kill)


def test_the_embargoed_article_stays_held(drafts: list[Draft]) -> None:
    """The embargo is far enough away for the expected figures to hold for years."""
    (held,) = (d for d in drafts if "embargoed_until" in d)
    assert held["embargoed_until"] == "2036-01-01T00:00:00Z"


def test_two_sources_carry_one_wire_text(articles: list[Draft]) -> None:
    """Exactly one pair of articles is near-duplicate: another source, edited, not identical."""
    shingles = [(d, _grams(_text(d), 4)) for d in articles]
    pairs = [
        (one, two)
        for at, (one, left) in enumerate(shingles)
        for two, right in shingles[at + 1 :]
        if len(left & right) / len(left | right) > 0.35
    ]
    ((one, two),) = pairs
    assert one["source"] != two["source"]
    assert _text(one) != _text(two)


def test_languages_and_sections_are_many(articles: list[Draft]) -> None:
    """Language tags, and their detection where a draft leaves them out, have work to do."""
    languages = Counter(d.get("language") for d in articles)
    assert len(articles) >= 34
    assert languages["en"] >= 20
    assert min(languages["de"], languages["fr"]) >= 5
    assert languages["es"] >= 1
    assert languages[None] >= 1
    assert {d["section"] for d in articles} == SECTIONS


@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_told_in_three_articles_or_more(articles: list[Draft], story: str) -> None:
    """Articles of one story share names, so that related links have something to find."""
    name, at_least = STORIES[story]
    assert sum(bool(re.search(name, _text(d))) for d in articles) >= at_least


@pytest.mark.parametrize("pattern", REACTIONS.values(), ids=REACTIONS.keys())
def test_reactions_of_every_kind_of_act_and_actor_occur(copy: str, pattern: str) -> None:
    """Each act that a reaction can be is asserted somewhere, and not by states alone."""
    assert re.search(pattern, copy)


@pytest.mark.parametrize(
    "field",
    ["by", "dateline", "located", "urgency", "subjects", "associations", "renditions",
     "usage_terms", "copyright_holder", "expires", "audience", "ed_note", "updated_at"],
)  # fmt: skip
def test_optional_fields_are_used(drafts: list[Draft], field: str) -> None:
    """Every optional field that a reader of the demo may ask about is there to be seen."""
    assert any(draft.get(field) for draft in drafts)


def test_dates_fall_in_one_november_some_known_only_to_the_day(articles: list[Draft]) -> None:
    """Both precisions are on show."""
    moments = [Moment.parse(d["published_at"]) for d in articles]
    assert all(moment.value.startswith("2026-11") for moment in moments)
    assert {moment.precision for moment in moments} == {"day", "second"}


def test_articles_have_the_length_of_agency_copy(drafts: list[Draft]) -> None:
    """120 to 350 words each, in text or in simple HTML, never both."""
    for draft in drafts:
        assert not ("body_text" in draft and "body_html" in draft)
        if draft.get("revision_kind") != "kill":
            assert 120 <= len(_text(draft).split()) <= 350, draft["headline"]


def test_html_bodies_use_simple_markup_only(drafts: list[Draft]) -> None:
    """What the sanitiser keeps is all there is: nothing of the sample is lost on the way."""
    markup = "".join(d.get("body_html", "") for d in drafts)
    assert set(re.findall(r"<([a-z]+)", markup)) == {"p", "blockquote", "a", "em"}


def test_the_page_text_has_the_shape_of_a_scraped_page() -> None:
    """Breadcrumb, date line, headline, body with reactions, comment form, Check Also, teaser."""
    page = sample.pages()[0]
    lines = page.body.decode().split("\n")
    headline = re.fullmatch(r"Home World (“.+”)", lines[0])
    assert headline
    assert lines[1:4] == ["World - November 12, 2026", "", headline[1]]
    assert all(not (one and two) for one, two in pairwise(lines[3:]))
    *body, reply, fields, check, related, teaser = [line for line in lines[4:] if line]
    assert reply == "Leave a Reply"
    assert fields == "Your email address will not be published. Required fields are marked *"
    assert check == "Check Also"
    assert related[-1] not in ".…"
    assert re.fullmatch(r"\w+ : .+…", teaser)
    assert any(
        "expressed “deep unease” regarding" in part
        and "have not yet commented on" in part
        and "has been muted" in part
        for part in body
    )


def test_the_html_page_has_an_article_a_form_and_related_links() -> None:
    """A page parser finds all that it looks for, and what it must leave out."""
    page = sample.pages()[1]
    assert page.content_type.startswith("text/html")
    for part in ("<title>", '<meta name="description"', "<article>", "<h1>", 'class="byline"',
                 "<time datetime=", "<form", "<textarea", "<aside>"):  # fmt: skip
        assert part in page.body.decode()


def test_pages_are_articles_of_their_own(drafts: list[Draft]) -> None:
    """No page shares its identity with a draft or with the other page."""
    keys = [(page.source, page.url) for page in sample.pages()]
    assert len({*keys, *map(_key, drafts)}) == len(keys) + len(set(map(_key, drafts)))


def test_addresses_lead_nowhere(drafts: list[Draft]) -> None:
    """Every address is under ``.example`` (RFC 2606), save the name of the subject scheme."""
    pages = [page.body.decode() for page in sample.pages()]
    urls = re.findall(r"https?://([^/\"\s']+)", " ".join([*map(str, drafts), *pages]))
    assert {url for url in urls if not url.endswith(".example")} == {"cv.iptc.org"}
