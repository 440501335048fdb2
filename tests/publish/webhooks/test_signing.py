"""Standard Webhooks, v1."""

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from newswire_publish.webhooks.endpoint import new_secret
from newswire_publish.webhooks.signing import signed


def test_the_signature_is_that_of_the_specification() -> None:
    """The published vector, byte for byte."""
    headers = signed(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        datetime.fromtimestamp(1614265330, UTC),
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_each_of_several_secrets_verifies() -> None:
    """While a secret is rotated a receiver may know either."""
    old, new = new_secret(), new_secret()
    body = '{"headline":"협정"}'.encode()
    headers = signed("msg_1", body, [new, old], datetime.now(UTC))
    for secret in (old, new):
        assert Webhook(secret).verify(body, headers) == {"headline": "협정"}
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(body, headers)
