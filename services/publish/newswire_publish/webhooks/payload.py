"""The body of a delivery, made from its task whenever it is needed, and from the article's text.

No text is kept in a queue: what is sent is what the library has at that time, so that a text that
was withdrawn is in no attempt from then on.
"""

import orjson

from newswire_common.streams import article_uri
from newswire_publish.webhooks.delivery import Task


def needs_article(task: Task) -> bool:
    """Whether the payload holds the article, and not only its name."""
    return task.form == "full" and task.article is not None


def payload(task: Task, article: bytes | None = None) -> bytes:
    """The JSON that is sent. ``article`` is the published document, where the form asks for it.

    A full payload whose article is gone, or whose text has been withdrawn, has ``"article": null``.
    """
    data: dict[str, object] = {"event_id": task.event}
    if task.article is None:
        data["message"] = "Your Newswire webhook works."
    else:
        data |= {"id": task.article, "uri": article_uri(task.article), "version": task.version}
    data |= task.details
    if needs_article(task):
        data["article"] = orjson.Fragment(article) if article else None
    return orjson.dumps({"type": task.type, "timestamp": task.occurred_at, "data": data},
                        option=orjson.OPT_UTC_Z)  # fmt: skip
