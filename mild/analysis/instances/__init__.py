"""The instances of a run: how suspicious is each, in which order, and what its epochs look like."""
