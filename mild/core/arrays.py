"""Names for the arrays of this package.

Legend of the suffixes used throughout: E epochs, N instances, K packed bytes (ceil(N / 8)),
C classes or count cells, B instances of a block or bootstrap draws.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.integer[Any]]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
PackedArray = NDArray[np.uint8]
