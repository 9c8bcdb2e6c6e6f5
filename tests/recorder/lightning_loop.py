"""A network that Lightning trains. Apart from its tests, so that collecting them is quick."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lightning
import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

import mild
from mild.recorder.lightning import MildCallback

N, C = 60, 3
GIVEN = torch.arange(N) % C
IMAGES = torch.nn.functional.one_hot(GIVEN, C).float() + 0.1 * torch.rand(N, C)


class Module(lightning.LightningModule):  # type: ignore[misc]
    """Returns what the callback records; remembers it for the test."""

    def __init__(self, *, returns_logits: bool = True) -> None:
        super().__init__()
        self.network = torch.nn.Linear(C, C)
        self.returns_logits = returns_logits
        self.right_EN: list[Any] = []

    def training_step(self, batch: Any, batch_idx: int) -> Any:
        index, images, given = batch
        logits = self.network(images)
        loss = torch.nn.functional.cross_entropy(logits, given)
        if batch_idx == 0:
            self.right_EN.append(np.zeros(N, dtype=bool))
        self.right_EN[-1][index.numpy()] = (logits.argmax(1) == given).numpy()
        return {"loss": loss, "index": index, "logits": logits} if self.returns_logits else loss

    def validation_step(self, batch: Any, batch_idx: int) -> None:
        self.log("accuracy", (self.network(batch[1]).argmax(1) == batch[2]).float().mean())

    def configure_optimizers(self) -> Any:
        optimizer = torch.optim.SGD(self.parameters(), lr=0.5)
        return [optimizer], [torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)]


def fit(recorder: mild.Recorder, module: Module, root: Path, *more: Any) -> None:
    data = TensorDataset(torch.arange(N), IMAGES, GIVEN)
    trainer = lightning.Trainer(
        max_epochs=3, accelerator="cpu", logger=False, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False, default_root_dir=root,
        callbacks=[MildCallback(recorder, accuracy="accuracy"), *more],
    )  # fmt: skip
    loader = DataLoader(data, batch_size=16, shuffle=True)
    trainer.fit(module, loader, DataLoader(data, batch_size=N))
