"""How instances were memorized and forgotten, from the status of every epoch."""

from mild.core.dynamics.counts import (
    check_counts,
    counts_to_cells,
    metric,
    misclassified_counts,
)
from mild.core.dynamics.instances import NEVER, LearningDynamics, summarize
from mild.core.dynamics.predictions import (
    OtherPrediction,
    most_frequent_other_prediction,
)
from mild.core.dynamics.status_bits import memorized_share, pack_status, unpack_status

__all__ = [
    "NEVER",
    "LearningDynamics",
    "OtherPrediction",
    "check_counts",
    "counts_to_cells",
    "memorized_share",
    "metric",
    "misclassified_counts",
    "most_frequent_other_prediction",
    "pack_status",
    "summarize",
    "unpack_status",
]
