"""One look at every image, whatever the number that is held at a time; and what a resume checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mild.config import parse
from mild.data.dataset import ImageArray, ImageFiles
from mild.errors import DataError
from mild.store.run import Run
from mild.store.writer import RunWriter, create_run
from mild.training.pipeline import prepare as preparing
from mild.training.pipeline import survey as surveying
from mild.training.pipeline.prepare import Prepared, prepare
from mild.training.pipeline.reload import reload
from mild.training.pipeline.survey import checksum, chunks, reduced_side
from mild.training.runtime.memory import Memory
from mild.training.runtime.stop import Stop, Stopped
from tests.training.image_files import save_folder

N_OF_EACH, SIDE = 40, 12
HELD = 10
"""Images in a chunk, here."""


@pytest.fixture
def pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(surveying, "CHUNK_BYTES", HELD * SIDE * SIDE * 3)
    return save_folder(tmp_path / "pictures", N_OF_EACH, SIDE)


def _prepare(path: Path, pipeline: str, **settings: Any) -> tuple[Run, Prepared]:
    data = {"source": "folder", "path": str(path), "pipeline": pipeline}
    config = parse({"data": data, **settings})
    run = Run(create_run(config))
    writer = RunWriter(run.folder)
    try:
        return run, prepare(config, writer, Stop())
    finally:
        writer.close()


def _as_written(run: Run) -> dict[str, Any]:
    facts = run.facts()
    return {
        "thumbnails": np.asarray(run.thumbnails()).tolist(),
        "names": list(run.instances().names),
        "given": run.instances().given_N.tolist(),
        **{key: facts[key] for key in ("images_mean", "images_deviation", "images_checksum")},
        **{key: facts[key] for key in ("n_instances", "image_height", "description")},
    }


def test_a_streamed_set_is_written_down_like_a_resident_one(pictures: Path) -> None:
    resident, streamed = _prepare(pictures, "resident"), _prepare(pictures, "streaming")
    assert _as_written(streamed[0]) == _as_written(resident[0])
    assert resident[1].streamed is None
    assert streamed[1].streamed is not None
    assert list(streamed[1].streamed.mean_C) == streamed[0].facts()["images_mean"]
    pixels = resident[1].images.read_all() / 255
    np.testing.assert_allclose(streamed[1].streamed.mean_C, pixels.mean((0, 1, 2)))
    np.testing.assert_allclose(streamed[1].streamed.std_C, pixels.std((0, 1, 2)), rtol=1e-6)


def test_no_more_than_a_chunk_of_a_streamed_set_is_ever_read_at_once(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once: list[int] = []
    read_all = ImageFiles.read_all
    monkeypatch.setattr(
        ImageFiles,
        "read_all",
        lambda self, progress=None: at_once.append(self.shape[0]) or read_all(self, progress),
    )
    run, prepared = _prepare(pictures, "streaming", noise={"model": "instance", "rate": 0.4})
    assert max(at_once) == HELD
    assert isinstance(prepared.images, ImageFiles)
    reload(run.config(), run, Stop())
    assert max(at_once) == HELD


def test_the_pipeline_is_chosen_by_size_and_the_reason_is_told(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_bytes = 2 * N_OF_EACH * SIDE * SIDE * 3
    for n_free, chosen in ((n_bytes, "resident"), (n_bytes - 1, "streaming")):
        free = [Memory(where="this machine", n_free=n_free, share=1.0)]
        monkeypatch.setattr(preparing, "memories", lambda device, free=free: free)
        run, prepared = _prepare(pictures, "auto")
        assert run.facts()["pipeline"] == chosen
        assert (prepared.streamed is not None) is (chosen == "streaming")
        assert run.facts()["pipeline_reason"].startswith("0.0 MB of images ")


def test_noise_that_depends_on_the_images_looks_at_small_ones_where_they_stream(
    pictures: Path,
) -> None:
    run, prepared = _prepare(pictures, "streaming", noise={"model": "instance", "rate": 0.4})
    wrong = prepared.given_N != prepared.clean_N
    assert 0.2 < wrong.mean() < 0.6
    assert run.facts()["actual_noise_rate"] == wrong.mean()
    _, again = _prepare(pictures, "streaming", noise={"model": "instance", "rate": 0.4})
    np.testing.assert_array_equal(again.given_N, prepared.given_N)


def test_small_images_together_take_a_bounded_amount_of_memory() -> None:
    assert reduced_side(100) == 32
    assert 3 * 1_000_000 * reduced_side(1_000_000) ** 2 <= surveying.REDUCED_BYTES
    assert reduced_side(10**9) == 4


@pytest.mark.parametrize("pipeline", ["resident", "streaming"])
def test_a_resumed_run_has_what_it_began_with(pictures: Path, pipeline: str) -> None:
    run, prepared = _prepare(pictures, pipeline, noise={"model": "symmetric", "rate": 0.4})
    again = reload(run.config(), run, Stop())
    np.testing.assert_array_equal(again.given_N, prepared.given_N)
    np.testing.assert_array_equal(again.images.read_all(), prepared.images.read_all())
    assert again.streamed == prepared.streamed


@pytest.mark.parametrize("pipeline", ["resident", "streaming"])
def test_an_image_that_changed_meanwhile_is_told(pictures: Path, pipeline: str) -> None:
    run, _ = _prepare(pictures, pipeline)
    changed = pictures / run.instances().names[3]
    Image.new("RGB", (SIDE, SIDE), "red").save(changed)
    with pytest.raises(DataError, match="some images are not as they were when the run began"):
        reload(run.config(), run, Stop())


def test_the_checksum_of_a_streamed_set_is_of_evenly_spaced_images(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(surveying, "CHECKED", 4)
    pixels = np.random.default_rng(0).integers(0, 256, (10, 4, 4, 3), dtype=np.uint8)

    def found(streamed: bool) -> int:
        return checksum(ImageArray(pixels), check=lambda: None, streamed=streamed)

    sample, whole = found(True), found(False)
    pixels[1] += 1  # of 10, those at 0, 2, 5 and 7 are looked at
    assert found(True) == sample
    assert found(False) != whole
    pixels[5] += 1
    assert found(True) != sample


def test_a_request_to_stop_is_heeded_between_two_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surveying, "CHUNK_BYTES", 1)
    stop = Stop()
    seen = chunks(ImageArray(np.zeros((9, 4, 4, 3), dtype=np.uint8)), stop.check)
    assert len(next(seen)) == 1
    stop.asked = True
    with pytest.raises(Stopped):
        next(seen)
