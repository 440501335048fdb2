"""API keys: hashed, scoped, and the admin key of the settings always there."""

import pytest

from newswire_common.auth import Keyring
from newswire_common.connection import Client
from newswire_common.errors import NotFound
from newswire_common.problems import Problem
from newswire_common.settings import Settings
from newswire_common.streams import KEYS


@pytest.fixture
def keyring(client: Client, settings: Settings) -> Keyring:
    """The keyring of a fresh installation whose admin key is ``admin-key``."""
    return Keyring(client, settings)


async def test_the_admin_key_works_on_an_empty_server(keyring: Keyring, client: Client) -> None:
    """After FLUSHALL somebody can still get in."""
    await client.flushall()
    assert (await keyring.authorize("Bearer admin-key", "ingest")).name == "admin"


async def test_a_key_may_what_its_scopes_say(keyring: Keyring) -> None:
    """Another scope is 403, not 401: the key is known."""
    key, made = await keyring.create("desk", frozenset({"ingest"}), frozenset({"wire"}))
    assert await keyring.authorize(f"Bearer {key}", "ingest") == made
    with pytest.raises(Problem) as refused:
        await keyring.authorize(f"Bearer {key}", "admin")
    assert refused.value.status == 403


async def test_the_key_itself_is_stored_nowhere(keyring: Keyring, client: Client) -> None:
    """Who reads the store can not use what is in it."""
    key, made = await keyring.create("desk", frozenset({"ingest"}))
    stored = await client.hgetall(KEYS)
    assert key.encode() not in b"".join([*stored.keys(), *stored.values()])
    assert [principal.id for principal in await keyring.list()] == [made.id]


async def test_a_revoked_key_is_unknown(client: Client, settings: Settings) -> None:
    """At once for a process that has not just seen it."""
    keyring = Keyring(client, settings)
    key, made = await keyring.create("desk", frozenset({"ingest"}))
    await keyring.revoke(made.id)
    assert await Keyring(client, settings).principal(key) is None
    with pytest.raises(NotFound):
        await keyring.revoke(made.id)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic admin-key", "admin-key", "Bearer wrong", "Bearer é"]
)
async def test_no_valid_key_is_401_with_a_challenge(keyring: Keyring, header: str) -> None:
    """Whatever is sent, the answer says how to do it right."""
    with pytest.raises(Problem) as refused:
        await keyring.authorize(header, "ingest")
    assert refused.value.status == 401
    assert refused.value.headers["WWW-Authenticate"] == "Bearer"
