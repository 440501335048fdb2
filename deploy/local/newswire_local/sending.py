"""Parcels to ingest, and what it answered for each article."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import httpx

from newswire_local.api import Api, Refused, problem_in_words
from newswire_local.reading import Parcel

PATIENCE_S = 60.0  # with an ingest that says to come again
LONGEST_PAUSE_S, SHORT_PAUSE_S = 10.0, 1.0
AGAIN_STATUS = {httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE}
AGAIN = {"unavailable", "unconfirmed"}  # outcomes of a line; sending the same again is safe
NOT_TAKEN = {"rejected", *AGAIN}

Row = dict[str, Any]


def send(api: Api, parcel: Parcel) -> Iterator[Row]:
    """A row an article: outcome, version, uri, and where it came from; ``error`` if not taken.

    Where ingest has no room, or could not confirm a durable write in time, the same is sent again
    until our patience ends. Raises NotRunning, and Refused where the key is wrong or all is refused
    for too long.
    """
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            rows = _answered(parcel, _patiently(api, parcel, deadline))
        except Refused as error:
            if error.status in AGAIN_STATUS or error.status == httpx.codes.UNAUTHORIZED:
                raise
            refused = {"outcome": "rejected", "error": str(error)}
            rows = [_row(parcel, number, refused) for number, _ in parcel.lines]
        late = time.monotonic() > deadline
        again = [] if late else [n for n, row in enumerate(rows) if row["outcome"] in AGAIN]
        yield from (row for n, row in enumerate(rows) if n not in again)
        if not again:
            return
        parcel = replace(parcel, lines=tuple(parcel.lines[n] for n in again))
        time.sleep(SHORT_PAUSE_S)


def _answered(parcel: Parcel, results: list[Mapping[str, Any]]) -> list[Row]:
    """Ingest answers the lines in their order."""
    numbers = [number for number, _ in parcel.lines]
    return [_row(parcel, number, result) for number, result in zip(numbers, results, strict=True)]


def _row(parcel: Parcel, number: int, result: Mapping[str, Any]) -> Row:
    told = {key: value for key, value in result.items() if key != "line"}
    if isinstance(told.get("error"), dict):
        told["error"] = problem_in_words(told["error"])
    place = f":{number}" if parcel.numbered else ""
    return {**told, "from": parcel.item.name + place}


def _patiently(api: Api, parcel: Parcel, deadline: float) -> list[Mapping[str, Any]]:
    while True:
        try:
            answer = api.post(
                parcel.path, service="ingest", params=parcel.params,
                content_type=parcel.content_type, body=parcel.body,
            )  # fmt: skip
        except Refused as error:
            if error.status not in AGAIN_STATUS or time.monotonic() > deadline:
                raise
            time.sleep(min(error.retry_after_s or SHORT_PAUSE_S, LONGEST_PAUSE_S))
        else:
            return list(answer["results"])
