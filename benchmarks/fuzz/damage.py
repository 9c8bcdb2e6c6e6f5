"""Damage to the bytes of a file: flips, truncations, pieces put in the wrong place, other files."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.fuzz.values import Random


class _Act:
    """Writes a file where it is unpickled: what must never happen."""

    def __init__(self, proof: Path) -> None:
        self._proof = proof

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return _write, (str(self._proof),)


def _write(path: str) -> None:
    Path(path).write_text("a pickle was run\n", encoding="ascii")


def acting_pickle(proof: Path) -> bytes:
    """A pickle that writes `proof` where somebody loads it."""
    return pickle.dumps(_Act(proof))


@contextmanager
def never_run(proof: Path) -> Iterator[None]:
    """Whatever comes of the block, it is a find if the pickle with this proof was loaded in it."""
    try:
        yield
    finally:
        if proof.exists():
            raise AssertionError("a pickle was run")


def damaged(content: bytes, rng: Random, pickled: bytes = b"") -> bytes:
    """`content` with damage of one sort, drawn at random; now and then something else."""
    ways = (_flipped, _flipped, _cut, _overwritten, _inserted, _removed, _doubled)
    sort = rng.integers(len(ways) + 1)
    if sort == len(ways):
        return (b"", bytes(rng.bytes(64)), pickled, content[::-1])[rng.integers(4)]
    return ways[sort](content, rng)


def _flipped(content: bytes, rng: Random) -> bytes:
    """A few bits, mostly near the front, where headers are."""
    if not content:
        return content
    found = bytearray(content)
    for _ in range(rng.integers(1, 9)):
        end = len(found) if rng.random() < 0.5 else min(len(found), 256)
        found[rng.integers(end)] ^= 1 << rng.integers(8)
    return bytes(found)


def _cut(content: bytes, rng: Random) -> bytes:
    return content[: rng.integers(len(content) + 1)]


def _overwritten(content: bytes, rng: Random) -> bytes:
    start, length = rng.integers(len(content) + 1), int(rng.integers(1, 33))
    piece = (b"\xff" * length, b"\0" * length, rng.bytes(length))[rng.integers(3)]
    return content[:start] + piece + content[start + length :]


def _inserted(content: bytes, rng: Random) -> bytes:
    start = rng.integers(len(content) + 1)
    return content[:start] + rng.bytes(int(rng.integers(1, 65))) + content[start:]


def _removed(content: bytes, rng: Random) -> bytes:
    start = rng.integers(len(content) + 1)
    return content[:start] + content[start + int(rng.integers(1, 65)) :]


def _doubled(content: bytes, rng: Random) -> bytes:
    start = rng.integers(len(content) + 1)
    piece = content[start : start + int(rng.integers(1, 257))]
    return content[:start] + piece + content[start:]
