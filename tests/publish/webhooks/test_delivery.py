"""From the event to the receiver, on real servers, with real requests."""

import asyncio
from datetime import timedelta

import pytest
import structlog
from standardwebhooks import WebhookVerificationError

from newswire_common.keeper import ensure_groups
from newswire_common.service import Runtime, Service
from newswire_common.settings import Settings
from newswire_common.streams import EVENTS, partitions
from newswire_publish.metrics import PublishMetrics
from newswire_publish.webhooks import Webhooks
from newswire_publish.webhooks.bodies import Bodies
from newswire_publish.webhooks.delivery import Task
from newswire_publish.webhooks.queue import DeliveryQueue
from tests.publish.webhooks.publisher import ARTICLE, QUICK, Library, Publisher, publishing
from tests.publish.webhooks.receiver import Receiver, answering, answering_after


async def attempts_of(publisher: Publisher, endpoint: str, count: int) -> list[dict[str, object]]:
    """The log of attempts, oldest first, once it is so long."""
    async with asyncio.timeout(10):
        while True:
            answer = await publisher.call("GET", f"/{endpoint}/deliveries")
            found: list[dict[str, object]] = answer.json()["deliveries"]
            if len(found) >= count:
                return found[::-1]
            await asyncio.sleep(0.005)  # the log offers no event to wait for


async def test_an_event_arrives_signed_and_whole(publisher: Publisher, receiver: Receiver) -> None:
    """The article as published, the event's place in the sequence, and a signature that holds."""
    made = await publisher.register(receiver.url + "/", headers={"X-Desk": "world"})
    (event,) = await publisher.publish()
    (received,) = await receiver.wait_for(1)
    content = received.verify(made["secret"])
    assert content["type"] == "article.published"
    assert content["timestamp"].endswith("Z")
    assert content["data"] == {
        "event_id": event, "id": ARTICLE, "uri": f"urn:newswire:{ARTICLE}", "version": 1,
        "article": {"id": ARTICLE, "headline": "Pact signed – 협정", "version": 1},
    }  # fmt: skip
    assert received.headers["x-desk"] == "world"
    assert received.headers["user-agent"].startswith("Newswire/")
    assert received.headers["newswire-loop"] == "1"
    assert received.headers["traceparent"].startswith("00-0af7651916cd43dd")
    assert "." not in received.id
    (attempt,) = await attempts_of(publisher, made["id"], 1)
    assert (attempt["delivery"], attempt["status"], attempt["error"]) == (received.id, 204, None)
    count = publisher.runtime.registry.get_sample_value
    assert count("newswire_webhook_attempts_total", {"outcome": "delivered"}) == 1
    assert count("newswire_delivery_seconds_count", {"to": "webhook"}) == 1


async def test_an_endpoint_gets_the_events_and_the_form_that_it_chose(
    publisher: Publisher, receiver: Receiver
) -> None:
    """A thin payload names the article and leaves it out."""
    thin = await publisher.register(receiver.url + "/thin", payload="thin")
    await publisher.register(receiver.url + "/withdrawn", events=["article.withdrawn"])
    await publisher.publish(event="article.updated")
    (event,) = await publisher.publish(event="article.withdrawn")
    first, second = await receiver.wait_for(2, "/thin")
    await receiver.wait_for(1, "/withdrawn")
    assert len(receiver.at("/withdrawn")) == 1
    contents = {one.verify(thin["secret"])["type"]: one for one in (first, second)}
    assert set(contents) == {"article.updated", "article.withdrawn"}
    assert contents["article.withdrawn"].verify(thin["secret"])["data"] == {
        "event_id": event, "id": ARTICLE, "uri": f"urn:newswire:{ARTICLE}", "version": 1,
    }  # fmt: skip


async def test_an_article_that_is_gone_is_still_told_of(
    publisher: Publisher, receiver: Receiver
) -> None:
    """Retention takes the document, not the news that there was one."""
    made = await publisher.register(receiver.url + "/")
    publisher.library.articles.clear()
    await publisher.publish()
    (received,) = await receiver.wait_for(1)
    data = received.verify(made["secret"])["data"]
    assert (data["id"], data["article"]) == (ARTICLE, None)


async def test_a_text_that_was_withdrawn_is_sent_no_more(
    settings: Settings, receiver: Receiver
) -> None:
    """A delivery that waited tells of the event, and has what the library has by then."""
    async with publishing(settings, run=False) as before:
        made = await before.register(receiver.url + "/")
        (event,) = await before.publish()
        for key in await before.runtime.client.keys("{w0}*"):
            assert b"Pact signed" not in await before.runtime.client.dump(key)
    async with publishing(settings) as publisher:
        publisher.library.articles.clear()
        (received,) = await receiver.wait_for(1)
    data = received.verify(made["secret"])["data"]
    assert (data["event_id"], data["article"]) == (event, None)


async def test_the_memory_of_bodies_is_short() -> None:
    """The first attempt needs no second read; one that comes later reads what is there then."""
    library = Library({ARTICLE: {"headline": "Pact signed"}})
    task = Task("p0-1000-1", "article.published", "full", ARTICLE, 1)
    fresh, stale = Bodies(library), Bodies(library, fresh_s=0)
    for bodies in (fresh, stale):
        await bodies.read([task])
    assert b"Pact signed" in (fresh.at_hand(task) or b"")
    assert stale.at_hand(task) is None
    library.articles.clear()
    assert b'"article":null' in (await stale.read([task]))[task.body]


async def test_every_attempt_that_failed_is_in_the_log(
    publisher: Publisher, receiver: Receiver
) -> None:
    """A delivery that is late can be explained from the log alone; no URL, no response is in it."""
    receiver.answer = answering(500, 410)
    made = await publisher.register(receiver.url + "/?token=s3cret")
    with structlog.testing.capture_logs() as lines:
        (event,) = await publisher.publish()
        (received, _) = await receiver.wait_for(2)
        await attempts_of(publisher, made["id"], 2)
    told = [line for line in lines if line["event"] == "not delivered"]
    assert [(one["attempt"], one["outcome"], one["status"]) for one in told] == [
        (1, "retry", 500), (2, "gone", 410),
    ]  # fmt: skip
    for line in told:
        assert (line["event_id"], line["delivery"]) == (event, received.id)
        assert (line["endpoint"], line["log_level"]) == (made["id"], "warning")
    assert "s3cret" not in repr(lines)


async def test_a_registration_counts_from_the_next_event_in_every_process(
    settings: Settings, receiver: Receiver
) -> None:
    """An endpoint registered with one process gets what another one fans out."""
    async with publishing(settings, run=False) as one, publishing(settings) as two:
        await two.publish()  # it has looked at the endpoints before
        made = await one.register(receiver.url + "/")
        await two.publish()
        (received,) = await receiver.wait_for(1)
        received.verify(made["secret"])
        await one.call("PATCH", f"/{made['id']}", json={"url": receiver.url + "/moved"})
        await two.publish()
        await receiver.wait_for(1, "/moved")


async def test_a_failed_delivery_is_tried_again_with_the_same_id_and_a_fresh_signature(
    publisher: Publisher, receiver: Receiver
) -> None:
    """By the schedule, each attempt in the log with what came of it."""
    receiver.answer = answering(500, 302)
    made = await publisher.register(receiver.url + "/")
    await publisher.publish()
    received = await receiver.wait_for(3)
    assert len({one.id for one in received}) == 1
    for one in received:
        one.verify(made["secret"])
    log = await attempts_of(publisher, made["id"], 3)
    assert [one["status"] for one in log] == [500, 302, 204]
    assert [one["attempt"] for one in log] == [1, 2, 3]
    assert [one["next_attempt"] is None for one in log] == [False, False, True]


async def test_a_delivery_that_fails_to_the_end_is_in_the_dead_letters(
    publisher: Publisher, receiver: Receiver
) -> None:
    """Retries end, and what was given up can be seen."""
    receiver.answer = answering(500, 500, 500, 500)
    made = await publisher.register(receiver.url + "/")
    await publisher.publish()
    log = await attempts_of(publisher, made["id"], 3)
    answer = await publisher.call("GET", f"/{made['id']}/deliveries", params={"failed": True})
    (dead,) = answer.json()["deliveries"]
    assert dead["delivery"] == log[0]["delivery"]
    assert len(receiver.received) == 3


async def test_gone_disables_the_endpoint_until_it_is_resumed(
    publisher: Publisher, receiver: Receiver
) -> None:
    """410 is final; nothing more is sent, and a test is refused."""
    receiver.answer = answering(410)
    made = await publisher.register(receiver.url + "/")
    path = f"/{made['id']}"
    await publisher.publish()
    await attempts_of(publisher, made["id"], 1)
    assert (await publisher.call("GET", path)).json()["state"] == "disabled"
    assert (await publisher.call("POST", f"{path}/test")).status_code == 409
    await publisher.publish()
    assert (await publisher.call("POST", f"{path}/resume")).json()["state"] == "active"
    (event,) = await publisher.publish()
    received = await receiver.wait_for(2)
    assert received[1].verify(made["secret"])["data"]["event_id"] == event


async def test_retry_after_holds_the_endpoint_and_resume_ends_the_wait(
    publisher: Publisher, receiver: Receiver
) -> None:
    """Who asks for an hour gets an hour, for all of its deliveries."""
    receiver.answer = answering(503, Retry_After="3600")
    made = await publisher.register(receiver.url + "/")
    await publisher.publish()
    (attempt,) = await attempts_of(publisher, made["id"], 1)
    assert attempt["next_attempt"]
    await publisher.publish()
    await publisher.call("POST", f"/{made['id']}/resume")
    await receiver.wait_for(2)
    assert len({one.id for one in receiver.received}) == 2


async def test_both_secrets_sign_after_a_rotation(publisher: Publisher, receiver: Receiver) -> None:
    """A receiver that does not know the new secret yet goes on."""
    made = await publisher.register(receiver.url + "/")
    rotated = (await publisher.call("POST", f"/{made['id']}/rotate")).json()
    await publisher.publish()
    (received,) = await receiver.wait_for(1)
    received.verify(made["secret"])
    received.verify(rotated["secret"])
    with pytest.raises(WebhookVerificationError):
        received.verify("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


async def test_a_test_event_is_delivered_whatever_the_endpoint_is_for(
    publisher: Publisher, receiver: Receiver
) -> None:
    """A subscriber can try its receiver without waiting for news."""
    made = await publisher.register(receiver.url + "/", events=["article.withdrawn"])
    sent = (await publisher.call("POST", f"/{made['id']}/test")).json()
    (received,) = await receiver.wait_for(1)
    content = received.verify(made["secret"])
    assert (content["type"], content["data"]["event_id"]) == ("webhook.test", sent["event_id"])
    assert received.id == sent["delivery"]


async def test_a_pause_keeps_what_comes_in(publisher: Publisher, receiver: Receiver) -> None:
    """And resuming delivers all of it."""
    made = await publisher.register(receiver.url + "/paused")
    other = await publisher.register(receiver.url + "/other")
    await publisher.call("POST", f"/{made['id']}/pause")
    events = await publisher.publish(3)
    await receiver.wait_for(3, "/other")
    assert receiver.at("/paused") == []
    await publisher.call("POST", f"/{made['id']}/resume")
    received = await receiver.wait_for(3, "/paused")
    assert {one.verify(made["secret"])["data"]["event_id"] for one in received} == set(events)
    assert other["id"] != made["id"]


async def test_a_hung_endpoint_does_not_hold_up_another(
    publisher: Publisher, receiver: Receiver
) -> None:
    """Its share of the slots is small, and the others have the rest."""
    release = asyncio.Event()
    receiver.answer = answering_after(release, "/hung")
    await publisher.register(receiver.url + "/hung")
    await publisher.register(receiver.url + "/")
    await publisher.publish(50)
    await receiver.wait_for(50)
    assert len(receiver.at("/hung")) == 8
    release.set()
    await receiver.wait_for(50, "/hung")


async def test_an_event_that_is_fanned_out_again_is_delivered_once(
    publisher: Publisher, receiver: Receiver
) -> None:
    """A crash between enqueueing and acknowledging repeats the work and not the delivery."""
    made = await publisher.register(receiver.url + "/")
    await publisher.emit(2)
    entries = await publisher.read()
    stage, partition = publisher.webhooks.stage, publisher.partition
    events = [stage.decode(partition, entry) for entry in entries]
    await stage.work(partition, events)  # enqueued, and then the process dies
    await attempts_of(publisher, made["id"], 2)
    await stage.handle(publisher.runtime.client, partition, entries)
    await publisher.publish()
    log = await attempts_of(publisher, made["id"], 3)
    assert len({one["delivery"] for one in log}) == len(log) == 3
    assert len(receiver.received) == 3


async def test_what_a_killed_worker_had_claimed_is_delivered(
    settings: Settings, receiver: Receiver
) -> None:
    """Its lease ends, and another worker makes the attempt."""
    async with publishing(settings, run=False) as killed:
        made = await killed.register(receiver.url + "/")
        await killed.publish(3)
        leases = DeliveryQueue(
            killed.runtime.client, lease=timedelta(milliseconds=50), window=QUICK.window
        )
        shard = partitions(1, prefix="w")[0]
        claimed = {claim.delivery for claim in (await leases.turn(shard, limit=10)).claims}
    async with publishing(settings):
        received = await receiver.wait_for(3)
    assert {one.id for one in received} == claimed
    for one in received:
        one.verify(made["secret"])


async def test_tombstones_go_once_their_events_are_acknowledged(
    publisher: Publisher, receiver: Receiver
) -> None:
    """Finished deliveries are remembered for as long as it matters, and some minutes more."""
    clock = 0.0
    publisher.webhooks.upkeep.now = lambda: clock
    made = await publisher.register(receiver.url + "/")
    await publisher.emit(1)
    (first,) = await publisher.read()
    stage, partition, client = (
        publisher.webhooks.stage,
        publisher.partition,
        publisher.runtime.client,
    )
    await stage.work(partition, [stage.decode(partition, first)])
    await attempts_of(publisher, made["id"], 1)
    await publisher.webhooks.upkeep.tick()
    assert await client.zcard("{w0}:done:0") == 1
    await stage.handle(client, partition, [first])
    milliseconds = int(first.id.partition("-")[0])
    await publisher.emit(at=f"{milliseconds + 1_000}-0")
    await publisher.fan_out()
    source = partition.stream(EVENTS)
    await client.xreadgroup("reactions", "other", {source: ">"}, noack=True)
    await attempts_of(publisher, made["id"], 2)
    clock = 15.0
    await publisher.webhooks.upkeep.tick()
    clock = 134.0  # 119 s after the event was seen to be acknowledged
    await publisher.webhooks.upkeep.tick()
    assert await client.zcard("{w0}:done:0") == 2
    clock = 136.0
    await publisher.webhooks.upkeep.tick()
    assert await client.zcard("{w0}:done:0") == 1
    gauge = publisher.runtime.registry.get_sample_value
    assert gauge("newswire_endpoints", {"state": "active"}) == 1
    assert gauge("newswire_webhook_queue", {"state": "waiting"}) == 0


async def test_a_name_that_leads_to_us_is_refused_at_connect(
    settings: Settings, receiver: Receiver
) -> None:
    """Registration sees a name; what counts is the address behind it at the time."""
    async with publishing(settings) as open_one:
        url = receiver.url.replace("127.0.0.1", "localhost") + "/"
        made = await open_one.register(url)
    closed = settings.model_copy(update={"allow_private_networks": ()})
    async with publishing(closed) as publisher:
        assert (await publisher.call("POST", "", json={"url": url})).status_code == 422
        await publisher.publish()
        (attempt, *_) = await attempts_of(publisher, made["id"], 1)
    assert attempt["error"] == "refused_address"
    assert receiver.received == []


async def test_attempts_under_way_are_finished_at_the_end(
    settings: Settings, receiver: Receiver
) -> None:
    """A process that is told to stop leaves no delivery to be sent twice."""
    release = asyncio.Event()
    receiver.answer = answering_after(release)
    async with publishing(settings) as publisher:
        made = await publisher.register(receiver.url + "/")
        await publisher.publish()
        await receiver.wait_for(1)
        asyncio.get_running_loop().call_later(0.05, release.set)
    async with publishing(settings, run=False) as other:
        (attempt,) = await attempts_of(other, made["id"], 1)
    assert attempt["status"] == 204


async def test_two_processes_share_the_work(settings: Settings, receiver: Receiver) -> None:
    """Any number of workers may claim; each delivery is sent by one of them."""
    async with publishing(settings) as one, publishing(settings) as two:
        paths = [f"/{n}" for n in range(5)]
        for path in paths:
            await one.register(receiver.url + path)
        await two.publish(20)
        await one.publish(20)
        for path in paths:
            await receiver.wait_for(40, path)
    ids = [received.id for received in receiver.received]
    assert len(ids) == len(set(ids)) == 200


async def test_after_the_server_was_emptied_webhooks_work_again(
    publisher: Publisher, receiver: Receiver
) -> None:
    """FLUSHALL under the running system costs what was there and nothing after it."""
    await publisher.register(receiver.url + "/before")
    await publisher.publish()
    await receiver.wait_for(1, "/before")
    await publisher.runtime.client.flushall()
    await ensure_groups(publisher.runtime.client, publisher.partition, EVENTS)
    await publisher.register(receiver.url + "/after")
    await publisher.publish()
    await receiver.wait_for(1, "/after")
    assert len(receiver.at("/before")) == 1


async def test_a_service_runs_it(settings: Settings, receiver: Receiver) -> None:
    """The stage reads the stream by itself, the background delivers, and the end is clean."""
    runtime = Runtime.of(settings)
    webhooks = Webhooks(runtime, PublishMetrics(runtime.registry), Library())
    app = Service(
        "publish",
        runtime,
        stages=[webhooks.stage],
        routers=[webhooks.router],
        background=webhooks.background,
        closing=webhooks.close,
    ).app()
    async with publishing(settings, run=False) as other, app.router.lifespan_context(app):
        made = await other.register(receiver.url + "/")
        (event,) = await other.emit()
        (received,) = await receiver.wait_for(1)
        assert received.verify(made["secret"])["data"]["event_id"] == event
        schema = app.openapi()
    body = schema["paths"]["/v1/webhooks"]["post"]["requestBody"]["content"]["application/json"]
    assert "events" in body["schema"]["properties"]
