"""The network that a run came to, for use elsewhere.

>>> from mild.store.run import open_run  # doctest: +SKIP
>>> model = load_model(open_run("demo-digits"))  # doctest: +SKIP
>>> model(images_BCHW).argmax(dim=1)  # images as floats from 0 to 1  # doctest: +SKIP

Without this project, `torch.load("RUN/checkpoint/state.pt", weights_only=True)` gives a dictionary
whose `network` is a state dict, with the name of the `model`, `n_classes`, `image_size`, and the
`mean` and `deviation` per channel by which images from 0 to 1 are normalised.
"""

from __future__ import annotations

import torch
from torch import nn

from mild.errors import RunError
from mild.store.run import Run
from mild.training.features.frozen import WithFeatures, frozen_network
from mild.training.features.head import empty_head
from mild.training.models.by_name import blank_network
from mild.training.runtime import checkpoint


class Normalised(nn.Module):
    """A network behind the normalisation it was trained with: images come as floats, 0 to 1."""

    def __init__(self, network: nn.Module, mean: list[float], deviation: list[float]) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1))
        self.register_buffer("deviation", torch.tensor(deviation).view(1, -1, 1, 1))

    def forward(self, images_BCHW: torch.Tensor) -> torch.Tensor:
        """Compute logits (B, n_classes)."""
        normalised = (images_BCHW - self.get_buffer("mean")) / self.get_buffer("deviation")
        logits: torch.Tensor = self.network(normalised)
        return logits


def load_model(run: Run, number: int | None = None) -> nn.Module:
    """Load the network after a run's last epoch, or at the end of a round, counted from 0.

    On the CPU and in evaluation mode.

    Raises
    ------
    RunError
        If it is not there or damaged.
    """
    path = run.folder.checkpoint if number is None else run.folder.network(number)
    if not path.is_file():
        raise RunError(f"{path} is missing: no network was kept there; train, or resume, the run.")
    content = checkpoint.read(path)
    network = _network(run, content)
    return Normalised(network, content["mean"], content["deviation"]).eval()


def _network(run: Run, content: checkpoint.State) -> nn.Module:
    config, size = run.config(), tuple(content["image_size"])
    if config.freeze:  # the checkpoint has the head alone
        found, _ = frozen_network(
            config, size, torch.device("cpu"),
            channels=lambda: (tuple(content["mean"]), tuple(content["deviation"])),
            say=lambda _: None, check=lambda: None,
        )  # fmt: skip
        head = empty_head(found.n_features, content["n_classes"], config.head)
        head.load_state_dict(content["network"])
        return WithFeatures(found, head)
    network = blank_network(config, content["n_classes"], size)
    network.load_state_dict(content["network"])
    return network
