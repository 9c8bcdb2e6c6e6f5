"""Everything that would make a run fail at its beginning, as far as it shows now: one function."""

from __future__ import annotations

from pathlib import Path

from mild.config import RunConfig
from mild.errors import InstallationError
from mild.installation import need
from mild.preflight import data, device, network, room
from mild.store.folder import runs_root


def problems(config: RunConfig, *, root: Path | None = None, here: bool = True) -> list[str]:
    """Write one sentence for each reason not to start; an empty list where none is known.

    Files are listed and labels read, but no image is opened and PyTorch is not imported: a moment,
    or some seconds for a million files. What only training can tell is left to it.

    Parameters
    ----------
    root
        The runs folder the run is to be made in; by default the usual one.
    here
        Whether its worker starts on this machine. If not, device and installation are those of
        another one, and are left to it.
    """
    images, found = data.inspect_data(config)
    found = [*found, *network.problems(config)]
    found += room.problems(config, images, root or runs_root())
    return [*found, *_of_this_machine(config)] if here else found


def _of_this_machine(config: RunConfig) -> list[str]:
    try:
        need("train", "Training")
    except InstallationError as error:
        return [str(error)]
    return device.problems(config)
