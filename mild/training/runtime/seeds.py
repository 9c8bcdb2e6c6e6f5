"""Every generator derives from the run's seed and a purpose; the global one is never used."""

from __future__ import annotations

import zlib

import numpy as np
import torch


def _derived(seed: int, purpose: str) -> np.random.SeedSequence:
    return np.random.SeedSequence([seed, zlib.crc32(purpose.encode())])


def torch_seed(seed: int, purpose: str) -> int:
    """Derive a seed of 63 bits for `purpose`, the same on every machine."""
    return int(_derived(seed, purpose).generate_state(1, np.uint64)[0] >> np.uint64(1))


def torch_generator(seed: int, purpose: str, device: torch.device) -> torch.Generator:
    """Make a torch generator for `purpose`."""
    return torch.Generator(device=device).manual_seed(torch_seed(seed, purpose))


def numpy_generator(seed: int, purpose: str) -> np.random.Generator:
    """Make a numpy generator for `purpose`."""
    return np.random.default_rng(_derived(seed, purpose))
