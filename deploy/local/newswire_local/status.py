"""`newswire status`: what the services say of themselves (/readyz, /metrics), in one look.

services    ready, or why not
stages      lag (not yet read), pending (read, not acknowledged), age of the oldest, dead letters
sources     how many in each state
endpoints   how many in each state
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from newswire_local.api import Api, NotRunning, Refused, ServiceName, find
from newswire_local.printing import as_json, fail, out, table

SERVICES: tuple[ServiceName, ...] = ("ingest", "enrich", "publish")
GAUGES = {
    "newswire_stage_lag": "lag",
    "newswire_stage_pending": "pending",
    "newswire_stage_oldest_pending_seconds": "oldest_pending_s",
    "newswire_dead_letters": "dead_letters",
}
SERVICE_COLUMNS = {"service": "Service", "state": "State", "url": "URL"}
STAGE_COLUMNS = {
    "stage": "Stage", "lag": "Lag", "pending": "Pending", "oldest_pending_s": "Oldest, s",
    "dead_letters": "Dead letters",
}  # fmt: skip


def run(data: Path, *, json: bool) -> bool:
    """Whether all services are ready."""
    with Api(find(data)) as api:
        services = [_service(api, name) for name in SERVICES]
        texts = [_metrics(api, row["service"]) for row in services if row["state"] != "away"]
    state = {
        "services": services,
        "stages": stages("\n".join(texts)),
        "sources": by_state("newswire_sources", "\n".join(texts)),
        "endpoints": by_state("newswire_endpoints", "\n".join(texts)),
    }
    if not texts:
        fail(f"nothing answers at {services[-1]['url']} (is `newswire up` running?)")
    elif json:
        as_json(state)
    else:
        _print(state)
    return all(row["state"] == "ready" for row in services)


def _service(api: Api, name: ServiceName) -> dict[str, str]:
    url: str = getattr(api.installation, name)
    try:
        api.call("GET", "/readyz", service=name, timeout_s=5)
    except NotRunning:
        state = "away"
    except Refused as error:
        state = f"not ready: {error}"
    else:
        state = "ready"
    return {"service": name, "state": state, "url": url}


def _metrics(api: Api, name: str) -> str:
    try:
        return api.text("/metrics", service=name)  # type: ignore[arg-type]  # one of SERVICES
    except (NotRunning, Refused):
        return ""


def stages(metrics: str) -> list[dict[str, Any]]:
    """A row a stage, over all its partitions: sums, and the age of the oldest pending entry."""
    rows: dict[str, dict[str, Any]] = defaultdict(dict)
    for family in text_string_to_metric_families(metrics):
        key = GAUGES.get(family.name)
        for sample in family.samples if key else ():
            row = rows[sample.labels["stage"]]
            if key == "oldest_pending_s":
                row[key] = max(row.get(key, 0.0), round(sample.value, 1))
            elif key:
                row[key] = row.get(key, 0) + int(sample.value)
    return [{"stage": stage, **row} for stage, row in rows.items()]


def by_state(gauge: str, metrics: str) -> dict[str, int]:
    """How many are in each state, of what a gauge counts."""
    return {
        sample.labels["state"]: int(sample.value)
        for family in text_string_to_metric_families(metrics)
        for sample in family.samples
        if sample.name == gauge
    }


def _print(state: Mapping[str, Any]) -> None:
    console = out()
    console.print(table(state["services"], SERVICE_COLUMNS))
    console.print()
    console.print(table(state["stages"], STAGE_COLUMNS))
    console.print()
    for what, key in (("Sources", "sources"), ("Webhook endpoints", "endpoints")):
        told = ", ".join(f"{count} {name}" for name, count in state[key].items() if count)
        console.print(f"{what}: {told or 'none'}")
