"""The features of every image: those that are known are read, the others computed and kept.

Axes: N images, B batch, D features, H height, W width.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import torch

from mild.data.dataset import Images
from mild.store.files.disk_full import is_full
from mild.training.features.cache import FeatureCache, Features, as_stored, key_of
from mild.training.features.extractor import Extractor
from mild.training.runtime.precision import Precision
from mild.words import duration

CHUNK = 256
"""Images that are decoded, and kept on disk, at a time."""
BATCH_PIXELS = 2**21
"""Of the images that the network is shown at a time; 41 of 224 x 224."""
SHOW_SECONDS = 1.0


@dataclass(kw_only=True)
class Reading:
    """Features under way: what computes them, where they are kept, and who is told."""

    extractor: Extractor
    cache: FeatureCache
    device: torch.device
    precision: Precision
    check: Callable[[], None]
    """Called before each batch; raises where the run is to stop. What was computed is kept."""
    say: Callable[[str], None]
    """Told where it stands, in a sentence, about once a second."""
    note: Callable[[str], None]
    """Told what people should know afterwards."""
    n_computed: int = 0
    keeps: bool = True

    def features(self, images: Images, what: str) -> Features:
        """Return the features of all images in their order, float16 (N, D)."""
        n = images.shape[0]
        features_ND = np.empty((n, self.extractor.n_features), dtype=np.float16)
        progress = _Progress(n, what, self.say)
        for start, pixels_BHWC in _ahead(images):
            keys = [key_of(image) for image in pixels_BHWC]
            self._fill(keys, pixels_BHWC, partial(progress, start))
            for place, key in enumerate(keys):
                features_ND[start + place] = self.cache.get(key)
        return features_ND

    def _fill(
        self,
        keys: list[bytes],
        pixels_BHWC: npt.NDArray[np.uint8],
        done: Callable[[int], None],
    ) -> None:
        """Compute what the cache has not yet, and keep it, even where a stop comes between."""
        new = {key: place for place, key in enumerate(keys) if self.cache.get(key) is None}
        wanted, computed = list(new.items()), []
        _, height, width, _ = pixels_BHWC.shape
        step = max(1, BATCH_PIXELS // (height * width))
        try:
            for start in range(0, len(wanted), step):
                self.check()
                places = [place for _, place in wanted[start : start + step]]
                pixels = torch.from_numpy(pixels_BHWC[places]).to(self.device)
                found = self.extractor.features(pixels, self.precision)
                computed.append(as_stored(found.cpu().numpy()))
                done(start + len(places))
        finally:
            if computed:
                features = np.concatenate(computed)
                self._keep([key for key, _ in wanted[: len(features)]], features)

    def _keep(self, keys: list[bytes], features_ND: Features) -> None:
        self.n_computed += len(keys)
        try:
            self.cache.add(keys, features_ND)
        except OSError as error:
            if not self.keeps:
                return
            self.keeps = False
            why = "the disk is full" if is_full(error) else str(error.strerror or error)
            self.note(
                f"Features cannot be kept in {self.cache.folder} ({why}), so the next run computes "
                "them again; make room there, or set MILD_CACHE_DIR to another folder."
            )


class _Progress:
    """Says how many features are there and how long the rest will take, by those computed here."""

    def __init__(self, n: int, what: str, say: Callable[[str], None]) -> None:
        self._n, self._what, self._say = n, what, say
        self._began = self._shown = time.monotonic()
        self._first: int | None = None

    def __call__(self, n_before: int, n_here: int) -> None:
        now, n_done = time.monotonic(), n_before + n_here
        if self._first is None:
            self._first, self._began = n_done, now
        if now - self._shown < SHOW_SECONDS:
            return
        self._shown = now
        left = ""
        if n_done > self._first:
            pace = (now - self._began) / (n_done - self._first)
            left = f"; about {duration(pace * (self._n - n_done))} left"
        self._say(f"Features of {n_done:,} of {self._n:,} {self._what}{left}.")


def _ahead(images: Images) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
    """Decode one chunk of images while another is used; yield each with the place of its first."""
    n = images.shape[0]
    starts = range(0, n, CHUNK)

    def read(start: int) -> npt.NDArray[np.uint8]:
        return images.take(np.arange(start, min(start + CHUNK, n))).read_all()

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(read, 0) if n else None
        for start in starts:
            assert coming is not None
            pixels_BHWC = coming.result()
            if start + CHUNK < n:
                coming = pool.submit(read, start + CHUNK)
            yield start, pixels_BHWC
