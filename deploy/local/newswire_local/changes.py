"""The sequence of published events, followed over ``GET /v1/changes``."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from newswire_local.api import Api, NotRunning, Refused

PAGE = 1_000  # events; the most that one answer holds
WAIT_S = 20  # below every timeout between us and there
PAUSE_S = 1.0  # before asking again what did not answer

Event = dict[str, Any]


def until_now(
    api: Api, cursor: str | None = None, *, last: int | None = None
) -> tuple[list[Event], str]:
    """What has happened, from the oldest event or the cursor on, and the cursor after it.

    ``last`` keeps only so many of the newest. Raises NotRunning, Refused.
    """
    newest: deque[Event] = deque(maxlen=last)
    while True:
        page = _page(api, cursor, wait_s=0)
        cursor = page["cursor"]
        newest.extend(page["events"])
        if not page["events"]:
            return list(newest), page["cursor"]


def follow(api: Api, cursor: str, report: Callable[[str], None]) -> Iterator[list[Event]]:
    """What happens from the cursor on, for ever. Rides out restarts; an expired cursor is told."""
    away = False
    while True:
        try:
            page = _page(api, cursor, wait_s=WAIT_S)
        except NotRunning as error:
            if not away:
                report(f"{error}; waiting for it")
            away = True
            time.sleep(PAUSE_S)
        except Refused as error:
            cursor = _after(api, cursor, error, report)
        else:
            away, cursor = False, page["cursor"]
            if page["events"]:
                yield page["events"]


def _after(api: Api, cursor: str, error: Refused, report: Callable[[str], None]) -> str:
    """Where to go on after a refusal. Raises it where there is no going on."""
    if error.status == httpx.codes.SERVICE_UNAVAILABLE:
        time.sleep(error.retry_after_s or PAUSE_S)
        return cursor
    if error.status == httpx.codes.GONE:
        report(str(error))
        return until_now(api, last=0)[1]
    raise error


def _page(api: Api, cursor: str | None, *, wait_s: int) -> Any:  # noqa: ANN401 - whatever JSON can say
    params: dict[str, Any] = {"limit": PAGE}
    if cursor:
        params["after"] = cursor
    if wait_s:
        params["wait"] = wait_s
    return api.call("GET", "/v1/changes", params=params, timeout_s=wait_s + 15)
