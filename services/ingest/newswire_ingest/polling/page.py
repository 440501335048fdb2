"""The article of a page, as a child process finds it out: bytes in, bytes out."""

from newswire_common.problems import Problem
from newswire_ingest.pages import submission_of_page
from newswire_ingest.parsing.found import Origin


def article_of_page(body: bytes, content_type: str, origin: Origin) -> bytes | None:
    """The JSON of the `newswire_common.article.Article` that a page is; None where it is none."""
    try:
        return submission_of_page(body, content_type or "text/html", origin, "").body
    except Problem:
        return None
