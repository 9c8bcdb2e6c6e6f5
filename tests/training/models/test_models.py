"""Networks by name."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from mild.config import MODELS, parse
from mild.errors import ModelError
from mild.training.models.architectures.preact import PreActBlock, preact_resnet18
from mild.training.models.architectures.small_cnn import small_cnn
from mild.training.models.by_name import build_model, build_network
from mild.training.runtime.seeds import torch_generator, torch_seed


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("side", [8, 32])
def test_every_network_maps_small_images_to_logits(name: str, side: int) -> None:
    network = build_model(name, 5, side, seed=0)
    logits_BC = network(torch.zeros(2, 3, side, side))
    assert logits_BC.shape == (2, 5)
    assert torch.isfinite(logits_BC).all()


def test_large_images_keep_the_stem_that_shrinks_them() -> None:
    small, large = (build_model("resnet18", 3, side, seed=0) for side in (64, 96))
    assert small.conv1.kernel_size == (3, 3)
    assert large.conv1.kernel_size == (7, 7)
    assert large.eval()(torch.zeros(1, 3, 96, 96)).shape == (1, 3)


@pytest.mark.parametrize("side", [4, 5, 8, 31, 64])
@pytest.mark.parametrize("other_side", [4, 64])
def test_the_small_network_takes_images_of_any_shape(side: int, other_side: int) -> None:
    network = small_cnn(7, min(side, other_side)).eval()
    assert network(torch.zeros(1, 3, side, other_side)).shape == (1, 7)


@pytest.mark.parametrize("name", ["small-cnn", "resnet18"])
def test_weights_derive_from_the_seed_alone_and_leave_the_global_one_alone(name: str) -> None:
    def weights(seed: int) -> torch.Tensor:
        network = build_model(name, 3, 8, seed)
        return torch.cat([item.flatten() for item in network.parameters()])

    torch.manual_seed(1)
    state = torch.get_rng_state()
    first = weights(0)
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(2)
    assert torch.equal(weights(0), first)
    assert not torch.equal(weights(1), first)


def test_seeds_differ_by_purpose_and_by_the_runs_seed_and_are_the_same_everywhere() -> None:
    seeds = {
        torch_seed(seed, purpose) for seed in range(50) for purpose in ("network", "stage 0", "x")
    }
    assert len(seeds) == 150
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert torch_seed(0, "network") == 6324223019014408046
    one, two = (
        torch.rand(3, generator=torch_generator(0, "stage 1", torch.device("cpu")))
        for _ in range(2)
    )
    assert torch.equal(one, two)


def test_what_comes_into_a_preact_block_goes_on_unchanged_but_for_what_is_added() -> None:
    """He et al. 2016: no rectifier and no normalisation after the sum."""
    block = PreActBlock(4, 4, stride=1)
    images = torch.randn(2, 4, 5, 5)
    inner = block.conv2(torch.relu(block.norm2(block.conv1(torch.relu(block.norm1(images))))))
    torch.testing.assert_close(block(images), images + inner)
    nn.init.zeros_(block.conv2.weight)
    assert torch.equal(block(images), images)
    assert block(images).min() < 0


def test_a_preact_shortcut_that_changes_the_shape_starts_from_the_activated_input() -> None:
    block = PreActBlock(4, 8, stride=2)
    assert block.shortcut is not None
    nn.init.zeros_(block.conv2.weight)
    images = torch.randn(2, 4, 6, 6)
    expected = block.shortcut(torch.relu(block.norm1(images)))
    torch.testing.assert_close(block(images), expected)
    assert block(images).shape == (2, 8, 3, 3)


def test_preact_resnet18_has_its_seventeen_convolutions_and_a_last_normalisation() -> None:
    network = preact_resnet18(10, small_images=True)
    sizes = [item.kernel_size for item in network.modules() if isinstance(item, nn.Conv2d)]
    assert (sizes.count((3, 3)), sizes.count((1, 1))) == (17, 3)
    assert [type(item).__name__ for item in network.children()][-5:] == [
        "BatchNorm2d", "ReLU", "AdaptiveAvgPool2d", "Flatten", "Linear",
    ]  # fmt: skip
    features = network[:-4](torch.zeros(2, 3, 32, 32))
    assert features.shape == (2, 512, 4, 4)


def _build(n_classes: int = 4, side: int = 8, **settings: Any) -> tuple[nn.Module, str]:
    return build_network(parse(settings), n_classes, (side, side), seed=0)


def _saved(path: Path, name: str, n_classes: int, **wrapped: Any) -> tuple[Path, dict[str, Any]]:
    state = build_model(name, n_classes, 8, seed=7).state_dict()
    torch.save(wrapped | {"state_dict": state} if wrapped else state, path)
    return path, state


@pytest.mark.parametrize("wrapped", [{}, {"epoch": 3, "optimizer": {"lr": 0.1}}])
@pytest.mark.parametrize("prefix", ["", "module.", "_orig_mod."])
def test_weights_are_those_of_the_file(
    tmp_path: Path, wrapped: dict[str, Any], prefix: str
) -> None:
    path, state = _saved(tmp_path / "a.pt", "small-cnn", 4)
    named = {prefix + key: item for key, item in state.items()}
    torch.save(wrapped | {"model": named} if wrapped else named, path)
    network, said = _build(weights=str(path))
    assert said == f"Weights of all layers are from {path}."
    for key, item in network.state_dict().items():
        assert torch.equal(item, state[key]), key


@pytest.mark.parametrize("name", ["small-cnn", "resnet18", "preact-resnet18"])
def test_the_last_layer_starts_anew_where_the_number_of_classes_differs(
    tmp_path: Path, name: str
) -> None:
    path, state = _saved(tmp_path / "a.pt", name, 9)
    network, said = _build(model=name, weights=str(path))
    fresh, _ = _build(model=name)
    assert said == f"Weights of all but the last layer (which starts from scratch) are from {path}."
    own, *last = network.state_dict(), list(state)[-2], list(state)[-1]
    for key in own:
        expected = fresh.state_dict() if key in last else state
        assert torch.equal(own[key], expected[key]), key
    assert network(torch.zeros(2, 3, 8, 8)).shape == (2, 4)


def test_weights_without_the_last_layer_are_those_of_a_backbone(tmp_path: Path) -> None:
    path, state = _saved(tmp_path / "a.pt", "resnet18", 4)
    torch.save({key: item for key, item in state.items() if not key.startswith("fc.")}, path)
    network, said = _build(model="resnet18", weights=str(path))
    assert "all but the last layer" in said
    assert torch.equal(network.get_parameter("conv1.weight"), state["conv1.weight"])


def _no_file(path: Path) -> str:
    return f"weights {path}: there is no such file; check the path."


def _text(path: Path) -> str:
    path.write_text("weights")
    return (
        f"weights {path}: this is not a file of tensors (UnpicklingError); save it with "
        "torch.save(network.state_dict(), path)."
    )


def _whole_network(path: Path) -> str:
    torch.save(nn.Linear(2, 2), path)  # unpickling it could run code, so it is refused
    return _text(path)


def _no_tensors(path: Path) -> str:
    torch.save({"epoch": 3}, path)
    return (
        f"weights {path}: it holds dict without the tensors of a network; "
        "save it with torch.save(network.state_dict(), path)."
    )


def _another_network(path: Path) -> str:
    _saved(path, "resnet18", 4)
    return (
        f"weights {path}: they are of another network; 20 of 20 tensors are missing, the first is "
        "0.0.weight. Choose the model that they belong to."
    )


def _another_width(path: Path) -> str:
    _, state = _saved(path, "small-cnn", 4)
    torch.save(state | {"0.0.weight": torch.zeros(8, 3, 3, 3)}, path)
    return (
        f"weights {path}: 0.0.weight has shape (8, 3, 3, 3), the model's has (32, 3, 3, 3); "
        "choose the model that they belong to."
    )


@pytest.mark.parametrize(
    "make", [_no_file, _text, _whole_network, _no_tensors, _another_network, _another_width]
)
def test_weights_that_do_not_fit_are_refused_in_a_sentence(
    tmp_path: Path, make: Callable[[Path], str]
) -> None:
    path = tmp_path / "weights.pt"
    expected = make(path)
    with pytest.raises(ModelError) as error:
        _build(weights=str(path))
    assert str(error.value) == expected


def test_weights_for_large_images_are_refused_for_small_ones_with_the_way_out(
    tmp_path: Path,
) -> None:
    path = tmp_path / "imagenet.pt"
    torch.save(build_model("resnet18", 4, 224, seed=0).state_dict(), path)
    with pytest.raises(ModelError, match=r"ask for images of more than 64 pixels a side"):
        _build(model="resnet18", weights=str(path))
    _build(model="resnet18", side=96, weights=str(path))


OWN = """
import torch
from torch import nn
from {sibling} import WIDTH

def good(n_classes):
    last = nn.Linear(WIDTH, n_classes)
    return nn.Sequential(nn.Dropout(), nn.Flatten(), nn.LazyLinear(WIDTH), last)

def fails(n_classes):
    raise KeyError("width")

def no_argument():
    return nn.Identity()

def no_module(n_classes):
    return [n_classes]

def wrong_shape(n_classes):
    return nn.Sequential(nn.Flatten(), nn.LazyLinear(1000))

def several(n_classes):
    class Two(nn.Module):
        def forward(self, images):
            return images, images
    return Two()

def too_large(n_classes):
    return nn.Sequential(nn.Conv2d(3, 4, 11), nn.Flatten(), nn.LazyLinear(n_classes))

def frozen(n_classes):
    last = nn.Linear(12, n_classes).requires_grad_(False)
    return nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten(), last)

number = 3
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module of the user's own, in a folder that nobody has imported from yet."""
    name = f"net_{tmp_path.name}".replace("-", "_")
    (tmp_path / f"{name}.py").write_text(OWN.replace("{sibling}", f"{name}_width"))
    (tmp_path / f"{name}_width.py").write_text("WIDTH = 16")
    (tmp_path / f"{name}_broken.py").write_text("import nothing_of_that_name")
    monkeypatch.setattr(sys, "path", list(sys.path))
    return name


def test_a_network_of_ones_own_is_imported_from_its_folder_and_seeded(
    own: str, tmp_path: Path
) -> None:
    asked: dict[str, Any] = {"model": f"{own}:good", "model_folder": str(tmp_path)}
    torch.manual_seed(1)
    one, said = _build(**asked)
    torch.manual_seed(2)
    two, _ = _build(**asked)
    assert said == "Weights are drawn at random."
    assert one.training
    assert one(torch.zeros(3, 3, 8, 8)).shape == (3, 4)
    for left, right in zip(one.parameters(), two.parameters(), strict=True):
        assert torch.equal(left, right)


def test_a_network_of_ones_own_is_looked_for_in_the_current_folder(
    own: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    network, _ = _build(model=f"{own}:good")
    assert isinstance(network, nn.Module)


def test_code_that_a_run_brings_along_is_not_run(
    own: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILD_RUNS_DIR", str(tmp_path.parent))
    with pytest.raises(ModelError, match="lies in the runs folder, and code that a run"):
        _build(model=f"{own}:good", model_folder=str(tmp_path))
    assert own not in sys.modules


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("fails", "fails(4) failed (KeyError: 'width'); it is given the number of classes"),
        ("no_argument", "no_argument(4) failed (TypeError: "),
        ("no_module", "no_module(4) returned list; it must return a torch.nn.Module."),
        (
            "wrong_shape",
            "it makes a tensor of shape (2, 1000) of a batch of two images; "
            "logits of shape (2, 4) are needed, one column per class.",
        ),
        ("several", "it makes tuple of a batch of two images; logits of shape (2, 4)"),
        ("too_large", "it cannot take a batch of two images of 8 x 8 pixels (RuntimeError: "),
        ("frozen", "it has no parameters to train; leave some of them unfrozen."),
        ("number", "holds no callable 'number'; name a function of it that returns the network."),
        ("nothing", "has no 'nothing'; name a function of it that returns the network."),
    ],
)
def test_a_network_of_ones_own_that_cannot_be_used_is_a_sentence(
    own: str, tmp_path: Path, function: str, expected: str
) -> None:
    name = f"{own}:{function}"
    with pytest.raises(ModelError) as error:
        _build(model=name, model_folder=str(tmp_path))
    assert str(error.value).startswith(f"model '{name}': ")
    assert expected in str(error.value)


def test_a_module_that_is_not_there_or_cannot_be_imported_is_a_sentence(
    own: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelError) as error:
        _build(model="no_such_module:net", model_folder=str(tmp_path))
    assert str(error.value) == (
        f"model 'no_such_module:net': there is no module 'no_such_module' in {tmp_path}; start the "
        "run from the folder that holds it, or name that folder with --model-folder."
    )
    with pytest.raises(ModelError) as error:
        _build(model=f"{own}_broken:net", model_folder=str(tmp_path))
    assert "importing" in str(error.value)
    assert "No module named 'nothing_of_that_name'" in str(error.value)
