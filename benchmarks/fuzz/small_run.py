"""A small run with every file that a run may have, written in a moment."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import mild
from mild.store.files.arrays import save_npz
from mild.store.review import about
from mild.store.review.decision import Decision, Window
from mild.store.review.decisions import decide
from mild.store.run import Run, open_run
from mild.store.samples.sounds import RATE, Sound, SoundWriter
from mild.store.samples.table import write_table
from mild.store.samples.texts import Text, write_texts
from mild.store.writer import RunWriter

N, N_HELD_OUT, N_CLASSES = 48, 12, 3
EPOCHS = (5, 4)


def write_small_run(root: Path, seed: int = 0) -> Run:
    """Two rounds with planted labels, a held-out part, decisions, a check, a name and tags."""
    rng = np.random.default_rng(seed)
    clean_N = rng.integers(N_CLASSES, size=N)
    given_N = np.where(rng.random(N) < 0.3, (clean_N + 1) % N_CLASSES, clean_N)
    run = _record(root, rng, given_N, clean_N)
    _add_what_a_worker_adds(run, rng)
    window = Window("a window", 0)
    decide(run.folder, {0: Decision("keep"), 1: Decision("relabel", 2)}, window)
    decide(run.folder, {2: Decision("drop")}, window)
    about.rename(run.folder, "a name")
    about.tag(run.folder, ("one", "two"))
    return run


def _record(root: Path, rng: np.random.Generator, given_N: np.ndarray, clean_N: np.ndarray) -> Run:
    images = rng.integers(256, size=(N, 6, 6, 3)).astype(np.uint8)
    planted = mild.plant(given_N, n_classes=N_CLASSES, seed=0, share=0.1)
    with mild.Recorder(
        given_N, clean=clean_N, images=images, rounds=EPOCHS, planted=[planted, None], root=root,
        names=[f"picture {i}.png" for i in range(N)], class_names=["ant", "bee", "cat"],
    ) as recorder:  # fmt: skip
        for n_epochs in EPOCHS:
            for epoch in range(n_epochs):
                index = recorder.index
                recorder.update(index, _logits(rng, clean_N[index], epoch))
                recorder.end_epoch()
            recorder.end_round()
        run_id = recorder.run_id
    return open_run(run_id, root)


def _logits(rng: np.random.Generator, clean_N: np.ndarray, epoch: int) -> np.ndarray:
    """Of a network that knows the clean labels better and better."""
    logits = rng.normal(size=(len(clean_N), N_CLASSES))
    logits[np.arange(len(clean_N)), clean_N] += 1 + epoch
    return logits


def _add_what_a_worker_adds(run: Run, rng: np.random.Generator) -> None:
    """What a recorder does not write: the held-out part, neighbours, facts of the machine."""
    label_M = rng.integers(N_CLASSES, size=N_HELD_OUT)
    writer = RunWriter(run.folder)
    names = tuple(f"held {i}.png" for i in range(N_HELD_OUT))
    writer.held_out(given_M=label_M, clean_M=label_M, names=names)
    writer.held_out_thumbnails(np.zeros((N_HELD_OUT, 6, 6, 3), dtype=np.uint8))
    writer.facts(device="cpu", device_reason="no GPU", actual_noise_rate=0.3,
                 actual_transitions=np.eye(N_CLASSES).tolist(), n_test=N_HELD_OUT)  # fmt: skip
    writer.close()
    _add_samples(run, rng)
    for number, n_epochs in enumerate(EPOCHS):
        place = run.folder.round(number)
        taken = rng.integers(N_CLASSES, size=(n_epochs, N_HELD_OUT)).astype(np.uint8)
        np.save(place / "held_out_predictions.npy", taken)
        n = len(run.index(number))
        save_npz(
            place / "neighbours.npz",
            {
                "neighbour_NK": rng.integers(n, size=(n, 5)).astype(np.int32),
                "similarity_NK": rng.random((n, 5)).astype(np.float16),
            },
        )
        np.save(place / "probabilities.npy", rng.random((n, N_CLASSES)).astype(np.float16))


def _add_samples(run: Run, rng: np.random.Generator) -> None:
    """Of each instance a text, a row of a table and a sound."""
    write_texts(run.folder.texts, [Text(f"the text of {i}", 14 + len(str(i))) for i in range(N)])
    write_table(
        run.folder.table, {"long": rng.random(N), "of": [f"kind {i % 3}" for i in range(N)]}
    )
    sounds = SoundWriter(run.folder.sounds, run.folder.sound_places)
    for index in range(N):
        samples_S = rng.integers(-999, 999, size=40).astype(np.int16)
        sounds.append(index, Sound(samples_S, len(samples_S) / RATE))
    sounds.commit()
    sounds.close()
