"""Ends its process group when the process that started it is gone, however it went.

    newswire ──pipe──▶ guardian, leader of the group of the server and the services
       │ kill -9         │ the pipe closes without a word
       ▼                 ▼ SIGTERM to the group; SIGKILL to what is left after the grace

Run by its path as ``python -I -S guardian.py``: it imports the standard library only, starts in
milliseconds, and as the group's leader keeps the group's id from being given to strangers.
"""

import os
import signal
import sys
import time

ALL_WELL = b"all ended"  # what the parent says when it has ended its children itself
GRACE_S = 35.0  # publish drains longest: 10 s for requests, 16 for deliveries, and what it notes


def main() -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if sys.stdin.buffer.read() == ALL_WELL:
        return
    os.killpg(0, signal.SIGTERM)
    time.sleep(GRACE_S)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
