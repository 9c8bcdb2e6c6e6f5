"""Networks of timm by name: made, given files of weights, and fed with images of their size."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from mild.config import parse
from mild.errors import ModelError
from mild.training.models.by_name import build_network
from mild.training.models.expected import expected, sized_data
from tests.later import later

timm = later("timm")
SMALL = "timm:mobilenetv3_small_050.lamb_in1k"
VIT = "timm:vit_tiny_patch16_224"


def test_images_get_the_size_and_channels_that_the_weights_were_trained_with() -> None:
    clip = parse({"model": "timm:vit_base_patch32_clip_224.openai", "pretrained": True})
    assert sized_data(clip).image_size == 224
    known = expected(clip)
    assert known is not None
    assert known.mean_C == pytest.approx((0.4815, 0.4578, 0.4082), abs=1e-4)
    dinov2 = parse({"model": "timm:vit_small_patch14_dinov2.lvd142m", "pretrained": True})
    assert sized_data(dinov2).image_size == 518
    asked = parse({"model": SMALL, "pretrained": True, "data": {"image_size": 96}})
    assert sized_data(asked).image_size == 96
    assert expected(parse({"model": SMALL})) is None


def test_a_file_of_the_hub_fits_another_number_of_classes_and_another_size(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    published = timm.create_model("vit_tiny_patch16_224")
    file = tmp_path / "model.safetensors"
    save_file(published.state_dict(), file)
    network, said = build_network(parse({"model": VIT, "weights": str(file)}), 3, (64, 64), seed=0)
    assert said.startswith("Weights of all but the last layer (which starts from scratch) are from")
    ours, theirs = network.state_dict(), published.state_dict()
    assert torch.equal(ours["blocks.0.attn.qkv.weight"], theirs["blocks.0.attn.qkv.weight"])
    assert ours["pos_embed"].shape == (1, 17, 192)
    assert network.eval()(torch.zeros(1, 3, 64, 64)).shape == (1, 3)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.pth"
    torch.save({"stem.weight": torch.zeros(3)}, file)
    with pytest.raises(ModelError, match="they are of another network"):
        build_network(parse({"model": SMALL, "weights": str(file)}), 3, (64, 64), seed=0)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("timm:resnet81", "timm knows no such network; did you mean resnet"),
        ("timm:resnet18.nobody", "timm knows no such weights of this network; it has resnet18.a1"),
    ],
)
def test_a_name_that_timm_does_not_know_says_what_there_is(name: str, sentence: str) -> None:
    with pytest.raises(ModelError, match=sentence):
        sized_data(parse({"model": name, "pretrained": True}))


def test_weights_that_cannot_be_fetched_say_how_large_they_are_and_where_to_bring_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make = timm.create_model

    def no_network(name: str, pretrained: bool, **options: object) -> torch.nn.Module:
        if pretrained:
            raise OSError("401 Client Error: access to this model is restricted")
        network: torch.nn.Module = make(name, **options)
        return network

    monkeypatch.setattr("timm.create_model", no_network)
    said: list[str] = []
    with pytest.raises(ModelError, match=r"access to this model is restricted.*--weights"):
        build_network(
            parse({"model": SMALL, "pretrained": True}), 3, (64, 64), seed=0, say=said.append
        )
    assert said == [
        "Fetching the weights of mobilenetv3_small_050.lamb_in1k from the Hugging Face hub, "
        "about 2 MB, once"
    ]
