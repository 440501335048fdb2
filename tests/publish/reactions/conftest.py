"""The stage `reactions` at hand, over the articles of a desk."""

import pytest

from newswire_common.connection import Client
from newswire_common.streams import partitions
from tests.publish.desk import Desk
from tests.publish.reactions.reacting import Beat


@pytest.fixture
def beat(client: Client) -> Beat:
    """On three partitions: an article and its story are mostly of different ones."""
    return Beat(Desk(client, partitions(3)))
