"""The job on Newswire: two stages of one service, as its services run theirs."""

import os
from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import FastAPI
from redis import Redis

from newswire_common.article import Article
from newswire_common.codec import decode_article
from newswire_common.service import Runtime, Service
from newswire_common.serving import serve
from newswire_common.settings import Settings
from newswire_common.stage import Effect, Entry, Stage, gather_effects
from newswire_common.streams import ARTICLES, ENRICHED, Partition
from tests.benchmarks.peers_jobs.job import DOUBLED, PARTITION, RESULTS, Job, enriched

SENT_AT_ONCE = 500

HAND_ON = """
local function effect(id, arguments)
  local out = KEYS[1]:gsub(':articles$', ':enriched')
  redis.call('XADD', out, '*', 'schema', '1', 'id', arguments[1], 'at', arguments[2],
             'body', arguments[3])
  return 'done'
end
"""
STORE = f"""
local function effect(id, arguments)
  if redis.call('HSET', '{RESULTS}', arguments[1], arguments[2]) == 0 then
    redis.call('INCR', '{DOUBLED}')
  end
  return 'done'
end
"""

Message = tuple[Article, Entry]


def as_it_is(_partition: Partition, entry: Entry) -> Entry:
    return entry


async def stored(_partition: Partition, entries: Sequence[Entry]) -> Sequence[Effect]:
    return [[entry.fields[b"id"], entry.fields[b"body"]] for entry in entries]


def service_of(job: Job, settings: Settings) -> FastAPI:
    def decode(_partition: Partition, entry: Entry) -> Message:
        job.count()
        return decode_article(Article, entry.fields), entry

    def effect(message: Message) -> Effect:
        one, entry = message
        identity, document = enriched(one)
        return [identity, entry.fields[b"at"], document]

    async def enrich(
        _partition: Partition, messages: Sequence[Message]
    ) -> Sequence[Effect | BaseException]:
        return gather_effects(effect, messages)

    stages: list[Stage[Any]] = [
        Stage("enrich", ARTICLES, decode, enrich, HAND_ON),
        Stage("publish", ENRICHED, as_it_is, stored, STORE),
    ]
    return Service("bench", Runtime.of(settings), stages).app()


def send(job: Job, bodies: Iterable[str]) -> None:
    with Redis.from_url(job.url) as client, client.pipeline(transaction=False) as pipe:
        for body in bodies:
            identity = Article.model_validate_json(body).id
            pipe.xadd(PARTITION.stream(ARTICLES), {"schema": 1, "id": identity, "version": 1,
                      "at": 1_700_000_000_000, "created": 1_700_000_000_000, "trace": "",
                      "body": body})  # fmt: skip
            if len(pipe) == SENT_AT_ONCE:
                pipe.execute()
        pipe.execute()


def work(job: Job) -> None:
    os.environ["NEWSWIRE_REDIS_URL"] = job.url
    if job.redelivery_s:
        os.environ["NEWSWIRE_CLAIM_IDLE_S"] = str(job.redelivery_s)
    serve(lambda settings: service_of(job, settings), lambda _: 0)
