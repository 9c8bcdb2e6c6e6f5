"""Load a data set by its config: the one door for the worker, the form and the command line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mild.access.paths import refusal, refusal_of_files
from mild.config import RECORDED, DataConfig
from mild.data.dataset import LabelledImages, Progress
from mild.data.images.pixels import fit_images, scale_images
from mild.data.images.thumbnails import thumbnail_side
from mild.data.labels.classes import without_empty_classes
from mild.data.labels.overlay import apply_overlay, read_overlay
from mild.data.labels.overlay_file import overlay_problems
from mild.data.labels.split import hold_out
from mild.data.parts import Loaded, Part
from mild.data.places import closed, labels_path_of, path_of
from mild.data.remote.address import address_of, without_secrets
from mild.data.remote.fetching import Say, fetch_all
from mild.data.remote.files import RemoteFile
from mild.data.sources import SOURCES
from mild.data.sources.listed import Listed, open_listed
from mild.errors import DataError
from mild.visible import visible

__all__ = ["MIN_INSTANCES", "SOURCES", "held_out_share", "load", "problems"]

MIN_INSTANCES = 20
"""Fewer images are not trained on."""
USUAL_SHARE = 0.2
"""Held out of every other data set without a test part of its own."""


def load(
    config: DataConfig, *, seed: int, progress: Progress | None = None, say: Say | None = None
) -> LabelledImages:
    """Read the images and labels a run is asked to use, and hold out a test part.

    Parameters
    ----------
    seed
        The run's seed: decides the held-out part where the source has no test part of its own.
    progress
        Called with (files done, files in all) while image files are fetched, and then decoded.
    say
        Told how far the fetching is, in a sentence, where images are somewhere else.

    Raises
    ------
    DataError
        With one sentence for each problem.
    """
    found = problems(config)
    if found:
        raise DataError(" ".join(found))
    loaded = _load(config, progress, say)
    loaded = replace(loaded, notes=(*loaded.notes, *_ignored(config)))
    if config.validation_fraction:
        loaded = _without_validation(loaded, config.validation_fraction, seed)
    return _with_test_part(loaded, held_out_share(config), seed)


def held_out_share(config: DataConfig) -> float:
    """Return the share of each class to hold out where there is no test part, 0 to below 1.

    As asked for; by default nothing of a person's own images, of which every one is to be judged by
    a network that trained on it.
    """
    if config.test_fraction is not None:
        return config.test_fraction
    source = SOURCES.get(config.source)
    return 0.0 if source is not None and source.own else USUAL_SHARE


def problems(config: DataConfig) -> list[str]:
    """List a sentence for each reason why `load` would fail, as far as can be told in a moment.

    Opens no image and imports nothing heavy.
    """
    if config.source == RECORDED:
        return [
            "The source 'recorded' is of a run that mild.Recorder wrote in a loop of your own; "
            "it cannot be trained from here. Run that loop again, or choose another source."
        ]
    if config.source not in SOURCES:
        return [f"The data set '{config.source}' is unknown. Choose one of {', '.join(SOURCES)}."]
    if found := closed(config):
        return found
    labels_path = labels_path_of(config)
    overlay = overlay_problems(labels_path) if labels_path else []
    source = SOURCES[config.source]
    if source.needs_path and not config.path:
        return [f"The source '{config.source}' needs a path. Give it with --path.", *overlay]
    if config.path and not source.takes_addresses and address_of(config.path):
        return [_no_addresses(config), *overlay]
    return [*_path_problems(config), *overlay]


def listed(config: DataConfig, *, here: bool = True) -> Listed | None:
    """List files and labels of a source that consists of files, none opened; else None.

    Parameters
    ----------
    here
        For pages: None of a data set that has to be fetched as a whole first.

    Raises
    ------
    DataError
        If the source, or one of them, by a link or by its name in a table, lies where no data may
        come from.
    """
    source = SOURCES.get(config.source)
    if source is None or source.list_files is None:
        return None
    if config.path is not None and (why := refusal(config.path)):
        raise DataError(without_secrets(why))
    found = source.list_here(config) if here and source.list_here else source.list_files(config)
    if found is not None and (why := refusal_of_files(_places(found))):
        raise DataError(why)
    return found


def _places(found: Listed) -> Iterator[object]:
    """Where the files lie: paths, and addresses."""
    for file in (*found.train.files, *found.test.files):
        yield str(file.address) if isinstance(file, RemoteFile) else file


def _no_addresses(config: DataConfig) -> str:
    takers = ", ".join(f"'{name}'" for name, source in SOURCES.items() if source.takes_addresses)
    return (
        f"{without_secrets(config.path or '')}: the source '{config.source}' reads what lies on "
        f"this machine; addresses are for {takers}. Copy it here, and give its path."
    )


def _path_problems(config: DataConfig) -> list[str]:
    try:
        return SOURCES[config.source].problems(config)
    except OSError as error:  # such as a name that is too long for any file
        shown = visible(str(path_of(config)), 200)
        return [f"{shown}: cannot be read ({error.strerror}). Check the path."]


def _load(config: DataConfig, progress: Progress | None, say: Say | None) -> Loaded:
    files = listed(config, here=False)
    if files is not None:
        fetch_all(files.train.files + files.test.files, progress, say)
        keep = config.pipeline != "streaming"
        loaded = open_listed(files, config.image_size, progress, keep=keep)
    else:
        load_arrays = SOURCES[config.source].load
        assert load_arrays is not None, "a source lists files or loads arrays"
        loaded = _fitted(load_arrays(config), config.image_size)
    return without_empty_classes(_overlaid(loaded, config))


def _fitted(loaded: Loaded, image_size: int | None) -> Loaded:
    """Scale arrays by the same rule as files."""
    images, reason = fit_images(loaded.train.images, image_size)
    size = images.shape[1:]
    n = sum(part.images.shape[0] for part in (loaded.train, loaded.test) if part is not None)
    side = thumbnail_side(n, min(loaded.train.images.shape[1:]))

    def fitted(part: Part) -> Part:
        pictures = scale_images(part.images, (side, side)) if side > max(size) else None
        return replace(part, images=scale_images(part.images, size), pictures=pictures)

    test = None if loaded.test is None else fitted(loaded.test)
    return replace(loaded, train=fitted(loaded.train), test=test, size_reason=reason)


def _overlaid(loaded: Loaded, config: DataConfig) -> Loaded:
    path = labels_path_of(config)
    if path is None:
        return loaded
    overlay = read_overlay(path, config.labels_column)
    train, skipped, note = apply_overlay(loaded.train, overlay, loaded.class_names, loaded.n_listed)
    notes = (*loaded.notes, note)
    return replace(loaded, train=train, skipped=loaded.skipped + skipped, notes=notes)


def _ignored(config: DataConfig) -> tuple[str, ...]:
    """Name the settings that mean nothing beside the others."""
    notes = []
    if config.n_classes is not None and not SOURCES[config.source].takes_n_classes:
        takers = ", ".join(f"'{name}'" for name, item in SOURCES.items() if item.takes_n_classes)
        notes.append(f"n_classes is for the source {takers} only and was ignored.")
    if config.labels_column is not None and config.labels_path is None:
        notes.append("labels_column means nothing without labels_path and was ignored.")
    return tuple(notes)


def _without_validation(loaded: Loaded, fraction: float, seed: int) -> Loaded:
    if loaded.test is None:
        note = "validation_fraction is for sets with a test part of their own and was ignored."
        return replace(loaded, notes=(*loaded.notes, note))
    train, set_aside = hold_out(loaded.train.trusted_N, fraction, seed=seed)
    note = f"{len(set_aside):,} images of the training part are set aside for validation, unused."
    return replace(
        loaded,
        train=loaded.train.take(train),
        n_set_aside=len(set_aside),
        notes=(*loaded.notes, note),
    )


def _with_test_part(loaded: Loaded, fraction: float, seed: int) -> LabelledImages:
    if loaded.test is not None and len(loaded.test.given_N):
        found = _labelled(loaded, loaded.train, loaded.test, "its own test part")
        return replace(found, own_test_part=True)
    train, held_out = hold_out(loaded.train.trusted_N, fraction, seed=seed)
    how = f"held out by seed {seed}"
    if loaded.test is not None:
        how = f"the test part has no readable image, so {how}"
    if loaded.train.clean_N is None:
        how += ", labelled as given"
    return _labelled(loaded, loaded.train.take(train), loaded.train.take(held_out), how)


def _labelled(loaded: Loaded, train: Part, test: Part, how: str) -> LabelledImages:
    n, height, width = train.images.shape
    size = f"{height} x {width} pixels"
    if loaded.size_reason:
        size += f" ({loaded.size_reason})"
    description = (
        f"{loaded.title}: {n:,} images of {size} in {len(loaded.class_names)} classes; "
        + (f"{len(test.given_N):,} to test on ({how})" if len(test.given_N) else "none held out")
    )
    if loaded.skipped:
        description += f"; {len(loaded.skipped):,} passed over"
    return LabelledImages(
        images=train.images,
        given_N=train.given_N,
        clean_N=train.clean_N,
        class_names=loaded.class_names,
        names=train.names,
        test_images=test.images,
        test_labels_M=test.trusted_N,
        test_given_M=test.given_N,
        test_clean_M=test.clean_N,
        test_names=test.names,
        pictures=train.pictures,
        test_pictures=test.pictures,
        n_set_aside=loaded.n_set_aside,
        skipped=loaded.skipped,
        notes=loaded.notes,
        description=description,
    )
