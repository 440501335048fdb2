"""Runs the chosen enrichers, one after another, on what Newswire's own parts have found.

::

    articles of a batch ─▶ enrich, within a deadline ─▶ an answer for each ─▶ admitted
                             └ raised: each alone, so that one spoils no other
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from itertools import islice
from time import monotonic
from typing import Literal

import structlog

from newswire_common.article import EnrichedArticle
from newswire_enrich.enrichers.admission import Admission
from newswire_enrich.enrichers.deadline import Deadlined
from newswire_enrich.enrichers.protocol import EnricherError, FieldEnricher

_SLOW = 0.5  # of the time that it has: said in the log before it is late
_MOST_TOLD = 20  # kinds of errors whose way is logged, once each

Outcome = Literal["done", "failed", "late"]
Timed = Callable[[str, Outcome, float], None]
log = structlog.get_logger()


class Enrichers:
    """``allowed_s``: the seconds that all of them together have for one batch.

    ``timed`` is told the name, what became of it and the seconds, for each enricher and batch.
    """

    def __init__(
        self,
        enrichers: Mapping[str, FieldEnricher],
        allowed_s: float,
        timed: Timed = lambda *_: None,
    ) -> None:
        share_s = allowed_s / max(1, len(enrichers))
        self._runs = [_Run(name, one, share_s, timed) for name, one in enrichers.items()]

    def extend(self, articles: Sequence[EnrichedArticle]) -> Sequence[EnrichedArticle]:
        """The articles in their order, each with what every enricher found. Never raises.

        Not for the event loop's thread. A withdrawn article is shown to none of them.
        """
        if not self._runs:
            return articles
        told = {place: one for place, one in enumerate(articles) if one.pub_status != "canceled"}
        for run in self._runs if told else ():
            told = dict(zip(told, run.extend([*told.values()]), strict=True))
        return [told.get(place, one) for place, one in enumerate(articles)]


class _Run:
    """One enricher, its time and its answers."""

    def __init__(self, name: str, enricher: FieldEnricher, share_s: float, timed: Timed) -> None:
        self._name = name
        self._enrich = enricher.enrich
        self._share_s = share_s
        self._timed = timed
        self._calls = Deadlined(f"enricher {name}")
        self._admission = Admission(name, enricher.version, frozenset(enricher.fields))
        self._told: set[str] = set()

    def extend(self, articles: Sequence[EnrichedArticle]) -> list[EnrichedArticle]:
        began = monotonic()
        answers = self._answers([_shown(one) for one in articles], began + self._share_s)
        seconds = monotonic() - began
        self._timed(self._name, _outcome(answers), seconds)
        if seconds > _SLOW * self._share_s:
            log.warning("slow enricher", enricher=self._name, seconds=round(seconds, 3),
                        articles=len(articles), allowed_s=round(self._share_s, 3))  # fmt: skip
        pairs = zip(articles, answers, strict=True)
        return [self._admission.admitted(article, answer) for article, answer in pairs]

    def _answers(self, articles: Sequence[EnrichedArticle], until: float) -> Sequence[object]:
        """One for each article, or the exception that it cost."""
        try:
            return self._calls.call(lambda: _asked(self._enrich, articles), until)
        except (TimeoutError, EnricherError) as error:
            return [error] * len(articles)
        except Exception as error:  # noqa: BLE001 - whatever it raised, the articles go on
            if len(articles) == 1:
                self._tell(error)
                return [error]
        return [answer for one in articles for answer in self._answers([one], until)]

    def _tell(self, error: Exception) -> None:
        """Where it happened, once for each kind of error: provenance names it every time."""
        kind = type(error).__name__
        if kind not in self._told and len(self._told) < _MOST_TOLD:
            self._told.add(kind)
            log.warning("enricher failed", enricher=self._name, exc_info=error)


def _shown(article: EnrichedArticle) -> EnrichedArticle:
    """With an ``extra`` of its own: what is written into it is not what goes on, unchecked."""
    extra = deepcopy(article.enrichment.extra)
    enrichment = article.enrichment.model_copy(update={"extra": extra})
    return article.model_copy(update={"enrichment": enrichment})


def _asked(
    enrich: Callable[[Sequence[EnrichedArticle]], Iterable[object]],
    articles: Sequence[EnrichedArticle],
) -> list[object]:
    """Raises ValueError where there is not one answer for each article; whatever it raises."""
    answers = list(islice(enrich(articles), len(articles) + 1))
    if len(answers) != len(articles):
        raise ValueError(f"answered {len(answers)} times for {len(articles)} articles")
    return answers


def _outcome(answers: Sequence[object]) -> Outcome:
    if any(isinstance(one, TimeoutError) for one in answers):
        return "late"
    return "failed" if any(isinstance(one, Exception) for one in answers) else "done"
