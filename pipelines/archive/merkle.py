"""The Merkle tree hash of RFC 6962 section 2.1, over leaves that come one after the other."""

import hashlib
from collections.abc import Iterable

LEAF, NODE = b"\x00", b"\x01"


def tree_hash(leaves: Iterable[bytes]) -> bytes:
    """Return the 32 bytes of the tree's SHA-256 hash; of no leaves, the hash of nothing.

    Only one hash a level of the tree is kept: a full left subtree is folded as soon as it is known.
    """
    waiting: list[bytes] = []  # the roots of full subtrees, from the largest to the smallest
    for count, leaf in enumerate(leaves):
        root = _hash(LEAF, leaf)
        full = count
        while full & 1:  # each set bit at the end is a full subtree of that size, which this leaf completes
            root = _hash(NODE, waiting.pop(), root)
            full >>= 1
        waiting.append(root)
    if not waiting:
        return hashlib.sha256().digest()
    root = waiting.pop()
    while waiting:
        root = _hash(NODE, waiting.pop(), root)
    return root


def _hash(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()
