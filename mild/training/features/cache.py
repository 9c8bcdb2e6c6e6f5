"""Features on disk, found again by the content of the image and the identity of the network.

A folder for each network, a file for each chunk of images that was computed at a time. Files are
written whole or not at all, and never changed; a damaged one is deleted, and its images computed
anew. The folder may be deleted at any time. Axes: N images, D features.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mild.array_files import read_npz

Features = npt.NDArray[np.float16]
KEY_BYTES = 16
LARGEST = float(np.finfo(np.float16).max)


def key_of(image_HWC: npt.NDArray[np.uint8]) -> bytes:
    """Return a key that is the same for the same pixels."""
    return hashlib.blake2b(np.ascontiguousarray(image_HWC).data, digest_size=KEY_BYTES).digest()


class FeatureCache:
    """The features of one network, by image."""

    def __init__(self, folder: Path, n_features: int) -> None:
        """Read what is there."""
        self.folder, self._n_features = folder, n_features
        self.n_damaged = 0
        """Files that could not be used and were deleted."""
        self._found: dict[bytes, npt.NDArray[np.float16]] = {}
        for file in sorted(folder.glob("*.npz")) if folder.is_dir() else []:
            self._read(file)

    def __len__(self) -> int:
        return len(self._found)

    def get(self, key: bytes) -> Features | None:
        """Return the features of an image, float16 (D,); None where they are not known."""
        return self._found.get(key)

    def add(self, keys: list[bytes], features_ND: Features) -> None:
        """Keep features, here and on disk.

        Raises
        ------
        OSError
            If they cannot be written; they are kept here all the same.
        """
        self._found |= dict(zip(keys, features_ND, strict=True))
        self.folder.mkdir(parents=True, exist_ok=True)
        keys_NB = np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, KEY_BYTES)
        name = hashlib.blake2b(keys_NB.tobytes(), digest_size=12).hexdigest()
        part = self.folder / f"{name}.{os.getpid()}.part"
        try:
            with part.open("wb") as file:
                np.savez(file, keys=keys_NB, features=features_ND, crc=_crc(keys_NB, features_ND))
            part.replace(self.folder / f"{name}.npz")
        finally:
            part.unlink(missing_ok=True)

    def _read(self, file: Path) -> None:
        try:
            content = read_npz(file)
            keys_NB, features_ND = content["keys"], content["features"]
            whole = int(content["crc"]) == _crc(keys_NB, features_ND)
        except (OSError, ValueError, KeyError, TypeError):
            whole = False
        if not whole or features_ND.shape != (len(keys_NB), self._n_features):
            self.n_damaged += 1
            file.unlink(missing_ok=True)
            return
        self._found |= {bytes(key): row for key, row in zip(keys_NB, features_ND, strict=True)}


def as_stored(features_ND: npt.NDArray[np.float32]) -> Features:
    """Round to half as many bytes; what is too large for that is the largest that is not."""
    return np.clip(np.nan_to_num(features_ND), -LARGEST, LARGEST).astype(np.float16)


def _crc(keys_NB: npt.NDArray[np.uint8], features_ND: Features) -> int:
    return zlib.crc32(np.ascontiguousarray(features_ND).tobytes(), zlib.crc32(keys_NB.tobytes()))
