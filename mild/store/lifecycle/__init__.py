"""The life of a run's folder: made, branched, queued again, deleted and taken back."""
