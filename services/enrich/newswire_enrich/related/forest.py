"""A forest over slots: each node's parent, root, and the size of its tree, kept up to date."""

import numpy as np
from numpy.typing import NDArray

from newswire_enrich.related.articles import Slots

_NONE = -1
_LARGE = 256  # nodes: from there on to look at every slot is faster than to climb


class Forest:
    """Memory: 8 bytes a slot, and some 200 a node that has children."""

    def __init__(self, slots: int) -> None:
        self._parents: NDArray[np.int32] = np.full(slots, _NONE, dtype=np.int32)
        self._roots: NDArray[np.int32] = np.full(slots, _NONE, dtype=np.int32)
        self._children: dict[int, set[int]] = {}
        self._sizes: dict[int, int] = {}  # of roots

    def has(self, node: int) -> bool:
        return bool(self._roots[node] != _NONE)

    def plant(self, node: int) -> None:
        """A new tree of one node."""
        self._roots[node] = node
        self._sizes[node] = 1

    def uproot(self, node: int) -> None:
        """Take out a node that has no children any more."""
        self.move(node, None)
        del self._sizes[node]
        self._roots[node] = _NONE

    def move(self, node: int, parent: int | None) -> None:
        """Put ``node``, with all below it, below ``parent``; without one it is a tree of its own.

        ``parent`` is not below ``node``.
        """
        self._unlink(node)
        if parent is not None:
            self._parents[node] = parent
            self._children.setdefault(parent, set()).add(node)
        root = node if parent is None else self.root(parent)
        before = self.root(node)
        if root == before:
            return
        moved = self.below(node)
        self._roots[moved] = root
        self._sizes[root] = self._sizes.get(root, 0) + len(moved)
        self._sizes[before] -= len(moved)
        if not self._sizes[before]:
            del self._sizes[before]

    def root(self, node: int) -> int:
        return int(self._roots[node])

    def size(self, root: int) -> int:
        return self._sizes[root]

    def children(self, node: int) -> list[int]:
        return list(self._children.get(node, ()))

    def has_parent(self, node: int) -> bool:
        return bool(self._parents[node] != _NONE)

    def tree(self, root: int) -> Slots:
        """All nodes of a tree."""
        return np.flatnonzero(self._roots == root)

    def below(self, node: int) -> Slots:
        """``node`` and its descendants."""
        if self._roots[node] == node and self._sizes[node] > _LARGE:
            return self.tree(node)
        found = [node]
        for one in found:  # grows as it goes
            found.extend(self._children.get(one, ()))
        return np.array(found, dtype=np.intp)

    def _unlink(self, node: int) -> None:
        parent = int(self._parents[node])
        if parent == _NONE:
            return
        self._parents[node] = _NONE
        siblings = self._children[parent]
        siblings.discard(node)
        if not siblings:
            del self._children[parent]
