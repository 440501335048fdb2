"""What deploys Newswire agrees with what the code says: settings, ports, metrics, files."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from newswire_common import connection
from newswire_common.settings import Settings
from newswire_local.embedded import EmbeddedServer

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
SERVICES = ("ingest", "enrich", "publish")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (DEPLOY / "docker/Dockerfile").read_text()
DASHBOARD = DEPLOY / "grafana/dashboards/overview.json"
PORTS = {name: Settings.model_fields[f"{name}_port"].default for name in SERVICES}


def test_the_compose_file_is_one() -> None:
    """It is valid by the Compose Specification's own schema."""
    checker = Path(sys.executable).with_name("check-jsonschema")
    command = [checker, "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("path", ["docker-compose.yml", "deploy/docker/Dockerfile"])
def test_only_real_settings_are_set(path: str) -> None:
    """A setting that was renamed in the code cannot stay behind in the deployment."""
    named = set(re.findall(r"NEWSWIRE_([A-Z_]+)", (ROOT / path).read_text()))
    assert named <= {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_built_and_published_on_its_own_port(name: str) -> None:
    """The port that the settings document is the one the container has, on loopback by default."""
    service = COMPOSE["services"][name]
    port = PORTS[name]
    assert service["build"]["args"]["SERVICE"] == name
    assert (ROOT / service["build"]["dockerfile"]).is_file()
    assert service["ports"] == [f"${{BIND:-127.0.0.1}}:{port}:{port}"]
    assert service["environment"][f"NEWSWIRE_{name.upper()}_PORT"] == str(port)
    assert f"NEWSWIRE_{name.upper()}_PORT={port}" in DOCKERFILE
    assert service["depends_on"]["redis"]["condition"] == "service_healthy"


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_container_is_confined_and_watched(name: str) -> None:
    """No container can write its image, gain rights, or take the whole machine."""
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["healthcheck"]["test"]
    assert {"cpus", "memory", "pids"} <= set(service["deploy"]["resources"]["limits"])
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    named = [volume.partition(":")[0] for volume in service.get("volumes", ())]
    assert all(v in COMPOSE["volumes"] or (ROOT / v).is_dir() for v in named)


async def test_redis_runs_as_the_only_store_must(tmp_path: Path) -> None:
    """A real server takes the very options, and then keeps all that it is given."""
    redis = COMPOSE["services"]["redis"]
    assert "ports" not in redis
    assert COMPOSE["networks"]["data"]["internal"] is True
    server = EmbeddedServer(tmp_path / "server", extra=redis["command"][1:])
    server.start()
    client = connection.client(server.url)
    try:
        told = await client.config_get("appendonly", "appendfsync", "maxmemory-policy", "save")
    finally:
        await client.aclose()
        server.stop()
    assert told == {
        "appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction",
        "save": "",
    }  # fmt: skip


def test_the_image_is_made_of_files_that_are_there() -> None:
    """A folder that was moved breaks this test, not the next release."""
    copied = re.findall(r"^COPY (?!--from)(?:--\S+ )*(.+) \S+$", DOCKERFILE, re.MULTILINE)
    sources = [source for line in copied for source in line.split()]
    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    kept = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert [source for source in sources if source.split("/")[0] not in kept] == []


def test_the_image_knows_every_member() -> None:
    """uv refuses the lock when the pyproject of a member of the workspace is missing."""
    members = [path.relative_to(ROOT) for path in ROOT.glob("*/*/pyproject.toml")]
    assert [m for m in members if f"COPY {m} {m.parent}/" not in DOCKERFILE] == []


def test_the_image_runs_without_root() -> None:
    """Its last user is a fixed number other than 0, and a stop reaches the service."""
    assert re.findall(r"^USER (\d+)", DOCKERFILE, re.MULTILINE)[-1] != "0"
    assert "STOPSIGNAL SIGTERM" in DOCKERFILE


def run_entrypoint(tmp_path: Path, **environment: str) -> str:
    python = tmp_path / "bin/python"
    python.parent.mkdir()
    python.write_text('#!/bin/sh\necho "$@" "$NEWSWIRE_ADMIN_KEY"\n')
    python.chmod(0o755)
    started = subprocess.run(
        [DEPLOY / "docker/entrypoint.sh"], capture_output=True, text=True, check=True,
        env={"PATH": f"{python.parent}:{os.environ['PATH']}", "SERVICE": "ingest", **environment},
    )  # fmt: skip
    return started.stdout.strip()


def test_a_secret_file_becomes_its_setting(tmp_path: Path) -> None:
    """A key need not stand in the container's environment."""
    (tmp_path / "newswire_admin_key").write_text("from-file\n")
    told = run_entrypoint(tmp_path, SECRETS=str(tmp_path))
    assert told == "-m newswire_ingest from-file"


def test_the_environment_wins_over_a_secret_file(tmp_path: Path) -> None:
    """What is set for this one start is what counts."""
    (tmp_path / "newswire_admin_key").write_text("from-file")
    told = run_entrypoint(tmp_path, SECRETS=str(tmp_path), NEWSWIRE_ADMIN_KEY="set")
    assert told == "-m newswire_ingest set"


def test_without_secret_files_the_service_starts_too(tmp_path: Path) -> None:
    """No folder of secrets is no error."""
    assert run_entrypoint(tmp_path, SECRETS=str(tmp_path / "none")) == "-m newswire_ingest"


@contextmanager
def answering(status: int, body: bytes) -> Iterator[int]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.handle_request, daemon=True).start()
        yield server.server_port


def health(port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, DEPLOY / "docker/healthcheck.py"],
        capture_output=True, text=True, check=False,
        env={"SERVICE": "ingest", "NEWSWIRE_INGEST_PORT": str(port)},
    )  # fmt: skip


def test_a_ready_service_is_a_healthy_container() -> None:
    """Healthy is what /readyz says, so that what depends on it starts when it consumes."""
    with answering(200, b'{"status":"ready"}') as port:
        assert health(port).returncode == 0


def test_an_unready_service_is_an_unhealthy_container_with_the_reason() -> None:
    """`docker inspect` shows why."""
    with answering(503, b'{"detail":"Redis is away"}') as port:
        checked = health(port)
    assert (checked.returncode, "Redis is away" in checked.stderr) == (1, True)


def test_a_dead_service_is_an_unhealthy_container() -> None:
    """Nobody listening is told as such, not as a traceback."""
    with answering(200, b"") as port:
        pass
    checked = health(port)
    assert (checked.returncode, checked.stderr.startswith("no answer: ")) == (1, True)


def test_prometheus_asks_every_service_where_compose_has_it() -> None:
    """A service that nobody scrapes would raise no alert."""
    config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
    asked = {
        job["job_name"]: job["static_configs"][0]["targets"] for job in config["scrape_configs"]
    }
    assert {name: asked[name] for name in SERVICES} == {
        name: [f"{name}:{PORTS[name]}"] for name in SERVICES
    }
    assert config["rule_files"] == ["rules.yml"]


def test_grafana_finds_its_datasource_and_dashboard() -> None:
    """The overview is there at the first start, and each panel asks the provisioned source."""
    provisioning = DEPLOY / "grafana/provisioning"
    source = yaml.safe_load((provisioning / "datasources/prometheus.yml").read_text())
    provider = yaml.safe_load((provisioning / "dashboards/newswire.yml").read_text())
    grafana = COMPOSE["services"]["grafana"]
    folder = provider["providers"][0]["options"]["path"]
    assert f"./deploy/grafana/dashboards:{folder}:ro" in grafana["volumes"]
    home = grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home == f"{folder}/{DASHBOARD.name}"
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert {panel["datasource"]["uid"] for panel in panels} == {source["datasources"][0]["uid"]}
    assert len({panel["id"] for panel in panels}) == len(panels)


KINDS = {"Counter": ("_total",), "Gauge": ("",), "Histogram": ("_bucket", "_count", "_sum")}


@cache
def defined_metrics() -> set[str]:
    """The series of every metric that the code makes, read off its calls of prometheus_client."""
    names = set()
    for path in (*ROOT.glob("libs/*/newswire_*/**/*.py"), *ROOT.glob("services/*/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Name(id=("Counter" | "Gauge" | "Histogram") as kind),
                    args=[ast.Constant(value=str(name)), *_],
                ):
                    names |= {name.removesuffix("_total") + suffix for suffix in KINDS[kind]}
    return names


@pytest.mark.parametrize("path", [DASHBOARD, DEPLOY / "prometheus/rules.yml"], ids=lambda p: p.name)
def test_only_metrics_that_the_code_makes_are_watched(path: Path) -> None:
    """An alert on a metric that nobody sets never fires; a panel of it stays empty."""
    watched = set(re.findall(r"\bnewswire_[a-z_]+\b", path.read_text()))
    assert watched
    assert watched - defined_metrics() == set()
