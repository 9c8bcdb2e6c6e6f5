"""Status packed eight instances to a byte: pack, unpack, and count without unpacking."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mild.core.arrays import BoolArray, FloatArray, PackedArray


def pack_status(status_EN: NDArray[Any]) -> PackedArray:
    """Pack 0/1 status, shape (E, N), into bits along instances, shape (E, ceil(N / 8)).

    Raises
    ------
    ValueError
        If the array does not have two axes or holds anything but 0 and 1.

    Examples
    --------
    >>> pack_status(np.array([[1, 0, 1]])).tolist()
    [[160]]
    """
    if status_EN.ndim != 2:
        raise ValueError(f"status must have shape (epochs, instances), not {status_EN.shape}")
    if status_EN.dtype != np.bool_ and not bool(np.all((status_EN == 0) | (status_EN == 1))):
        raise ValueError("status must hold only 0 (misclassified) and 1 (memorized)")
    return np.packbits(status_EN.astype(np.bool_, copy=False), axis=1)


def unpack_status(packed_EK: PackedArray, n: int) -> PackedArray:
    """Unpack to 0/1 status, shape (E, n). The inverse of `pack_status`.

    Examples
    --------
    >>> unpack_status(np.array([[160]], dtype=np.uint8), 3).tolist()
    [[1, 0, 1]]
    """
    check_packed(packed_EK, n)
    return np.unpackbits(packed_EK, axis=1, count=n)


def memorized_share(
    packed_EK: PackedArray, mask_N: BoolArray | None = None, *, n: int | None = None
) -> FloatArray:
    """Return the share of the instances memorized in every epoch, shape (E,), 0 to 1.

    Parameters
    ----------
    packed_EK
        Shape (E, K), from `pack_status`.
    mask_N
        Shape (N,), the instances to count; all of them when None.
    n
        Number of instances, read only without a mask; when None it is taken to be 8 K, which
        counts the padding of the last byte as instances never memorized.

    Returns
    -------
    Shape (E,); nan in every epoch when the mask is empty.

    Examples
    --------
    >>> memorized_share(pack_status(np.array([[1, 0], [1, 1]])), np.ones(2, dtype=bool)).tolist()
    [0.5, 1.0]
    """
    if mask_N is None:
        mask_N = np.ones(packed_EK.shape[1] * 8 if n is None else n, dtype=np.bool_)
    check_packed(packed_EK, len(mask_N))
    mask_K = np.packbits(np.asarray(mask_N, dtype=np.bool_))
    n_masked = int(np.bitwise_count(mask_K).sum(dtype=np.int64))
    if n_masked == 0:
        return np.full(len(packed_EK), np.nan)
    memorized = [np.bitwise_count(row_K & mask_K).sum(dtype=np.int64) for row_K in packed_EK]
    return np.asarray(memorized, dtype=np.float64) / n_masked


def check_packed(packed_EK: PackedArray, n: int) -> None:
    """Raise ValueError unless the array is packed status of n instances."""
    if packed_EK.ndim != 2 or packed_EK.dtype != np.uint8:
        raise ValueError(
            f"packed status must be uint8 of shape (epochs, bytes), not {packed_EK.dtype} "
            f"of shape {packed_EK.shape}"
        )
    if n < 0 or packed_EK.shape[1] != (n + 7) // 8:
        raise ValueError(
            f"{n} instances need {(n + 7) // 8} bytes per epoch; "
            f"the packed status has {packed_EK.shape[1]}"
        )
