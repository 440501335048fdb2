"""Webhooks: tells subscribers' endpoints what happened, signed, until they have it.

    {pN}:events | fan-out | {wN} queues, one an endpoint | worker | signed POST > the endpoint
                                        ^------ retry when the schedule says ------'

Delivery is at least once, in no promised order; ``webhook-id`` is the same in every attempt.
"""

from newswire_publish.webhooks.wiring import Webhooks

__all__ = ["Webhooks"]
