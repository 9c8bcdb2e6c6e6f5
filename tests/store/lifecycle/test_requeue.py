"""Who resumes or stops a run at the moment in which it ends does not undo its end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mild.errors import RunError
from mild.store.folder import RunFolder
from mild.store.lifecycle.requeue import requeue, take_out
from tests.runs_for_tests import write_run


@pytest.mark.parametrize("late", [lambda folder: requeue(folder, 0), take_out])
def test_a_run_that_its_worker_has_just_finished_stays_done(
    late: Callable[[RunFolder], None], runs_root: Path
) -> None:
    run = write_run(runs_root, n=60)
    with pytest.raises(RunError, match="is done meanwhile"):
        late(run.folder)
    assert run.state().state == "done"
