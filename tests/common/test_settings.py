"""Settings: a wrong value stops the start with one line that names it."""

import pytest

from newswire_common.errors import ConfigurationError
from newswire_common.settings import Settings, load


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No .env and no setting of the machine's."""
    monkeypatch.chdir(tmp_path_factory.mktemp("bare"))
    monkeypatch.setenv("NEWSWIRE_REDIS_URL", "redis://localhost")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEWSWIRE_REDIS_URL", "http://localhost"),
        ("NEWSWIRE_PARTITIONS", "0"),
        ("NEWSWIRE_DURABILITY", "maybe"),
        ("NEWSWIRE_INGEST_PORT", "http"),
        ("NEWSWIRE_ALLOW_PRIVATE_NETWORKS", "10.0.0.0/99"),
        ("NEWSWIRE_ASSIGNED_PARTITIONS", "a"),
        ("NEWSWIRE_CLAIM_IDLE_S", "0"),
        ("NEWSWIRE_LOG_FORMAT", "xml"),
    ],
)
def test_a_wrong_value_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Whoever starts it reads what to change."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=name) as refused:
        load()
    assert "\n" not in str(refused.value)


def test_without_a_server_a_service_refuses_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service never starts a server by itself, and says who does."""
    monkeypatch.delenv("NEWSWIRE_REDIS_URL")
    with pytest.raises(ConfigurationError, match="newswire up"):
        load()


def test_networks_and_partitions_are_comma_separated(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a .env file."""
    monkeypatch.setenv("NEWSWIRE_ALLOW_PRIVATE_NETWORKS", "10.0.0.0/8, ::1/128")
    monkeypatch.setenv("NEWSWIRE_PARTITIONS", "4")
    monkeypatch.setenv("NEWSWIRE_ASSIGNED_PARTITIONS", "1,3")
    settings = load()
    assert [str(network) for network in settings.allow_private_networks] == [
        "10.0.0.0/8",
        "::1/128",
    ]
    assert settings.my_partitions == (1, 3)


def test_an_assigned_partition_must_exist() -> None:
    """A process that would work on nothing does not start."""
    settings = Settings(redis_url="redis://x", partitions=2, assigned_partitions=(2,))
    with pytest.raises(ConfigurationError, match="ASSIGNED_PARTITIONS"):
        _ = settings.my_partitions


def test_secrets_are_not_shown() -> None:
    """A log of the settings holds no key."""
    assert "hush" not in repr(Settings(redis_url="redis://x", admin_key="hush", secret_key="hush"))
