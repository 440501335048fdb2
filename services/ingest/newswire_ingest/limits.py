"""How much one client may ask for: by its address, by its key, and by how often its keys are wrong.

request > ours already? 403 > address's bucket > key > key's buckets (requests, articles) > route
                                                 401 > address's bucket of failures

Token buckets as one number each, the time at which a bucket is full again (GCRA, ITU-T I.371). They
are kept in the process: asking Redis would cost the hot route more than everything else it does,
and would have no answer while Redis is away. So N processes together allow N times as much; what
must hold for all of them together, the backlog, is measured in Redis. The number of buckets is
bounded; one that is full is the same as none.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newswire_common.auth import Principal
from newswire_common.problems import Problem
from newswire_common.settings import Network
from newswire_ingest.clients import client_of
from newswire_ingest.measures import Measures

WINDOW_S = 60  # a bucket holds what may be asked for in it
BUCKETS = 20_000
LOOP = b"newswire-loop"  # on every delivery of ours: an endpoint that leads back here ends here
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


class Quota(NamedTuple):
    """What a bucket refills by and holds: ``per_s``, for ``window_s`` seconds."""

    name: str
    per_s: float
    window_s: int = WINDOW_S


class Buckets:
    """The buckets of one quota, by who draws on them."""

    def __init__(
        self, quota: Quota, clock: Callable[[], float] = time.monotonic, size: int = BUCKETS
    ) -> None:
        self.quota = quota
        self._clock = clock
        self._size = size
        self._interval = 1 / quota.per_s
        # Half an article or request is the tolerance, lest rounding counts one too many or few.
        self._most_s = quota.window_s - self._interval / 2
        self._full_at: dict[str, float] = {}

    def __contains__(self, who: str) -> bool:
        return who in self._full_at

    def __len__(self) -> int:
        return len(self._full_at)

    def check(self, who: str) -> None:
        """Raises Problem 429 where the bucket is empty."""
        taken_s = self._full_at.get(who, 0.0) - self._clock()
        if taken_s > self._most_s:
            raise _too_many(self.quota, taken_s - self._most_s)

    def draw(self, who: str) -> None:
        """Take one. Raises Problem 429, with nothing taken, where the bucket is empty."""
        now = self._clock()
        full_at = self._full_at.get(who, now)
        if full_at > now:
            if full_at - now > self._most_s:
                raise _too_many(self.quota, full_at - now - self._most_s)
        else:
            full_at = now
        self._full_at[who] = full_at + self._interval
        if len(self._full_at) > self._size:
            self._forget(now)

    def take(self, who: str, count: int) -> None:
        """Take so much, whatever is in the bucket: it may be left in debt."""
        now = self._clock()
        full_at = self._full_at.get(who, now)
        self._full_at[who] = (max(full_at, now)) + count * self._interval
        if len(self._full_at) > self._size:
            self._forget(now)

    def _forget(self, now: float) -> None:
        """Drop the full ones; if that is not enough, the older half: memory is bounded first."""
        kept = [(who, at) for who, at in self._full_at.items() if at > now]
        self._full_at = dict(kept if len(kept) <= self._size // 2 else kept[len(kept) // 2 :])


def _too_many(quota: Quota, wait_s: float) -> Problem:
    """429 as draft-ietf-httpapi-ratelimit-headers (10) tells it, and RFC 9110's Retry-After."""
    seconds = max(math.ceil(wait_s), 1)
    window = quota.window_s
    return Problem(
        429, f"too many {quota.name}: more than {quota.per_s:g} a second", kind="rate-limited",
        headers={
            "Retry-After": str(seconds),
            "RateLimit-Policy": f'"{quota.name}";q={math.floor(quota.per_s * window)};w={window}',
            "RateLimit": f'"{quota.name}";r=0;t={seconds}',
        },
    )  # fmt: skip


class Limits:
    """The buckets of one service."""

    def __init__(
        self,
        requests_per_s: float,
        articles_per_s: float,
        failures_per_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        requests = Quota("requests", requests_per_s)
        self.addresses = Buckets(requests, clock)
        self.keys = Buckets(requests, clock)
        self.articles = Buckets(Quota("articles", articles_per_s), clock)
        self.failures = Buckets(Quota("wrong-keys", failures_per_s), clock)
        self._proven: OrderedDict[bytes, None] = OrderedDict()

    def admit(self, who: Principal) -> None:
        """Let a key's request through. Raises Problem 429."""
        self.articles.check(who.id)
        self.keys.draw(who.id)

    def guard(self, address: str, authorization: bytes) -> None:
        """Raises Problem 429 where an address that only guesses keys sends one more.

        A key that was right from there since the guessing began stays right: behind one address
        there may be others.
        """
        if _proof(address, authorization) not in self._proven:
            self.failures.check(address)

    def prove(self, address: str, authorization: bytes) -> None:
        """Remember a key that was right."""
        proof = _proof(address, authorization)
        self._proven[proof] = None
        self._proven.move_to_end(proof)
        if len(self._proven) > BUCKETS:
            self._proven.popitem(last=False)


def _proof(address: str, authorization: bytes) -> bytes:
    return blake2b(authorization, key=address.encode()[:64], digest_size=16).digest()


class RateLimited:
    """The limits by address, in front of every route of an application.

    The limits by key are asked for by the keyring: `newswire_common.auth.Keyring.admit`. Behind
    ``trusted`` proxies a client's address is the one that they tell.
    """

    def __init__(
        self, app: ASGIApp, *, limits: Limits, measures: Measures, trusted: tuple[Network, ...] = ()
    ) -> None:
        self._app = app
        self._limits = limits
        self._measures = measures
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        limits, address = self._limits, client_of(scope, self._trusted)
        guesses = address in limits.failures
        try:
            _check_loop(scope)
            limits.addresses.draw(address)
            if guesses:
                limits.guard(address, _authorization(scope))
        except Problem as problem:
            await self._measures.rejected(problem).response()(scope, receive, send)
            return

        def sending(message: Message) -> Awaitable[None]:
            status = message.get("status")
            if status == 401:  # noqa: PLR2004 - HTTP's own
                limits.failures.take(address, 1)
            elif guesses and status and status < 400:  # noqa: PLR2004 - HTTP's own
                limits.prove(address, _authorization(scope))
            return send(message)

        await self._app(scope, receive, sending)


def _check_loop(scope: Scope) -> None:
    for name, _ in scope["headers"]:
        if name == LOOP:
            raise Problem(
                403, "this is a delivery of ours: an endpoint leads back here", kind="loop"
            )


def _authorization(scope: Scope) -> bytes:
    found: bytes = dict(scope["headers"]).get(b"authorization", b"")
    return found
