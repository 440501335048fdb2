"""The commands of docs/ingest.md, run as a newcomer would copy them."""

import asyncio
import re
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.support.live import ADMIN, SERVICES, Live

PAGE = Path(__file__).parents[2] / "docs/ingest.md"


def script(live: Live) -> str:
    """All blocks of the page in their order, with the ports of the live system."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    text = "\n".join(blocks)
    for name, port in (("ingest", 8001), ("publish", 8003)):
        text = text.replace(f"localhost:{port}", f"127.0.0.1:{live.ports[name]}")
    return "set -euo pipefail\n" + text.replace("./run ", f"{sys.executable} -m newswire_local ")


@pytest.mark.faults
async def test_every_command_of_the_page_works(
    live: Live, http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    """None fails, and each answers with what the page says of it."""
    live.start_server()
    for name in SERVICES:
        live.start(name)
    await live.ready(http)
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", script(live), cwd=tmp_path, env=live.environment() | {"KEY": ADMIN},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, errors = await asyncio.wait_for(process.communicate(), 120)
    told = output.decode()
    assert process.returncode == 0, told + errors.decode()
    assert told.count('"outcome":"created"') == 3
    assert '"outcome":"revised"' in told  # the withdrawal
    assert "harbour-feed" in told
    assert '"state":"' in told
    assert "harbour-post.example/feed.xml" in (tmp_path / "feeds.opml").read_text()
