"""Every kind of hostile input, by its name."""

from __future__ import annotations

from benchmarks.fuzz.addresses import ADDRESSES
from benchmarks.fuzz.array_files import ARRAYS
from benchmarks.fuzz.configs import CONFIGS
from benchmarks.fuzz.kind import Kind
from benchmarks.fuzz.manifests import MANIFESTS
from benchmarks.fuzz.messages import MESSAGES
from benchmarks.fuzz.pages import PAGES_KIND
from benchmarks.fuzz.run_folders import RUNS
from benchmarks.fuzz.tensors import TENSORS

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        CONFIGS,
        MANIFESTS,
        ARRAYS,
        TENSORS,
        RUNS,
        ADDRESSES,
        MESSAGES,
        PAGES_KIND,
    )
}
