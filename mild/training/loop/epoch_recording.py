"""What the network made of every instance in one epoch, kept on the device until the epoch ends.

Axes: N instances of the round by slot, B batch, C classes.
"""

from __future__ import annotations

import torch
from torch.nn import functional

from mild.store.writer import EpochArrays
from mild.training.distributed.process_group import ALONE, ProcessGroup

NOT_SEEN = 2


class EpochRecording:
    """Status, predicted label, loss and margin by slot; one transfer at the end of the epoch.

    With `n_classes`, the predicted probabilities as well.
    """

    def __init__(self, n: int, device: torch.device, n_classes: int = 0) -> None:
        self._status_N = torch.full((n,), NOT_SEEN, dtype=torch.uint8, device=device)
        self._predictions_N = torch.zeros(n, dtype=torch.int32, device=device)
        self._losses_N = torch.zeros(n, dtype=torch.float32, device=device)
        self._margins_N = torch.zeros(n, dtype=torch.float32, device=device)
        self._probabilities_NC: torch.Tensor | None = None
        if n_classes:
            self._probabilities_NC = torch.zeros((n, n_classes), device=device)

    def add(
        self,
        slot_B: torch.Tensor,
        logits_BC: torch.Tensor,
        given_B: torch.Tensor,
        losses_B: torch.Tensor,
    ) -> None:
        """Record a batch as the network saw it in training, before the step that follows."""
        logits_BC = logits_BC.detach().float()
        predictions_B = logits_BC.argmax(dim=1)
        self._status_N[slot_B] = (predictions_B == given_B).to(torch.uint8)
        self._predictions_N[slot_B] = predictions_B.to(torch.int32)
        self._losses_N[slot_B] = losses_B.detach().float()
        self._margins_N[slot_B] = margins(logits_BC, given_B)
        if self._probabilities_NC is not None:
            self._probabilities_NC[slot_B] = logits_BC.softmax(dim=1)

    def current(self) -> torch.Tensor:
        """Return status so far, on the CPU; `NOT_SEEN` where the instance is still to come."""
        return self._status_N.cpu()

    def finish(self, ranks: ProcessGroup = ALONE) -> EpochArrays:
        """Return all of it, on the CPU; several processes' parts come together on the first."""
        status_N = self._status_N
        if not ranks.alone:  # each slot was seen by one of them
            status_N = torch.where(status_N == NOT_SEEN, 0, status_N)
        probabilities = self._probabilities_NC
        return EpochArrays(
            status_N=ranks.sum_on_first(status_N).numpy(),
            predictions_N=ranks.sum_on_first(self._predictions_N).numpy(),
            losses_N=ranks.sum_on_first(self._losses_N).numpy(),
            margins_N=ranks.sum_on_first(self._margins_N).numpy(),
            probabilities_NC=(
                None if probabilities is None else ranks.sum_on_first(probabilities).numpy()
            ),
        )


def margins(logits_BC: torch.Tensor, given_B: torch.Tensor) -> torch.Tensor:
    """Subtract the largest other logit from the given label's (Pleiss et al. 2020).

    Shape (B,); lower means more likely wrong.
    """
    given_BC = functional.one_hot(given_B, logits_BC.shape[1]).bool()
    given_logit_B = logits_BC.gather(1, given_B.unsqueeze(1)).squeeze(1)
    return given_logit_B - logits_BC.masked_fill(given_BC, -torch.inf).amax(dim=1)
