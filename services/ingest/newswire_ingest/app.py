"""The ingest service.

POST /v1/articles                > PushRoute > Desk > Writer > {pN}:articles
POST /v1/pages, …/{id}/withdraw  > router    > Desk > Counts > {pN}:audience
                                               Backlog: 503 while publication is behind
/v1/sources > Registry > Poller > Fetcher > Sandbox > Desk
/websub/{token}: hubs > Callbacks > Intake > Sandbox > Desk
…/{id}/audience, /webmention     > Counts
"""

from functools import partial

from fastapi import FastAPI

from newswire_common.service import Runtime, Service
from newswire_common.settings import Settings
from newswire_ingest import durability
from newswire_ingest.api import router
from newswire_ingest.audience import api as audience_api
from newswire_ingest.audience.counts import Counts
from newswire_ingest.audience.mentions import Mentions
from newswire_ingest.backlog import Backlog
from newswire_ingest.bodies import Bodies
from newswire_ingest.clients import networks
from newswire_ingest.desk import Desk
from newswire_ingest.expiry import withdraw_expired
from newswire_ingest.fetching import Fetcher
from newswire_ingest.idempotency import Idempotency
from newswire_ingest.limits import Limits, RateLimited
from newswire_ingest.measures import Measures
from newswire_ingest.parsing.sandbox import Sandbox
from newswire_ingest.polling.wiring import PRELOADED, Polling
from newswire_ingest.push import PushRoute
from newswire_ingest.reference import describe
from newswire_ingest.websub.wiring import WebSub
from newswire_ingest.writer import Writer


def build(settings: Settings) -> FastAPI:
    """The application; it connects once it runs."""
    runtime = Runtime.of(settings)
    measures = Measures(runtime.registry)
    durably = durability.Durably(runtime.client, settings)
    writer = Writer(runtime.partitions, durably)
    backlog = Backlog(runtime.client, runtime.partitions, settings.max_backlog)
    counts = Counts(runtime.client, runtime.partitions, durably)
    desk = Desk(writer, backlog, measures, counts)
    bodies = Bodies()
    fetcher, sandbox = Fetcher(settings), Sandbox(preloaded=PRELOADED)
    mentions = Mentions(runtime, counts, durably, fetcher)
    polling = Polling(runtime, desk, backlog, bodies, measures, fetcher, sandbox)
    websub = WebSub(runtime, polling, bodies, fetcher)

    async def open_desk() -> None:
        await durability.check(runtime.client, settings)
        desk.is_open = True

    async def watch() -> None:
        """Keep the backlog read; readiness tells when that does not work."""
        try:
            await runtime.client.ping()
            runtime.waiting_for = None
            await backlog.watch()
        except Exception as error:
            runtime.waiting_for = f"Redis is away: {error}"
            raise

    async def close() -> None:
        """Polls first, since they write."""
        await websub.close()
        await polling.close()
        await fetcher.aclose()
        await sandbox.aclose()
        await writer.aclose()

    service = Service(
        "ingest",
        runtime,
        routers=[
            router(runtime, desk, bodies, measures),
            audience_api.router(settings, counts, mentions, bodies, measures),
            polling.router,
            websub.router,
        ],
        opening=open_desk,
        background=[
            watch,
            partial(withdraw_expired, runtime.client, runtime.partitions, desk),
            *polling.background,
            *websub.background,
        ],
        closing=close,
    )
    app = service.app()
    app.state.limits = limits = Limits(
        settings.rate_limit_requests, settings.rate_limit_articles, settings.rate_limit_wrong_keys
    )
    runtime.keyring.admit = limits.admit
    app.add_middleware(
        PushRoute, keyring=runtime.keyring, desk=desk, bodies=bodies,
        idempotency=Idempotency(runtime.client), measures=measures, limits=limits,
    )  # fmt: skip
    trusted = networks(settings.trusted_proxies)
    app.add_middleware(RateLimited, limits=limits, measures=measures, trusted=trusted)
    describe(app)
    return app
