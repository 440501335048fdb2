"""The ingest service.

POST /v1/articles                > PushRoute > Desk > Writer > {pN}:articles
POST /v1/pages, …/{id}/withdraw  > router    > Desk
                                               Backlog: 503 while publication is behind
"""

from fastapi import FastAPI

from newswire_common.service import Runtime, Service
from newswire_common.settings import Settings
from newswire_ingest import durability
from newswire_ingest.api import router
from newswire_ingest.backlog import Backlog
from newswire_ingest.bodies import Bodies
from newswire_ingest.desk import Desk
from newswire_ingest.idempotency import Idempotency
from newswire_ingest.measures import Measures
from newswire_ingest.push import PushRoute
from newswire_ingest.reference import describe
from newswire_ingest.writer import Writer


def build(settings: Settings) -> FastAPI:
    """The application; it connects once it runs."""
    runtime = Runtime.of(settings)
    measures = Measures(runtime.registry)
    writer = Writer(runtime.client, runtime.partitions, settings)
    backlog = Backlog(runtime.client, runtime.partitions, settings.max_backlog)
    desk = Desk(writer, backlog, measures)
    bodies = Bodies()

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

    service = Service(
        "ingest",
        runtime,
        routers=[router(runtime, desk, bodies, measures)],
        opening=open_desk,
        background=[watch],
        closing=writer.aclose,
    )
    app = service.app()
    app.add_middleware(
        PushRoute, keyring=runtime.keyring, desk=desk, bodies=bodies,
        idempotency=Idempotency(runtime.client), measures=measures,
    )  # fmt: skip
    describe(app)
    return app
