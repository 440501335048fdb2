"""What the links of an article say."""

from typing import NamedTuple

from newswire_common.article import Related, Relation
from newswire_enrich.related.articles import Articles, Held, Moment
from newswire_enrich.related.neighbours import (
    Neighbours,
    is_duplicate,
    is_same_language,
    score_of,
)


class _Link(NamedTuple):
    held: Held
    rank: int
    relation: Relation

    @property
    def order(self) -> tuple[bool, float, str]:
        return not is_same_language(self.rank), -score_of(self.rank), self.held.id


def links_to(
    articles: Articles, best: Neighbours, moment: Moment, together: list[bool]
) -> list[Related]:
    """The links of an article of ``moment`` in the order shown: own language, score, id.

    ``together`` tells of each of ``best`` whether it is of the same story.
    """
    after = (~articles.before(best.slots, moment)).tolist()
    found = [
        _Link(articles.at(slot), rank, _relation(rank, later=later, one_story=one_story))
        for slot, rank, later, one_story in zip(
            best.slots.tolist(), best.ranks.tolist(), after, together, strict=True
        )
    ]
    return [
        Related(
            id=held.id,
            url=held.url,
            headline=held.headline,
            rel=relation,
            score=score_of(rank),
        )
        for held, rank, relation in sorted(found, key=lambda one: one.order)
    ]


def _relation(rank: int, *, later: bool, one_story: bool) -> Relation:
    if is_duplicate(rank):
        return "duplicate"
    if one_story:
        return "later-coverage" if later else "same-story"
    return "background"
