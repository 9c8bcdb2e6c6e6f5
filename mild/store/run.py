"""Reading a run, finished or not. Nothing here writes."""

from __future__ import annotations

from pathlib import Path

from mild.config import RunConfig, stored
from mild.config.stored import Stored
from mild.errors import ConfigError, RunError
from mild.store import schema, state
from mild.store.files import plain
from mild.store.folder import find_run, run_folders
from mild.store.reading.round_arrays import RoundArrays
from mild.store.reading.samples import Samples
from mild.store.reading.who import Instances, Who
from mild.store.state import LAUNCH_SECONDS, RunState
from mild.words import IMAGE, SAMPLE, Noun

__all__ = ["LAUNCH_SECONDS", "Instances", "Run", "RunState", "all_runs", "open_run"]


class Run(RoundArrays, Who, Samples):
    """One run on disk, read afresh at each call.

    Whatever is asked raises RunError, with a sentence, where a file is missing, damaged, or holds
    what no worker writes. Rounds are counted from 0; axes are E committed epochs, N slots of a
    round, M held-out instances, C classes.
    """

    def config(self) -> RunConfig:
        """Return what was asked for, as far as this version knows it."""
        return self.stored().config

    def stored(self) -> Stored:
        """Return what config.json says: request, where the run comes from, what is unknown."""
        try:
            return stored.read(plain.read_text(self.folder.config))
        except (OSError, ValueError, RecursionError, ConfigError) as error:
            raise RunError(self._damaged("config.json", error)) from error

    def state(self) -> RunState:
        """Return where the run is now: interrupted, if it has not ended and its worker is gone."""
        recorded = self.recorded_state()
        if recorded.state in schema.FINAL_STATES:
            return recorded
        if (alive := state.with_life(recorded, self.folder)) is not None:
            return alive
        # The worker may have ended between our two questions: what is open may not show that.
        recorded = Run(self.folder).recorded_state()
        if recorded.state in schema.FINAL_STATES:
            return recorded
        return state.gone(recorded, self.folder)

    def noun(self) -> Noun:
        """Return what people call an instance: a sample, where the run is not of images."""
        known = not self.has_pictures() and (self.has_instances() or self.config().recorded)
        return SAMPLE if known else IMAGE

    def has_checkpoint(self) -> bool:
        """Tell whether there is an epoch to go on from."""
        return self.folder.checkpoint.is_file()

    def log_tail(self, n_lines: int = 20) -> str:
        """Return the end of worker.log."""
        try:
            plain.check(self.folder.log)
            with self.folder.log.open("rb") as log:
                size = log.seek(0, 2)
                log.seek(max(0, size - 300 * n_lines))
                text = log.read().decode("utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-n_lines:])


def open_run(run_id: str, root: Path | None = None) -> Run:
    """Open a run by its id; RunError where `root`, the runs folder, has none of it."""
    return Run(find_run(run_id, root))


def all_runs(root: Path | None = None) -> list[Run]:
    """List every run, newest first; none is opened, so a damaged one does no harm here."""
    return [Run(folder) for folder in run_folders(root)]
