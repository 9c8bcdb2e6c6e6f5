"""The status matrix: instances by epochs, with a replay of training above it."""

from mild.ui.components.status_matrix.component import facts, packed, status_matrix

__all__ = ["facts", "packed", "status_matrix"]
