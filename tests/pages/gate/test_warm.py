"""What a server imports in the background, while a person reads the first page."""

from __future__ import annotations

import gc
import sys

from mild.ui.frame import warm


def test_the_modules_of_every_page_are_imported_once_and_left_alone() -> None:
    warm._import_all()
    assert {name for name in warm._SLOW if name not in sys.modules} == set()
    assert gc.get_freeze_count() > 0
