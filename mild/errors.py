"""What can go wrong, one class per cause.

Every message names the thing and its value, the rule it broke, and the next step, in one sentence
or two, because it is shown to people as it stands: on a page, on standard error, or in the run's
state.
"""

MOST_PROBLEMS = 20
"""Sentences of one error."""


class MildError(Exception):
    """Something a person can act on; the message says how."""


class ConfigError(MildError):
    """A run was asked for with settings that do not fit together."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


class AccessError(MildError):
    """Somebody asks for what their role does not allow, or for a place that is closed to them."""


class InstallationError(MildError):
    """A part of the product is needed that was not installed."""


class DataError(MildError):
    """Images or labels are missing, unreadable, or of the wrong kind."""


class NoiseError(MildError):
    """A noise model cannot be applied to these labels."""


class StatusFileError(MildError):
    """A file of learning status cannot be used."""


class SelectionError(MildError):
    """A selection rule cannot be applied as asked."""


class EvaluationError(MildError):
    """Labels do not allow the evaluation asked for."""


class RunError(MildError):
    """A run's folder is missing, damaged, or in a state that forbids the request."""


class RunTakenError(RunError):
    """Another worker has taken a run; the one that meets this is no longer to write it."""


class DeviceError(MildError):
    """The device asked for is not there."""


class ModelError(MildError):
    """A network cannot be built, or its weights cannot be loaded."""


class RecordingError(MildError):
    """A loop handed the recorder something that cannot be recorded."""


class TrainingError(MildError):
    """Training cannot go on."""


class DivergedError(TrainingError):
    """The loss is no longer a number: whoever goes on from the same place ends there again."""


class ExportError(MildError):
    """What was reviewed cannot be written as asked."""


class PatchError(MildError):
    """A patch does not fit what it is to be applied to."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        shown = problems[:MOST_PROBLEMS]
        if len(problems) > MOST_PROBLEMS:
            shown.append(f"{len(problems) - MOST_PROBLEMS:,} more rows have problems.")
        super().__init__(" ".join(shown))


class ReviewError(MildError):
    """Decisions cannot be read in as they are."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


def out_of_reach(error: OSError) -> str:
    """Say that a file cannot be reached, and what to see to; for errors that nobody foresaw."""
    where = f"{error.filename}: " if error.filename else ""
    return (
        f"A file or folder cannot be reached ({where}{error.strerror or error}). See that its disk "
        "or network drive is there and has room"
    )


def first_line(error: BaseException) -> str:
    r"""Return the first line of what another program's error says, or its kind if it says nothing.

    Examples
    --------
    >>> first_line(ValueError("bad magic\nat byte 0")), first_line(EOFError())
    ('bad magic', 'EOFError')
    """
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
