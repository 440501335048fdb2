"""Everything on one machine: started together, kept running, ended in order, never left behind."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from newswire_common.errors import ConfigurationError
from newswire_local.folder import Running
from newswire_local.plan import Plan, plan_demo
from newswire_local.supervisor import Supervisor
from tests.local.running import PATIENCE_S, answers, until, up

ARTICLE = {"source": "kestrel", "guid": "1", "headline": "Aurelia adrift", "body_text": "Help."}


def _urls(running: Running) -> list[str]:
    return [running.ingest, running.enrich, running.publish]


def _refused(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((urlsplit(url).hostname, urlsplit(url).port)) != 0


def _sent(running: Running, data: Path) -> str:
    """The id of an article that was accepted."""
    key = {"Authorization": f"Bearer {(data / 'admin.key').read_text().strip()}"}
    sent = httpx.post(f"{running.ingest}/v1/articles", json=ARTICLE, headers=key)
    return str(sent.json()["results"][0]["id"])


def test_up_survives_a_kill_with_its_data_and_ends_with_one_ctrl_c(tmp_path: Path) -> None:
    """From the first start to the last Ctrl-C.

    A second one on the folder is refused; killed with -9 it leaves neither services nor server
    behind; started again it has what was accepted, and shows the key no more; nothing is left of it
    in the end.
    """
    data = tmp_path / "data"
    with up(data) as first:
        running = first.running()
        assert all(answers(url) for url in _urls(running))
        identity = _sent(running, data)
        with up(data) as second:
            _, complaints = second.process.communicate(timeout=PATIENCE_S)
            assert second.process.returncode == 2
            assert len(complaints.splitlines()) == 1
            assert "another newswire is running on this folder" in complaints
        assert answers(running.publish)
        printed, _ = first.end(signal.SIGKILL)
        key = (data / "admin.key").read_text().strip()
        assert running.ingest in printed
        assert key in printed
    until(lambda: all(map(_refused, _urls(running))))
    with up(data) as third:
        running = third.running()
        until(lambda: httpx.get(f"{running.publish}/v1/articles/{identity}").is_success)
        printed, complaints = third.end(signal.SIGINT)
    assert third.process.returncode == 0
    assert not complaints
    assert key not in printed
    assert all(map(_refused, _urls(running)))
    assert not (data / "newswire.json").exists()


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return plan_demo(tmp_path / "data")


@pytest.fixture
def said() -> list[str]:
    """What the operator was told."""
    return []


@pytest.fixture
async def supervisor(plan: Plan, said: list[str]) -> AsyncIterator[Supervisor]:
    started = Supervisor(plan, said.append)
    async with started.running():
        yield started


async def _ready(url: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await asyncio.to_thread(answers, url):
            await asyncio.sleep(0.05)  # a process that starts tells nobody


async def test_what_is_killed_is_started_again(supervisor: Supervisor, said: list[str]) -> None:
    """A service and the server, killed with -9: both come back by themselves, and it is told."""
    child, server = supervisor.children["enrich"], supervisor.server
    assert child.process
    assert server
    assert server.process
    before = child.process.pid, server.process.pid
    child.kill()
    server.process.kill()
    async with asyncio.timeout(PATIENCE_S):
        while child.process.pid == before[0] or server.process.pid == before[1]:
            await asyncio.sleep(0.05)
    for url in (supervisor.plan.running.enrich, supervisor.plan.running.publish):
        await _ready(url)
    assert "enrich: ended (SIGKILL); starting it again" in said
    assert "server: ended (SIGKILL); starting it again" in said


async def test_a_setting_that_stops_a_service_stops_the_start(plan: Plan, said: list[str]) -> None:
    """The service's own words, once; nothing is started again and again."""
    settings = {**plan.environment, "NEWSWIRE_MAX_BACKLOG": "none"}
    wrong = Plan(**{**vars(plan), "environment": settings})
    with pytest.raises(ConfigurationError, match=r"^NEWSWIRE_MAX_BACKLOG: "):
        async with Supervisor(wrong, said.append).running():
            pass
    assert not said
