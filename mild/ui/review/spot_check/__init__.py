"""The review page in its other state: a spot check."""
