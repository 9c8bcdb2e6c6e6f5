"""`select` and `noise` on files: the JSON others read, and one sentence for every bad file."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from mild.cli.commands.noise import noise
from mild.cli.commands.select import select
from mild.errors import MildError, SelectionError, StatusFileError
from mild.store.status_file import read_status_file

PANEL = Path(__file__).parents[3] / "benchmarks" / "panel"
RUN = PANEL / "digits-sym40-e40-memorizing.npz"
PLANTED = PANEL.parent / "panel-planted" / "features-mlp512-memorizes-sym20-e20-planted10.npz"

app = typer.Typer()
app.command("select")(select)
app.command("noise")(noise)


def _json(*arguments: object) -> Any:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments] + ["--json"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_json_has_exactly_the_promised_keys() -> None:
    result = _json("select", RUN)
    assert list(result) == [
        "n", "n_epochs", "rule", "cut", "kept", "noise_rate_estimate", "components", "converged",
        "note", "seconds", "precision", "recall", "f1_flagged", "auroc", "best_f1_flagged",
        "can_tell", "can_tell_reason",
    ]  # fmt: skip
    assert (result["n"], result["n_epochs"], result["rule"]) == (1500, 40, "expected-error")
    assert [list(part) for part in result["components"]] == [
        ["weight", "shape", "scale", "median"]
    ] * 2
    assert result["f1_flagged"] >= 0.95 * result["best_f1_flagged"]


def test_packed_and_plain_status_give_the_same_answer(tmp_path: Path) -> None:
    with np.load(RUN) as archive:
        status_EN = np.unpackbits(archive["status"], axis=1, count=int(archive["n"]))
    for name, array in (("int", status_EN), ("bool", status_EN == 1), ("float", status_EN * 1.0)):
        path = tmp_path / f"{name}.npz"
        np.savez(path, status=array)
        plain, packed = _json("select", path), _json("select", RUN)
        assert (plain["cut"], plain["kept"]) == (packed["cut"], packed["kept"])
        assert plain["f1_flagged"] is None


def test_an_option_chooses_its_rule() -> None:
    assert _json("select", RUN, "--cut", 7)["rule"] == "manual"
    assert _json("select", RUN, "--tau", 0.9)["rule"] == "posterior"
    assert _json("select", RUN, "--keep-fraction", 0.5)["kept"] >= 750
    with pytest.raises(SelectionError, match="--cut 7 belongs to rule 'manual'"):
        _json("select", RUN, "--cut", 7, "--rule", "posterior")
    with pytest.raises(SelectionError, match="Cut is 50; rule 'manual' needs it within"):
        _json("select", RUN, "--cut", 50)
    with pytest.raises(SelectionError, match=r"rule 'manual' needs a cut in .*; add --cut"):
        _json("select", RUN, "--rule", "manual")


def test_per_class_tells_every_class(tmp_path: Path) -> None:
    assert len(_json("select", RUN, "--per-class")["class_cuts"]) == 10
    path = tmp_path / "bare.npz"
    np.savez(path, status=np.eye(30))
    with pytest.raises(SelectionError, match="--per-class needs the given labels"):
        _json("select", path, "--per-class")


def test_a_person_reads_a_table_and_the_note() -> None:
    result = CliRunner().invoke(app, ["select", str(PANEL / "digits-noise00-e20.npz")])
    assert "keep what was misclassified in fewer than" in result.stdout
    assert "without planted labels nobody can tell" in " ".join(result.stdout.split())


def test_labels_as_text_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "text.npz"
    status = np.zeros((3, 2), dtype=np.uint8)
    np.savez(path, status=status, given=np.array(["cat", "dog"]), clean=np.array(["cat", "cat"]))
    recorded = read_status_file(path)
    assert (recorded.given_N != recorded.clean_N).tolist() == [False, True]


def _recorded(path: Path, **other: object) -> Path:
    """The recorded round of PLANTED with some arrays replaced, or left out where None."""
    with np.load(PLANTED) as archive:
        arrays = {name: archive[name] for name in archive.files} | other
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return path


def test_planted_labels_add_their_keys_and_are_not_judged() -> None:
    result = _json("select", PLANTED)
    assert list(result) == [
        "n", "n_epochs", "rule", "cut", "kept", "noise_rate_estimate", "components", "converged",
        "note", "seconds", "precision", "recall", "f1_flagged", "auroc", "best_f1_flagged",
        "can_tell", "can_tell_reason", "noise_rate_interval", "f1_estimate", "f1_interval",
        "planted",
    ]  # fmt: skip
    assert (result["n"], result["planted"]["n"]) == (4500, 500)
    assert result["planted"]["auroc"] > 0.8
    low, high = result["f1_interval"]
    assert low <= result["f1_flagged"] <= high
    assert low <= result["f1_estimate"] <= high
    assert result["can_tell"]
    assert result["can_tell_reason"].startswith(
        "Planted labels are told from the others with an AUROC of ."
    )


def test_labels_trained_on_tell_what_was_planted(tmp_path: Path) -> None:
    path = _recorded(tmp_path / "trained.npz", planted=None)
    told, marked = _json("select", path), _json("select", PLANTED)
    assert (told["kept"], told["planted"]) == (marked["kept"], marked["planted"])


def test_planted_labels_alone_anchor_a_fit_on_counts(tmp_path: Path) -> None:
    path = _recorded(tmp_path / "counts.npz", losses=None, predictions=None, trained=None)
    result = _json("select", path)
    assert result["planted"]["n"] == 500
    assert result["noise_rate_estimate"] == pytest.approx(0.18, abs=0.08)


def test_losses_refine_a_recording_without_planted_labels(tmp_path: Path) -> None:
    path = _recorded(tmp_path / "bare.npz", planted=None, trained=None)
    result = _json("select", path)
    assert "planted" not in result
    assert result["note"].startswith("The network memorized nearly every label.")
    without = _json(
        "select", _recorded(tmp_path / "b.npz", planted=None, trained=None, losses=None)
    )
    assert result["auroc"] > without["auroc"]


def test_a_person_reads_how_well_planted_labels_are_told() -> None:
    result = CliRunner().invoke(app, ["select", str(PLANTED)])
    text = " ".join(result.stdout.split())
    assert "Planted labels 500, told from clean ones with an AUROC of ." in text


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no status": ({"data": np.eye(3)}, "array 'status' is missing; found data"),
    "not binary": ({"status": np.full((3, 9), 2)}, "status holds the value 2; it must be 0 or 1"),
    "nan": ({"status": np.full((3, 9), np.nan)}, "status holds 27 NaN values"),
    "one axis": ({"status": np.zeros(9)}, r"status has shape \(9,\); it needs two axes"),
    "no epochs": ({"status": np.zeros((0, 9))}, "there is nothing to select from"),
    "text": ({"status": np.array([["a", "b"]])}, "status has type <U1; it needs numbers"),
    "transposed": ({"status": np.zeros((1500, 20))}, "looks transposed; the first axis is epochs"),
    "transposed by labels": (
        {"status": np.zeros((40, 20)), "given": np.zeros(40, int)},
        "looks transposed",
    ),
    "packed transposed": (
        {"status": np.zeros((5, 12), np.uint8), "n": 40},
        "packed status has shape .* looks transposed",
    ),
    "wrong n": ({"status": np.zeros((5, 12), np.uint8), "n": 9}, "12 bytes per epoch, but 9 inst"),
    "packed type": ({"status": np.zeros((5, 2)), "n": 9}, "packed bits are uint8"),
    "n no number": ({"status": np.zeros((5, 2), np.uint8), "n": [1, 2]}, "one whole number above"),
    "labels too short": (
        {"status": np.zeros((3, 9)), "given": np.zeros(8, int)},
        r"'given' has shape \(8,\), but there are 9 instances",
    ),
    "labels nan": ({"status": np.zeros((3, 1)), "clean": [np.nan]}, "labels that are not a number"),
}


@pytest.mark.parametrize("name", BAD)
def test_every_bad_file_gets_its_sentence(name: str, tmp_path: Path) -> None:
    arrays, message = BAD[name]
    path = tmp_path / "status.npz"
    np.savez(path, **arrays)
    with pytest.raises(StatusFileError, match=message) as caught:
        read_status_file(path)
    assert str(path) in str(caught.value)


BAD_BESIDE_STATUS: dict[str, tuple[dict[str, Any], str]] = {
    "planted as numbers": (
        {"status": np.eye(9), "planted": np.full(9, 2)},
        "'planted' has type int64 and shape (9,); it needs one true or false for each of the 9 "
        "instances. Save it as a boolean array.",
    ),
    "planted too short": (
        {"status": np.eye(9), "planted": np.zeros(8, bool)},
        "'planted' has type bool and shape (8,); it needs one true or false for each of the 9",
    ),
    "planted in words": (
        {"status": np.eye(9), "planted": np.full(9, "yes")},
        "'planted' has type <U3 and shape (9,); it needs one true or false for each of the 9",
    ),
    "planted in records": (
        {"status": np.eye(9), "planted": np.zeros(9, [("a", "i1"), ("b", "f4")])},
        "'planted' has type [('a', 'i1'), ('b', '<f4')] and shape (9,); it needs one true or false",
    ),
    "everything planted": (
        {"status": np.eye(9), "planted": np.ones(9, bool)},
        "every label is planted, so there is none to judge. Plant a share of them.",
    ),
    "everything trained otherwise": (
        {"status": np.eye(9), "given": np.zeros(9, int), "trained": np.ones(9, int)},
        "every label is planted, so there is none to judge. Plant a share of them.",
    ),
    "trained otherwise, not marked": (
        {
            "status": np.eye(9),
            "given": np.zeros(9, int),
            "trained": np.arange(9) % 2,
            "planted": np.zeros(9, bool),
        },
        "4 instances were trained with another label than the given one, but are not marked in "
        "'planted'. Mark them, too.",
    ),
    "trained too short": (
        {"status": np.eye(9), "given": np.zeros(9, int), "trained": np.zeros(8, int)},
        "'trained' has shape (8,), but there are 9 instances. Give one label per instance.",
    ),
    "losses of other epochs": (
        {"status": np.zeros((3, 9)), "losses": np.zeros((4, 9))},
        "'losses' holds float64 of shape (4, 9); the status has 3 epochs of 9 instances. Give one "
        "number for each, or leave it out.",
    ),
    "losses as whole numbers": (
        {"status": np.zeros((3, 9)), "losses": np.zeros((3, 9), int)},
        "'losses' holds int64 of shape (3, 9); the status has 3 epochs of 9 instances.",
    ),
    "mean losses": (
        {"status": np.zeros((3, 9)), "losses": np.zeros(9)},
        "'losses' holds float64 of shape (9,); the status has 3 epochs of 9 instances.",
    ),
    "margins of other instances": (
        {"status": np.zeros((3, 9)), "margins": np.zeros((3, 8))},
        "'margins' holds float64 of shape (3, 8); the status has 3 epochs of 9 instances.",
    ),
    "predictions of other epochs": (
        {"status": np.zeros((3, 9)), "predictions": np.zeros((2, 9), int)},
        "'predictions' holds int64 of shape (2, 9); the status has 3 epochs of 9 instances.",
    ),
}


@pytest.mark.parametrize("name", BAD_BESIDE_STATUS)
def test_what_is_beside_the_status_must_fit_it(name: str, tmp_path: Path) -> None:
    arrays, message = BAD_BESIDE_STATUS[name]
    path = tmp_path / "status.npz"
    np.savez(path, **arrays)
    with pytest.raises(StatusFileError) as caught:
        read_status_file(path)
    assert str(caught.value).startswith(f"{path}: {message}")


class _Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return (exec, ("raise SystemExit('unpickled')",))


def test_objects_are_never_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "status.npz"
    np.savez(path, status=np.array([[_Bomb()]], dtype=object))
    with pytest.raises(StatusFileError, match="holds Python objects, which are never loaded"):
        read_status_file(path)


@pytest.mark.parametrize("content", [b"hello", b"\x80\x04.", b"PK\x03\x04broken", b"\x93NUMPY"])
def test_a_file_of_another_kind_is_said_to_be_so(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "status.npz"
    path.write_bytes(content)
    with pytest.raises(StatusFileError, match="this is no"):
        read_status_file(path)


def test_an_empty_a_missing_and_a_plain_file_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "status.npz"
    with pytest.raises(StatusFileError, match="there is no such file"):
        read_status_file(path)
    path.touch()
    with pytest.raises(StatusFileError, match="the file is empty"):
        read_status_file(path)
    np.save(tmp_path / "plain.npy", np.eye(3))
    with pytest.raises(StatusFileError, match="this is no"):
        read_status_file(tmp_path / "plain.npy")


def test_damage_anywhere_is_a_sentence_and_no_traceback(tmp_path: Path) -> None:
    original = bytearray(RUN.read_bytes())
    path = tmp_path / "status.npz"
    rng = np.random.default_rng(0)
    for _ in range(60):
        damaged = original.copy()
        for at in rng.integers(0, len(damaged), size=20):
            damaged[at] ^= 255
        path.write_bytes(
            damaged[: rng.integers(1, len(damaged))] if rng.random() < 0.5 else damaged
        )
        with contextlib.suppress(StatusFileError):  # anything else fails the test
            read_status_file(path)


def test_more_epochs_than_instances_raise_a_suspicion(tmp_path: Path) -> None:
    path = tmp_path / "status.npz"
    np.savez(path, status=np.zeros((30, 20), dtype=np.uint8))
    assert _json("select", path)["note"].startswith("There are more epochs (30) than instances")


def test_noise_previews_and_writes(tmp_path: Path) -> None:
    labels, output = tmp_path / "labels.npy", tmp_path / "noisy.npz"
    np.save(labels, np.arange(1000) % 10)
    preview = _json("noise", labels, "--model", "symmetric-exclusive", "--rate", 0.25)
    assert (preview["actual_rate"], preview["output"]) == (0.25, None)
    assert not output.exists()
    _json("noise", labels, "--rate", 0.4, "--seed", 3, "--output", output)
    with np.load(output) as archive:
        assert (archive["clean"] == np.arange(1000) % 10).all()
        assert (archive["given"] != archive["clean"]).mean() == pytest.approx(0.36, abs=0.03)


def test_noise_reads_maps_matrices_and_images(tmp_path: Path) -> None:
    labels, matrix = tmp_path / "labels.npy", tmp_path / "matrix.npy"
    np.save(labels, np.arange(300) % 3)
    np.save(matrix, np.array([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]))
    mapped = _json("noise", labels, "--model", "asymmetric", "--class-map", '{"0": 2}')
    assert mapped["actual_matrix"][0] == [0.8, 0.0, 0.2]
    drawn = _json("noise", labels, "--model", "matrix", "--matrix", matrix)
    assert drawn["requested_rate"] == pytest.approx(1 / 6)
    np.save(tmp_path / "images.npy", np.random.default_rng(0).random((300, 4, 4)))
    images = tmp_path / "images.npy"
    drawn = _json("noise", labels, "--model", "instance", "--images", images)
    assert drawn["actual_rate"] == pytest.approx(0.2, abs=0.1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.npy"], "there is no such file"),
        (["labels.npy", "--class-map", "x", "--model", "asymmetric"], "not a JSON object"),
        (["labels.npy", "--class-map", "[" * 9**5, "--model", "asymmetric"], "not a JSON object"),
        (["labels.npy", "--output", "labels.csv"], "the output must be an .npz file"),
        (["labels.txt"], "this is not a readable .npy or .npz file"),
        (["other.npz"], "array 'clean' is missing; found labels"),
        (["labels.npy", "--model", "asymmetric"], "turns into which; for 3 classes there is no"),
        (["labels.npy", "--model", "matrix"], "'matrix' needs a transition matrix; give one"),
        (["labels.npy", "--classes", "1"], "There is 1 class; wrong labels need at least 2"),
        (["labels.npy", "--output", "taken.npz"], r"taken.npz cannot be written \(Is a directory"),
        (["huge.npy"], "Labels go up to 1,000,000,000; there may be at most 65,536 classes"),
    ],
)
def test_noise_says_what_is_wrong(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("labels.npy", np.arange(9) % 3)
    np.save("huge.npy", np.array([0, 10**9]))
    np.savez("other.npz", labels=np.zeros(3))
    Path("taken.npz").mkdir()
    Path("labels.txt").write_text("cat dog", encoding="utf-8")
    with pytest.raises(MildError, match=message):
        _json("noise", *arguments)


def test_a_cut_of_ones_own_may_lie_within_a_count() -> None:
    kept = [_json("select", PLANTED, "--cut", cut)["kept"] for cut in (1, 1.5, 2)]
    assert kept[0] < kept[1] < kept[2]
    with pytest.raises(SelectionError, match=r"Cut is 50\.5; rule 'manual' needs it within"):
        _json("select", PLANTED, "--cut", 50.5)
