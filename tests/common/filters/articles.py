"""Articles that the tests of filters look at: one with everything, and many made up."""

from typing import Any

from hypothesis import strategies as st

from newswire_common.article import EnrichedArticle

NAMES = ["World", "Arts & Culture", "Japan", "NATO", "Ada Roe", "straße", "Κόσμος", "日本", "!!!"]
CODES = ["JPN", "KOR", "USA", "AAX"]
TOPICS = ["medtop:11000000", "medtop:16000000", "other:1"]


def reaction(identity: str, **fields: Any) -> dict[str, Any]:
    actor = {"mention": "Tokyo", "name": "Japan", "iso3": "JPN"} | fields.pop("actor", {})
    return {
        "id": identity,
        "actor": actor,
        "act": "statement",
        "evidence": {"start": 0, "end": 5, "confidence": 0.9, "method": "m", "version": "1"},
    } | fields


GOLDEN: dict[str, Any] = {
    "id": "c969c08f5a95a6f24f215af26f3b7c19",
    "uri": "urn:newswire:c969c08f5a95a6f24f215af26f3b7c19",
    "source": "desk.example",
    "guid": "tag:1",
    "headline": "Japan’s “grave concerns” over the pact",
    "summary": "Tokyo reacts.",
    "body_text": "Japan has expressed “grave concerns”.\nSeoul has not yet commented. 日中協定",
    "language": "en-GB",
    "by": "By Ada Roe in Tokyo",
    "section": "World News",
    "genres": ["Current"],
    "urgency": 3,
    "revision_kind": "correction",
    "published_at": {"value": "2026-11-01", "precision": "day"},
    "updated_at": {"value": "2026-11-02T09:30:00Z", "precision": "second"},
    "people": ["Given Person"],
    "organisations": ["Given Body"],
    "places": ["Valparaíso"],
    "enrichment": {
        "language": "en-GB",
        "tags": {
            "topics": [
                {"code": "medtop:20000530", "name": "armed conflict", "confidence": 1.0},
                {"code": "medtop:11000000", "name": "politics", "confidence": 1.0},
            ],
            "people": [{"name": "Vladimir Putin"}],
            "organisations": [{"name": "Dockers’ Union"}, {"name": "NATO Parliament"}],
            "places": [{"name": "Tokyo", "iso3": "JPN"}, {"name": "Rio"}],
            "keywords": [{"text": "mutual defence", "weight": 0.5}],
        },
        "story": {"id": "c969c08f5a95a6f24f215af26f3b7c19", "size": 2},
        "reactions": [
            reaction(
                "r1", stance="concern", polarity=-1, intensity=3, actor_type="GOV",
                quote={"exact": "grave concerns", "start": 21, "end": 35, "kind": "partial"},
                attribution={"speaker": "Hayashi Yoshimasa"},
            ),
            reaction(
                "r2", act="no_comment_yet", actor_type="GOV",
                actor={"mention": "Seoul", "name": "South Korea", "iso3": "KOR"},
            ),
            reaction(
                "r3", act="muted", stance="neutral", polarity=0, intensity=1, target="North Korea",
                modality="historical", actor={"mention": "China", "name": "China", "iso3": "CHN"},
            ),
        ],
        "reaction_summary": {
            "awaiting": [{"name": "South Korea", "iso3": "KOR", "reaction": "r2"}],
        },
    },
}  # fmt: skip


def article(document: dict[str, Any] | None = None, **fields: Any) -> EnrichedArticle:
    """The golden article, or ``document``, with other ``fields``."""
    return EnrichedArticle.model_validate((GOLDEN if document is None else document) | fields)


def stored(document: EnrichedArticle) -> dict[str, Any]:
    """The JSON object that the library keeps."""
    found: dict[str, Any] = document.model_dump(mode="json", exclude_none=True)
    return found


def bare(**fields: Any) -> EnrichedArticle:
    """An article of which only what is given is known."""
    return article({"id": "a", "uri": "u", "source": "s", "guid": "g", "headline": "h"}, **fields)


def made_up() -> st.SearchStrategy[EnrichedArticle]:
    """Articles over few values, so that filters over the same values find some."""
    name, code = st.sampled_from(NAMES), st.sampled_from(CODES)
    named = st.fixed_dictionaries({"name": name}, optional={"iso3": code})
    topic = st.fixed_dictionaries(
        {"code": st.sampled_from(TOPICS), "name": name, "confidence": st.just(1.0)}
    )
    tags = st.fixed_dictionaries(
        {
            "topics": st.lists(topic, max_size=2),
            "people": st.lists(named, max_size=2),
            "organisations": st.lists(named, max_size=2),
            "places": st.lists(named, max_size=2),
            "keywords": st.lists(
                st.fixed_dictionaries({"text": name, "weight": st.just(1.0)}), max_size=1
            ),
        }
    )
    react = st.builds(
        reaction,
        st.sampled_from(["r1", "r2"]),
        actor=st.fixed_dictionaries({"name": name, "iso3": st.none() | code}),
        act=st.sampled_from(["statement", "muted"]),
        stance=st.sampled_from(["oppose", "none"]),
        polarity=st.sampled_from([-1, 0, None]),
    )
    summary = st.sampled_from([{}, {"awaiting": [{"name": "x", "reaction": "r1"}]}])
    enrichment = st.fixed_dictionaries(
        {
            "tags": tags,
            "reactions": st.lists(react, max_size=2),
            "reaction_summary": summary,
            "language": st.sampled_from(["en", "en-GB", "de", None]),
            "story": st.sampled_from([None, {"id": "s1"}]),
        }
    )
    return st.builds(
        bare,
        section=st.none() | name,
        source=name,
        headline=st.lists(name, min_size=1, max_size=3).map(" ".join),
        body_text=st.lists(name, max_size=3).map(" ".join),
        by=st.none() | name,
        people=st.lists(name, max_size=1),
        urgency=st.none() | st.integers(1, 9),
        enrichment=enrichment,
    )


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", r"\\").replace('"', r"\"") + '"'


def texts(values: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[str]:
    """Filters by the grammar, over the values of `made_up` or over ``values``."""
    usual = [*NAMES[:-1], *CODES, *TOPICS, "nato*", "*a*", "*", "w*ld", "s1", "a"]
    found = st.sampled_from(usual) if values is None else values
    name = st.sampled_from(
        ["section", "source", "topic", "place", "person", "organisation", "tag", "keyword", "by",
         "language", "story", "id", "SECTION"]
    )  # fmt: skip
    prose = st.sampled_from(["headline", "body", "by"])
    sign = st.sampled_from([":", ">", ">=", "<", "<="])
    number = st.integers(-2, 9).map(str)
    words = st.sampled_from(
        ["world", "arts & culture", "*aste*", "本", "nat*", "*asse", "roe Japan"]
    )
    named = st.builds(lambda f, v: f"{f}:{_quoted(v)}", name, found)
    term = named | st.one_of(
        st.builds(lambda f, v: f"{f}~{_quoted(v)}", prose, words),
        st.builds(lambda s, n: f"urgency{s}{n}", sign, number),
        st.builds(lambda s: f"published_at {s} 2026-11-01", sign),
    )
    inside = st.one_of(
        st.builds(lambda f, v: f"{f}:{_quoted(v)}", st.sampled_from(["actor", "awaiting"]), found),
        st.sampled_from(["act:muted", "stance:oppose", "stance:*", "act:st*"]),
        st.builds(lambda s, n: f"polarity{s}{n}", sign, number),
    )
    of_reaction = st.one_of(
        inside.map(lambda one: f"reaction.{one}"),
        _nested(inside).map(lambda one: f"reaction({one})"),
    )
    return _nested(term | of_reaction)


def _nested(term: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    joint = st.sampled_from([" ", " AND ", " OR ", "\n"])
    return st.recursive(
        term,
        lambda inner: st.one_of(
            st.builds(lambda one, by, two: f"{one}{by}{two}", inner, joint, inner),
            inner.map(lambda one: f"({one})"),
            inner.map(lambda one: f"NOT {one}"),
            inner.map(lambda one: f"NOT ({one})"),
        ),
        max_leaves=6,
    )
