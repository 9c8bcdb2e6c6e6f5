"""A callback for the Trainer of Hugging Face's transformers: what the model returns is recorded.

Every sample has a field `index`, which the callback takes out before the model sees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mild.errors import RecordingError
from mild.recorder import Recorder
from mild.recorder.callbacks import check_installed, learning_rate

try:
    from transformers import TrainerCallback
except ModuleNotFoundError:  # told when somebody makes a callback, not on import
    TrainerCallback = None


class MildCallback(TrainerCallback or object):  # type: ignore[misc]
    """Hands every batch and epoch of `trainer.train` to a recorder at work.

    Parameters
    ----------
    recorder
        In its `with` block; one `train` may train for one round or for a part of it.
    accuracy
        The metric of `compute_metrics` that is the held-out accuracy, 0 to 1.

    Raises
    ------
    RecordingError
        If transformers is not installed.
    """

    def __init__(self, recorder: Recorder, *, accuracy: str = "eval_accuracy") -> None:
        check_installed(TrainerCallback, "transformers", "accelerate")
        self._recorder = recorder
        self._accuracy_name = accuracy
        self._hooks: list[Any] = []
        self._index: Any = None
        self._ended: dict[str, float] | None = None
        """What is known of an epoch that has ended and is not committed: its evaluation follows."""
        self._learning_rate = 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if args.remove_unused_columns:
            raise RecordingError(
                "the Trainer would drop the field index of each sample; set "
                "remove_unused_columns=False in TrainingArguments."
            )
        if args.world_size > 1 or args.n_gpu > 1:
            raise RecordingError(
                "several GPUs or processes train here, and each would record its part only; "
                "record with one (CUDA_VISIBLE_DEVICES=0)."
            )
        model = kwargs["model"]
        self._hooks = [
            model.register_forward_pre_hook(self._take_index, with_kwargs=True),
            model.register_forward_hook(self._record),
        ]

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._commit()
        self._learning_rate = learning_rate(kwargs["optimizer"])

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> Any:
        if self._recorder.stop_requested:
            control.should_training_stop = True
        return control

    def on_epoch_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if not self._recorder.stop_requested:  # the epoch may be half of one
            self._ended = {"learning_rate": self._learning_rate}

    def on_evaluate(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        accuracy = kwargs.get("metrics", {}).get(self._accuracy_name)
        if self._ended is not None and accuracy is not None:
            self._ended["test_accuracy"] = float(accuracy)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        for hook in self._hooks:
            hook.remove()
        self._commit()

    def _commit(self) -> None:
        if self._ended is not None:
            self._recorder.end_epoch(**self._ended)
            self._ended = None

    def _take_index(
        self, model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        self._index = kwargs.pop("index", None)
        if model.training and self._index is None:
            raise RecordingError(
                "a batch has no index; give every sample of the data set a field index, its "
                "position in the given labels."
            )
        return args, kwargs

    def _record(self, model: Any, args: tuple[Any, ...], output: Any) -> None:
        if model.training:
            logits = output["logits"] if isinstance(output, Mapping) else output.logits
            self._recorder.update(self._index, logits)
