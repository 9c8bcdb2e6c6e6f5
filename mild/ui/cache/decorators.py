"""Keep what a function returns, once per server: the only file that names streamlit's caches.

Arguments are names and numbers, never arrays: those would be sampled. What changes a value is among
the arguments of its function: how many epochs are committed, how many rounds are finished. Every
window gets the same object, so values are frozen, or filled and never changed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import streamlit as st

from mild.store.run import Run, open_run

Key = ParamSpec("Key")
Value = TypeVar("Value")


def per_run(
    max_entries: int, show: str | bool = False, *, seconds: float | None = None
) -> Callable[[Callable[Concatenate[Run, Key], Value]], Callable[Concatenate[Run, Key], Value]]:
    """Keep what a function makes of a run, by the run's name and the other arguments.

    `show` is said while it is made; after `seconds` it is made again.
    """

    def decorate(
        make: Callable[Concatenate[Run, Key], Value],
    ) -> Callable[Concatenate[Run, Key], Value]:
        def by_name(root: str, run_id: str, *key: Any, **named: Any) -> Any:
            return make(open_run(run_id, Path(root)), *key, **named)

        by_name.__module__, by_name.__qualname__ = make.__module__, make.__qualname__
        cached = per_server(max_entries, show, seconds=seconds)(by_name)  # told apart by its name

        def of_run(run: Run, /, *key: Key.args, **named: Key.kwargs) -> Value:
            value: Value = cached(str(run.folder.path.parent), run.run_id, *key, **named)
            return value

        update_wrapper(of_run, make)
        return of_run

    return decorate


def newest_per_run(
    max_entries: int, *, names: int
) -> Callable[[Callable[Concatenate[Run, Key], Value]], Callable[Concatenate[Run, Key], Value]]:
    """Keep the last thing a function made of a run, until other arguments are asked for.

    For what gets longer with every epoch: of a run that trains nobody asks for earlier ones again,
    and as many entries as there may be would each get longer. Streamlit, too, keeps a lock for each
    set of arguments it ever saw. The first `names` arguments say of what, as a round's number does.
    """

    def decorate(
        make: Callable[Concatenate[Run, Key], Value],
    ) -> Callable[Concatenate[Run, Key], Value]:
        def place(run: Run, *name: Any) -> list[tuple[Any, Value]]:
            return []

        place.__module__, place.__qualname__ = make.__module__, f"{make.__qualname__}.newest"
        place_of = per_run(max_entries)(place)

        def of_run(run: Run, /, *key: Key.args, **named: Key.kwargs) -> Value:
            kept, asked = place_of(run, *key[:names]), (key, named)
            for known, value in kept[:]:  # a copy: several windows ask at once
                if known == asked:
                    return value
            value = make(run, *key, **named)
            kept[:] = [(asked, value)]
            return value

        update_wrapper(of_run, make)
        return of_run

    return decorate


def per_server(
    max_entries: int | None = None, show: str | bool = False, *, seconds: float | None = None
) -> Callable[[Callable[Key, Value]], Callable[Key, Value]]:
    """Keep what a function makes of names and numbers alone."""

    def decorate(make: Callable[Key, Value]) -> Callable[Key, Value]:
        keep = st.cache_resource(max_entries=max_entries, show_spinner=show, ttl=seconds)
        return cast(Callable[Key, Value], keep(make))

    return decorate
