"""One article enriched: language, tags, related links and reactions, each with its provenance.

::

    Article ─▶ language ─▶ names ─▶ places, people, organisations
                  │           └───▶ reactions ─▶ summary
                  └▶ words ─▶ terms ─▶ keywords, Signature ─▶ related links
                                                  EnrichedArticle, Signature ◀─┴─ story

Pure: what comes in decides what comes out. A part that fails loses its own field, never the
article, and its provenance names the error.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple, Self

from newswire_common.article import Article, EnrichedArticle, Enrichment, Tags
from newswire_common.links import Links
from newswire_common.reaction import Reaction, ReactionSummary, When
from newswire_enrich import language, reactions
from newswire_enrich.language import Detected
from newswire_enrich.parts import Method, Parts
from newswire_enrich.related.offered import offered_links
from newswire_enrich.related.signature import Signature, sample_shingles
from newswire_enrich.related.terms import (
    Background,
    TermVector,
    emphasised,
    folded,
    plain_words,
    weigh,
)
from newswire_enrich.tags.counting import Found
from newswire_enrich.tags.gazetteer import Gazetteer
from newswire_enrich.tags.keywords import keywords
from newswire_enrich.tags.organisations import organisations
from newswire_enrich.tags.people import people
from newswire_enrich.tags.places import places
from newswire_enrich.topics import Topics, Words

VERSION = "1"
READ_CHARACTERS = reactions.MAX_TEXT  # of a body, by every part: a bound on their time

# What an article is linked with, by its signature.
Link = Callable[[Signature], Links]


class _Text(NamedTuple):
    """What the parts read: of a longer body its beginning."""

    headline: str
    body: str
    as_of: When | None


class _Words(NamedTuple):
    terms: TermVector = ()
    links: TermVector = ()
    shingles: tuple[int, ...] = ()
    plain: tuple[str, ...] = ()
    topics: Words = Words((), (), ())


_Names = Callable[[], Found]


class Enricher:
    """All parts that need no index. Immutable, so that tasks may share it."""

    def __init__(self, gazetteer: Gazetteer, background: Background, topics: Topics) -> None:
        self._gazetteer = gazetteer
        self._background = background
        self._topics = topics

    @classmethod
    def load(cls, topics_model: Path | None = None) -> Self:
        """Read every artefact, and the weights of ``topics_model`` where there are any.

        Raises `newswire_enrich.data.artefacts.ArtefactError`, and ConfigurationError for a model
        that can not be used.
        """
        language.load()
        reactions.load()
        return cls(Gazetteer.load(), Background.load(), Topics.load(topics_model))

    def enrich(self, article: Article, link: Link) -> tuple[EnrichedArticle, Signature]:
        """The article with its enrichment, and the signature that the related index takes in."""
        text = _Text(article.headline, article.body_text[:READ_CHARACTERS], _as_of(article))
        parts = Parts(_note(article))
        code = _language(parts, text, article.language)
        names = cache(lambda: self._find(text, code))
        weighed = self._words(parts, text, code)
        signature = _signature(article, code, weighed)
        found_reactions = self._reactions(parts, text, names, code)
        tags = self._tags(parts, article, text, names, weighed, code)
        links = self._links(parts, signature, link)
        enrichment = Enrichment(
            language=code,
            tags=tags,
            related=(*links.related, *offered_links(article)),
            story=links.story,
            reactions=found_reactions,
            reaction_summary=_summary(parts, found_reactions),
            provenance=tuple(parts.provenance),
        )
        # The article's own fields are validated already: only the enrichment is new.
        return EnrichedArticle.model_construct(**dict(article), enrichment=enrichment), signature

    def _find(self, text: _Text, code: str | None) -> Found:
        find = self._gazetteer.find
        return Found(find(text.headline, code), find(text.body, code))

    def _words(self, parts: Parts, text: _Text, code: str | None) -> _Words:
        """The terms that keywords and that links go by, and the body's shingles."""

        def compute() -> _Words:
            plain_headline, plain_body = plain_words(text.headline), plain_words(text.body)
            headline, body = folded(plain_headline), folded(plain_body)
            terms = weigh([*headline, *headline, *body], code, self._background)
            links = weigh(emphasised(headline, body), code, self._background)
            topics = Words(headline, body, plain_body)
            plain = (*plain_headline, *plain_body)
            return _Words(terms, links, sample_shingles(body), plain, topics)

        method = Method("tf-idf and shingles", self._background.version)
        return parts.run("signature", method, compute, _Words())

    def _tags(
        self,
        parts: Parts,
        article: Article,
        text: _Text,
        names: _Names,
        weighed: _Words,
        code: str | None,
    ) -> Tags:
        listed = Method("gazetteer", self._gazetteer.version)
        weights = ", rules and weights" if code == "en" else " and rules"
        ruled = Method(f"gazetteer{weights} for English", self._gazetteer.version)
        countries = self._gazetteer.countries
        return Tags(
            topics=parts.many(
                "tags.topics",
                Method(self._topics.method(code), self._topics.version),
                lambda: self._topics.tag(article.subjects, text.body, weighed.topics, code),
            ),
            places=parts.many(
                "tags.places", listed, lambda: places(names().of("place"), text.body, countries)
            ),
            people=parts.many("tags.people", ruled, lambda: people(names().of("person"))),
            organisations=parts.many(
                "tags.organisations", ruled, lambda: organisations(names().of("organisation"))
            ),
            keywords=parts.many(
                "tags.keywords",
                Method("tf-idf", self._background.version),
                lambda: keywords(text.body, weighed.terms, weighed.plain),
            ),
        )

    def _reactions(
        self, parts: Parts, text: _Text, names: _Names, code: str | None
    ) -> tuple[Reaction, ...]:
        def compute() -> tuple[Reaction, ...]:
            mentions, countries = list(names().body), self._gazetteer.countries
            found = reactions.find_reactions(
                text.body, text.headline, mentions, text.as_of, code, countries
            )
            return tuple(found)

        return parts.many("reactions", Method(reactions.rules_for(code), VERSION), compute)

    def _links(self, parts: Parts, signature: Signature, link: Link) -> Links:
        version = self._background.version
        links = parts.run(
            "related", Method("cosine of terms", version), lambda: link(signature), Links()
        )
        stories = Method("nearest earlier article", version)
        parts.run("story", stories, lambda: links.story, None)
        return links


def _note(article: Article) -> str:
    cut = len(article.body_text) > READ_CHARACTERS
    return f" (first {READ_CHARACTERS} characters)" if cut else ""


def _as_of(article: Article) -> When | None:
    """When the article said it: the source's own date, or else when this version came in."""
    if article.published_at is not None:
        return When(value=article.published_at.value, precision=article.published_at.precision)
    if article.version_created is not None:
        return When(value=article.version_created.isoformat(), precision="second")
    return None


def _language(parts: Parts, text: _Text, declared: str | None) -> str | None:
    method = Method("fasttext lite", language.VERSION)
    detected = parts.run(
        "language",
        method,
        lambda: language.detect(text.body or text.headline, declared),
        Detected(declared, None, "declared"),
        lambda value: Method(f"{method.name}: {value.method}", method.version, value.confidence),
    )
    return detected.language


def _summary(parts: Parts, found: tuple[Reaction, ...]) -> ReactionSummary:
    method = Method("counted", VERSION)
    return parts.run(
        "reaction_summary", method, lambda: reactions.summarise(found), ReactionSummary()
    )


def _signature(article: Article, code: str | None, weighed: _Words) -> Signature:
    return Signature(
        id=article.id,
        version=article.version,
        url=article.canonical_url,
        headline=article.headline,
        language=code,
        at_ms=at_ms(article),
        first_ms=_first_ms(article),
        terms=weighed.links,
        shingles=weighed.shingles,
    )


def at_ms(article: Article) -> int:
    """When this version came in, or else the source's date; milliseconds since the epoch."""
    if article.version_created is not None:
        return round(article.version_created.timestamp() * 1000)
    if article.published_at is not None:
        return round(article.published_at.as_datetime().timestamp() * 1000)
    return 0


def _first_ms(article: Article) -> int | None:
    """When its first version came in, which is its place in a story for good."""
    first = article.first_created
    return None if first is None else round(first.timestamp() * 1000)
