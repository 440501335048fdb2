"""Related links that the page itself offered ("Check Also")."""

from newswire_common.article import Article, Related

_ORIGIN = "source-widget"


def offered_links(article: Article) -> list[Related]:
    """The page's own links, in its order, told apart from ours by their origin."""
    return [
        Related(
            url=offered.uri,
            headline=offered.title,
            rel="background",
            score=offered.score,
            origin=offered.origin,
        )
        for offered in article.associations
        if offered.origin == _ORIGIN and (offered.uri or offered.title)
    ]
