"""Every kind of hostile input, by its name."""

from __future__ import annotations

from benchmarks.fuzz.kind import Kind
from benchmarks.fuzz.kinds.addresses import ADDRESSES
from benchmarks.fuzz.kinds.array_files import ARRAYS
from benchmarks.fuzz.kinds.configs import CONFIGS
from benchmarks.fuzz.kinds.manifests import MANIFESTS
from benchmarks.fuzz.kinds.messages import MESSAGES
from benchmarks.fuzz.kinds.pages import PAGES_KIND
from benchmarks.fuzz.kinds.reviews import REVIEWS
from benchmarks.fuzz.kinds.run_folders import RUNS
from benchmarks.fuzz.kinds.tensors import TENSORS
from benchmarks.fuzz.kinds.urls import URLS

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        CONFIGS,
        MANIFESTS,
        ARRAYS,
        TENSORS,
        RUNS,
        REVIEWS,
        ADDRESSES,
        MESSAGES,
        PAGES_KIND,
        URLS,
    )
}
