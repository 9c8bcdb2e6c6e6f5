"""A class that opens and reloads pages does not use up what a system allows by default."""

from __future__ import annotations

import pytest

from mild.ui.gate.open_files import MOST, allow_more_open_files

resource = pytest.importorskip("resource")


def test_the_limit_of_open_files_is_raised_as_far_as_the_system_lets_it() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    hard = before[1]
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        allowed = allow_more_open_files()
        assert allowed == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        assert allowed == (MOST if hard == resource.RLIM_INFINITY else min(MOST, hard))
        assert allow_more_open_files() == allowed
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
