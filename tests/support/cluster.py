"""A cluster of real servers on loopback: masters only, each with its share of the slots."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from redis import Redis

from newswire_common.streams import SLOTS
from newswire_local.embedded import EmbeddedServer
from tests.support.live import free_port


@contextmanager
def cluster(folder: Path, masters: int = 3) -> Iterator[str]:
    """The ``redis+cluster://`` URL of a running cluster."""
    with ExitStack() as stack:
        ports = [_master(stack, folder / f"node-{number}") for number in range(masters)]
        nodes = [stack.enter_context(Redis(port=port)) for port, _ in ports]
        for number, node in enumerate(nodes):
            first, last = number * SLOTS // masters, (number + 1) * SLOTS // masters - 1
            node.execute_command("CLUSTER ADDSLOTSRANGE", first, last)
            node.execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
        for port, bus in ports[1:]:
            nodes[0].execute_command("CLUSTER MEET", "127.0.0.1", port, bus)
        while not all(_whole(node, masters) for node in nodes):
            pass  # each look is a round trip, and gossip offers no event
        yield f"redis+cluster://127.0.0.1:{ports[0][0]}"


def _whole(node: Redis, masters: int) -> bool:
    info = node.execute_command("CLUSTER INFO")
    return bool(info["cluster_state"] == "ok" and int(info["cluster_known_nodes"]) == masters)


def _master(stack: ExitStack, folder: Path) -> tuple[int, int]:
    port, bus = free_port(), free_port()
    server = EmbeddedServer(
        folder, extra=("--port", str(port), "--bind", "127.0.0.1", "--cluster-enabled", "yes",
                       "--cluster-node-timeout", "2000", "--cluster-port", str(bus)),
    )  # fmt: skip
    server.start()
    stack.callback(server.stop)
    return port, bus
