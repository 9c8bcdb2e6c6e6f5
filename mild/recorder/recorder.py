"""Record learning status from a training loop of one's own, in any framework.

The result is an ordinary run, which the dashboard shows while the loop is at work. See
docs/recorder.md. Longer than other files: the docstrings of its one class are the reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from mild.analysis.instances.unjudged import kept_in_the_end, trained_on_next
from mild.config import RECORDED, RunConfig, parse
from mild.core.selection import DEFAULT, NUMBERS
from mild.errors import MildError, RecordingError
from mild.recorder import inputs, planting
from mild.recorder.inputs import IntArray, Names
from mild.recorder.open_round import OpenRound
from mild.recorder.planting import PlantedLabels
from mild.recorder.run_log import RunLog
from mild.recorder.stop_request import StopRequest
from mild.recorder.training_set import training_set


class Recorder:
    """Records whether a network predicts the given label of each instance, epoch by epoch.

    Parameters
    ----------
    given
        Shape (N,), the labels trained on, positions in `class_names`.
    class_names
        One per column of the logits; by default numbers up to the largest label.
    clean
        Shape (N,), the true labels where they are known. They judge the selection afterwards.
    images
        uint8, (N, H, W) or (N, H, W, 3): copies are kept for people to look at, at most 256 pixels
        a side, and smaller where there are many.
    texts
        One str per instance: of each the first 10,000 characters are kept, fewer of very many.
    table
        One row per instance: a pandas DataFrame, a structured array, or a list of dicts.
    audio
        One per instance: the path of a file, or a pair of array and sampling rate. The first five
        seconds are kept, fewer of many; docs/recorder.md tells how much room it takes.
    names
        One per instance, such as a file name.
    name
        What people call the run.
    epochs, rounds
        Epochs of the only round, or of each of several; give one of the two.
    planted
        What `mild.plant` returned, for round 1; or one for each round, None where nothing is
        planted. Such a round is trained on its `.labels`, and status is recorded against them.
    rule
        How `end_round` selects; see `mild.config.SelectionConfig`.
    root
        The runs folder; by default `MILD_RUNS_DIR`, else `./runs`.
    tau, keep_fraction, cut
        The number that the rule asks for, if any.

    Raises
    ------
    RecordingError
        If labels, names, planted labels and what the instances are do not fit together.
    ConfigError
        If epochs or the rule are not possible.

    Examples
    --------
    >>> with Recorder(given=labels, epochs=20) as recorder:  # doctest: +SKIP
    ...     for epoch in range(20):
    ...         for index, images in batches:
    ...             logits = network(images)
    ...             recorder.update(index, logits)
    ...             step(logits, labels[index])
    ...         recorder.end_epoch()
    ...     kept = recorder.end_round()
    """

    def __init__(
        self,
        given: Any,
        *,
        class_names: Sequence[str] | None = None,
        clean: Any = None,
        images: Any = None,
        texts: Sequence[str] | None = None,
        table: Any = None,
        audio: Sequence[Any] | None = None,
        names: Names | None = None,
        name: str = "my run",
        epochs: int | None = None,
        rounds: Sequence[int] | None = None,
        planted: PlantedLabels | Sequence[PlantedLabels | None] | None = None,
        rule: str = DEFAULT.name,
        root: Path | str | None = None,
        **numbers: float | None,
    ) -> None:
        if unknown := sorted(set(numbers) - set(NUMBERS)):
            raise TypeError(f"Recorder has no argument {unknown[0]!r}; see help(mild.Recorder)")
        said = {key: value for key, value in numbers.items() if value is not None}
        self._config = _config(name, epochs, rounds, {"rule": rule, **said})
        self._root = None if root is None else Path(root).absolute()
        self._data = training_set(
            given, clean=clean, class_names=class_names, names=names,
            images=images, texts=texts, table=table, audio=audio,
        )  # fmt: skip
        by_round = planting.by_round(
            planted,
            given_A=self._data.given_A,
            n_classes=len(self._data.class_names),
            n_rounds=len(self._config.rounds),
        )
        self._round = OpenRound(self._data, by_round)
        self._stop = StopRequest()
        self._log: RunLog | None = None
        self._ended = False

    @property
    def run_id(self) -> str:
        """The run's id, as `python -m mild runs` lists it."""
        return self._at_work().run.run_id

    @property
    def index(self) -> IntArray:
        """Shape (n,): the instances of the round under way, as positions in `given`."""
        return self._round.index_N

    @property
    def stop_requested(self) -> bool:
        """Whether somebody asked for the end, on the dashboard or with `python -m mild stop`.

        A loop that heeds it leaves the `with` block. Where the recorder is not in the main thread
        it cannot listen, and this stays False.
        """
        return self._stop.asked

    def start(self) -> Recorder:
        """Make the run and open its first round; a `with` block does it by itself.

        Raises
        ------
        RecordingError
            If it was started before: a recorder is for one run, and a run has one recorder.
        RunError
            If the runs folder cannot be written.
        """
        if self._log is not None:
            raise RecordingError(
                f"this recorder has its run, {self._log.run.run_id}; make a new one for another."
            )
        self._stop.listen()
        try:
            self._log = RunLog(
                self._config, self._root, data=self._data, hears_stop=self._stop.listening
            )
            self._log.who_is_who()
            self._round.begin(self._log)
        except BaseException as error:
            self._end_because_of(error)
            raise
        return self

    def update(self, index: Any, logits: Any) -> None:
        """Record a batch, as the network saw it in training, before the step that follows.

        Parameters
        ----------
        index
            Shape (B,), positions in `given`, each at most once per epoch.
        logits
            Shape (B, C), before any softmax. numpy, or what turns into it; torch tensors may be on
            any device, and those on a GPU are fetched together about once a second.

        Raises
        ------
        RecordingError
            If they cannot be recorded; on a GPU, at the latest in `end_epoch`.
        """
        log = self._at_work()
        self._round.check_room(log)
        self._round.add(index, logits)
        self._round.show_now_and_then(log)

    def end_epoch(
        self, *, learning_rate: float | None = None, test_accuracy: float | None = None
    ) -> None:
        """Commit the epoch; after that nothing can lose it.

        Parameters
        ----------
        learning_rate
            At the start of the epoch.
        test_accuracy
            On a held-out part after the epoch, 0 to 1.

        Raises
        ------
        RecordingError
            If the epoch missed a batch or more. Fewer instances, as with drop_last, keep the
            status of the epoch before; in a first epoch they count as misclassified.
        """
        log = self._at_work()
        inputs.check_share(test_accuracy, "test_accuracy")
        inputs.check_number(learning_rate, "learning_rate")
        here, n = self._round, len(self._round.index_N)
        recorded, n_missed = here.finish_epoch()
        log.end_epoch(
            here.number,
            here.epoch,
            recorded,
            learning_rate=None if learning_rate is None else float(learning_rate),
            test_accuracy=None if test_accuracy is None else float(test_accuracy),
        )
        if n_missed and here.epoch == 1:
            log.note(
                f"Epoch 1 of round {here.number + 1} left out {n_missed:,} of {n:,} instances; "
                "what an epoch leaves out keeps its last status.",
            )
        here.epoch += 1

    def end_round(self) -> IntArray:
        """Select by the run's rule; the next round, if one was asked for, begins.

        Returns
        -------
        Shape (n,), positions in `given` of those kept: what the next round trains on. What was
        planted in this round is among them, for the next one to judge; after the last round, where
        it was kept before, or where the network predicted it as its given label. Where too few are
        left to train on, those of this round, and the run says so.

        Raises
        ------
        RecordingError
            If no epoch of this round is recorded, or one is under way.
        """
        log = self._at_work()
        here = self._round
        if here.epoch == 1 or here.under_way:
            what = "has no epoch yet" if here.epoch == 1 else "has an epoch under way"
            raise RecordingError(
                f"round {here.number + 1} {what}; call end_epoch() before end_round()."
            )
        kept_N = log.end_round(here.number).kept_N
        index_N = here.index_N
        if kept_N.sum() >= max(2, len(self._data.class_names)):
            index_N = self._left(log)
        else:
            log.note(f"Round {here.number + 1} kept too little to train on.")
        here.go_on(index_N)
        if here.number < len(log.config.rounds):
            here.begin(log)
        return index_N

    def finish(self) -> None:
        """End the run; a `with` block does it by itself. Calling it again does nothing.

        A round with epochs but without its selection gets it now, unless a stop was asked for. An
        epoch that was not ended is left out.

        Raises
        ------
        RecordingError
            If it was never started.
        RunError
            If the end cannot be written.
        """
        if self._ended:
            return
        try:
            self._finish(self._at_work())
        except BaseException as error:
            self._end_because_of(error)
            raise

    def fail(self, error: BaseException) -> None:
        """End the run because of an error; a `with` block does it by itself."""
        if self._ended:
            return
        log = self._at_work()
        if isinstance(error, Exception):
            self._ended = True
            self._stop.restore()
            log.fail(error)
        else:  # Ctrl-C, or sys.exit
            what = "Stopped by Ctrl-C" if isinstance(error, KeyboardInterrupt) else "Ended"
            what = "Stopped on request" if self._stop.asked else what
            self._end(log, "stopped", f"{what}; every epoch up to here is kept.")

    def __enter__(self) -> Recorder:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.finish()
        else:
            self._end_because_of(error)

    def _at_work(self) -> RunLog:
        if self._log is None:
            raise RecordingError("the recorder is not started; use it in a `with` block.")
        if self._ended:
            raise RecordingError(
                f"run {self._log.run.run_id} is finished; make a new recorder for another."
            )
        return self._log

    def _finish(self, log: RunLog) -> None:
        here = self._round
        if here.under_way:
            log.note(f"Epoch {here.epoch} was not ended by end_epoch() and is left out.")
            here.forget_epoch()
        if self._stop.asked:
            self._end(log, "stopped", "Stopped on request; every epoch up to here is kept.")
            return
        if here.epoch > 1:
            self.end_round()
        if here.number == 0:
            self._end(log, "stopped", "The loop ended before its first epoch.")
        else:
            self._end(log, "done", f"{log.run.noun().count(len(here.index_N))} kept.")

    def _end_because_of(self, error: BaseException) -> None:
        self._stop.restore()
        if self._log is None:
            return
        with suppress(MildError):  # a full disk may be the error itself: let that be seen
            self.fail(error)

    def _left(self, log: RunLog) -> IntArray:
        number = self._round.number
        if number + 1 < len(log.config.rounds):
            return trained_on_next(log.run, number)
        return kept_in_the_end(log.run, number, self._data.given_A)

    def _end(self, log: RunLog, state: str, sentence: str) -> None:
        self._ended = True
        self._stop.restore()
        log.end(state, sentence)


def _config(
    name: str, epochs: int | None, rounds: Sequence[int] | None, selection: dict[str, Any]
) -> RunConfig:
    if (epochs is None) == (rounds is None):
        raise RecordingError("give either epochs, of the only round, or rounds, of each of them.")
    if rounds is not None and not isinstance(rounds, Iterable):
        raise RecordingError(
            f"rounds is {rounds!r}; give the epochs of each round, as in rounds=[20, 10], or "
            "epochs of the only one."
        )
    return parse(
        {
            "name": name,
            "data": {"source": RECORDED},
            "model": RECORDED,
            "rounds": [epochs] if rounds is None else list(rounds),
            "selection": selection,
            "final": {"kind": "none"},
        }
    )
