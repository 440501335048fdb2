"""Every option, in one table: environment or ``.env``, prefix ``NEWSWIRE_``."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from newswire_common.errors import ConfigurationError

Network = IPv4Network | IPv6Network
SCHEMES = ("redis://", "rediss://", "unix://", "redis+cluster://", "redis+sentinel://")
# An enricher's name, and what it is given ("spacy:en_core_web_sm").
ENRICHER = re.compile(r"(?P<name>[a-z][a-z0-9-]{0,39})(:(?P<argument>.+))?")
MOST_ENRICHERS = 8


def _known_scheme(url: str) -> str:
    if not url.startswith(SCHEMES):
        message = f"must start with one of {', '.join(SCHEMES)}"
        raise ValueError(message)
    return url


def _enrichers(chosen: tuple[str, ...]) -> tuple[str, ...]:
    found = [ENRICHER.fullmatch(one) for one in chosen]
    names = [match["name"] for match in found if match]
    if len(names) < len(chosen):
        wrong = next(one for one, match in zip(chosen, found, strict=True) if not match)
        message = f"{wrong[:100]!r} is no name (reading-time) nor name:argument"
        raise ValueError(message)
    if len(set(names)) < len(names) or len(names) > MOST_ENRICHERS:
        message = f"names at most {MOST_ENRICHERS}, each once"
        raise ValueError(message)
    return chosen


class Settings(BaseSettings):
    """The settings of one process. Field names are the documented names in lower case."""

    model_config = SettingsConfigDict(env_prefix="NEWSWIRE_", env_file=".env", extra="ignore")

    redis_url: Annotated[str, AfterValidator(_known_scheme)]
    partitions: int = Field(default=1, ge=1, le=1024)
    assigned_partitions: Annotated[tuple[int, ...] | None, NoDecode] = None
    durability: Literal["everysec", "always", "replicated"] = "everysec"
    durability_replicas: int = Field(default=1, ge=1, le=10)
    durability_timeout_ms: int = Field(default=1_000, ge=10, le=60_000)

    admin_key: SecretStr | None = None
    secret_key: SecretStr | None = None

    host: str = "127.0.0.1"
    ingest_port: int = Field(default=8001, ge=0, le=65535)
    enrich_port: int = Field(default=8002, ge=0, le=65535)
    publish_port: int = Field(default=8003, ge=0, le=65535)
    public_url: str = "http://localhost:8003"
    ingest_public_url: str | None = None
    private: bool = False
    allow_private_networks: Annotated[tuple[Network, ...], NoDecode] = ()
    trusted_proxies: str = ""
    cors_origins: str = ""

    retention_days: float = Field(default=30, gt=0)
    retention_bytes: int = Field(default=0, ge=0)
    archive_url: str | None = None
    max_backlog: int = Field(default=50_000, ge=1)
    rate_limit_requests: float = Field(default=5_000.0, gt=0)
    rate_limit_articles: float = Field(default=20_000.0, gt=0)
    rate_limit_wrong_keys: float = Field(default=2.0, gt=0)

    polls_at_once: int = Field(default=128, ge=0, le=10_000)
    poll_min_s: float = Field(default=60.0, ge=1)
    poll_max_s: float = Field(default=86_400.0, ge=1)
    host_connections: int = Field(default=2, ge=1, le=100)
    host_requests_per_s: float = Field(default=1.0, gt=0, le=1_000)

    max_deliveries: int = Field(default=5, ge=1, le=100)
    claim_idle_s: float = Field(default=30.0, gt=0)
    batch_size: int = Field(default=256, ge=1, le=1_000)

    topics_model: Path | None = None
    enrichers: Annotated[tuple[str, ...], NoDecode, AfterValidator(_enrichers)] = ()

    otlp_endpoint: str | None = None
    log_format: Literal["json", "console"] = "json"

    @field_validator("assigned_partitions", mode="before")
    @classmethod
    def _list_of_numbers(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(int(part) for part in value.split(",") if part.strip()) or None
        return value

    @field_validator("enrichers", mode="before")
    @classmethod
    def _list_of_words(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("allow_private_networks", mode="before")
    @classmethod
    def _list_of_networks(cls, value: object) -> object:
        """``false`` opens none, ``true`` all, a comma-separated list just those."""
        if not isinstance(value, str):
            return value
        if value.strip().lower() in {"", "false", "0", "no"}:
            return ()
        if value.strip().lower() in {"true", "1", "yes"}:
            return (ip_network("0.0.0.0/0"), ip_network("::/0"))
        return tuple(ip_network(part.strip()) for part in value.split(","))

    @property
    def my_partitions(self) -> tuple[int, ...]:
        """The partitions that this process works on. Raises ConfigurationError if one is none."""
        mine = self.assigned_partitions or tuple(range(self.partitions))
        wrong = [number for number in mine if not 0 <= number < self.partitions]
        if wrong:
            message = (
                f"NEWSWIRE_ASSIGNED_PARTITIONS: {wrong[0]} is not below {self.partitions} "
                "(NEWSWIRE_PARTITIONS)"
            )
            raise ConfigurationError(message)
        return mine


def load(**overrides: object) -> Settings:
    """Read the settings. Raises ConfigurationError, one line that names the wrong option."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # the values are validated here
    except ValidationError as error:
        first = error.errors()[0]
        name = "NEWSWIRE_" + "_".join(str(part) for part in first["loc"][:1]).upper()
        if first["type"] == "missing":
            reason = "is not set (a service needs a Redis; `newswire up` starts one by itself)"
        else:
            reason = first["msg"]
        message = f"{name}: {reason}"
        raise ConfigurationError(message) from error
