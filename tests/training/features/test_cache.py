"""Features are found again by the content of an image, and a damaged file costs only time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mild.config.folders import cache_root
from mild.training.features.cache import FeatureCache, as_stored, key_of


def _keys(n: int, first: int = 0) -> list[bytes]:
    return [key_of(np.full((4, 4, 3), first + value, dtype=np.uint8)) for value in range(n)]


def _features(n: int, first: float = 0.0) -> np.ndarray:
    return as_stored(first + np.arange(n * 5, dtype=np.float32).reshape(n, 5))


def test_what_was_kept_is_found_by_another_cache_on_the_same_folder(tmp_path: Path) -> None:
    FeatureCache(tmp_path / "net", 5).add(_keys(3), _features(3))
    found = FeatureCache(tmp_path / "net", 5)
    assert len(found) == 3
    kept = found.get(_keys(3)[1])
    assert kept is not None
    assert kept.tolist() == _features(3)[1].tolist()
    assert found.get(_keys(1, first=9)[0]) is None


def test_the_same_pixels_have_the_same_key_wherever_they_lie(tmp_path: Path) -> None:
    image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    turned = np.ascontiguousarray(image[::-1])
    assert key_of(image) == key_of(turned[::-1])
    assert key_of(image) != key_of(turned)


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "of another network"])
def test_a_damaged_file_is_deleted_and_the_others_stay(tmp_path: Path, damage: str) -> None:
    cache = FeatureCache(tmp_path, 5)
    cache.add(_keys(3), _features(3))
    (file,) = tmp_path.glob("*.npz")
    cache.add(_keys(2, first=100), _features(2, first=7.0))
    content = bytearray(file.read_bytes())
    if damage == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "empty":
        file.write_bytes(b"")
    elif damage == "changed":
        place = content.find(_features(3).tobytes())
        content[place + 4] ^= 0xFF
        file.write_bytes(bytes(content))
    else:
        np.savez(file, keys=np.zeros((2, 16), dtype=np.uint8), features=np.zeros((2, 4)), crc=0)
    again = FeatureCache(tmp_path, 5)
    assert again.n_damaged == 1
    assert not file.exists()
    assert again.get(_keys(1)[0]) is None
    assert again.get(_keys(1, first=100)[0]) is not None


def test_features_too_large_for_half_precision_become_the_largest_it_has() -> None:
    stored = as_stored(np.array([[1e9, -1e9, np.nan]], dtype=np.float32))
    assert stored.tolist() == [[65504.0, -65504.0, 0.0]]


def test_the_cache_lies_beside_the_runs_or_where_it_is_told(
    runs_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cache_root() == runs_root.with_name("runs-cache")
    monkeypatch.setenv("MILD_CACHE_DIR", "/elsewhere")
    assert cache_root() == Path("/elsewhere")
