"""Standard Webhooks, version v1: HMAC-SHA256 over ``{id}.{unix seconds}.{body}``.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
The id is the same in every attempt, timestamp and signature are of the attempt.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from standardwebhooks import Webhook


@lru_cache(maxsize=10_000)
def _signer(secret: str) -> Webhook:
    return Webhook(secret)


def signed(delivery: str, body: bytes, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """The three headers, with a signature for each secret (``whsec_`` and base64).

    ``now`` is an aware UTC time. Raises ValueError on a secret that is not base64.
    """
    text = body.decode()
    return {
        "webhook-id": delivery,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(
            _signer(secret).sign(delivery, now, text) for secret in secrets
        ),
    }
