"""Fetch every image that is not here yet: disk foreseen, progress said, a break survived.

What was fetched is kept, image by image, so whoever comes back after a break goes on where it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import islice

from mild.config.folders import cache_root, free_bytes
from mild.data.dataset import Progress
from mild.data.images.image_file import ImageFile
from mild.data.remote.files import NOT_THERE, ConnectionLostError, RemoteFile, fetch
from mild.errors import DataError
from mild.words import duration

Say = Callable[[str], None]
"""Told where the fetching stands, in a sentence."""
THREADS = 16
"""Requests at a time: most of each is waiting."""
SHOW_SECONDS = 1.0
SPARE_BYTES = 2**28
"""Of the disk, left free for the run."""
MEGABYTE = 10**6


def fetch_all(files: Sequence[ImageFile], progress: Progress | None, say: Say | None) -> None:
    """Fetch what is behind an address and not here yet; what is gone there is passed over.

    Parameters
    ----------
    progress
        Called with (done, in all) after every few images; it may raise to end the fetching.

    Raises
    ------
    DataError
        If there is no room, or the connection is lost for good.
    """
    missing = [file for file in files if isinstance(file, RemoteFile) and not is_here(file)]
    if not missing:
        return
    _check_room(missing)
    shown = _Shown(missing, say)
    with ThreadPoolExecutor(THREADS) as pool:
        waiting = iter(missing)
        under_way = {pool.submit(_fetch, file): file for file in islice(waiting, 2 * THREADS)}
        try:
            while under_way:
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    _take(future, under_way.pop(future), shown)
                    for file in islice(waiting, 1):
                        under_way[pool.submit(_fetch, file)] = file
                if progress:
                    progress(shown.n_done, len(missing))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def is_here(file: ImageFile) -> bool:
    """Whether an image can be read without fetching it."""
    return not isinstance(file, RemoteFile) or file.copy.is_file()


def _fetch(file: RemoteFile) -> int:
    """Return its bytes; 0 where it is not there, which shows again when it is decoded."""
    with suppress(*NOT_THERE):
        return len(fetch(file))
    return 0


def _take(future: Future[int], file: RemoteFile, shown: _Shown) -> None:
    kept = f"{shown.n_done:,} of {len(shown.files):,} images were fetched and are kept"
    try:
        shown.add(future.result())
    except ConnectionLostError as error:
        raise DataError(
            f"{file.address}: the connection is lost ({error}); {kept}. When it is back, resume "
            "the run, or start it again, and the rest is fetched."
        ) from None
    except OSError as error:
        raise DataError(
            f"{cache_root()}: images cannot be kept there ({error.strerror or error}); {kept}. "
            "Make room, or set MILD_CACHE_DIR to a folder on another disk, and resume the run."
        ) from None


def _check_room(missing: Sequence[RemoteFile]) -> None:
    """Check the free room before the first image comes: sizes are known from the list."""
    needed = sum(file.size or 0 for file in missing) + SPARE_BYTES
    root = cache_root()
    free = free_bytes(root)
    if free < needed:
        raise DataError(
            f"{root}: {len(missing):,} images are to be kept there, with some to spare "
            f"{needed / MEGABYTE:,.0f} MB, and {free / MEGABYTE:,.0f} MB are free. Make room, or "
            "set MILD_CACHE_DIR to a folder on another disk."
        )


class _Shown:
    """Where the fetching stands, said about once a second."""

    def __init__(self, files: Sequence[RemoteFile], say: Say | None) -> None:
        self.files, self._say = files, say
        self.n_done = self._n_bytes = 0
        self._in_all = sum(file.size or 0 for file in files)
        self._began = self._last = time.monotonic()

    def add(self, n_bytes: int) -> None:
        self.n_done += 1
        self._n_bytes += n_bytes
        now = time.monotonic()
        if self._say is None or now - self._last < SHOW_SECONDS:
            return
        self._last = now
        left = (now - self._began) / self.n_done * (len(self.files) - self.n_done)
        size = f"{self._n_bytes / MEGABYTE:,.0f} of {self._in_all / MEGABYTE:,.0f} MB"
        self._say(
            f"Fetching images, once: {self.n_done:,} of {len(self.files):,}, {size}; about "
            f"{duration(left)} left."
        )
