"""A sample checked by a person: measured precision, recall, noise rate and F1, with intervals.

Every sample is drawn uniformly within strata (the flagged and the kept images of its time). Cells
are what all strata ever drawn from and the present side (kept or flagged) have in common: within a
cell the checked instances are a uniform sample of its instances, whatever the cut is by now. So a
cut that was moved afterwards, and samples of several cuts, are answered by the same arithmetic
(post-stratification).
"""

from mild.core.spot_check.cells import (
    FLAGGED,
    KEPT,
    NOT_JUDGED,
    Cells,
    draw_sample,
    gather_cells,
)
from mild.core.spot_check.measure import Measured, SpotCheck, measure_sample
from mild.core.spot_check.supported_cut import SupportedCut, supported_cut

__all__ = [
    "FLAGGED",
    "KEPT",
    "NOT_JUDGED",
    "Cells",
    "Measured",
    "SpotCheck",
    "SupportedCut",
    "draw_sample",
    "gather_cells",
    "measure_sample",
    "supported_cut",
]
