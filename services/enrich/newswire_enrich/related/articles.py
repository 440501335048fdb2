"""What is kept of each article in the index, by slot: a small number that is used again."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from newswire_enrich.related.signature import Signature

_SLOT_BITS = 20
_SLOT = (1 << _SLOT_BITS) - 1
_EMPTY = -1
LOT_BITS = 46

Slots = NDArray[np.intp]
Moment = tuple[int, str]  # when an article first came, and its id: all are in this order
Tickets = NDArray[np.int64]
Chosen = NDArray[np.bool_]


class Held(NamedTuple):
    """What a link says, and which version it is of."""

    id: str
    version: int
    url: str | None
    headline: str
    at_ms: int


class Articles:
    """The articles at their slots. A ticket names one stay of one version at a slot for ever.

    In time: when the article first came, then its id, so that a revision stays where it was.
    """

    def __init__(self, slots: int) -> None:
        self.used = 0  # slots from here on were never taken
        self._slots: dict[str, int] = {}
        self._held: list[Held | None] = []
        self._free: list[int] = []
        self._stays = 0
        self._tickets = np.full(slots, _EMPTY, dtype=np.int64)
        self._first_ms = np.zeros(slots, dtype=np.int64)
        self._lots = np.zeros(slots, dtype=np.int64)
        self._languages = np.zeros(slots, dtype=np.uint32)

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, article_id: object) -> bool:
        return article_id in self._slots

    def __iter__(self) -> Iterator[Held]:
        return (held for held in self._held if held is not None)

    def slot(self, article_id: str) -> int | None:
        return self._slots.get(article_id)

    def find(self, article_id: str) -> Held | None:
        slot = self._slots.get(article_id)
        return None if slot is None else self._held[slot]

    def at(self, slot: int) -> Held:
        """Raises LookupError where there is none."""
        held = self._held[slot]
        if held is None:
            message = f"no article at slot {slot}"
            raise LookupError(message)
        return held

    def place(self, signature: Signature) -> int:
        """Take the article in; the slot that it got."""
        if self._free:
            slot = self._free.pop()
        else:
            slot = self.used
            self.used += 1
            self._held.append(None)
        self._held[slot] = Held(
            signature.id, signature.version, signature.url, signature.headline, signature.at_ms
        )
        self._slots[signature.id] = slot
        self.renew(slot)
        self._first_ms[slot] = signature.begun_ms
        self._lots[slot] = lot_of(signature.id)
        self._languages[slot] = language_of(signature.language)
        return slot

    def drop(self, article_id: str) -> int:
        """Forget an article that is here; the slot that it had."""
        slot = self._slots.pop(article_id)
        self._held[slot] = None
        self._tickets[slot] = _EMPTY
        self._free.append(slot)
        return slot

    def renew(self, slot: int) -> None:
        """Have the tickets that were given for ``slot`` hold no more."""
        self._stays += 1
        self._tickets[slot] = self._stays << _SLOT_BITS | slot

    def ticket(self, slot: int) -> int:
        return int(self._tickets[slot])

    def tickets(self, slots: Slots) -> Tickets:
        return self._tickets[slots]

    def slots_of(self, tickets: Tickets) -> Slots:
        """Where they were given, whether or not they still hold."""
        return (tickets & _SLOT).astype(np.intp)

    def hold(self, tickets: Tickets) -> Chosen:
        """Which of them still stand for what is at their slot."""
        held: Chosen = self._tickets[tickets & _SLOT] == tickets
        return held

    def lots(self, slots: Slots) -> NDArray[np.int64]:
        return self._lots[slots]

    def lot(self, slot: int) -> int:
        return int(self._lots[slot])

    def same_language(self, slots: Slots, language: int) -> Chosen:
        same: Chosen = self._languages[slots] == language
        return same

    def language(self, slot: int) -> int:
        return int(self._languages[slot])

    def first_ms(self, slots: Slots) -> NDArray[np.int64]:
        return self._first_ms[slots]

    def moment(self, slot: int) -> Moment:
        """The place of an article in time, for comparison."""
        return int(self._first_ms[slot]), self.at(slot).id

    def before(self, slots: Slots, moment: Moment) -> Chosen:
        """Which of them come before ``moment``."""
        first_ms, article_id = moment
        times = self._first_ms[slots]
        earlier: Chosen = times < first_ms
        for place in np.flatnonzero(times == first_ms).tolist():
            earlier[place] = self.at(int(slots[place])).id < article_id
        return earlier


def lot_of(article_id: str) -> int:
    """A number that has nothing to do with the article but is always the same for it."""
    return int.from_bytes(blake2b(article_id.encode(), digest_size=8).digest()) >> (64 - LOT_BITS)


def language_of(tag: str | None) -> int:
    """A number for the language of a BCP 47 tag, its region left out."""
    return crc32((tag or "").partition("-")[0].lower().encode())
