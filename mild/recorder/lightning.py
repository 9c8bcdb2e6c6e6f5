"""A callback for Lightning: what `training_step` returns is recorded.

`training_step` returns a dictionary with `loss`, and with `index` and `logits` of the batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mild.errors import RecordingError
from mild.recorder import Recorder
from mild.recorder.callbacks import check_installed, learning_rate

try:
    from lightning.pytorch.callbacks import Callback
except ModuleNotFoundError:  # told when somebody makes a callback, not on import
    Callback = None


class MildCallback(Callback or object):  # type: ignore[misc]
    """Hands every batch and epoch of `trainer.fit` to a recorder at work.

    Parameters
    ----------
    recorder
        In its `with` block; one `fit` may train for one round or for a part of it.
    accuracy
        The metric logged by `validation_step` that is the held-out accuracy, 0 to 1; None: none.

    Raises
    ------
    RecordingError
        If Lightning is not installed.
    """

    def __init__(self, recorder: Recorder, *, accuracy: str | None = None) -> None:
        check_installed(Callback, "lightning")
        self._recorder = recorder
        self._accuracy = accuracy
        self._learning_rate: float | None = None

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        if trainer.world_size > 1:
            raise RecordingError(
                f"{trainer.world_size} processes train here, and each would record its part only; "
                "record with devices=1."
            )

    def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        self._learning_rate = learning_rate(trainer.optimizers[0])

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        if not isinstance(outputs, Mapping) or not {"index", "logits"} <= set(outputs):
            raise RecordingError(
                "training_step returned no index and logits; return a dictionary such as "
                '{"loss": loss, "index": index, "logits": logits}.'
            )
        self._recorder.update(outputs["index"], outputs["logits"])
        if self._recorder.stop_requested:
            trainer.should_stop = True

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        if self._recorder.stop_requested:  # the epoch may be half of one
            return
        accuracy = None if self._accuracy is None else trainer.callback_metrics.get(self._accuracy)
        self._recorder.end_epoch(
            learning_rate=self._learning_rate,
            test_accuracy=None if accuracy is None else float(accuracy),
        )
