"""What instances are where they are no images: checked in a sentence, kept compactly, read back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.io import wavfile

import mild
from mild.data.sound import SoundArray
from mild.errors import RecordingError, RunError
from mild.recorder.samples import sounds
from mild.recorder.samples.sounds import SoundPlan
from mild.store.run import Run, all_runs
from mild.words import IMAGE, SAMPLE

N = 60
GIVEN = np.arange(N) % 3
RATE = 8000


def record(n_epochs: int = 3, **what: Any) -> Run:
    """Instances 0 to 4 are never predicted as labelled, all others always."""
    logits = np.eye(3)[np.where(np.arange(N) < 5, (GIVEN + 1) % 3, GIVEN)]
    with mild.Recorder(GIVEN, epochs=n_epochs, rule="manual", cut=2, **what) as recorder:
        for _ in range(n_epochs):
            recorder.update(np.arange(N), logits)
            recorder.end_epoch()
    return max(all_runs(), key=lambda run: run.state().created)


def tones(n_seconds: float = 1.0) -> list[tuple[Any, int]]:
    """A tone per instance, each of another frequency."""
    t = np.arange(int(n_seconds * RATE)) / RATE
    return [(np.sin(2 * np.pi * (100 + 10 * i) * t).astype(np.float32), RATE) for i in range(N)]


def test_a_recording_of_nothing_but_numbers_stays_as_it_was() -> None:
    run = record()
    assert not run.has_samples()
    index = np.arange(3)
    assert run.texts_of(index) is None
    assert run.rows_of(index) is None
    assert run.sounds_of(index) is None
    assert run.noun() == SAMPLE
    assert record(images=np.zeros((N, 8, 8), np.uint8)).noun() == IMAGE


def test_texts_come_back_whole_or_say_that_they_are_cut() -> None:
    texts = [f"text {i}\n<b>\x00" for i in range(N)]
    texts[7] = "x" * 12_345
    texts[8] = ""
    found = record(texts=texts).texts_of(np.array([59, 7, 8]))
    assert [item.text for item in found] == ["text 59\n<b>�", "x" * 10_000, ""]
    assert [item.is_cut for item in found] == [False, True, False]
    assert found[1].n_characters == 12_345


def test_columns_of_a_table_keep_their_names_and_types() -> None:
    frame = pd.DataFrame(
        {
            "a b": np.linspace(0, 1, N),
            "whole": np.arange(N),
            "yes": np.arange(N) % 2 == 0,
            "word": pd.Categorical(["=1+1", None] * (N // 2)),
            "when": pd.date_range("2026-01-01", periods=N),
            "gap": [None, 2] * (N // 2),
        }
    )
    run = record(table=frame)
    assert run.rows_of(np.array([1, 0]))[0] == {
        "a b": frame["a b"][1],
        "whole": 1,
        "yes": False,
        "word": None,
        "when": "2026-01-02T00:00:00",
        "gap": 2,
    }
    assert [str(dtype) for dtype in run.table().dtypes] == [
        "float64", "Int64", "boolean", "string", "string", "float64"
    ]  # fmt: skip
    structured = np.zeros(N, dtype=[("x", "f4"), ("y", "i2")])
    assert record(table=structured).rows_of(np.array([0])) == [{"x": 0.0, "y": 0}]
    rows = [{"x": i} if i % 2 else {"x": i, "y": "odd"} for i in range(N)]
    assert record(table=rows).rows_of(np.array([1])) == [{"x": 1, "y": None}]


def test_sounds_are_kept_as_one_channel_of_their_first_seconds(tmp_path: Path) -> None:
    stereo = np.stack([np.ones(RATE * 7), -np.ones(RATE * 7)], axis=1).astype(np.float32)
    paths: list[Any] = [tmp_path / f"{i}.wav" for i in range(N)]
    for i, path in enumerate(paths):
        wavfile.write(path, 44100, np.full(441, 1000 + i, np.int16))
    paths[3] = (stereo, RATE)
    first, third, missing = record(audio=paths).sounds_of(np.array([0, 3, 99])) or []
    assert len(first.samples_S) == 160
    assert abs(int(np.median(first.samples_S)) - 1000) <= 1
    assert first.seconds == 0.01
    assert (len(third.samples_S), third.seconds) == (5 * 16_000, 7.0)
    assert not third.samples_S.any()
    assert missing is None


def test_where_not_all_sounds_fit_the_most_suspicious_are_kept_with_some_of_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sounds, "plan", lambda n: SoundPlan(2, 3, 4))
    kept = record(audio=tones()).sounds_of(np.arange(N)) or []
    at = [index for index, sound in enumerate(kept) if sound is not None]
    assert set(at) >= {0, 29, 59}  # spread evenly, before anything is known
    assert set(at) - {0, 29, 59} == {1, 2, 3, 4}


def test_a_sound_that_went_away_is_noted_and_the_training_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sounds, "plan", lambda n: SoundPlan(2, 1, 1))
    paths = [tmp_path / f"{i}.wav" for i in range(N)]
    for path in paths:
        wavfile.write(path, RATE, np.ones(100, np.int16))
    read = sounds.read

    def gone(source: Any, seconds: float) -> Any:
        paths[4].unlink(missing_ok=True)
        return read(source, seconds)

    monkeypatch.setattr(sounds, "read", gone)
    run = record(audio=paths)
    assert run.state().state == "done"
    said = [event.sentence for event in run.events() if event.kind == "note"]
    assert "1 sounds can no longer be read, the first of instance 4." in said


def test_a_damaged_copy_is_told_in_a_sentence() -> None:
    run = record(texts=["a"] * N, table=[{"x": 1}] * N, audio=tones(0.1))
    for path in (run.folder.texts, run.folder.table, run.folder.sounds):
        path.write_bytes(b"no")
    for read in (run.texts_of, run.rows_of, run.sounds_of):
        with pytest.raises(RunError, match="cannot be read"):
            read(np.array([1]))


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"texts": ["a"]}, "texts has 1 entries, but there are 60 given labels"),
    ({"texts": "abc"}, "texts is one str; give a list with one text per instance."),
    ({"texts": ["a", None] * 30}, "texts[1] is None; turn it into a str"),
    ({"texts": [3.5] * N}, "texts[0] is float, not text;"),
    ({"texts": [b"a"] * N}, "texts[0] is bytes, not text;"),
    ({"table": [{"a": 1}]}, "table has 1 entries, but there are 60 given labels"),
    ({"table": np.zeros((N, 2))}, "table is a ndarray without names of columns;"),
    ({"table": [{"a": 1}, {"a": "x"}] * 30}, "mixes numbers (row 0) and text (row 1);"),
    ({"table": [{"a": [1]}] * N}, "column 'a' of table holds a list in row 0;"),
    ({"table": pd.DataFrame([[1, 2]] * N, columns=["a", "a"])}, "table has two columns 'a';"),
    ({"table": pd.DataFrame(index=range(N))}, "table has no column;"),
    ({"table": [{"": 1}] * N}, "column 0 of table has a name of 0 characters;"),
    ({"table": pd.DataFrame(np.zeros((N, 1001)))}, "table has 1,001 columns;"),
    ({"audio": ["/nowhere.wav"] * N}, "audio[0]: there is no file /nowhere.wav;"),
    ({"audio": [None] * N}, "audio[0] is None; give the path of a file"),
    ({"audio": [(np.zeros(9), 0)] * N}, "audio[0]: its sampling rate is 0;"),
    ({"audio": [(np.full(9, 900.0), 8000)] * N}, "audio[0]: its samples go up to 900; floats"),
    ({"audio": [(np.full(9, np.nan), 8000)] * N}, "audio[0]: its samples go up to nan; floats"),
    ({"audio": [(np.zeros((0,)), 8000)] * N}, "audio[0]: the array is float64 of shape (0,);"),
]


@pytest.mark.parametrize(("what", "sentence"), REFUSED)
def test_what_does_not_fit_is_refused_in_a_sentence(what: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RecordingError) as error:
        mild.Recorder(GIVEN, epochs=1, **what)
    assert sentence in str(error.value)
    assert not all_runs()


def test_a_file_that_is_no_sound_is_told_before_the_training(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF, or not")
    with pytest.raises(RecordingError, match="cannot be read as a sound"):
        mild.Recorder(GIVEN, epochs=1, audio=[path] * N)


def test_a_file_of_another_kind_needs_the_library_that_reads_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "soundfile", None)
    with pytest.raises(RecordingError, match="not a WAV file; pip install soundfile reads others"):
        mild.Recorder(GIVEN, epochs=1, audio=[__file__] * N)


def test_a_copy_that_does_not_fit_on_the_disk_is_told_before_the_training(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 10}))
    with pytest.raises(RecordingError, match="takes up to 0 MB, and 0 MB are free"):
        record(texts=["long enough"] * N)


def test_a_tone_stays_the_same_tone_at_another_sampling_rate() -> None:
    for rate in (8_000, 16_000, 22_050, 44_101):
        t = np.arange(rate) / rate
        sound = sounds.read(SoundArray(0.5 * np.sin(2 * np.pi * 440 * t), rate), 1)
        loud = np.abs(np.fft.rfft(sound.samples_S))
        assert (len(sound.samples_S), int(loud.argmax())) == (16_000, 440)
        assert abs(int(np.abs(sound.samples_S).max()) - 16_384) < 200
