"""The service `publish`: what enrich hands on becomes readable, and subscribers are told.

{pN}:enriched > stage publish > library (documents, feeds) > feeds, articles
                              > {pN}:events                > changes, stage webhooks > endpoints
                                                           > stage reactions > ledgers of stories
beside it: embargoes end, retention, the tail that wakes who waits for news
"""

from functools import partial

from fastapi import FastAPI

from newswire_common.service import Runtime, Service
from newswire_common.settings import Settings
from newswire_publish.admin import DeadLetterRoutes, KeyRoutes
from newswire_publish.articles import ArticleRoutes
from newswire_publish.changes import ChangesRoutes
from newswire_publish.feeds.editions import Editions
from newswire_publish.feeds.fragments import Fragments
from newswire_publish.feeds.routes import FeedRoutes
from newswire_publish.library.audience import audience_stage
from newswire_publish.library.library import Library
from newswire_publish.library.links import links_stage, tell_links
from newswire_publish.library.stage import publish_stage
from newswire_publish.library.upkeep import lift_embargoes, retire
from newswire_publish.metrics import PublishMetrics
from newswire_publish.operations import OperationRoutes
from newswire_publish.reactions import StoryLibrary, StoryRoutes, reactions_stage
from newswire_publish.tail import Tail
from newswire_publish.webhooks import Webhooks

DAY_MS = 86_400_000


def build(settings: Settings) -> FastAPI:
    """The ASGI application of one process."""
    runtime = Runtime.of(settings)
    metrics = PublishMetrics(runtime.registry)
    library = Library(runtime.client, runtime.partitions)
    retention_ms = max(1, int(settings.retention_days * DAY_MS))
    stories = StoryLibrary.of(library, retention_ms)
    public_url = settings.public_url.rstrip("/")
    editions = Editions(library, Fragments(library, public_url), public_url)
    tail = Tail(settings.redis_url, runtime.partitions)
    hooks = Webhooks(runtime, metrics, library)

    async def close() -> None:
        await hooks.close()
        await tail.close()

    return Service(
        name="publish",
        runtime=runtime,
        stages=[
            publish_stage(metrics, runtime.client),
            audience_stage(retention_ms),
            links_stage(retention_ms),
            hooks.stage,
            reactions_stage(runtime.client, runtime.partitions, retention_ms),
        ],
        routers=[
            FeedRoutes(editions, metrics, settings.private).router(),
            ArticleRoutes(library, settings.private).router(),
            StoryRoutes(stories, settings.private).router(),
            ChangesRoutes(runtime, tail).router(),
            DeadLetterRoutes(runtime.client, runtime.partitions).router(),
            KeyRoutes(runtime.keyring).router(),
            OperationRoutes(runtime.client).router(),
            hooks.router,
        ],
        background=[
            partial(lift_embargoes, runtime.client, runtime.mine),
            partial(retire, runtime.client, runtime.mine, retention_ms),
            partial(tell_links, runtime.client, runtime.mine),
            *tail.background,
            *hooks.background,
        ],
        closing=close,
    ).app()
