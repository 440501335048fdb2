"""What is to run and with which settings: decided here, done by `newswire_local.supervisor`."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic_settings import BaseSettings

from newswire_common.errors import ConfigurationError
from newswire_common.settings import Settings, load
from newswire_local.embedded import socket_url
from newswire_local.folder import DataFolder, Running
from newswire_local.guardian import GRACE_S
from newswire_local.ports import authority, free_ports, is_free

SERVICES = {
    "ingest": "newswire_ingest", "enrich": "newswire_enrich", "publish": "newswire_publish",
}  # fmt: skip
# The services of an `up` that was killed drain after it, and are then killed by the guardian.
PORT_PATIENCE_S = GRACE_S + 3.0
UNSET = "unix://to-be-started"


class _Given(BaseSettings):
    """Whether the environment or .env names a server of its own."""

    model_config = Settings.model_config
    redis_url: str | None = None


def redis_url_of(data: Path) -> str | None:
    """Of the server that the settings name, else of the one of the data folder, if any."""
    return _Given().redis_url or socket_url(data)


@dataclass(frozen=True)
class Plan:
    """``redis_url`` is None where the embedded server is to be started in the folder.

    ``environment`` is that of every service, but for the URL of an embedded server; ``home`` the
    folder that they run in, where their .env would be.
    """

    folder: DataFolder
    home: Path
    environment: Mapping[str, str]
    redis_url: str | None
    appendfsync: str
    running: Running
    public_url: str
    admin_key: str
    new_key: bool = False


def plan_up(data: Path) -> Plan:
    """By the settings, ports included. Raises ConfigurationError, one line that names the wrong."""
    given = _Given()
    settings = load(redis_url=given.redis_url or UNSET)
    folder = DataFolder(data.resolve())
    folder.make()
    ports = {name: getattr(settings, f"{name}_port") for name in SERVICES}
    drawn = iter(free_ports(settings.host, len(ports)))
    ports = {name: port or next(drawn) for name, port in ports.items()}
    _expect_free(settings.host, ports, patient=folder.running() is not None)
    known = settings.admin_key.get_secret_value() if settings.admin_key else folder.admin_key()
    public_url = settings.public_url
    if "public_url" not in settings.model_fields_set:
        public_url = f"http://localhost:{ports['publish']}"
    key = known or folder.make_admin_key()
    return Plan(
        folder=folder,
        home=Path.cwd(),
        environment={
            **os.environ,
            **_environment(ports, key, public_url),
            **({"NEWSWIRE_REDIS_URL": given.redis_url} if given.redis_url else {}),
        },
        redis_url=given.redis_url,
        appendfsync="always" if settings.durability == "always" else "everysec",
        running=_running(settings.host, ports),
        public_url=public_url,
        admin_key=key,
        new_key=known is None,
    )


def plan_demo(folder: Path) -> Plan:
    """Alone in a throw-away folder, on free ports, deaf to the settings of the machine."""
    host = "127.0.0.1"
    data = DataFolder(folder)
    data.make()
    ports = dict(zip(SERVICES, free_ports(host, len(SERVICES)), strict=True))
    key = data.make_admin_key()
    public_url = f"http://localhost:{ports['publish']}"
    inherited = {k: v for k, v in os.environ.items() if not k.upper().startswith("NEWSWIRE_")}
    return Plan(
        folder=data,
        home=folder,
        environment={
            **inherited,
            **_environment(ports, key, public_url),
            "NEWSWIRE_HOST": host,
            "NEWSWIRE_ALLOW_PRIVATE_NETWORKS": "127.0.0.0/8",
        },
        redis_url=None,
        appendfsync="everysec",
        running=_running(host, ports),
        public_url=public_url,
        admin_key=key,
        new_key=True,
    )


def _environment(ports: Mapping[str, int], key: str, public_url: str) -> dict[str, str]:
    return {
        **{f"NEWSWIRE_{name.upper()}_PORT": str(port) for name, port in ports.items()},
        "NEWSWIRE_ADMIN_KEY": key,
        "NEWSWIRE_PUBLIC_URL": public_url,
        "NEWSWIRE_LOG_FORMAT": "json",  # so that the journal can tell a warning from the rest
    }


def _running(host: str, ports: Mapping[str, int]) -> Running:
    urls = {name: f"http://{authority(host, port)}" for name, port in ports.items()}
    return Running(pid=os.getpid(), **urls)


def _expect_free(host: str, ports: Mapping[str, int], *, patient: bool) -> None:
    deadline = time.monotonic() + (PORT_PATIENCE_S if patient else 0)
    for name, port in ports.items():
        while not is_free(host, port):
            if time.monotonic() >= deadline:
                message = (
                    f"NEWSWIRE_{name.upper()}_PORT: port {port} is in use by another program "
                    "(another `newswire up`?)"
                )
                raise ConfigurationError(message)
            time.sleep(0.05)  # the kernel tells nobody when a port becomes free
