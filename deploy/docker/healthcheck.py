#!/usr/bin/env python3
"""The container's health: whether its service is ready. Exits 0, or 1 with the reason.

Standard library only: it runs every few seconds, and the service's own imports take longer.
"""

import os
import sys
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

TIMEOUT_S = 2.0
REASON_BYTES = 1_000


def trouble() -> str | None:
    """Why the service in this container is not ready, or None."""
    port = os.environ[f"NEWSWIRE_{os.environ['SERVICE'].upper()}_PORT"]
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=TIMEOUT_S):
            return None
    except HTTPError as error:
        with error:
            return error.read(REASON_BYTES).decode(errors="replace")
    except (URLError, TimeoutError) as error:
        return f"no answer: {error}"


if __name__ == "__main__":
    sys.exit(trouble())
