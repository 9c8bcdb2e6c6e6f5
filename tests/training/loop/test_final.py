"""The final stage: supervised or MixMatch, with a moving average of the weights or without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from mild.analysis.instances.unjudged import kept_in_the_end
from mild.config import FinalConfig
from mild.store.run import Run
from mild.store.writer import RunWriter, create_run
from mild.training.loop import mixmatch
from mild.training.loop.ema import decay_at, with_ema
from mild.training.loop.epoch_recording import EpochRecording
from mild.training.loop.final import train_final
from mild.training.loop.rounds import RoundsEnd
from mild.training.models import file as model_file
from mild.training.models.initialise import new_network
from mild.training.runtime import automatic, checkpoint
from mild.training.runtime.context import TrainingContext, make_context
from mild.training.runtime.stop import Stop, Stopped
from tests.training.resumable import N_CLASSES, N, StopAfter, config, digests, prepared, train

DECAY = 0.9
MIXMATCH = {"kind": "mixmatch", "epochs": 3}
"""After rounds of 4 and 3 epochs."""


def _final(root: Path, index_N: Any, final: dict[str, Any], **changes: Any) -> tuple[Run, Any]:
    """The final stage alone, on these instances, and its network."""
    run = Run(create_run(config(final=final, **changes), root))
    writer = RunWriter(run.folder)
    try:
        context = make_context(run.config(), prepared(), torch.device("cpu"), writer, Stop())
        network, _ = new_network(context, "network")
        train_final(context, network, RoundsEnd(kept_index_N=np.asarray(index_N), n_rounds=1))
    finally:
        writer.close()
    return run, network


def _notes(run: Run) -> list[str]:
    return [item.sentence for item in run.events() if item.kind == "note"]


def _same(one: nn.Module, other: nn.Module) -> bool:
    states = one.state_dict(), other.state_dict()
    return all(torch.equal(states[0][name], states[1][name]) for name in states[0])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Trained without a break."""
    root = tmp_path_factory.mktemp("whole") / "runs"
    return train(create_run(config(final=MIXMATCH), root))


def test_mixmatch_stopped_in_every_epoch_resumes_bit_for_bit(runs_root: Path, whole: Run) -> None:
    folder = create_run(config(final=MIXMATCH), runs_root)
    for n_epochs in (7, 8, 9):
        with pytest.raises(Stopped):
            train(folder, StopAfter(folder, n_epochs))
        assert len(Run(folder).epochs()) == n_epochs
    assert digests(train(folder)) == digests(whole)


def test_a_supervised_stage_that_goes_on_with_an_average_resumes_bit_for_bit(
    runs_root: Path,
) -> None:
    asked = config(rounds=[2], final={"epochs": 2, "from_scratch": False, "ema_decay": DECAY})
    whole = train(create_run(asked, runs_root))
    folder = create_run(asked, runs_root)
    for n_epochs in (2, 3):
        with pytest.raises(Stopped):
            train(folder, StopAfter(folder, n_epochs))
    assert digests(train(folder)) == digests(whole)


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


@pytest.mark.parametrize(("n_saved", "written"), [(8, True), (9, False), (10, True)])
def test_mixmatch_killed_around_a_checkpoint_resumes_bit_for_bit(
    runs_root: Path, whole: Run, monkeypatch: pytest.MonkeyPatch, n_saved: int, written: bool
) -> None:
    folder, save, saved = create_run(config(final=MIXMATCH), runs_root), torch.save, []

    def dying(content: Any, file: Any) -> None:
        saved.append(content)
        if len(saved) < n_saved or written:
            save(content, file)
        if len(saved) == n_saved:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", dying)
        with pytest.raises(Killed):
            train(folder)
    assert not saved[-1]["is_round"]
    assert digests(train(folder)) == digests(whole)


def test_the_average_predicts_and_is_what_the_run_leaves(runs_root: Path) -> None:
    run, network = _final(runs_root, range(60), {"kind": "mixmatch", "epochs": 4})
    data = prepared()
    images = torch.from_numpy(data.test_images.read_all()).permute(0, 3, 1, 2).float() / 255
    left = model_file.load_model(run)
    with torch.no_grad():
        right = left(images).argmax(dim=1).numpy() == data.test_labels_M
    assert float(right.mean()) == pytest.approx(run.epochs()[-1].test_accuracy)
    assert _same(left.network, network)  # type: ignore[arg-type]


def test_the_checkpoint_holds_the_average_and_the_network_that_learns(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[dict[str, Any]] = []
    save = torch.save

    def keeping(content: Any, file: Any) -> None:
        kept.append(
            {"network": {name: item.clone() for name, item in content["network"].items()}}
            | {"learning": content["learning"]}
        )
        save(content, file)

    monkeypatch.setattr(torch, "save", keeping)
    run, _ = _final(runs_root, range(60), {"epochs": 2, "ema_decay": DECAY})
    learning = kept[0]["learning"]
    assert learning["n_averaged"] == 2  # steps of 40 in 60 instances
    assert kept[1]["learning"] is None
    name = next(iter(kept[0]["network"]))
    assert not torch.equal(kept[0]["network"][name], learning["learning_network"][name])
    end = checkpoint.load(run.folder.checkpoint)
    assert torch.equal(end.network[name], kept[1]["network"][name])


def test_without_an_average_a_supervised_stage_is_as_it_was(runs_root: Path) -> None:
    plain, network = _final(runs_root, range(60), {"epochs": 2})
    _, asked = _final(runs_root, range(60), {"epochs": 2, "ema_decay": 0.0})
    _, other = _final(runs_root, range(60), {"epochs": 2, "ema_decay": DECAY})
    assert _same(network, asked)
    assert not _same(network, other)
    learning = checkpoint.read(plain.folder.checkpoint)["learning"]
    assert learning is None or "learning_network" not in learning


def test_the_average_follows_its_recurrence_from_a_short_memory_to_a_long_one() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
    average = with_ema(network, optimizer, 0.6)
    labels = torch.arange(8) % 4
    expected: dict[str, torch.Tensor] = {}
    for step in range(30):
        optimizer.zero_grad()
        torch.autograd.backward(functional.cross_entropy(network(torch.randn(8, 3)), labels))
        optimizer.step()
        share = min(0.6, (1 + step) / (10 + step)) if step else 0.0
        for name, item in network.state_dict().items():
            if item.is_floating_point():
                before = expected.get(name, torch.zeros_like(item))
                expected[name] = share * before + (1 - share) * item
    for name, item in expected.items():
        torch.testing.assert_close(average.module.state_dict()[name], item)
    assert (decay_at(1, 0.999), decay_at(10**6, 0.999)) == (2 / 11, 0.999)


def test_mixmatch_where_nothing_was_dropped_is_supervised_and_says_so(runs_root: Path) -> None:
    run, network = _final(runs_root, range(N), {"kind": "mixmatch", "epochs": 2})
    decay = run.facts()["ema_decay"]
    _, supervised = _final(runs_root, range(N), {"epochs": 2, "ema_decay": decay})
    assert _notes(run) == [
        "Nothing was dropped, so MixMatch has no unlabeled images to learn from; "
        "the final model is trained supervised."
    ]
    assert _same(network, supervised)


def test_with_re_entering_selection_what_the_last_round_does_not_keep_is_unlabeled(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    original = mixmatch.train_mixmatch_epoch

    def spying(*arguments: Any) -> None:
        seen.append((arguments[4].tolist(), arguments[6].index_N.tolist()))
        original(*arguments)

    monkeypatch.setattr("mild.training.loop.stage.train_mixmatch_epoch", spying)
    selection = {
        "rule": "keep-fraction", "keep_fraction": 0.7, "min_removed_share": 0.0, "nested": False,
    }  # fmt: skip
    asked = config(final={"kind": "mixmatch", "epochs": 1}, selection=selection, rounds=[2, 2])
    run = train(create_run(asked, runs_root))
    kept = kept_in_the_end(run, run.rounds()[-1].round, run.instances().given_N)
    assert len(kept) < N
    assert seen == [(kept.tolist(), sorted(set(range(N)) - set(kept.tolist())))]


def test_the_labels_of_dropped_instances_do_not_matter(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor do clean labels, which training is never handed."""
    kept = np.arange(50)
    _, network = _final(runs_root, kept, {"kind": "mixmatch", "epochs": 2})
    data = prepared(clean_known=False)
    data.given_N[50:] = (data.given_N[50:] + 1) % N_CLASSES
    monkeypatch.setattr("tests.training.loop.test_final.prepared", lambda: data)
    _, other = _final(runs_root, kept, {"kind": "mixmatch", "epochs": 2})
    assert _same(network, other)


def _context(root: Path, **final: Any) -> TrainingContext:
    asked = config(final={"kind": "mixmatch"} | final, optimizer={"batch_size": 20})
    run = Run(create_run(asked, root))
    return make_context(asked, prepared(), torch.device("cpu"), RunWriter(run.folder), Stop())


class _Steps(nn.Module):
    """A network that keeps what it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3 * 8 * 8, N_CLASSES)
        self.shown: list[tuple[torch.Tensor, bool]] = []

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        self.shown.append((images.clone(), torch.is_grad_enabled()))
        logits: torch.Tensor = self.layer(images.flatten(1))
        return logits


def _one_epoch(context: TrainingContext, n_labeled: int) -> tuple[_Steps, EpochRecording]:
    torch.manual_seed(0)
    network = _Steps()
    unlabeled = mixmatch.Unlabeled(
        index_N=torch.arange(n_labeled, N), settings=context.config.final
    )
    recording = EpochRecording(n_labeled, context.device)
    mixmatch.train_mixmatch_epoch(
        context,
        network,
        torch.optim.SGD(network.parameters(), lr=0.01),
        torch.amp.GradScaler("cpu", enabled=False),
        torch.arange(n_labeled),
        torch.Generator().manual_seed(0),
        unlabeled,
        1,
        recording,
        lambda share: None,
    )
    context.writer.close()
    return network, recording


@pytest.mark.parametrize("n_labeled", [65, 30, 79])
def test_an_epoch_is_one_pass_over_the_labeled_each_beside_two_views_of_an_unlabeled_one(
    runs_root: Path, n_labeled: int
) -> None:
    network, recording = _one_epoch(_context(runs_root), n_labeled)
    guessed = [images for images, learning in network.shown if not learning]
    learned = [images for images, learning in network.shown if learning]
    sizes = [len(images) for images in guessed]
    assert sum(sizes) == 2 * n_labeled
    assert [len(images) for images in learned] == [3 * size // 2 for size in sizes]
    assert set(recording.current().tolist()) <= {0, 1}  # every slot was seen
    for views in guessed:  # the two views of an image are varied differently
        first, second = views.chunk(2)
        assert (first != second).flatten(1).any(dim=1).float().mean() > 0.5


def test_mixed_images_are_at_least_half_their_own() -> None:
    generator = torch.Generator().manual_seed(0)
    seen = [torch.arange(300), torch.arange(60)]
    mixing = mixmatch._Mixing(seen, 0.75, generator)
    images = torch.eye(300).view(300, 1, 1, 300)
    targets = functional.one_hot(torch.arange(300) % 3, 3).float()
    mixed, mixed_targets = mixing(0, images, targets)
    own = mixed.view(300, 300).diagonal()
    assert float(own.min()) >= 0.5 - 1e-6
    assert float(own.max()) <= 1 + 1e-6
    assert len(set(own.tolist())) > 200  # each image has a share of its own
    torch.testing.assert_close(mixed.view(300, 300).sum(dim=1), torch.ones(300))
    blended = mixed.view(300, 300) @ targets
    torch.testing.assert_close(blended, mixed_targets)


def test_sharpening_raises_what_is_likelier_and_keeps_the_order() -> None:
    probabilities = torch.tensor([[0.6, 0.3, 0.1], [1 / 3, 1 / 3, 1 / 3]])
    sharp = mixmatch.sharpen(probabilities, 0.5)
    torch.testing.assert_close(sharp[0], torch.tensor([0.36, 0.09, 0.01]) / 0.46)
    torch.testing.assert_close(sharp[1], probabilities[1])
    torch.testing.assert_close(mixmatch.sharpen(probabilities, 1.0), probabilities)


def test_losses_are_those_of_torch() -> None:
    torch.manual_seed(0)
    logits, targets = torch.randn(6, 4), torch.softmax(torch.randn(6, 4), dim=1)
    labeled, unlabeled = mixmatch.losses(logits, targets, 2)
    torch.testing.assert_close(
        labeled, functional.cross_entropy(logits[:2], targets[:2], reduction="none")
    )
    torch.testing.assert_close(
        unlabeled, functional.mse_loss(logits[2:].softmax(dim=1), targets[2:])
    )


def test_unlabeled_images_come_to_count_along_a_line() -> None:
    settings = FinalConfig(kind="mixmatch", lambda_u=40, ramp_up_epochs=4)
    weights = [mixmatch.weight_of_unlabeled(settings, done) for done in (0, 1, 2.5, 4, 9)]
    assert weights == [0, 10, 25, 40, 40]
    at_once = FinalConfig(kind="mixmatch", lambda_u=40, ramp_up_epochs=0)
    assert mixmatch.weight_of_unlabeled(at_once, 0) == 40


@pytest.mark.parametrize(
    ("final", "n_steps", "decay", "reason"),
    [
        ({"kind": "supervised"}, 2000, 0.0, "no moving average: the network itself predicts"),
        ({"kind": "mixmatch"}, 2000, 0.99, "remembers about 100 of 2,000 steps"),
        ({"kind": "mixmatch"}, 90_000, 0.999, "remembers about 1,000 of 90,000 steps"),
        ({"kind": "mixmatch"}, 3, 0.0, "remembers about 1 of 3 steps"),
        ({"kind": "mixmatch", "ema_decay": 0.0}, 2000, 0.0, "as asked"),
        ({"kind": "supervised", "ema_decay": 0.9}, 2000, 0.9, "as asked"),
    ],
)
def test_how_long_the_average_remembers_is_asked_or_follows_from_the_steps(
    final: dict[str, float | str] | dict[str, str], n_steps: int, decay: float, reason: str
) -> None:
    found, why = automatic.ema_decay(FinalConfig(**final), n_steps)
    assert found == pytest.approx(decay)
    assert why == reason
