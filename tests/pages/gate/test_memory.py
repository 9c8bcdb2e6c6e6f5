"""The dashboard gives large blocks of memory back, also from between small ones that stay."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = """
import sys
import psutil
from mild.ui.gate.memory import LARGE, give_back_large_blocks

if sys.argv[1] == "give back":
    assert give_back_large_blocks()
del (whole := [bytearray(8_000_000)])[:]  # to glibc, what is large begins here now
before = psutil.Process().memory_info().rss
blocks = [(bytearray(2 * LARGE), bytearray(LARGE // 4)) for _ in range(400)]
stays = [small for _, small in blocks]
del blocks
print((psutil.Process().memory_info().rss - before) // LARGE)
"""


def _held(word: str) -> int:
    found = subprocess.run(
        [sys.executable, "-c", _PROGRAM, word], check=True, capture_output=True, text=True
    )
    return int(found.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="mallopt is glibc's")
def test_what_is_freed_is_the_systems_again() -> None:
    assert _held("give back") < 200 < 600 < _held("leave")
