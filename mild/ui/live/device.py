"""What a worker takes of this machine, read from its process while it lives."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass

import psutil
import streamlit as st

from mild.store.run import Run, RunState
from mild.ui.live import gpu
from mild.ui.words import plain

MIN_SECONDS = 0.5
"""Shorter than this, processor time is too coarse to divide by."""
FAMILY_SECONDS = 10.0
"""How long a list of helpers is believed: to find them, every process of the machine is asked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """Of a process and its children."""

    pid: int
    measured: float
    """When, by the monotonic clock."""
    processor_seconds: float
    processors: float | None
    """How many were kept busy since the last look; None at the first."""
    memory: int
    """Bytes."""
    family: tuple[psutil.Process, ...]
    """The process and its children."""
    listed: float
    """When these were found, by the monotonic clock."""


def measure_process(pid: int, last: Use | None) -> Use | None:
    """Measure what a process takes now; None where it is gone, or cannot be seen from here."""
    if pid <= 0:  # how the kernel names a process of another container or machine
        return None
    now = time.monotonic()
    if last is not None and last.pid == pid and now - last.measured < MIN_SECONDS:
        return last
    known = last is not None and last.pid == pid and now - last.listed < FAMILY_SECONDS
    try:
        family = last.family if last is not None and known else _family(pid)
        seconds, memory = _taken(family[0])
    except psutil.Error:
        return None
    for helper in family[1:]:
        with suppress(psutil.Error):  # it has ended meanwhile
            more_seconds, more_memory = _taken(helper)
            seconds, memory = seconds + more_seconds, memory + more_memory
    busy = None
    if last is not None and last.pid == pid:
        busy = max(0.0, seconds - last.processor_seconds) / (now - last.measured)
    return Use(
        pid=pid, measured=now, processor_seconds=seconds, processors=busy, memory=memory,
        family=family, listed=last.listed if last is not None and known else now,
    )  # fmt: skip


def _family(pid: int) -> tuple[psutil.Process, ...]:
    process = psutil.Process(pid)
    return (process, *process.children(recursive=True))


def _taken(process: psutil.Process) -> tuple[float, int]:
    """Read processor time in seconds, and memory in bytes."""
    times = process.cpu_times()
    return times.user + times.system, process.memory_info().rss


def show(run: Run, state: RunState) -> None:
    """Say in one line on what the run trains and why, and what that takes."""
    facts = run.facts()
    parts = []
    if "device" in facts:
        verb = "Trains" if state.live else "Trained"
        why = facts.get("device_reason", "as asked")
        where = "the CPU" if facts["device"] == "cpu" else facts["device"]
        parts.append(plain(f"{verb} on {where} ({why})"))
    if state.pid is not None and state.live:
        key = f"use {run.run_id}"
        use = st.session_state[key] = measure_process(state.pid, st.session_state.get(key))
        if gpus := gpu.query_gpus(facts.get("gpus", ())):
            parts.append(gpu.words(gpus))
        if use is not None:
            if use.processors is not None:
                parts.append(f"{use.processors:.1f} of {psutil.cpu_count()} processors busy")
            free = psutil.virtual_memory().available
            parts.append(f"{size(use.memory)} of memory, {size(free)} are free")
    if parts:
        st.caption(" · ".join(parts), help="Of the process that trains, and its helpers.")


def size(n_bytes: float) -> str:
    """Write bytes in the unit that fits.

    Examples
    --------
    >>> size(3_250_000_000), size(612_000_000)
    ('3.2 GB', '612 MB')
    """
    return f"{n_bytes / 1e9:.1f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:.0f} MB"
