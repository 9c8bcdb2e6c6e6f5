"""Which files of tests are begun first: the longest, so that at the end no process waits long.

Seconds of processor time of each file, children included, as measured; what is not here is short.
"""

from __future__ import annotations

LONGEST = {
    "tests/training/distributed/test_several_devices.py": 48,
    "tests/browser/server/test_server.py": 30,
    "tests/browser/journeys/test_practitioner.py": 25,
    "tests/training/pipeline/test_streaming.py": 19,
    "tests/browser/journeys/test_review.py": 23,
    "tests/training/loop/test_resume.py": 21,
    "tests/browser/journeys/test_demo.py": 20,
    "tests/jobs/test_slurm.py": 11,
    "tests/training/test_worker.py": 16,
    "tests/browser/test_accessibility.py": 13,
    "tests/cli/test_command_line.py": 12,
    "tests/browser/journeys/test_researcher.py": 11,
    "tests/training/loop/test_waiting.py": 10,
    "tests/installation/test_installed.py": 10,
    "tests/core/mixture/test_weibull.py": 10,
    "tests/pages/every_page/test_every_page.py": 9,
    "tests/jobs/test_line.py": 7,
    "tests/browser/test_layout.py": 8,
    "tests/browser/journeys/test_learn.py": 8,
    "tests/browser/test_selection.py": 7,
    "tests/core/test_spot_check.py": 7,
    "tests/browser/test_dynamics.py": 6,
    "tests/training/loop/test_branch.py": 6,
    "tests/source/test_imports.py": 6,
    "tests/training/loop/test_planting.py": 6,
    "tests/training/distributed/test_sync_batchnorm.py": 6,
    "tests/recorder/test_transformers.py": 6,
    "tests/training/features/test_frozen.py": 6,
    "tests/training/test_full_disk.py": 5,
    "tests/store/test_permissions.py": 5,
}
UNKNOWN_IN_BROWSER = 8
"""A test in a browser that is not measured yet is not a short one."""


def seconds(file: str) -> int:
    """What a file is thought to take, by its path from the project's folder; 0 is: a few."""
    return LONGEST.get(file, UNKNOWN_IN_BROWSER if file.startswith("tests/browser/") else 0)
