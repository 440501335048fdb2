"""Enrichers at work: whatever one does, the articles go on, and so do the fields of the others."""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pytest
import structlog

from newswire_common.article import (
    EnrichedArticle,
    Enrichment,
    Keyword,
    Named,
    Provenance,
    Span,
    Tags,
)
from newswire_enrich.enrichers import Derived, EnricherError
from newswire_enrich.enrichers.running import Enrichers
from tests.support.enrichers import Answering, Make, NoAnswer, each, errors, run, sets


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What is logged of every failure on purpose helps nobody."""
    with structlog.testing.capture_logs():
        yield


def test_fields_come_with_their_provenance(make: Make) -> None:
    """What, how, by which version, how sure."""
    enricher = each(lambda _: {"extra": Derived([1], "counted", 0.5)})
    (article,) = run([make()], counts=enricher)
    assert article.enrichment.extra == {"counts": [1]}
    assert article.enrichment.provenance == (
        Provenance(field="extra.counts", method="counted", version="1.2", confidence=0.5),
    )


def test_tags_take_the_place_of_those_before_with_their_provenance(make: Make) -> None:
    """A field never says that it came of what no longer stands in it."""
    before = Enrichment(
        tags=Tags(people=(Named(name="A B"),), keywords=(Keyword(text="x", weight=1),)),
        provenance=(
            Provenance(field="tags.people", method="rules", version="1"),
            Provenance(field="tags.keywords", method="tf-idf", version="1"),
        ),
    )
    person = Named(name="C D", evidence=(Span(start=0, end=4),))
    (article,) = run([make(enrichment=before)], tagger=sets("tags.people", [person]))
    assert article.enrichment.tags == before.tags.model_copy(update={"people": (person,)})
    assert [one.method for one in article.enrichment.provenance] == ["tf-idf", "by hand"]


def test_a_later_one_sees_what_an_earlier_one_found(make: Make) -> None:
    """So that one can go by another's tags."""
    first = sets("tags.keywords", [{"text": "pact", "weight": 1.0}])
    second = each(lambda one: {"extra": Derived(one.enrichment.tags.keywords[0].text, "copied")})
    (article,) = run([make()], first=first, second=second)
    assert article.enrichment.extra == {"second": "pact"}


def test_a_field_that_is_not_given_stays_as_it_was(make: Make) -> None:
    """An enricher that has nothing to say of an article says nothing."""
    article = make()
    assert run([article], silent=each(lambda _: {})) == [article]


def test_what_is_written_into_an_article_does_not_go_on(make: Make) -> None:
    """Only what is answered is checked, so only that is taken."""

    def writes(one: EnrichedArticle) -> NoAnswer:
        one.enrichment.extra["good"] = {"not": "checked"}
        one.enrichment.extra["more"] = object()  # type: ignore[assignment]  # on purpose
        return {}

    (article,) = run([make()], good=sets("extra", [1]), writes=each(writes))
    assert article.enrichment.extra == {"good": [1]}


def test_without_any_nothing_is_touched(make: Make) -> None:
    """The default costs nothing."""
    articles = [make()]
    assert Enrichers({}, 10).extend(articles) is articles


def test_one_that_raises_loses_its_own_fields_only(make: Make) -> None:
    """Neither the article, nor the fields of those before and after it."""

    def broken(_: EnrichedArticle) -> NoAnswer:
        raise LookupError("no such\nword")

    good = sets("extra", 1)
    (article,) = run([make()], before=good, broken=each(broken), after=good)
    assert article.enrichment.extra == {"before": 1, "after": 1}
    assert errors(article)["extra.broken"] == "LookupError: no such word"


def test_an_article_that_one_raises_on_spoils_no_other_of_its_batch(make: Make) -> None:
    """The others are asked for again, each alone."""

    def choosy(one: EnrichedArticle) -> NoAnswer:
        if one.id == "b":
            raise ValueError(one.id)
        return {"extra": Derived(one.id, "its id")}

    found = run([make(one) for one in "abc"], choosy=each(choosy))
    assert [one.enrichment.extra for one in found] == [{"choosy": "a"}, {}, {"choosy": "c"}]
    assert [bool(errors(one)) for one in found] == [False, True, False]


def test_where_it_raised_is_in_the_log_once(make: Make) -> None:
    """Its author finds the line; a thousand articles do not fill the disk."""

    def broken(_: object) -> NoAnswer:
        raise ZeroDivisionError

    with structlog.testing.capture_logs() as logs:
        run([make(str(number)) for number in range(50)], broken=each(broken))
    (told,) = logs
    assert told["enricher"] == "broken"
    assert isinstance(told["exc_info"], ZeroDivisionError)


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
def test_one_that_would_end_the_process_does_not(make: Make, error: BaseException) -> None:
    """A library that calls `sys.exit` where its model is absent ends no service."""

    def leaving(_: object) -> NoAnswer:
        raise error

    (article,) = run([make()], leaving=each(leaving))
    assert type(error).__name__ in errors(article)["extra.leaving"]


class Nameless(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize("error", [Nameless(), ValueError("\ud83d"), ValueError("x" * 10_000)])
def test_an_error_that_can_not_be_told_is_told_as_far_as_it_can(
    make: Make, error: Exception
) -> None:
    """Neither the text of an error nor its length keeps the article from going on."""

    def broken(_: object) -> NoAnswer:
        raise error

    (article,) = run([make()], broken=each(broken))
    assert errors(article)["extra.broken"].startswith(type(error).__name__)
    assert len(errors(article)["extra.broken"]) <= 200


@pytest.mark.parametrize("answers", [[], [{}, {}], [{}, {}, {}, {}], None, 3])
def test_another_number_of_answers_than_articles_is_none(make: Make, answers: Any) -> None:
    """Nobody guesses which answer belongs to which article."""
    found = run([make(one) for one in "abc"], uneven=Answering(lambda _: answers))
    assert all(errors(one) for one in found)


def test_answers_without_end_are_none(make: Make) -> None:
    """No more than one too many is taken of a generator."""

    def endless(_: object) -> Iterable[NoAnswer]:
        while True:
            yield {}

    (article,) = run([make()], endless=Answering(endless))
    assert "answered 2 times" in errors(article)["extra.endless"]


def test_a_withdrawn_article_is_shown_to_none(make: Make) -> None:
    """There is nothing left of it to be enriched."""
    gone, here = make("gone", pub_status="canceled"), make("here")
    found = run([gone, here], marks=each(lambda one: {"extra": Derived(one.id, "its id")}))
    assert [one.enrichment.extra for one in found] == [{}, {"marks": "here"}]


def test_one_that_never_comes_back_holds_nothing_up(make: Make) -> None:
    """Its time is over once; from then on it is passed over until its thread has ended."""
    release, told = threading.Event(), []

    def hangs(articles: Sequence[EnrichedArticle]) -> list[NoAnswer]:
        release.wait(60)
        return [{"extra": Derived(1, "late")} for _ in articles]

    enrichers = Enrichers({"hangs": Answering(hangs)}, 0.05, lambda *what: told.append(what[:2]))
    (late,) = enrichers.extend([make()])
    assert errors(late)["extra.hangs"] == "TimeoutError: it was not done in time"
    began = time.monotonic()
    for _ in range(20):
        (skipped,) = enrichers.extend([make()])
        assert "still at work" in errors(skipped)["extra.hangs"]
    assert time.monotonic() - began < 20 * 0.05
    release.set()
    while errors(enrichers.extend([make()])[0]):
        time.sleep(0.001)
    assert set(told) == {("hangs", "late"), ("hangs", "done")}


def test_it_is_never_asked_twice_at_a_time(make: Make) -> None:
    """Batches of several partitions wait for one another: a model need not be thread-safe."""
    at_work, most = [], []

    def counts(articles: Sequence[EnrichedArticle]) -> list[NoAnswer]:
        at_work.append(1)
        most.append(len(at_work))
        time.sleep(0.002)
        at_work.pop()
        return [{} for _ in articles]

    enrichers = Enrichers({"counts": Answering(counts)}, 30)
    threads = [threading.Thread(target=enrichers.extend, args=([make()],)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 8


def test_a_slow_one_is_noted(make: Make) -> None:
    """Before it is late."""
    slow = Answering(lambda articles: time.sleep(0.06) or [{} for _ in articles])
    with structlog.testing.capture_logs() as logs:
        (article,) = run([make()], allowed_s=0.1, slow=slow)
    if not errors(article):  # a machine that was too busy made it late
        assert [line["event"] for line in logs] == ["slow enricher"]


def test_one_that_can_not_work_is_asked_once_a_batch(make: Make) -> None:
    """EnricherError says that it is no matter of the article."""
    asked: list[int] = []

    def absent(articles: Sequence[EnrichedArticle]) -> list[NoAnswer]:
        asked.append(len(articles))
        raise EnricherError("no model")

    run([make(one) for one in "abc"], absent=Answering(absent))
    assert asked == [3]
